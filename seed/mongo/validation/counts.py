"""Checks how many documents each collection holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.wording import counted
from seed.catalogue_files import Catalogue, load_catalogue
from seed.generators.codes import code_count
from seed.mongo.validation.report import Outcome
from seed.store_files import load_stores

_FEWEST_LINES = 1.0
_MOST_LINES = 2.5


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected numbers; None where any number but 0 is plausible."""

    customers: int | None = None
    orders: int | None = None


def check_counts(
    database: MongoDatabase, counts: Mapping[str, int], expected: Expected
) -> list[Outcome]:
    """Check the counts, one outcome for each collection; products may have been added since."""
    catalogue, plans = load_catalogue(), load_stores()
    of_catalogue = {"product_id": {"$in": [product.product_id for product in catalogue.products]}}
    carried = sum(min(plan.products_carried, len(catalogue.products)) for plan in plans)
    added = counts[names.PRODUCTS] - database[names.PRODUCTS].count_documents(of_catalogue)
    orders = counts[names.ORDERS]
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
        _exactly(names.INVENTORY, counts[names.INVENTORY], carried, added * len(plans)),
        _about(names.CUSTOMERS, counts[names.CUSTOMERS], expected.customers),
        _about(names.ORDERS, orders, expected.orders),
        _between(
            names.ORDER_ITEMS,
            counts[names.ORDER_ITEMS],
            round(orders * _FEWEST_LINES),
            round(orders * _MOST_LINES),
        ),
    ]


def _types(catalogue: Catalogue) -> int:
    return sum(len(category.types) for category in catalogue.categories)


def _exactly(collection: str, count: int, wanted: int, added: int = 0) -> Outcome:
    more = f" and {added:,} that came with added products" if added else ""
    off = abs(count - wanted - added)
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
