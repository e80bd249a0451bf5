"""Closing the day: what a store's day came to, and which closing of it stands.

An order belongs to the day on which it was placed by the store's clock, and the sums are those of
Sales: see `app.domain.sales`. Returns are known both ways, as what came back of the day's orders
and as what came back on the day.

A closed day is kept in one document, to which devices that close it apart each add an entry. The
earliest one stands, by its time and then its device, on all devices alike: it is the paper that was
printed first. What arrives later changes no entry; it is the difference between the closing that
stands and the day as it is now. An entry that was taken back counts for nothing, and another one
can be made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.documents.parts import dollars
from app.domain.entities import Actor
from app.domain.papers import Document, Signature, movement_id
from app.domain.pricing import NOTHING
from app.domain.sales import BY_RETURN, BY_SALE, NOBODY, is_gone
from app.domain.shop_days import DayFinder

WAYS: Final = (BY_SALE, BY_RETURN)


@dataclass(frozen=True, slots=True)
class Back:
    """How often goods came back, and what was given back for them in US dollars: price and tax."""

    count: int = 0
    refund: Decimal = NOTHING
    tax: Decimal = NOTHING

    def __add__(self, other: Back) -> Back:
        return Back(self.count + other.count, self.refund + other.refund, self.tax + other.tax)


NONE_BACK: Final = Back()


@dataclass(frozen=True, slots=True)
class Takings:
    """Sums of orders in US dollars; `back` has what came back, by the day on which it counts."""

    orders: int = 0
    gross: Decimal = NOTHING
    discount: Decimal = NOTHING
    tax: Decimal = NOTHING
    back: Mapping[str, Back] = field(default_factory=dict)

    @property
    def paid(self) -> Decimal:
        """What was paid for goods, before tax."""
        return self.gross - self.discount

    def returned(self, way: str) -> Back:
        """What came back, in one of `WAYS`."""
        return self.back.get(way, NONE_BACK)

    def kept(self, way: str) -> Decimal:
        """What Sales shows: what was paid before tax, less what was given back."""
        return self.paid - self.returned(way).refund

    def tax_kept(self, way: str) -> Decimal:
        """The tax, less what of it was given back."""
        return self.tax - self.returned(way).tax

    def __add__(self, other: Takings) -> Takings:
        return Takings(
            self.orders + other.orders,
            self.gross + other.gross,
            self.discount + other.discount,
            self.tax + other.tax,
            {way: self.returned(way) + other.returned(way) for way in WAYS},
        )


NO_TAKINGS: Final = Takings()


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts that were posted on a day: how many, of how many items, and what they moved."""

    counts: int = 0
    items: int = 0
    found: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Oversold:
    """Items that are below zero, and the units that are owed."""

    items: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What a day came to; `rates` by percent of tax (None where unknown), `people` by name.

    `cancelled` orders of the day count for nothing, `open` ones were placed and not handed over,
    `open_before` are older ones like that, and of `incomplete` not all lines have arrived here.
    """

    takings: Takings = NO_TAKINGS
    rates: Mapping[Decimal | None, Takings] = field(default_factory=dict)
    people: Mapping[str, Takings] = field(default_factory=dict)
    cancelled: int = 0
    open: int = 0
    open_total: Decimal = NOTHING
    open_before: int = 0
    incomplete: int = 0
    counted: Counted = Counted()
    oversold: Oversold = Oversold()


@dataclass(frozen=True, slots=True)
class Closing:
    """A day as a device knew it; `returns_count` is the day on which its store's returns counted.

    `taken_back_at` is a stored time, empty as long as the closing holds.
    """

    key: str
    signature: Signature
    returns_count: str
    figures: DayFigures
    taken_back_at: str = ""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day of a store, and all closings of it, the earliest first."""

    store_id: str
    closing_id: str
    day: date
    closings: tuple[Closing, ...]

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "closing_id": self.closing_id}

    @property
    def standing(self) -> Closing | None:
        """The closing that stands; None where the day is open again."""
        return next((one for one in self.closings if not one.taken_back_at), None)

    @property
    def beside(self) -> tuple[Closing, ...]:
        """Those that were made elsewhere at the same time, and do not stand."""
        return tuple(one for one in self.closings if not one.taken_back_at)[1:]


def closing_key(day: date, known: ClosedDay | None, actor: Actor) -> str:
    """The key of the one entry that a device can make next for a day.

    It follows from how often the day was closed and taken back before.
    """
    round_ = len(known.closings) if known is not None else 0
    store_id = actor.profile.store_id
    return movement_id(f"closing/{store_id}/{day.isoformat()}/{round_}", actor.device.device_id)


def add_up_day(
    orders: Iterable[Document], items: Iterable[Document], day: date, finder: DayFinder
) -> DayFigures:
    """What a day came to, but for counts and what is oversold.

    `orders` are those of the day and older ones of which something came back on it, as sound
    documents; `items` are their lines.
    """
    figures, wanted = DayFigures(), day.isoformat()
    rates: dict[Decimal | None, Takings] = {}
    people: dict[str, Takings] = {}
    lines: dict[str, dict[str, Document]] = {}
    for item in items:
        lines.setdefault(item["order_id"], {})[item["order_item_id"]] = item
    for order in orders:
        of_order = lines.get(order["order_id"], {})
        is_own = finder.day(order["order_date"]) == wanted
        if is_gone(order):
            figures = replace(figures, cancelled=figures.cancelled + is_own)
            continue
        its = _takings(order, of_order, wanted, finder)
        if is_own:
            figures = _counting(figures, order, len(of_order))
        elif not its.returned(BY_RETURN).count:
            continue
        figures = replace(figures, takings=figures.takings + its)
        rate, who = _rate(order), order.get("who") or NOBODY
        rates[rate] = rates.get(rate, NO_TAKINGS) + its
        people[who] = people.get(who, NO_TAKINGS) + its
    return replace(figures, rates=rates, people=people)


def comes_back_on(order: Document, day: date, finder: DayFinder) -> bool:
    """Whether something of an order came back on a day."""
    return any(True for _ in _returns_on(order, day.isoformat(), finder))


def _counting(figures: DayFigures, order: Document, lines: int) -> DayFigures:
    is_open = order.get("status") == "pending"
    worth = dollars(order.get("total")) if is_open else NOTHING
    return replace(
        figures,
        open=figures.open + is_open,
        open_total=figures.open_total + worth,
        incomplete=figures.incomplete + (int(order.get("item_count") or 0) > lines),
    )


def _takings(
    order: Document, lines: Mapping[str, Document], wanted: str, finder: DayFinder
) -> Takings:
    returns = (order.get("returns") or {}).values()
    on_day = _sum(_back(one, lines) for one in _returns_on(order, wanted, finder))
    if finder.day(order["order_date"]) != wanted:
        return Takings(back={BY_RETURN: on_day})
    paid = _dollars_of(lines.values(), "line_total")
    discount = _dollars_of(lines.values(), "discount_amount")
    of_sale = _sum(_back(one, lines) for one in returns)
    back = {BY_SALE: of_sale, BY_RETURN: on_day}
    return Takings(1, paid + discount, discount, dollars(order.get("tax")), back)


def _returns_on(order: Document, wanted: str, finder: DayFinder) -> Iterator[Document]:
    for one in (order.get("returns") or {}).values():
        # As in Sales: where nobody knows when, with the sale.
        if finder.day(one.get("at") or order["order_date"]) == wanted:
            yield one


def _back(returned: Document, lines: Mapping[str, Document]) -> Back:
    """What a return gave back for the lines that are here, as Sales counts it."""
    its = [one for item_id, one in (returned.get("lines") or {}).items() if item_id in lines]
    return Back(1, _dollars_of(its, "refund"), _dollars_of(its, "tax"))


def _sum(backs: Iterable[Back]) -> Back:
    return sum(backs, NONE_BACK)


def _dollars_of(documents: Iterable[Document], name: str) -> Decimal:
    return sum((dollars(one.get(name)) for one in documents), NOTHING)


def _rate(order: Document) -> Decimal | None:
    stored = order.get("tax_percent")
    return None if stored is None else Decimal(str(stored)).normalize()
