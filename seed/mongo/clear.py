"""Deletes the documents of the project's collections and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import COLLECTIONS
from seed.mongo.fill import count_all
from seed.progress import OnProgress

# A second's work of a small server, so that a person sees it go on.
_BATCH: Final = 5_000


def documents_held(database: MongoDatabase) -> dict[str, int]:
    """How many documents each collection of the project holds, those of devices included."""
    return {
        name: number for name, number in count_all(database, tuple(COLLECTIONS)).items() if number
    }


def clear(database: MongoDatabase, held: Mapping[str, int], on_progress: OnProgress) -> int:
    """Delete all documents of some collections; indexes and change stream settings stay.

    Returns how many were deleted. Documents that refer to others go first, so that an interruption
    leaves none that points nowhere. Dropping would be quicker, but ends the change streams of
    listeners instead of telling them what is gone.
    """
    total = 0
    for name in reversed(tuple(held)):
        collection = database[name]
        done = 0
        with collection.find({}, {"_id": 1}) as cursor:
            while ids := [found["_id"] for found in islice(cursor, _BATCH)]:
                done += collection.delete_many({"_id": {"$in": ids}}).deleted_count
                on_progress(name, min(done, held[name] - 1), held[name])
        # What came in meanwhile.
        done += collection.delete_many({}).deleted_count
        on_progress(name, done, done)
        total += done
    return total
