"""Looks in the server for documents that the connector cannot take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from bson import ObjectId, json_util

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema.collections import Collection, MongoId
from connector_config.wording import counted

# What the connector turns into something else than the app expects, or leaves out.
_DATE: Final = "date"
_DECIMAL: Final = "decimal"
_LEFT_OUT: Final = (
    "binData",
    "dbPointer",
    "javascript",
    "javascriptWithScope",
    "maxKey",
    "minKey",
    "symbol",
    "undefined",
)
_UNFIT: Final = [_DATE, _DECIMAL, *_LEFT_OUT]
_NESTED: Final = ["object", "array"]

# How deep in a document values are looked at; the shapes of this project go to 2.
_DEPTH: Final = 4
# Of one collection, as many kinds of trouble with values are told.
_MOST: Final = 10


class Trouble(NamedTuple):
    """A kind of documents that are wrong, how many, and the command for mongosh that mends them."""

    message: str
    mend: str


def wrong_ids(database: MongoDatabase, collection: Collection) -> Iterator[Trouble]:
    """Find id fields that are missing, null, an array, or not a non-empty text.

    The connector wants them present and neither null nor an array; the app wants texts.
    """
    fields = collection.id_fields
    kinds = {
        field: {"$cond": [{"$eq": [f"${field}", ""]}, "empty", {"$type": f"${field}"}]}
        for field in fields
    }
    found: dict[tuple[str, str], tuple[int, object]] = {}
    pipeline: list[Document] = [
        {"$project": kinds},
        {"$match": {"$or": [{field: {"$ne": "string"}} for field in fields]}},
        {
            "$group": {
                "_id": {field: f"${field}" for field in fields},
                "count": {"$sum": 1},
                "example": {"$first": "$_id"},
            }
        },
    ]
    for group in database[collection.name].aggregate(pipeline, allowDiskUse=True):
        for field, kind in group["_id"].items():
            if kind != "string":
                count, example = found.get((field, kind), (0, group["example"]))
                found[field, kind] = (count + group["count"], example)
    for (field, kind), (count, example) in sorted(found.items()):
        what = {
            "missing": f"{_documents(count)} without {field}",
            "null": f"{_documents(count)} with {field}: null",
            "empty": f"{_documents(count)} with an empty {field}",
        }.get(kind, f"{_documents(count)} with {field} of type {kind} and not a text")
        yield Trouble(f"{what}, such as _id {_shell(example)}", _mend_id(collection, field, kind))


def changed_ids(database: MongoDatabase, collection: Collection) -> Iterator[Trouble]:
    """Find id fields that did change, as far as a look at the documents can tell.

    MongoDB never lets `_id` change, and here it is made of the business id, or equal to the UUID,
    so a body that says another one was edited. Of documents with another kind of `_id` (customers,
    and what the connector inserts) that is not known. Two documents with the same id fields are one
    document to Ditto, and would overwrite each other: a unique index rules that out without looking
    at them, else they are counted. Not seen is a change of the store alone that hits no other
    document: only a history of all changes could tell.
    """
    name, fields = collection.name, collection.id_fields
    last = fields[-1]
    if collection.mongo_id is not MongoId.OBJECT_ID:
        differs = {
            "$and": [
                {"$eq": [{"$type": "$_id"}, "string"]},
                {"$eq": [{"$type": f"${last}"}, "string"]},
                {"$ne": [f"${last}", ""]},
                {"$ne": ["$_id", f"${last}"]},
            ]
        }
        pipeline: list[Document] = [
            {"$match": {"$expr": differs}},
            {"$group": {"_id": None, "count": {"$sum": 1}, "example": {"$first": "$_id"}}},
        ]
        for group in database[name].aggregate(pipeline):
            example = _shell(group["example"])
            yield Trouble(
                f"{_documents(group['count'])} where {last} was changed after it was made, such "
                f"as _id {example}",
                f"db.{name}.updateMany({{$expr: {json.dumps(differs)}}}, "
                f'[{{$set: {{{last}: "$_id"}}}}])',
            )
    if not _is_unique(database, collection):
        yield from _duplicates(database, collection)


def unfit_values(database: MongoDatabase, collection: Collection) -> Iterator[Trouble]:
    """Find values that do not reach a device as they are: binaries, Decimal128, dates and others.

    `_id` is left out, because the connector maps other fields.
    """
    stages: list[Document] = [{"$project": {"level": _first_level()}}]
    for _ in range(_DEPTH - 1):
        stages.append({"$project": {"found": _found(), "level": _next_level()}})
    pipeline = [
        *stages,
        {"$project": {"found": _found()}},
        {"$unwind": "$found"},
        {
            "$group": {
                "_id": {"path": "$found.path", "type": {"$type": "$found.value"}},
                "count": {"$sum": 1},
                "example": {"$first": "$_id"},
            }
        },
        {"$sort": {"count": -1, "_id.path": 1}},
        {"$limit": _MOST},
    ]
    for group in database[collection.name].aggregate(pipeline, allowDiskUse=True):
        path, kind = group["_id"]["path"], group["_id"]["type"]
        example = _shell(group["example"])
        becomes = {_DATE: "becomes a text of another form", _DECIMAL: "becomes a text"}
        yield Trouble(
            f"{path} is a {kind} in {group['count']:,}, such as _id {example}, and on devices "
            f"{becomes.get(kind, 'it is left out')}",
            _mend_value(collection.name, path, kind, example),
        )


def _is_unique(database: MongoDatabase, collection: Collection) -> bool:
    """Whether an index already makes the id fields, or some of them, unique."""
    return any(
        index.get("unique", False)
        and not index.get("sparse", False)
        and "partialFilterExpression" not in index
        and set(index["key"]) <= set(collection.id_fields)
        for index in database[collection.name].list_indexes()
    )


def _duplicates(database: MongoDatabase, collection: Collection) -> Iterator[Trouble]:
    name, fields = collection.name, collection.id_fields
    pipeline: list[Document] = [
        {"$match": {field: {"$type": "string"} for field in fields}},
        {
            "$group": {
                "_id": {field: f"${field}" for field in fields},
                "count": {"$sum": 1},
                "example": {"$first": "$_id"},
            }
        },
        {"$match": {"count": {"$gt": 1}}},
        {
            "$group": {
                "_id": None,
                "count": {"$sum": 1},
                "same": {"$first": "$_id"},
                "example": {"$first": "$example"},
            }
        },
    ]
    for group in database[name].aggregate(pipeline, allowDiskUse=True):
        same = json.dumps(group["same"])
        keys = json.dumps(dict.fromkeys(fields, 1))
        yield Trouble(
            f"{counted(group['count'], 'time')} several documents share their id, such as {same}",
            f"look at db.{name}.find({same}), remove what is wrong, such as "
            f"db.{name}.deleteOne({{_id: {_shell(group['example'])}}}), and then "
            f"db.{name}.createIndex({keys}, {{unique: true}})",
        )


def _mend_id(collection: Collection, field: str, kind: str) -> str:
    name = collection.name
    condition = (
        f'{{{field}: ""}}'
        if kind == "empty"
        else f'{{$expr: {{$eq: [{{$type: "${field}"}}, "{kind}"]}}}}'
    )
    if field == collection.id_fields[-1] and collection.mongo_id is not MongoId.OBJECT_ID:
        return f'db.{name}.updateMany({condition}, [{{$set: {{{field}: "$_id"}}}}])'
    return f'db.{name}.updateMany({condition}, {{$set: {{{field}: "WHAT-IT-IS"}}}})'


def _mend_value(name: str, path: str, kind: str, example: str) -> str:
    if "[]" in path:
        return f"rewrite what db.{name}.find({{_id: {example}}}) shows, without it"
    key = json.dumps(path)
    value = json.dumps(f"${path}")
    iso = '"%Y-%m-%dT%H:%M:%S.%LZ"'
    change = {
        _DATE: f"[{{$set: {{{key}: {{$dateToString: {{date: {value}, format: {iso}}}}}}}}}]",
        _DECIMAL: f"[{{$set: {{{key}: {{$toDouble: {value}}}}}}}]",
    }.get(kind, f'{{$unset: {{{key}: ""}}}}')
    return f'db.{name}.updateMany({{{key}: {{$type: "{kind}"}}}}, {change})'


def _first_level() -> Document:
    fields = {
        "$map": {
            "input": {"$objectToArray": "$$ROOT"},
            "as": "each",
            "in": {"path": "$$each.k", "value": "$$each.v"},
        }
    }
    return _of_types(fields, [*_UNFIT, *_NESTED], {"$ne": ["$$entry.path", "_id"]})


def _next_level() -> Document:
    """What the objects and arrays of `level` hold, with their paths."""
    of_object = {
        "$map": {
            "input": {"$objectToArray": "$$this.value"},
            "as": "each",
            "in": {"path": {"$concat": ["$$this.path", ".", "$$each.k"]}, "value": "$$each.v"},
        }
    }
    of_array = {
        "$map": {
            "input": "$$this.value",
            "as": "each",
            "in": {"path": {"$concat": ["$$this.path", "[]"]}, "value": "$$each"},
        }
    }
    kind = {"$type": "$$this.value"}
    inside = {
        "$switch": {
            "branches": [
                {"case": {"$eq": [kind, "object"]}, "then": of_object},
                {"case": {"$eq": [kind, "array"]}, "then": of_array},
            ],
            "default": [],
        }
    }
    content = {
        "$reduce": {
            "input": "$level",
            "initialValue": [],
            "in": {"$concatArrays": ["$$value", inside]},
        }
    }
    return _of_types(content, [*_UNFIT, *_NESTED])


def _found() -> Document:
    """What was found so far, with what is unfit in `level`."""
    before = {"$ifNull": ["$found", []]}
    return {"$concatArrays": [before, _of_types("$level", _UNFIT)]}


def _of_types(entries: Any, types: list[str], *conditions: Document) -> Document:
    wanted = {"$in": [{"$type": "$$entry.value"}, types]}
    return {"$filter": {"input": entries, "as": "entry", "cond": {"$and": [wanted, *conditions]}}}


def _documents(count: int) -> str:
    return counted(count, "document")


def _shell(value: object) -> str:
    """A value as it is typed in mongosh."""
    if isinstance(value, ObjectId):
        return f'ObjectId("{value}")'
    return json.dumps(value) if isinstance(value, str) else json_util.dumps(value)
