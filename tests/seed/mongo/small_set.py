"""A small data set in MongoDB, for the tests of what checks and copies it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from connector_config.mongodb.connection import MongoDatabase
from seed.data_set import mongo_data_set
from seed.mongo.indexes import create_indexes
from seed.mongo.target import batches
from seed.mongo.views import ensure_views
from seed.options import Options

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
CUSTOMERS, ORDERS = 60, 150

Documents = list[dict[str, Any]]


@cache
def small_set() -> Mapping[str, Documents]:
    """All documents with their ids by collection; not to be changed."""
    options = Options(start=FIRST, end=date(2026, 1, 1), customers=CUSTOMERS, orders=ORDERS, seed=5)
    return {
        part.collection: [
            document
            for batch in batches(part.collection, part.documents)
            for document in batch.documents
        ]
        for part in mongo_data_set(options)
    }


def put(database: MongoDatabase) -> None:
    """The documents, the indexes and the views."""
    # Before the documents: an index over none is made at once.
    list(create_indexes(database))
    for name, documents in small_set().items():
        database[name].insert_many([dict(document) for document in documents])
    ensure_views(database)
