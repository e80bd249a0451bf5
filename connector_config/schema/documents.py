"""The shape of the documents of every collection: the one typed definition.

For all of them:
- an `Instant` is an ISO-8601 UTC string with milliseconds, such as `2026-11-21T00:05:48.123Z`;
- `Money` is a number of US dollars with two decimals, computed exactly and only stored as a float;
- nested objects are maps, never arrays, so that fields merge one by one;
- `deleted` is a soft delete;
- business ids are repeated in the body. `_id` is not part of the shapes: the target that stores a
  document adds it (`connector_config.schema.collections.ditto_id`).
"""

# Without `from __future__ import annotations`: it hides NotRequired from `__required_keys__`.
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict

from connector_config.schema import collections as names
from connector_config.schema import order_documents as orders
from connector_config.schema import paper_documents as papers
from connector_config.schema.document_fields import Document, Instant, Money, Uuid


class StoreLocation(TypedDict):
    """Where a store is; coordinates in degrees."""

    address: str
    city: str
    state: str
    zip: str
    latitude: NotRequired[float]
    longitude: NotRequired[float]


class Store(Document):
    """A store; `rls_user_id` is the UUID that row-level security knows it by.

    `tax_percent` is its sales tax, such as 10.1. `oversell` says what happens to an order of more
    than is on hand: `block` refuses it, `warn` (also where it is missing) asks first.
    """

    store_id: str
    store_name: str
    rls_user_id: Uuid
    is_online: bool
    location: StoreLocation
    tax_percent: NotRequired[float]
    oversell: NotRequired[str]


class Customer(Document):
    """A customer; one who moves to another store becomes a new document."""

    customer_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    primary_store_id: str


class Category(Document):
    """A category; `seasonal_multipliers` maps `jan` to `dec` to demand, 1.0 an average month."""

    category_id: str
    category_name: str
    seasonal_multipliers: dict[str, float]


class ProductType(Document):
    """A kind of product within a category."""

    type_id: str
    type_name: str
    category_id: str


class Product(Document):
    """A product; `base_price = cost / 0.67`, rounded half up to cents."""

    product_id: str
    sku: str
    product_name: str
    category_id: str
    type_id: str
    cost: Money
    base_price: Money
    gross_margin_percent: float
    product_description: str
    image_url: str
    specifications: dict[str, str | int | float | bool]


class ProductEmbedding(Document):
    """Vectors for searches in MongoDB: 512 numbers of the image, 1,536 of the description.

    `source` says who made them: `local`, `azure:` and the deployment, or `original`. `text_hash` is
    the SHA-256 (hex) of the texts they were made of.
    """

    product_id: str
    image_embedding: list[float]
    description_embedding: list[float]
    source: str
    text_hash: str
    image_url: NotRequired[str]


class Place(TypedDict):
    """Where a product stands in a store, such as aisle `3`, shelf `B`, bin `12`."""

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


class StockMovement(Document):
    """One immutable change of stock or of place, written with the change in one transaction.

    `quantity` is signed and in sellable units; `reference` says what it belongs to, such as
    `{"undoes": movement_id}` or `{"receipt": receipt_id, "number": ...}`; the locations are there
    for a move to another place. `effective_at` is there where it differs from `at`: a count counts
    from the moment of counting, and what corrects an entry from the moment of that entry. Only one
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


SHAPES: Final[Mapping[str, Any]] = {
    names.STORES: Store,
    names.CUSTOMERS: Customer,
    names.CATEGORIES: Category,
    names.PRODUCT_TYPES: ProductType,
    names.PRODUCTS: Product,
    names.PRODUCT_EMBEDDINGS: ProductEmbedding,
    names.INVENTORY: Inventory,
    names.STOCK_MOVEMENTS: StockMovement,
    **orders.SHAPES,
    **papers.SHAPES,
}
"""The shape of the documents of every collection."""
