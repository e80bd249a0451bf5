"""Every index of the MongoDB side: the one list that makes them, checks them and proves their use.

Seeds 001 and 002 of the data model ask for those on ids, foreign keys, dates, states, the soft
delete and the text search; the compound ones serve the queries that the documents show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, TEXT

from connector_config.schema import collections as names
from seed.embeddings import DESCRIPTION_DIMENSIONS, IMAGE_DIMENSIONS

Keys = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index; `serves` says which questions need it.

    `partial` limits the index to documents that a filter matches, which queries have to repeat.
    `weights` are those of a text index.
    """

    collection: str
    keys: Keys
    serves: str
    unique: bool = False
    partial: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that MongoDB itself would give, such as `store_id_1_deleted_1`."""
        return "_".join(f"{field}_{direction}" for field, direction in self.keys)

    @property
    def is_text(self) -> bool:
        """Whether the index is for words and not for values."""
        return any(direction == TEXT for _, direction in self.keys)


def _index(collection: str, fields: str, serves: str, *, unique: bool = False) -> Index:
    """`fields` are names with a space between them; a `-` before one means descending."""
    keys = tuple(
        (name.removeprefix("-"), DESCENDING if name.startswith("-") else ASCENDING)
        for name in fields.split()
    )
    return Index(collection, keys, serves, unique)


_ALIVE: Final = {"deleted": False}
# Of most orders nothing ever comes back, and their map is empty or missing.
CAME_BACK: Final[Mapping[str, Any]] = {"returns": {"$gt": {}}}

INDEXES: Final[tuple[Index, ...]] = (
    # stores
    _index(names.STORES, "store_id", "a store by its id; lookups from elsewhere", unique=True),
    _index(names.STORES, "store_name", "a store by its name", unique=True),
    _index(names.STORES, "rls_user_id", "the store of a row-level user", unique=True),
    _index(names.STORES, "deleted", "stores that are open"),
    # staff
    _index(names.STAFF, "store_id staff_id", "the Ditto id", unique=True),
    _index(names.STAFF, "store_id deleted name", "the people of a store"),
    _index(names.STAFF, "person_id", "a person in all stores"),
    _index(names.STAFF, "deleted", "people who are not deleted"),
    # customers
    _index(names.CUSTOMERS, "customer_id", "a customer by the id", unique=True),
    # A customer who moves to another store becomes a new document with the same address.
    Index(
        names.CUSTOMERS,
        (("email", ASCENDING),),
        "a customer by the e-mail address; no two have the same",
        unique=True,
        partial=_ALIVE,
    ),
    _index(names.CUSTOMERS, "email deleted", "a customer by e-mail, also one who is deleted"),
    _index(names.CUSTOMERS, "primary_store_id", "the customers of a store"),
    _index(names.CUSTOMERS, "primary_store_id deleted last_name first_name", "a store's list"),
    _index(names.CUSTOMERS, "last_name first_name", "a customer by name"),
    _index(names.CUSTOMERS, "phone", "a customer by the telephone number"),
    _index(names.CUSTOMERS, "deleted", "customers that are not deleted"),
    # categories
    _index(names.CATEGORIES, "category_id", "a category by its id", unique=True),
    _index(names.CATEGORIES, "category_name", "a category by its name", unique=True),
    _index(names.CATEGORIES, "deleted", "categories in use"),
    # product types
    _index(names.PRODUCT_TYPES, "type_id", "a type by its id", unique=True),
    _index(names.PRODUCT_TYPES, "category_id type_name", "the types of a category"),
    _index(names.PRODUCT_TYPES, "deleted", "types in use"),
    # products
    _index(names.PRODUCTS, "product_id", "a product by its id", unique=True),
    _index(names.PRODUCTS, "sku", "a product by its SKU", unique=True),
    _index(names.PRODUCTS, "category_id", "the products of a category"),
    _index(names.PRODUCTS, "type_id", "the products of a type"),
    _index(names.PRODUCTS, "category_id deleted product_name", "browsing a category"),
    _index(names.PRODUCTS, "category_id base_price", "a category by price"),
    _index(names.PRODUCTS, "base_price", "products by price"),
    _index(names.PRODUCTS, "deleted", "products on sale"),
    Index(
        names.PRODUCTS,
        (("product_name", TEXT), ("product_description", TEXT)),
        "products by words; those of the name count more",
        weights={"product_name": 10, "product_description": 1},
    ),
    # product codes
    _index(names.PRODUCT_CODES, "code_id", "the Ditto id", unique=True),
    _index(names.PRODUCT_CODES, "code", "whose a scanned code is"),
    _index(names.PRODUCT_CODES, "product_id", "the codes of a product"),
    _index(names.PRODUCT_CODES, "deleted", "codes that hold"),
    # product embeddings
    _index(names.PRODUCT_EMBEDDINGS, "product_id", "the vectors of a product", unique=True),
    _index(names.PRODUCT_EMBEDDINGS, "source", "vectors still to be replaced by better ones"),
    _index(names.PRODUCT_EMBEDDINGS, "deleted", "vectors of products on sale"),
    # inventory
    _index(names.INVENTORY, "store_id inventory_id", "the Ditto id", unique=True),
    _index(names.INVENTORY, "store_id product_id", "where a product stands in a store"),
    _index(names.INVENTORY, "store_id", "the stock of a store"),
    _index(names.INVENTORY, "product_id", "who has a product"),
    _index(names.INVENTORY, "store_id deleted stock_level", "what has to be reordered"),
    _index(names.INVENTORY, "store_id location.aisle location.shelf", "what stands on a shelf"),
    _index(names.INVENTORY, "location.aisle location.shelf", "what stands on a shelf anywhere"),
    _index(names.INVENTORY, "deleted", "stock that is not deleted"),
    # orders
    _index(names.ORDERS, "order_id", "an order by its number", unique=True),
    _index(names.ORDERS, "number", "an order by the number that people know it by"),
    _index(names.ORDERS, "customer_id", "the orders of a customer"),
    _index(names.ORDERS, "store_id", "the orders of a store"),
    _index(names.ORDERS, "-order_date", "the newest orders; sales by date"),
    _index(names.ORDERS, "status", "orders that wait"),
    _index(names.ORDERS, "customer_id deleted -order_date", "a customer's history, newest first"),
    _index(names.ORDERS, "store_id -order_date", "a store's orders, newest first"),
    _index(names.ORDERS, "store_id status -order_date", "what waits in a store"),
    _index(names.ORDERS, "status -order_date", "what was cancelled or returned in a time"),
    Index(
        names.ORDERS,
        (("order_date", ASCENDING), ("store_id", ASCENDING)),
        "orders of which goods came back",
        partial=CAME_BACK,
    ),
    _index(names.ORDERS, "deleted", "orders that are not deleted"),
    # order items
    _index(names.ORDER_ITEMS, "store_id order_item_id", "the Ditto id", unique=True),
    _index(names.ORDER_ITEMS, "order_id", "the lines of an order"),
    _index(names.ORDER_ITEMS, "product_id", "the sales of a product"),
    _index(names.ORDER_ITEMS, "product_id -created_at", "the latest sales of a product"),
    _index(names.ORDER_ITEMS, "-created_at", "what was sold in a time"),
    _index(names.ORDER_ITEMS, "store_id -created_at", "what a store sold in a time"),
    _index(names.ORDER_ITEMS, "customer_id", "what a customer has bought"),
    _index(names.ORDER_ITEMS, "deleted", "lines that are not deleted"),
    # stock movements
    _index(names.STOCK_MOVEMENTS, "store_id movement_id", "the Ditto id", unique=True),
    _index(names.STOCK_MOVEMENTS, "inventory_id at", "the history of an item, and its sum"),
    _index(names.STOCK_MOVEMENTS, "store_id -at", "what happened in a store, newest first"),
    _index(names.STOCK_MOVEMENTS, "product_id -at", "what happened to a product"),
    _index(names.STOCK_MOVEMENTS, "deleted", "movements that are not deleted"),
    # transfers
    _index(names.TRANSFERS, "from_store_id to_store_id transfer_id", "the Ditto id", unique=True),
    _index(names.TRANSFERS, "from_store_id -created_at", "what leaves a store"),
    _index(names.TRANSFERS, "to_store_id -created_at", "what arrives at a store"),
    _index(names.TRANSFERS, "deleted", "transfers that are not deleted"),
    # replenishments
    _index(names.REPLENISHMENTS, "store_id replenishment_id", "the Ditto id", unique=True),
    _index(names.REPLENISHMENTS, "store_id -created_at", "what a store has ordered"),
    _index(names.REPLENISHMENTS, "deleted", "replenishments that are not deleted"),
    # goods receipts
    _index(names.GOODS_RECEIPTS, "store_id receipt_id", "the Ditto id", unique=True),
    _index(names.GOODS_RECEIPTS, "store_id -created_at", "what came in at a store"),
    _index(names.GOODS_RECEIPTS, "paper_id", "what came in on a paper"),
    _index(names.GOODS_RECEIPTS, "deleted", "receipts that are not deleted"),
    # stocktakes and their counts
    _index(names.STOCKTAKES, "store_id stocktake_id", "the Ditto id", unique=True),
    _index(names.STOCKTAKES, "store_id -created_at", "the stocktakes of a store"),
    _index(names.STOCKTAKES, "deleted", "stocktakes that are not deleted"),
    _index(names.STOCKTAKE_COUNTS, "store_id count_id", "the Ditto id", unique=True),
    _index(names.STOCKTAKE_COUNTS, "stocktake_id", "the counts of a stocktake"),
    _index(names.STOCKTAKE_COUNTS, "deleted", "counts that hold"),
    # oversell cases
    _index(names.OVERSELL_CASES, "store_id case_id", "the Ditto id", unique=True),
    _index(names.OVERSELL_CASES, "deleted", "cases that are not deleted"),
    # closed days
    _index(names.DAY_CLOSINGS, "store_id closing_id", "the Ditto id", unique=True),
    _index(names.DAY_CLOSINGS, "store_id -day", "the days of a store, newest first"),
    _index(names.DAY_CLOSINGS, "deleted", "days that are not deleted"),
)

VECTOR_INDEX_NAME: Final = "vector_index"

# Searched by Atlas; the filter keeps products that are gone out of the answers.
VECTOR_FIELDS: Final[tuple[Mapping[str, str | int], ...]] = (
    {
        "type": "vector",
        "path": "image_embedding",
        "numDimensions": IMAGE_DIMENSIONS,
        "similarity": "cosine",
    },
    {
        "type": "vector",
        "path": "description_embedding",
        "numDimensions": DESCRIPTION_DIMENSIONS,
        "similarity": "cosine",
    },
    {"type": "filter", "path": "deleted"},
)
