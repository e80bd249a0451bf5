"""Checks how many documents each collection holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.stock_documents import item_id
from connector_config.wording import counted
from seed.catalogue_files import Catalogue
from seed.data_set import data_files
from seed.generators.codes import code_count
from seed.mongo.validation.report import Outcome

_FEWEST_LINES = 1.0
_MOST_LINES = 2.5

# What only a device writes.
_ON_DEVICE: Final = {
    names.ORDERS: {"number": {"$exists": True}},
    names.ORDER_ITEMS: {"line_number": {"$exists": True}},
}


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

    Products may have been added since, goods may have come to stores that did not carry them, and
    devices may have taken orders, which have as many lines as they like.
    """
    catalogue, plans = data_files(expected.catalogue)
    of_catalogue = {"product_id": {"$in": [product.product_id for product in catalogue.products]}}
    carried = sum(min(plan.products_carried, len(catalogue.products)) for plan in plans)
    added = counts[names.PRODUCTS] - database[names.PRODUCTS].count_documents(of_catalogue)
    orders = counts[names.ORDERS]
    made = orders - database[names.ORDERS].count_documents(_ON_DEVICE[names.ORDERS])
    lines_taken = database[names.ORDER_ITEMS].count_documents(_ON_DEVICE[names.ORDER_ITEMS])
    return [
        _exactly(names.STORES, counts[names.STORES], len(plans)),
        _exactly(names.CATEGORIES, counts[names.CATEGORIES], len(catalogue.categories)),
        _exactly(names.PRODUCT_TYPES, counts[names.PRODUCT_TYPES], _types(catalogue)),
        _exactly(names.PRODUCTS, counts[names.PRODUCTS], len(catalogue.products), added),
        # Devices teach more.
        _at_least(names.PRODUCT_CODES, counts[names.PRODUCT_CODES], code_count(catalogue) + added),
        _exactly(
            names.PRODUCT_EMBEDDINGS,
            counts[names.PRODUCT_EMBEDDINGS],
            len(catalogue.products),
            added,
        ),
        _exactly(
            names.INVENTORY,
            counts[names.INVENTORY],
            carried,
            added * len(plans),
            _came_in_new(database),
        ),
        _about(names.CUSTOMERS, counts[names.CUSTOMERS], expected.customers),
        _about(names.ORDERS, orders, expected.orders),
        _between(
            names.ORDER_ITEMS,
            counts[names.ORDER_ITEMS],
            round(made * _FEWEST_LINES) + lines_taken,
            round(made * _MOST_LINES) + lines_taken,
        ),
    ]


def _types(catalogue: Catalogue) -> int:
    return sum(len(category.types) for category in catalogue.categories)


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
