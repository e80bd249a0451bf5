"""Checks how many documents each collection holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.documents import MONTHS, TYPE_OF_CATEGORY
from connector_config.schema.stock_documents import item_id
from connector_config.wording import counted
from seed.data_set import data_files
from seed.generators.codes import code_count
from seed.mongo.validation.report import Outcome
from seed.mongo.validation.rules import IMPORTED

_FEWEST_LINES = 1.0
_MOST_LINES = 2.5

# What only a device writes.
_ON_DEVICE: Final = {
    names.ORDERS: {"number": {"$exists": True}},
    names.ORDER_ITEMS: {"line_number": {"$exists": True}},
}

_IMPORTED_KINDS: Final[tuple[tuple[str, dict[str, Any], dict[str, Any]], ...]] = (
    (names.CATEGORIES, {f"seasonal_multipliers.{month}": 1 for month in MONTHS}, {}),
    (names.PRODUCT_TYPES, {}, {"$regex": f"^{TYPE_OF_CATEGORY}"}),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected numbers; None where any number but 0 is plausible.

    `catalogue` is the folder that the data was generated of, by default that of the package.
    """

    customers: int | None = None
    orders: int | None = None
    catalogue: Path | None = None


def check_counts(
    database: MongoDatabase, counts: Mapping[str, int], expected: Expected
) -> list[Outcome]:
    """Check the counts, one outcome for each collection.

    Products may have been added or imported since, goods may have come to stores that did not
    carry them, and devices may have taken orders, which have as many lines as they like. Where
    only other stores are there, it is a shop of one's own, of any size.
    """
    catalogue, plans = data_files(expected.catalogue)
    made: dict[str, list[str]] = {
        names.STORES: [plan.store_id for plan in plans],
        names.CATEGORIES: [one.category_id for one in catalogue.categories],
        names.PRODUCT_TYPES: [one.type_id for all_ in catalogue.categories for one in all_.types],
        names.PRODUCTS: [one.product_id for one in catalogue.products],
    }
    there = {
        name: database[name].count_documents({"_id": {"$in": ids}}) for name, ids in made.items()
    }
    if counts[names.STORES] and not there[names.STORES]:
        return [_about(name, counts[name], None) for name in made] + [
            _about(name, counts[name], wanted)
            for name, wanted in _asked_for(expected).items()
            if wanted is not None
        ]
    added = counts[names.PRODUCTS] - there[names.PRODUCTS]
    # Of an import, what cannot be told from more of the data set counts as too many.
    own = {
        name: database[name].count_documents({**query, "_id": {"$nin": made[name], **of_id}})
        for name, query, of_id in _IMPORTED_KINDS
    } | {names.PRODUCTS: added}
    of_import = {**IMPORTED, "_id": {"$nin": made[names.PRODUCTS]}}
    imported = [one["_id"] for one in database[names.PRODUCTS].find(of_import, {"_id": 1})]
    # Those that zava-seed added have a code, vectors, and an item in each store.
    whole = added - len(imported)
    seen = database[names.PRODUCT_EMBEDDINGS].count_documents({"_id": {"$in": imported}})
    carried = sum(min(plan.products_carried, len(catalogue.products)) for plan in plans)
    orders = counts[names.ORDERS]
    generated = orders - database[names.ORDERS].count_documents(_ON_DEVICE[names.ORDERS])
    lines_taken = database[names.ORDER_ITEMS].count_documents(_ON_DEVICE[names.ORDER_ITEMS])
    return [
        _exactly(names.STORES, counts[names.STORES], len(plans)),
        *(
            _exactly(name, counts[name], len(made[name]), own[name])
            for name in (names.CATEGORIES, names.PRODUCT_TYPES, names.PRODUCTS)
        ),
        # Devices teach more.
        _at_least(names.PRODUCT_CODES, counts[names.PRODUCT_CODES], code_count(catalogue) + whole),
        _exactly(
            names.PRODUCT_EMBEDDINGS,
            counts[names.PRODUCT_EMBEDDINGS],
            len(catalogue.products),
            whole + seen,
        ),
        _exactly(
            names.INVENTORY,
            counts[names.INVENTORY],
            carried,
            whole * len(plans),
            _came_in_new(database),
        ),
        *(_about(name, counts[name], wanted) for name, wanted in _asked_for(expected).items()),
        _between(
            names.ORDER_ITEMS,
            counts[names.ORDER_ITEMS],
            round(generated * _FEWEST_LINES) + lines_taken,
            round(generated * _MOST_LINES) + lines_taken,
        ),
    ]


def _asked_for(expected: Expected) -> dict[str, int | None]:
    return {names.CUSTOMERS: expected.customers, names.ORDERS: expected.orders}


def _came_in_new(database: MongoDatabase) -> int:
    """How many items a device made, of goods that came to a store that did not carry them."""
    key = {"store_id": 1, "product_id": 1}
    return sum(
        one["_id"] == item_id(str(one.get("store_id")), str(one.get("product_id")))
        for one in database[names.INVENTORY].find({}, key)
    )


def _exactly(collection: str, count: int, wanted: int, added: int = 0, came_in: int = 0) -> Outcome:
    more = f" and {added:,} that came with added products" if added else ""
    more += f" and {came_in:,} of goods that a store did not carry" if came_in else ""
    off = abs(count - wanted - added - came_in)
    return _outcome(collection, count, off, f"{wanted:,}{more}")


def _at_least(collection: str, count: int, fewest: int) -> Outcome:
    return _outcome(collection, count, max(fewest - count, 0), f"{fewest:,} or more")


def _about(collection: str, count: int, wanted: int | None) -> Outcome:
    if wanted is None:
        return _outcome(collection, count, int(count == 0), "at least 1")
    return _outcome(collection, count, abs(count - wanted), f"{wanted:,}")


def _between(collection: str, count: int, fewest: int, most: int) -> Outcome:
    off = max(fewest - count, count - most, 0)
    return _outcome(collection, count, off, f"{fewest:,} to {most:,}")


def _outcome(collection: str, count: int, off: int, wanted: str) -> Outcome:
    return Outcome(
        collection,
        "count",
        f"number of documents is {wanted}",
        passed=not off,
        number=off,
        detail=counted(count, "document") if off else "",
    )
