"""Deletes the documents of the project's collections and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector_config.collections import COLLECTIONS
from connector_config.mongodb.connection import MongoDatabase
from seed.mongo.fill import count_all


def documents_held(database: MongoDatabase) -> dict[str, int]:
    """How many documents each collection of the project holds, those of devices included."""
    return {
        name: number for name, number in count_all(database, tuple(COLLECTIONS)).items() if number
    }


def clear(database: MongoDatabase, held: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Delete all documents of these collections; indexes and change stream settings stay.

    Gives each collection with how many were deleted. What refers to others goes first, so that an
    interruption leaves nothing that points nowhere.
    """
    for name in reversed(tuple(held)):
        yield name, database[name].delete_many({}).deleted_count
