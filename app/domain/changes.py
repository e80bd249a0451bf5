"""The changes that this device made, as they are noted for undo.

The documents do not tell which change was the last one: a customer, a purchase order or a code does
not say which device changed it, and clocks go wrong. So each change is noted in its own
transaction, in the order of this device: as a pointer to its documents, and an edit with what was
there before, which nothing else keeps. `app.domain.last_change` says what undo does about one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from connector_config.schema import collections as names


class Kind(Enum):
    """What a person changed; the values are stored."""

    STOCK = "stock"
    PLACE = "place"
    CUSTOMER = "customer"
    CUSTOMERS_MERGED = "customers_merged"
    CUSTOMER_FORGOTTEN = "customer_forgotten"
    CODE = "code"
    PAPER = "paper"
    RECEIPT_BEGUN = "receipt_begun"
    RECEIPT = "receipt"
    RECEIPT_DISCARDED = "receipt_discarded"
    COUNT_BEGUN = "count_begun"
    COUNTED = "counted"
    COUNT = "count"
    COUNT_CANCELLED = "count_cancelled"
    ORDER = "order"
    ORDER_COMPLETED = "order_completed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_RETURNED = "order_returned"
    TRANSFER = "transfer"
    TRANSFER_CANCELLED = "transfer_cancelled"
    SHIPMENT = "shipment"
    SHIPMENT_CANCELLED = "shipment_cancelled"
    PURCHASE_ORDER = "purchase_order"
    ORDERED = "ordered"
    PURCHASE_ORDER_CANCELLED = "purchase_order_cancelled"
    SETTLED = "settled"
    DAY_CLOSED = "day_closed"
    PERSON = "person"
    PERSON_SECRET = "person_secret"


_SCREENS: Final = {
    Kind.STOCK: "history",
    Kind.PLACE: "history",
    **dict.fromkeys((Kind.CUSTOMER, Kind.CUSTOMERS_MERGED, Kind.CUSTOMER_FORGOTTEN), "customers"),
    **dict.fromkeys((Kind.RECEIPT_BEGUN, Kind.RECEIPT, Kind.RECEIPT_DISCARDED), "receive"),
    **dict.fromkeys((Kind.COUNT_BEGUN, Kind.COUNTED, Kind.COUNT, Kind.COUNT_CANCELLED), "count"),
    **dict.fromkeys(
        (Kind.ORDER, Kind.ORDER_COMPLETED, Kind.ORDER_CANCELLED, Kind.ORDER_RETURNED), "orders"
    ),
    **dict.fromkeys(
        (Kind.TRANSFER, Kind.TRANSFER_CANCELLED, Kind.SHIPMENT, Kind.SHIPMENT_CANCELLED),
        "transfers",
    ),
    **dict.fromkeys((Kind.PURCHASE_ORDER, Kind.ORDERED, Kind.PURCHASE_ORDER_CANCELLED), "reorder"),
    Kind.SETTLED: "oversold",
    Kind.DAY_CLOSED: "closing",
    **dict.fromkeys((Kind.PERSON, Kind.PERSON_SECRET), "people"),
}
_PAPERS: Final = {
    names.GOODS_RECEIPTS: "receive",
    names.TRANSFERS: "transfers",
    names.REPLENISHMENTS: "reorder",
    names.STOCKTAKES: "count",
}
_ITEMS: Final = {
    "receive": "receipt_id",
    "transfers": "transfer_id",
    "reorder": "replenishment_id",
    "count": "stocktake_id",
    "orders": "number",
    "closing": "day",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """Fields of a document as they were `before`, and as somebody set them; `key` is its id."""

    collection: str
    key: Mapping[str, str]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewlyMade:
    """A change to be noted; `key` finds its documents, `device_id` is "" for this device's."""

    kind: Kind
    store_id: str
    key: Mapping[str, str] = field(default_factory=dict)
    device_id: str = ""
    edits: Sequence[Edit] = ()

    @property
    def screen(self) -> str:
        """The screen whose work it is; "" where it is that of every screen."""
        if self.kind is Kind.PAPER and self.edits:
            return _PAPERS.get(self.edits[0].collection, "")
        return _SCREENS.get(self.kind, "")

    @property
    def item(self) -> str:
        """What is opened on that screen; "" where nothing can be."""
        return self.key.get(_ITEMS.get(self.screen, ""), "")


@dataclass(frozen=True, slots=True)
class Made:
    """A change as it was noted; a higher `number` is newer."""

    number: int
    change: NewlyMade


def shown(edited: Mapping[str, Any], stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a document that an edit is about."""
    return {
        name: shown(value, there)
        if isinstance(value, Mapping) and isinstance(there := stored.get(name), Mapping)
        else stored.get(name)
        for name, value in edited.items()
    }


def before(edited: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """What brings a document back to what it was before an edit: nothing of what was not there.

    Papers only gain, so a line that is new stays, of no units.
    """
    return {
        name: before(value, stored.get(name) or {})
        if isinstance(value, Mapping)
        else stored.get(name, _nothing(value))
        for name, value in edited.items()
    }


def _nothing(value: object) -> object:
    return 0 if isinstance(value, int) and not isinstance(value, bool) else value
