"""Adds a product to MongoDB: checked against what is there, and written in one transaction."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.mongodb.explain import codes
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema import collections as names
from connector_config.schema.code_documents import ProductCode
from connector_config.schema.documents import Product, ProductEmbedding
from connector_config.schema.instants import to_iso
from connector_config.schema.stock_documents import Inventory, Place
from seed.catalogue_files import (
    GROSS_MARGIN_PERCENT,
    SKU_FORM,
    Specification,
    price_of,
    product_id_of,
)
from seed.generators.codes import new_code
from seed.mongo.codes import checked_code, free_code, with_code
from seed.mongo.transactions import all_or_nothing

_BINS: Final = 12
_LONGEST_NAME: Final = 120
_LARGEST_COST: Final = Decimal(1_000_000)
_DUPLICATE_KEY: Final = 11000
_NOT_DELETED: Final[Document] = {"deleted": {"$ne": True}}
# Where a product waits in a store that has nothing like it yet.
_UNPLACED: Final[Place] = {"aisle": "Receiving", "shelf": "A"}


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to add; `cost` in US dollars, `stock` and `reorder` in units at every store.

    `code` is a GTIN; None for one of our own.
    """

    sku: str
    name: str
    category: str
    type: str
    cost: Decimal
    description: str
    specifications: Mapping[str, Specification] = field(default_factory=dict)
    stock: int = 0
    reorder: int = 5
    code: str | None = None


class Added(NamedTuple):
    """The documents that were written."""

    product: Product
    code: ProductCode
    embedding: ProductEmbedding
    inventory: list[Inventory]


def checked_sku(database: MongoDatabase, sku: str, session: ClientSession | None = None) -> str:
    """Check a SKU, and return it; raises UserError for another form, or one that a product has."""
    if not SKU_FORM.fullmatch(sku):
        raise UserError(
            f"A SKU looks like HND-HAMMER-001 (three letters, letters or digits, three digits), "
            f"not {sku[:40]!r}."
        )
    # Also of deleted products: their orders still name it.
    found = database[names.PRODUCTS].find_one(
        {"$or": [{"sku": sku}, {"_id": product_id_of(sku)}]}, session=session
    )
    if found:
        raise UserError(
            f"The SKU {sku} belongs to {found.get('product_name')!r} already: choose another."
        )
    return sku


def checked_name(name: str) -> str:
    """Return a name without blanks around it; raises UserError when it is empty or too long."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UserError(f"A product needs a name of 1 to {_LONGEST_NAME} characters.")
    return name


def checked_cost(text: str) -> Decimal:
    """Read a cost in US dollars; raises UserError for what is not an amount."""
    try:
        cost = Decimal(text.strip().removeprefix("$"))
        fits = 0 < cost <= _LARGEST_COST and cost == cost.quantize(Decimal("0.01"))
    except ArithmeticError:
        fits = False
    if not fits:
        raise UserError(
            f"The cost must be dollars and cents from 0.01 to {_LARGEST_COST:,}, such as 12.50, "
            f"not {text[:40]!r}."
        )
    return cost.quantize(Decimal("0.01"))


def checked_price(text: str, cost: Decimal) -> Decimal:
    """Read a price; raises UserError, naming the right one, where it is not that of the cost."""
    price = checked_cost(text)
    if price != price_of(cost):
        raise UserError(
            f"The price of a product that costs {cost} is {price_of(cost)} (cost / 0.67), "
            f"not {price}: leave the price out, or correct the cost."
        )
    return price


def categories(database: MongoDatabase) -> dict[str, str]:
    """The names of the categories by their id; raises UserError when there are none."""
    found = database[names.CATEGORIES].find(_NOT_DELETED, sort=[("_id", 1)])
    by_id = {str(c["_id"]): str(c.get("category_name")) for c in found}
    if not by_id:
        raise UserError(
            f"There are no categories in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    return by_id


def types_of(database: MongoDatabase, category_id: str) -> dict[str, str]:
    """The names of the types of a category by their id."""
    found = database[names.PRODUCT_TYPES].find(
        {"category_id": category_id, **_NOT_DELETED}, sort=[("_id", 1)]
    )
    return {str(t["_id"]): str(t.get("type_name")) for t in found}


def chosen(what: str, given: str, choices: Mapping[str, str]) -> str:
    """The id of a choice that was given as an id or a name; else raises UserError, listing them."""
    wanted = given.strip().casefold()
    for key, name in choices.items():
        if wanted in (key.casefold(), name.casefold()):
            return key
    raise UserError(f"There is no {what} {given[:60]!r}: choose from {', '.join(choices)}.")


def add_product(
    database: MongoDatabase,
    new: NewProduct,
    embed: Callable[[Product], ProductEmbedding],
) -> Added:
    """Write the product, its code, its vectors and its inventory at every store, all or nothing.

    Raises UserError when the SKU or the code is taken, the category or the type is not there, or
    there are no stores; then nothing was written.
    """
    checked_sku(database, new.sku)
    category = chosen("category", new.category, categories(database))
    kind = chosen(f"type of {category}", new.type, types_of(database, category))
    now = to_iso(datetime.now(UTC))
    product = _product(new, category, kind, now)
    gtin = free_code(database, new.sku) if new.code is None else checked_code(database, new.code)
    code = new_code(gtin, product["product_id"], 1, now)
    # Before the transaction: it may take a while.
    embedding: ProductEmbedding = {**embed(product), "created_at": now, "updated_at": now}

    def work(session: ClientSession) -> Added:
        checked_sku(database, new.sku, session)
        inventory = _inventory(database, new, product, now, session)
        if with_code(database, gtin, session):
            raise UserError(f"The code {gtin} was given to another product meanwhile: try again.")
        for name, documents in (
            (names.PRODUCTS, [product]),
            (names.PRODUCT_CODES, [code]),
            (names.PRODUCT_EMBEDDINGS, [embedding]),
            (names.INVENTORY, inventory),
        ):
            ready = [{"_id": mongo_id(name, d), **d} for d in documents]
            database[name].insert_many(ready, session=session)
        return Added(product, code, embedding, inventory)

    try:
        return all_or_nothing(database, "a product is added", work)
    except OperationFailure as error:
        if _DUPLICATE_KEY in codes(error):
            raise UserError(f"The SKU {new.sku} was added by somebody else meanwhile.") from error
        raise


def _product(new: NewProduct, category: str, kind: str, now: str) -> Product:
    product_id = product_id_of(new.sku)
    return {
        "product_id": product_id,
        "sku": new.sku,
        "product_name": new.name,
        "category_id": category,
        "type_id": kind,
        "cost": float(new.cost),
        "base_price": float(price_of(new.cost)),
        "gross_margin_percent": float(GROSS_MARGIN_PERCENT),
        "product_description": new.description,
        "image_url": f"/images/{product_id}.jpg",
        "specifications": dict(new.specifications),
        "created_at": now,
        "updated_at": now,
        "deleted": False,
    }


def _inventory(
    database: MongoDatabase, new: NewProduct, product: Product, now: str, session: ClientSession
) -> list[Inventory]:
    stores = [
        str(store["store_id"])
        for store in database[names.STORES].find(_NOT_DELETED, sort=[("_id", 1)], session=session)
    ]
    if not stores:
        raise UserError(f"There are no stores in the database {database.name}.")
    return [
        {
            "store_id": store,
            "inventory_id": str(uuid.uuid4()),
            "product_id": product["product_id"],
            "location": _place(database, store, product, session),
            "stock_level": new.stock,
            "reorder_threshold": new.reorder,
            "last_updated": now,
            "last_counted": now,
            "notes": "",
            "created_at": now,
            "updated_at": now,
            "deleted": False,
        }
        for store in stores
    ]


def _place(database: MongoDatabase, store: str, product: Product, session: ClientSession) -> Place:
    """A bin on the shelf where the store has most of this type, else of this category."""
    for key, value in (("type_id", product["type_id"]), ("category_id", product["category_id"])):
        like = database[names.PRODUCTS].distinct("_id", {key: value}, session=session)
        shelves = Counter(
            (str(place.get("aisle")), str(place.get("shelf")))
            for place in _places(database, {"product_id": {"$in": like}}, store, session)
        )
        if shelves:
            (aisle, shelf), _ = shelves.most_common(1)[0]
            break
    else:
        return _UNPLACED
    on_it = {"location.aisle": aisle, "location.shelf": shelf}
    taken = {place.get("bin") for place in _places(database, on_it, store, session)}
    free = [str(number) for number in range(1, _BINS + 1) if str(number) not in taken]
    return {"aisle": aisle, "shelf": shelf, "bin": free[0] if free else str(_BINS)}


def _places(
    database: MongoDatabase, query: Document, store: str, session: ClientSession
) -> list[Document]:
    found = database[names.INVENTORY].find(
        {"store_id": store, **query}, {"location": 1}, sort=[("_id", 1)], session=session
    )
    return [entry["location"] for entry in found if isinstance(entry.get("location"), dict)]
