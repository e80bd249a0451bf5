"""Stores, products, stock and its movements, as the rest of the app sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import Enum

from app.domain.approvals import NO_LIMITS, Approval, Limits
from app.domain.pricing import USUAL_TAX_PERCENT

_COMPANY = "Zava Retail "
USUAL_COUNTRY = "US"
"""Where a store is whose document does not say it, as ISO 3166."""


class Role(Enum):
    """What a person does in the store; `app.domain.rights` says what each may do."""

    WORKER = "worker"
    REP = "rep"
    MANAGER = "manager"

    @property
    def label(self) -> str:
        """The role as shown to a person."""
        return {"worker": "Store worker", "rep": "Sales rep", "manager": "Manager"}[self.value]


def short(store_name: str) -> str:
    """The name of a store without the company's, such as `Seattle`."""
    return store_name.removeprefix(_COMPANY)


@dataclass(frozen=True, slots=True)
class Store:
    """One of the company's stores; `blocks_oversell` where no order may take more than is there.

    `where` is latitude and longitude in degrees; None for the online store. `country` is two
    letters of ISO 3166. `fault` is a sentence where its document is faulty, and the `name` has a
    `mark` at its end; `may_sell` is false where nobody knows its tax. `time_zone` is as stored;
    without a `zone` its days are those of the computer. `returns_count` is the day on which returns
    count in Sales, that of the `sale` or of the `return`. `limits` are what needs a manager's word.
    """

    store_id: str
    name: str
    city: str
    is_online: bool = False
    tax_percent: Decimal = USUAL_TAX_PERCENT
    blocks_oversell: bool = False
    where: tuple[float, float] | None = None
    country: str = USUAL_COUNTRY
    fault: str = ""
    mark: str = ""
    may_sell: bool = True
    time_zone: str = ""
    zone: tzinfo | None = None
    returns_count: str = "sale"
    limits: Limits = NO_LIMITS

    @property
    def stored_name(self) -> str:
        """The name as papers have it."""
        return self.name.removesuffix(self.mark)

    @property
    def short_name(self) -> str:
        """The name without the company's, such as `Seattle`."""
        return short(self.name)

    @property
    def is_demo(self) -> bool:
        """Whether it is a store of the demo data, by its name."""
        return self.name.startswith(_COMPANY)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who is signed in, where, and as what.

    `person_id` is that of one of the store's people, and `stores` are those in which they work;
    both are empty where the store has no people, and everybody may say who they are.
    """

    store_id: str
    role: Role
    name: str
    person_id: str = ""
    stores: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """This installation: `device_id` is a UUID made once for a data folder."""

    device_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and from which device; `connected` tells whether it hears anybody.

    `approved_by` is the manager who is said to have given the word for this change. Only where the
    change needs one and it holds, it is `granted`, by `app.data.staff.word` alone, and written.
    """

    profile: Profile
    device: Device
    connected: Callable[[], bool] = lambda: False
    approved_by: Approval | None = None
    granted: Approval | None = None

    @property
    def offline(self) -> bool:
        """Whether the device hears nobody at this moment."""
        return not self.connected()


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts `2` before `10` and `9B` before `10A`."""
    parts: list[tuple[int, int, str]] = []
    # Numbers in pieces that int() takes: it refuses thousands of digits.
    for digits, letters in re.findall(r"(\d{1,1000})|(\D+)", text.casefold()):
        parts.append((0, int(digits), "") if digits else (1, 0, letters))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands in one store; empty strings where nothing is known."""

    aisle: str = ""
    shelf: str = ""
    bin: str = ""

    @property
    def code(self) -> str:
        """The short form on shelf labels, such as `3B-12`; empty without an aisle."""
        return f"{self.aisle}{self.shelf}" + (f"-{self.bin}" if self.bin else "")

    @property
    def text(self) -> str:
        """The long form, such as `Aisle 3, shelf B, bin 12`."""
        named = (("Aisle", self.aisle), ("shelf", self.shelf), ("bin", self.bin))
        return ", ".join(f"{name} {value}" for name, value in named if value) or "No place yet"

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Walking order: aisle, then shelf, then bin."""
        return natural_key(self.aisle), natural_key(self.shelf), natural_key(self.bin)


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the catalogue; `price` in US dollars.

    `fault` is a sentence where its document is faulty, and it is not sold; its `name` says so with
    the `mark` at its end, which no paper has.
    """

    product_id: str
    sku: str
    name: str
    price: Decimal
    category: str = ""
    type: str = ""
    description: str = ""
    specifications: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""
    mark: str = ""

    @property
    def stored_name(self) -> str:
        """The name as papers have it."""
        return self.name.removesuffix(self.mark)


class StockState(Enum):
    """How urgent an item's stock is."""

    NEGATIVE = "negative"
    ZERO = "zero"
    LOW = "low"
    OK = "ok"
    FAULTY = "faulty"


@dataclass(frozen=True, slots=True)
class StockItem:
    """A product at one store; quantities in sellable units, times in UTC.

    `fault` is a sentence where its document is faulty: then nobody knows what is on hand.
    """

    inventory_id: str
    store_id: str
    product_id: str
    place: Place
    stock_level: int
    stock_delta: int = 0
    reorder_point: int = 0
    last_counted: datetime | None = None
    last_updated: datetime | None = None
    created_at: datetime | None = None
    notes: str = ""
    other_places: tuple[Place, ...] = ()
    fault: str = ""

    @property
    def on_hand(self) -> int:
        """Opening level plus all that devices moved, in units; negative is shown, never clamped."""
        return self.stock_level + self.stock_delta

    @property
    def state(self) -> StockState:
        """How urgent the stock is: negative, zero, low (at or below the reorder point) or fine."""
        if self.fault:
            return StockState.FAULTY
        if self.on_hand < 0:
            return StockState.NEGATIVE
        if self.on_hand == 0:
            return StockState.ZERO
        return StockState.LOW if self.on_hand <= self.reorder_point else StockState.OK


class Reason(Enum):
    """Why stock moved; `UNKNOWN` is what a newer version of the program wrote."""

    RECEIVED = "received"
    FOUND = "found"
    RETURNED = "returned"
    DAMAGED = "damaged"
    LOST = "lost"
    SAMPLE = "sample"
    CORRECTION = "correction"
    MOVED = "moved"
    UNDO = "undo"
    SOLD = "sold"
    COUNTED = "counted"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    TRANSFER_BACK = "transfer_back"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The reason as shown to a person."""
        return _REASON_LABELS.get(self.value, self.value.capitalize())


_REASON_LABELS = {
    "moved": "Moved to another place",
    "transfer_out": "Shipped to another store",
    "transfer_in": "Received from another store",
    "transfer_back": "Shipment came back",
    "unknown": "Unknown to this version",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One immutable entry of the stock ledger; `quantity` is signed, 0 for a change of place.

    `reference` names what it belongs to, such as `{"receipt": receipt_id}`; `effective_at` is there
    for a count and for a correction, which count from an earlier moment than `at`. `approved_by` is
    the name of the manager who gave the word for it, where it needed one.
    """

    movement_id: str
    store_id: str
    inventory_id: str
    product_id: str
    reason: Reason
    quantity: int
    at: datetime
    who: str
    device_id: str
    device_name: str
    note: str = ""
    offline: bool = True
    undoes: str | None = None
    undone_reason: str = ""
    from_place: Place | None = None
    to_place: Place | None = None
    reference: Mapping[str, str] = field(default_factory=dict)
    effective_at: datetime | None = None
    approved_by: str = ""
