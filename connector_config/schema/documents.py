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

from connector_config.schema import closing_documents as closings
from connector_config.schema import code_documents as codes
from connector_config.schema import collections as names
from connector_config.schema import order_documents as orders
from connector_config.schema import paper_documents as papers
from connector_config.schema import staff_documents as staff
from connector_config.schema import stock_documents as stock
from connector_config.schema.document_fields import Document, Instant, Money, Uuid

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The keys of the demand of a category."""


class StoreLocation(TypedDict):
    """Where a store is; coordinates in degrees, `country` as two letters of ISO 3166."""

    address: str
    city: str
    state: str
    zip: str
    country: NotRequired[str]
    latitude: NotRequired[float]
    longitude: NotRequired[float]


class StoreApprovals(TypedDict):
    """What needs a manager's word; see `Store`."""

    discount_percent: NotRequired[float]
    count_units: NotRequired[int]
    count_value: NotRequired[Money]
    below_zero: NotRequired[bool]
    cancel_handed_over: NotRequired[bool]
    delete_customer: NotRequired[bool]
    unusual_quantity: NotRequired[bool]


class Store(Document):
    """A store; `rls_user_id` is the UUID that row-level security knows it by.

    `tax_percent` is the store's sales tax, such as 10.1. `oversell` says what happens to an order
    of more than is on hand: `block` refuses it; `warn`, or no such field, asks first. `time_zone`
    is the name in the IANA database of the zone by which the store's days begin and end.
    `returns_on` says on which day returns count: `return`, that on which they came; `sale`, or no
    such field, that of the sale.

    `approvals` says what needs a manager's word where the store has people: a discount above so
    many percent of a line; a product whose count differs by more than so many units, or US dollars
    at cost; an order of more than is on hand where `oversell` is `block`; cancelling an order that
    was handed over; deleting a customer; unusually many units in an order, a receipt or an
    adjustment, which are asked about in any store.
    """

    store_id: str
    store_name: str
    rls_user_id: Uuid
    is_online: bool
    location: StoreLocation
    tax_percent: NotRequired[float]
    oversell: NotRequired[str]
    time_zone: NotRequired[str]
    returns_on: NotRequired[str]
    approvals: NotRequired[StoreApprovals]


class Customer(Document):
    """A customer; one who moves to another store becomes a new document.

    `phone` is as people write it, `phone_e164` such as +12065550147 beside it, empty with it.
    `merged_into` is the `customer_id` of the one kept of the same person, in the same store; it
    counts while the document is deleted. `forgotten_at` is when the person wished to be forgotten:
    nothing personal is left then (`connector_config.schema.forgotten`). `approved_by` is the
    manager who gave the word when the customer was deleted.
    """

    customer_id: str
    first_name: str
    last_name: str
    email: str
    phone: str
    phone_e164: NotRequired[str]
    primary_store_id: str
    merged_into: NotRequired[str]
    forgotten_at: NotRequired[Instant]
    approved_by: NotRequired[stock.ApprovedBy]


class Category(Document):
    """A category; `seasonal_multipliers` maps `jan` to `dec` to demand, 1.0 an average month."""

    category_id: str
    category_name: str
    seasonal_multipliers: dict[str, float]


TYPE_OF_CATEGORY: Final = "type_of_"
"""How the id of a type begins of which nothing is known but its category."""


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

    `source` says who made them: `local:` and the model, `azure:` and the deployment, or `original`
    (and `local`, of version 0.2: word hashes). `text_hash` is the SHA-256 (hex) of the texts that
    they were made of; `image_made_of` is `caption` or `picture`.
    """

    product_id: str
    image_embedding: list[float]
    image_made_of: NotRequired[str]
    description_embedding: list[float]
    source: str
    text_hash: str
    image_url: NotRequired[str]


SHAPES: Final[Mapping[str, Any]] = {
    names.STORES: Store,
    names.CUSTOMERS: Customer,
    names.CATEGORIES: Category,
    names.PRODUCT_TYPES: ProductType,
    names.PRODUCTS: Product,
    names.PRODUCT_EMBEDDINGS: ProductEmbedding,
    **codes.SHAPES,
    **staff.SHAPES,
    **stock.SHAPES,
    **orders.SHAPES,
    **papers.SHAPES,
    **closings.SHAPES,
}
"""The shape of the documents of every collection."""
