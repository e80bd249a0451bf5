"""The figures of a day, line by line: on the screen, on paper and in the CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.data.selling.closings import DayBook
from app.domain.closings import DayFigures, Takings
from app.domain.pricing import NOTHING
from app.ui.core.formats import money, number, signed, tax_label
from connector_config.wording import plural

Value = int | Decimal
"""A number of things, or an amount in US dollars."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of a day as it is shown: a number of things, or an amount in US dollars."""

    key: str
    section: str
    label: str
    value: Value


def lines_of(figures: DayFigures, way: str) -> tuple[Line, ...]:
    """All figures of a day, with returns counted in one of `WAYS`.

    The same figures of the same orders have the same keys, whichever the way.
    """
    found = [
        *_money_lines("Sales", figures.takings, way),
        *_rate_lines(figures, way),
        Line("cancelled", "Orders", "Cancelled, count for nothing", figures.cancelled),
        Line("open", "Orders", "Placed and not handed over", figures.open),
        Line("open_total", "Orders", "What these come to, with tax", figures.open_total),
        Line("open_before", "Orders", "Of earlier days, not handed over", figures.open_before),
        Line("incomplete", "Orders", "Not all of their lines here yet", figures.incomplete),
        Line("counts", "Counts", "Posted", figures.counted.counts),
        Line("counted", "Counts", "Items counted", figures.counted.items),
        Line("found", "Counts", "Units found", figures.counted.found),
        Line("lost", "Counts", "Units lost", -figures.counted.lost),
        Line("below_zero", "Oversold", "Items below zero at that moment", figures.oversold.items),
        Line("owed", "Oversold", "Units owed", figures.oversold.units),
    ]
    for who, takings in sorted(figures.people.items()):
        name = who or "Before the app"
        found.append(Line(f"orders|{who}", "People", f"{name}, orders", takings.orders))
        found.append(Line(f"discount|{who}", "People", f"{name}, discounts", -takings.discount))
        refund = takings.returned(way).refund
        found.append(Line(f"refund|{who}", "People", f"{name}, returns", -refund))
        found.append(Line(f"kept|{who}", "People", f"{name}, sales", takings.kept(way)))
    return tuple(found)


def _money_lines(section: str, takings: Takings, way: str) -> Iterator[Line]:
    back = takings.returned(way)
    yield Line("orders", section, "Orders", takings.orders)
    yield Line("gross", section, "Before discounts", takings.gross)
    yield Line("discount", section, "Discounts", -takings.discount)
    yield Line("paid", section, "Before tax", takings.paid)
    yield Line("tax", section, "Tax", takings.tax)
    yield Line("total", section, "Orders with tax", takings.paid + takings.tax)
    yield Line("returns", "Returns", "Returns", back.count)
    yield Line("refund", "Returns", "Given back, before tax", -back.refund)
    yield Line("refund_tax", "Returns", "Tax given back", -back.tax)
    yield Line("kept", "In all", "Sales, before tax", takings.kept(way))
    yield Line("tax_kept", "In all", "Tax to pay", takings.tax_kept(way))
    yield Line("all", "In all", "With tax", takings.kept(way) + takings.tax_kept(way))


def _rate_lines(figures: DayFigures, way: str) -> Iterator[Line]:
    for rate, takings in sorted(figures.rates.items(), key=lambda one: one[0] or -1):
        label, kept = tax_label(rate), takings.kept(way)
        yield Line(f"taxed|{rate}", "Tax by rate", f"{label}, sales before it", kept)
        yield Line(f"tax|{rate}", "Tax by rate", label, takings.tax_kept(way))


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it is now, and as it was when the day was closed; None where it is not."""

    line: Line
    closed: Value | None = None

    @property
    def since(self) -> Value | None:
        """How far it changed since the day was closed."""
        return None if self.closed is None else self.line.value - self.closed


def compared(book: DayBook, way: str = "") -> tuple[Compared, ...]:
    """All figures of a day beside those of the closing that stands.

    Returns count as the store has it, or in one of `WAYS`.
    """
    way = way or book.store.returns_count
    now = lines_of(book.figures, way)
    standing = book.standing
    if standing is None:
        return tuple(Compared(one) for one in now)
    then = {one.key: one for one in lines_of(standing.figures, way)}
    found = [Compared(one, _of(then.get(one.key), one)) for one in now]
    here = {one.key for one in now}
    # Such as a person all of whose orders were cancelled since.
    gone = [one for key, one in then.items() if key not in here]
    found += [
        Compared(Line(one.key, one.section, one.label, _nothing(one)), one.value) for one in gone
    ]
    return tuple(found)


def shown(value: Value | None) -> str:
    """A figure as it is read."""
    if value is None:
        return ""
    return number(value) if isinstance(value, int) else money(value)


def shown_change(value: Value | None) -> str:
    """A difference with its sign; empty where there is none."""
    if not value:
        return ""
    if isinstance(value, int):
        return signed(value)
    return f"+{money(value)}" if value > 0 else money(value)


def since_closing(lines: tuple[Compared, ...]) -> str:
    """What came since the day was closed, as a sentence; empty for a day that is not closed."""
    by_key = {one.line.key: one for one in lines}
    orders, kept = by_key["orders"].since, by_key["kept"].since
    if orders is None or kept is None:
        return ""
    parts = []
    if orders:
        parts.append(f"{signed(int(orders))} {plural(abs(int(orders)), 'order')}")
    if kept:
        parts.append(f"{shown_change(kept)} before tax")
    if parts:
        return f"Since closing: {', '.join(parts)}."
    if any(one.since for one in lines):
        return "Since closing: as many orders and as much money, but other figures changed."
    return "Nothing has changed since closing."


def _of(then: Line | None, now: Line) -> Value:
    return _nothing(now) if then is None else then.value


def _nothing(line: Line) -> Value:
    return 0 if isinstance(line.value, int) else NOTHING
