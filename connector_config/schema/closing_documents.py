"""The shape of the days of a store that were closed; see `documents`.

The app writes `NewDayClosing` first; a step merges a `DayClosingChange` into it, maps key by key.
"""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
import uuid
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Money, Uuid
from connector_config.schema.paper_documents import Signed

_CLOSING: Final = uuid.UUID("7d3b0a51-2f4e-4c86-b7f0-5a9c1e64d2b8")


class ClosedReturns(TypedDict):
    """How often goods came back, and what was given back for them: price and tax."""

    count: int
    refund: Money
    tax: Money


class ClosedSums(TypedDict):
    """Sums of orders: `gross` without `discount` is what was paid for goods before `tax`.

    `returned` has what came back of these very orders under `sale`, on whatever day, and what came
    back on this day, of whatever orders, under `return`. Amounts are never negative.
    """

    orders: int
    gross: Money
    discount: Money
    tax: Money
    returned: dict[str, ClosedReturns]


class Rate(TypedDict, total=False):
    """A rate of the tax; without one, that of orders that do not say it."""

    tax_percent: float


class ClosedRate(ClosedSums, Rate):
    """The sums at one rate of the tax."""


class ClosedPerson(ClosedSums):
    """The sums of one person's orders; `who` is empty for orders from before the app."""

    who: str


class ClosedParts(TypedDict, total=False):
    """The sums by rate and by person, missing where there are none: a merge keeps no empty map.

    The keys mean nothing, because a rate or a name cannot be one.
    """

    rates: dict[str, ClosedRate]
    people: dict[str, ClosedPerson]


class NewClosing(Signed, ClosedSums, ClosedParts):
    """A day as one device knew it when it was closed there; it never changes.

    Of the day's orders `cancelled` count for nothing, `open` were placed and not handed over, worth
    `open_total` with tax, `open_before` are older ones like that, and of `incomplete` not all lines
    had arrived. `counts` were posted on that day, of `counted` items, which `found` and `lost`
    units. `below_zero` items and `owed` units were oversold at the moment of closing. `returns_on`
    is the store's setting at that time.
    """

    returns_on: str
    cancelled: int
    open: int
    open_total: Money
    open_before: int
    incomplete: int
    counts: int
    counted: int
    found: int
    lost: int
    below_zero: int
    owed: int


class Closing(NewClosing):
    """A closing at any time: it counts for nothing once it was taken back."""

    taken_back_at: NotRequired[Instant]


class ClosingTakenBack(TypedDict):
    """The day is open again, as far as its maker is concerned."""

    taken_back_at: Instant


class DayClosing(Document):
    """A day of a store that was closed; one document, whoever closes it.

    `day` is the store's, such as `2026-11-30`. Devices that close it apart each add an entry to
    `closings`, of which one stands: see `app.domain.closings`.
    """

    store_id: str
    closing_id: Uuid
    day: str
    closings: dict[str, Closing]


class DayClosingChange(TypedDict, total=False):
    """What a step merges into a day."""

    closings: dict[str, NewClosing | ClosingTakenBack]


def closing_id(store_id: str, day: str) -> str:
    """The id of a store's day, such as `2026-11-30`: the same on every device."""
    return str(uuid.uuid5(_CLOSING, f"{store_id}|{day}"))


SHAPES: Final[Mapping[str, Any]] = {names.DAY_CLOSINGS: DayClosing}
