"""Converts between a document in MongoDB and the same document on a device."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bson import Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from bson.timestamp import Timestamp

from connector_config.schema.collections import COLLECTIONS, MongoId, ditto_id, id_part
from connector_config.schema.instants import to_iso

_NOT_CARRIED: Final = object()
# Not their subclasses: code of BSON is a str, and no text.
_PLAIN: Final = frozenset({str, bool, type(None)})


def mongo_id(collection: str, document: Mapping[str, object]) -> str | ObjectId:
    """The `_id` in MongoDB, made of the business id alone: a string, for customers an ObjectId.

    Raises ValueError when the business id is missing or not a non-empty string.
    """
    return mongo_id_function(collection)(document)


def mongo_id_function(collection: str) -> Callable[[Mapping[str, object]], str | ObjectId]:
    """`mongo_id` for many documents of one collection."""
    field = COLLECTIONS[collection].id_fields[-1]

    def text(document: Mapping[str, object]) -> str:
        return id_part(collection, field, document)

    def object_id(document: Mapping[str, object]) -> ObjectId:
        return ObjectId(hashlib.blake2b(text(document).encode(), digest_size=12).digest())

    return object_id if COLLECTIONS[collection].mongo_id is MongoId.OBJECT_ID else text


def to_device(collection: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a document of MongoDB to what a device stores, with its Ditto `_id`.

    Values of a type that the managed connector does not carry either (Binary …) are left out.
    Raises ValueError, in a sentence, when it cannot have a Ditto `_id`: what it is made of is text
    in MongoDB too, or nobody would find the document there again.
    """
    key = ditto_id(collection, document)
    body = {
        name: carried
        for name, value in document.items()
        if name != "_id" and (carried := _carried(value)) is not _NOT_CARRIED
    }
    if COLLECTIONS[collection].mongo_id is not MongoId.OBJECT_ID:
        expected = mongo_id(collection, document)
        if document["_id"] != expected:
            raise ValueError(
                f"A document of {collection} has {document['_id']!r} as its _id in MongoDB, but "
                f"needs {expected!r}, as in its {COLLECTIONS[collection].id_fields[-1]}."
            )
    return {"_id": key, **body}


def query_for(collection: str, bodies: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The query that finds documents of a collection in MongoDB by their bodies on devices."""
    field = COLLECTIONS[collection].id_fields[-1]
    values = [body[field] for body in bodies]
    # An ObjectId may be one that MongoDB made.
    by_field = COLLECTIONS[collection].mongo_id is MongoId.OBJECT_ID
    return {field if by_field else "_id": {"$in": values}}


def to_mongo(collection: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a body to a new document for MongoDB; types stay the plain ones of JSON."""
    return {"_id": mongo_id(collection, body), **body}


def as_found(found: Any, value: Any) -> Any:
    """A value of a device for MongoDB, where `found` is there.

    What is the same keeps its type there, and what no device carries stays: a device that edits one
    entry of a map changes no other one.
    """
    if _carried(found) == value:
        return found
    if not isinstance(found, dict) or not isinstance(value, dict):
        return value
    kept = {name: its for name, its in found.items() if _carried(its) is _NOT_CARRIED}
    return kept | {name: as_found(found.get(name), its) for name, its in value.items()}


def _carried(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Int64):
        return int(value)
    if isinstance(value, (int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"A number is {value}, which a device cannot store.")
        return value
    if isinstance(value, dict):
        return {
            name: carried
            for name, its in value.items()
            if (carried := _carried(its)) is not _NOT_CARRIED
        }
    if isinstance(value, list):
        return [carried for its in value if (carried := _carried(its)) is not _NOT_CARRIED]
    if isinstance(value, (ObjectId, Decimal128)):
        return str(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return to_iso(moment)
    if isinstance(value, DatetimeMS):
        raise ValueError("A time is outside the years 1 to 9999, which a device cannot store.")
    if isinstance(value, Timestamp):
        return value.time
    return _NOT_CARRIED
