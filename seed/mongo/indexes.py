"""Makes, compares and drops the indexes of `index_list`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

from pymongo import IndexModel
from pymongo.errors import OperationFailure
from pymongo.operations import SearchIndexModel

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema.collections import PRODUCT_EMBEDDINGS
from seed.mongo.index_list import INDEXES, VECTOR_FIELDS, VECTOR_INDEX_NAME, Index

_NAMESPACE_NOT_FOUND: Final = 26
_DUPLICATE_KEY: Final = 11000
_NO_SEARCH: Final = {40324, 59, 115, 31082, 6047401}


class State(Enum):
    """The state in which an index was found, or left."""

    CREATED = "created"
    THERE = "already there"
    DIFFERENT = "different"
    MISSING = "missing"
    DROPPED = "dropped"


class Outcome(NamedTuple):
    """What an index was found to be or became."""

    spec: Index
    state: State


def compare_indexes(
    database: MongoDatabase, indexes: Sequence[Index] = INDEXES
) -> Iterator[Outcome]:
    """Compare each index with the server's: it is there, different or missing."""
    for collection, group in groupby(indexes, lambda index: index.collection):
        there = _there(database, collection)
        for index in group:
            yield Outcome(index, _state(index, there))


def create_indexes(
    database: MongoDatabase, indexes: Sequence[Index] = INDEXES
) -> Iterator[Outcome]:
    """Make the indexes that are missing, collection by collection; different ones stay as they are.

    Raises UserError when documents that are there contradict a unique index.
    """
    for collection, group in groupby(
        compare_indexes(database, indexes), lambda outcome: outcome.spec.collection
    ):
        outcomes = list(group)
        missing = [index for index, state in outcomes if state is State.MISSING]
        if missing:
            # At once, so that the server reads the documents once.
            _create(database, collection, missing)
        for index, state in outcomes:
            yield Outcome(index, State.CREATED if state is State.MISSING else state)


def drop_indexes(database: MongoDatabase, indexes: Sequence[Index] = INDEXES) -> Iterator[Outcome]:
    """Drop every index of the list, and others that stand in its place; the rest stays."""
    for collection, group in groupby(indexes, lambda index: index.collection):
        there = _there(database, collection)
        for index in group:
            names = [
                found["name"]
                for found in there
                if found["name"] == index.name or _keys(found) == dict(index.keys)
            ]
            if index.is_text:
                # A collection has one text index at most, whatever its name.
                names = [found["name"] for found in there if "textIndexVersion" in found]
            for name in names:
                database[collection].drop_index(name)
                there = [found for found in there if found["name"] != name]
            yield Outcome(index, State.DROPPED if names else State.MISSING)


def vector_definition(database: str) -> dict[str, object]:
    """The vector index as the Atlas command line and the Atlas website take it."""
    return {
        "database": database,
        "collectionName": PRODUCT_EMBEDDINGS,
        "name": VECTOR_INDEX_NAME,
        "type": "vectorSearch",
        "fields": [dict(field) for field in VECTOR_FIELDS],
    }


def write_vector_definition(path: Path, database: str) -> None:
    """Write the definition as JSON; raises UserError when the file cannot be written."""
    text = json.dumps(vector_definition(database), indent=2) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The vector index definition cannot be written to {path} "
            f"({error.strerror or error}): name another file with --vector-file."
        ) from None


def create_vector_index(database: MongoDatabase) -> State | None:
    """Make the vector index; returns None where the server has no vector search."""
    collection = database[PRODUCT_EMBEDDINGS]
    fields = [dict(field) for field in VECTOR_FIELDS]
    try:
        found = list(collection.list_search_indexes(VECTOR_INDEX_NAME))
        if found:
            same = found[0].get("latestDefinition", {}).get("fields") == fields
            return State.THERE if same else State.DIFFERENT
        collection.create_search_index(
            SearchIndexModel({"fields": fields}, VECTOR_INDEX_NAME, "vectorSearch")
        )
    except OperationFailure as error:
        if error.code in _NO_SEARCH:
            return None
        raise
    return State.CREATED


def _there(database: MongoDatabase, collection: str) -> list[Document]:
    try:
        return [dict(found) for found in database[collection].list_indexes()]
    except OperationFailure as error:
        if error.code == _NAMESPACE_NOT_FOUND:
            return []
        raise


def _state(index: Index, there: Sequence[Document]) -> State:
    for found in there:
        if index.is_text and "textIndexVersion" in found:
            return State.THERE if _same_text(index, found) else State.DIFFERENT
        if found["name"] == index.name or _keys(found) == dict(index.keys):
            return State.THERE if _same(index, found) else State.DIFFERENT
    return State.MISSING


def _same(index: Index, found: Document) -> bool:
    return (
        list(_keys(found).items()) == list(index.keys)
        and bool(found.get("unique")) == index.unique
        and dict(found.get("partialFilterExpression", {})) == dict(index.partial)
        # Without a word in the list, but both would let documents be missed.
        and not found.get("sparse")
        and "expireAfterSeconds" not in found
        and not found.get("hidden")
    )


def _same_text(index: Index, found: Document) -> bool:
    weights = {field: int(weight) for field, weight in dict(found["weights"]).items()}
    return weights == dict(index.weights) and not found.get("partialFilterExpression")


def _keys(found: Mapping[str, Any]) -> dict[str, int | str]:
    """Directions come back as int or float, depending on who made the index."""
    return {
        field: direction if isinstance(direction, str) else int(direction)
        for field, direction in dict(found["key"]).items()
    }


def _create(database: MongoDatabase, collection: str, indexes: Sequence[Index]) -> None:
    models = [
        IndexModel(
            list(index.keys),
            name=index.name,
            **({"unique": True} if index.unique else {}),
            **({"partialFilterExpression": dict(index.partial)} if index.partial else {}),
            **({"weights": dict(index.weights)} if index.weights else {}),
        )
        for index in indexes
    ]
    try:
        database[collection].create_indexes(models)
    except OperationFailure as error:
        if error.code != _DUPLICATE_KEY:
            raise
        fields = " and ".join((error.details or {}).get("keyPattern", {}) or ["a unique field"])
        raise UserError(
            f"Two documents of {collection} have the same {fields}, so no unique index can be "
            "made: find them with zava-seed validate."
        ) from None
