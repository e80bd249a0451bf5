"""The shapes of stock and of its movements; see `documents`."""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
import uuid
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema.document_fields import Document, Instant, Uuid

_ITEM: Final = uuid.UUID("a1f2b7c0-5c9e-4a6c-8f1d-2b6f5f0f7d31")


class Place(TypedDict):
    """The place of a product in a store, such as aisle `3`, shelf `B`, bin `12`."""

    aisle: str
    shelf: str
    bin: NotRequired[str]


class OtherPlace(TypedDict):
    """A further place of a product."""

    aisle: str
    shelf: str
    bin: str
    gone: bool


class Inventory(Document):
    """A product at a store; on hand is `stock_level + stock_delta`.

    `stock_level` is the opening level, owned by MongoDB. `stock_delta` is a Ditto COUNTER that only
    devices move; it is missing until the first movement and is never seeded. `last_updated` is when
    stock last moved; `updated_at` is when the place or another descriptive field was last edited,
    and a stock movement does not touch it. `other_locations` holds further places of the same
    product by their code, such as `3B-12`; one that was given up stays with `gone`.
    """

    store_id: str
    inventory_id: Uuid
    product_id: str
    location: Place
    stock_level: int
    stock_delta: NotRequired[int]
    reorder_threshold: int
    last_updated: Instant
    last_counted: Instant
    notes: str
    other_locations: NotRequired[dict[str, OtherPlace]]


class InventoryChange(TypedDict, total=False):
    """What the app merges into an item key by key, apart from its stock and its first place."""

    other_locations: dict[str, OtherPlace]


class ApprovedBy(TypedDict):
    """The manager who gave the word for what the store wants one for; the name as it was then."""

    person_id: str
    name: str


class StockMovement(Document):
    """One immutable change of stock or of place, written with the change in one transaction.

    `quantity` is signed and in sellable units; `reference` says what it belongs to, such as
    `{"undoes": movement_id}` or `{"receipt": receipt_id, "number": ...}`; the locations are there
    for a move to another place. `effective_at` is there where it differs from `at`: a count counts
    from the moment of counting, and what corrects an entry from the moment of that entry.
    `approved_by` is there where it needed a manager's word. Only one
    device ever writes a movement: its id follows from the device, so that the counter (which adds
    up) and the ledger (which does not hold a document twice) cannot part.
    """

    store_id: str
    movement_id: Uuid
    inventory_id: Uuid
    product_id: str
    reason: str
    quantity: int
    note: str
    who: str
    role: str
    device_id: str
    device_name: str
    at: Instant
    offline: bool
    reference: dict[str, str]
    from_location: NotRequired[Place]
    to_location: NotRequired[Place]
    effective_at: NotRequired[Instant]
    approved_by: NotRequired[ApprovedBy]


def item_id(store_id: str, product_id: str) -> str:
    """The inventory id of a product that a store did not carry so far: the same on every device."""
    return str(uuid.uuid5(_ITEM, f"{store_id}|{product_id}"))


def new_item(store_id: str, product_id: str, at: str) -> Inventory:
    """The item of a product that a store did not carry so far; `at` is a stored time."""
    return {
        "store_id": store_id,
        "inventory_id": item_id(store_id, product_id),
        "product_id": product_id,
        "location": {"aisle": "", "shelf": "", "bin": ""},
        "stock_level": 0,
        "reorder_threshold": 0,
        "last_updated": at,
        "last_counted": at,
        "notes": "",
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }


SHAPES: Final[Mapping[str, Any]] = {
    names.INVENTORY: Inventory,
    names.STOCK_MOVEMENTS: StockMovement,
}
