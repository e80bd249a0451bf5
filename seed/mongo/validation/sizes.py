"""Whether documents are as small as devices that sync them want them."""

from __future__ import annotations

from typing import Any, Final

from connector_config.mongodb.connection import MongoDatabase
from seed.mongo.validation.documents import examples
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome

LARGEST: Final = 100_000
"""Bytes; most documents have less than 2 KB, and beyond 500 KB they hold up a sync."""


def check_sizes(
    database: MongoDatabase, collection: str, *, most: int = MOST_EXAMPLES
) -> list[Outcome]:
    """Check that no document of a collection is too large; the outcome says how large they are."""
    size = {"$bsonSize": "$$ROOT"}
    too_large: list[dict[str, Any]] = [
        {"$match": {"$expr": {"$gt": [size, LARGEST]}}},
        {"$group": {"_id": None, "n": {"$sum": 1}, "ids": examples("$_id", most)}},
    ]
    sums = {"_id": None, "mean": {"$avg": size}, "largest": {"$max": size}}
    found = next(iter(database[collection].aggregate([{"$group": sums}])), None)
    if found is None:
        return []
    title = (
        f"no document has more than {LARGEST // 1000} KB (they have {found['mean'] / 1000:.1f} KB, "
        f"the largest {found['largest'] / 1000:.1f} KB)"
    )
    wrong: dict[str, Any] = {"n": 0, "ids": []}
    if found["largest"] > LARGEST:
        wrong = next(iter(database[collection].aggregate(too_large)), wrong)
    return [outcome(collection, "size", title, wrong["n"], wrong["ids"], most=most)]
