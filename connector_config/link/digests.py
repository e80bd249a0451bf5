"""Digests of the documents of a part, made where they are, so that few numbers travel.

A bucket has the documents whose ids end alike. Its digest is how many they are, and for each of
their times a sum over all of them. Where nothing differs, a device and MongoDB have the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern

from connector_config.link import store
from connector_config.link.store import Body
from connector_config.mongodb.mapping import to_device
from connector_config.schema.collections import COLLECTIONS, INVENTORY
from connector_config.schema.scope import Wanted
from connector_config.store.outbox import Executes, text_of

Digest = tuple[int, ...]
Times = tuple[Any, ...]

_ENDS: Final = 2
# A product of the two is no sum of milliseconds: two changes do not make up for each other.
_PRIMES: Final = (1_000_003, 999_983)
# More than the buckets that are read have, unless all ids of a collection end alike.
_ROWS: Final = 20_000
_READ: Final = 10_000


def majority(database: AsyncDatabase[Body], collection: str) -> AsyncCollection[Body]:
    """A collection as the change stream tells of it: nothing that may be rolled back."""
    return database[collection].with_options(read_concern=ReadConcern("majority"))


def times_of(collection: str, document: Body) -> Times:
    """When a document was changed, by which two states of it are told from each other."""
    return tuple(document.get(name) for name in _times(collection))


async def of_device(device: Executes, part: Wanted) -> dict[str, Digest]:
    """The digests of what is here, by the ends of the ids."""
    where, parameters = part.condition().where()
    first, second = _PRIMES
    sums = ", ".join(
        f"SUM(date_cast({name}) % {first} * (date_cast({name}) % {second})) AS {name}"
        for name in _times(part.collection)
    )
    found = await store.rows(
        device,
        f"SELECT {_end(part)} AS bucket, COUNT(*) AS n, {sums} FROM {part.collection}{where} "
        f"GROUP BY {_end(part)}",
        parameters,
    )
    return _by_bucket(part, found, "bucket")


async def of_mongodb(database: AsyncDatabase[Body], part: Wanted) -> dict[str, Digest]:
    """The digests of what is in MongoDB, by the ends of the ids; raises PyMongoError."""
    text = _text(_field(part))
    start = {"$max": [0, {"$subtract": [{"$strLenCP": text}, _ENDS]}]}
    product = {"$multiply": [{"$mod": ["$$time", prime]} for prime in _PRIMES]}
    sums = {
        name: {"$sum": {"$let": {"vars": {"time": _milliseconds(name)}, "in": product}}}
        for name in _times(part.collection)
    }
    group = {"_id": {"$substrCP": [text, start, _ENDS]}, "n": {"$sum": 1}, **sums}
    found = await majority(database, part.collection).aggregate(
        [{"$match": part.mongo_filter()}, {"$group": group}]
    )
    return _by_bucket(part, await found.to_list(), "_id")


def differing(here: dict[str, Digest], there: dict[str, Digest]) -> list[str]:
    """The buckets that differ, and no more of them than can be read at once."""
    chosen: list[str] = []
    rows = 0
    for bucket in sorted(here.keys() | there.keys()):
        ours, theirs = here.get(bucket, (0,)), there.get(bucket, (0,))
        if ours != theirs:
            rows += max(ours[0], theirs[0])
            if chosen and rows > _READ:
                break
            chosen.append(bucket)
    return chosen


async def suspects(
    device: Executes, database: AsyncDatabase[Body], part: Wanted, buckets: Sequence[str]
) -> list[Any]:
    """The Ditto ids of what is not the same on both sides, as it seems; raises PyMongoError.

    What has no Ditto id is none of them.
    """
    there = await _read_mongodb(database, part, buckets)
    here = await _read_device(device, part, buckets)
    ids = {text: its for text, (its, _) in {**there, **here}.items()}
    return [its for text, its in ids.items() if here.get(text) != there.get(text)]


async def _read_device(
    device: Executes, part: Wanted, buckets: Sequence[str]
) -> dict[str, tuple[Any, Times]]:
    where, parameters = part.condition().where()
    names = ", ".join(("_id", *_times(part.collection)))
    found = await store.rows(
        device,
        f"SELECT {names} FROM {part.collection}{where}{' AND' if where else ' WHERE'} "
        f"array_contains(:buckets, {_end(part)}) LIMIT {_ROWS}",
        {**parameters, "buckets": list(buckets)},
    )
    return {text_of(one["_id"]): (one["_id"], times_of(part.collection, one)) for one in found}


async def _read_mongodb(
    database: AsyncDatabase[Body], part: Wanted, buckets: Sequence[str]
) -> dict[str, tuple[Any, Times]]:
    ends = "|".join(map(re.escape, buckets))
    query = {"$and": [part.mongo_filter(), {_field(part): {"$regex": f"({ends})$"}}]}
    names = (*COLLECTIONS[part.collection].id_fields, *_times(part.collection))
    found = majority(database, part.collection).find(query, dict.fromkeys(names, 1))
    result = {}
    for document in await found.to_list(_ROWS):
        try:
            one = to_device(part.collection, document)
        except ValueError:
            continue  # parked
        result[text_of(one["_id"])] = (one["_id"], times_of(part.collection, one))
    return result


def _times(collection: str) -> tuple[str, ...]:
    # The stock of an item moves without an edit.
    return ("updated_at", "last_updated") if collection == INVENTORY else ("updated_at",)


def _field(part: Wanted) -> str:
    return COLLECTIONS[part.collection].id_fields[-1]


def _end(part: Wanted) -> str:
    return f"substr({_field(part)}, length({_field(part)}) - {_ENDS})"


def _milliseconds(field: str) -> Body:
    # With the form of stored times it takes a fifth of the time. What has another one is looked at
    # document by document.
    form = {"format": "%Y-%m-%dT%H:%M:%S.%LZ", "onError": None, "onNull": None}
    return {"$toLong": {"$dateFromString": {"dateString": _text(field), **form}}}


def _text(field: str) -> Body:
    # Whatever stands in a field: one document must not fail all the others.
    return {"$cond": [{"$eq": [{"$type": f"${field}"}, "string"]}, f"${field}", ""]}


def _by_bucket(part: Wanted, found: Iterable[Body], key: str) -> dict[str, Digest]:
    # Without an id of the right kind it is on no device.
    return {
        one[key]: (one["n"], *(one.get(name) or 0 for name in _times(part.collection)))
        for one in found
        if one.get(key)
    }
