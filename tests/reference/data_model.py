"""`docs/data-model.md`: every collection and field, from the shapes of documents and indexes."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Final, NotRequired

from connector_config.cloud import permissions
from connector_config.schema.collections import COLLECTIONS, Collection, MongoId
from connector_config.schema.document_fields import Document
from connector_config.schema.documents import SHAPES
from connector_config.store.local_indexes import INDEXES as LOCAL_INDEXES
from seed.mongo.index_list import INDEXES

_HEAD: Final = """\
# Data model

Made from the shapes in `connector_config/schema` by `python -m tests.reference`; a test compares.
The same documents are in MongoDB and on devices; only `_id` differs.

## For all of them

- **Ids.** A Ditto permission looks at nothing but `_id`, and a device asks only for what belongs to
  its stores: so the `_id` of a document on a device is an object of its store and its business id,
  and never changes. MongoDB has the business id alone, as the connector wants it. Both follow from
  fields of the body, so that nobody has to keep a table of ids.
- **Stock** is two numbers: `stock_level`, the opening level, which only MongoDB writes, and
  `stock_delta`, a Ditto counter, which only devices move. Counters of devices that did not see each
  other add up; two devices that wrote one number would lose a sale. On hand is the sum of both.
- **Maps, never lists.** Ditto merges a map key by key and a list not at all: two devices that each
  add a shipment to a transfer both keep theirs.
- **Every document** has `deleted` (a soft delete, because a deletion cannot win against an edit on
  a device that was away), `created_at` and `updated_at`. They are left out below.
- An *instant* is an ISO-8601 text in UTC with milliseconds, such as `2026-11-21T00:05:48.123Z`;
  *money* is a number of US dollars with two decimals; a *UUID* is a text.
"""
_MONGO_IDS: Final = {
    MongoId.BUSINESS: "the business id, a text",
    MongoId.UUID: "the UUID of the body, a text",
    MongoId.OBJECT_ID: "an ObjectId that MongoDB made",
}
_SCOPES: Final = {"shared": "all of it", "store": "what belongs to its stores"}
_COMMON: Final = frozenset(typing.get_type_hints(Document))
_WORDS: Final = {str: "text", int: "integer", float: "number", bool: "true or false", Any: "any"}
_MEANINGS: Final = {"instant": "instant", "uuid": "UUID", "money": "money"}


def text() -> str:
    """The whole document."""
    return "\n".join([_HEAD, *(part for one in COLLECTIONS.values() for part in _collection(one))])


def _collection(one: Collection) -> Iterator[str]:
    shape = SHAPES[one.name]
    yield f"## {one.name}\n\n{_paragraphs(shape)}\n"
    held = _SCOPES[one.scope] if one.scope else f"nothing: {one.why_not}"
    writes = ", ".join(_writers(one.name)) or "nobody: it comes from MongoDB"
    yield "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| on the Sync screen | {one.title} |",
            f"| `_id` in Ditto | `{one.ditto_id_shape}` |",
            f"| `_id` in MongoDB | {_MONGO_IDS[one.mongo_id]} |",
            f"| a device holds | {held} |",
            f"| written on devices by | {writes} |",
            f"| values | {one.types} |",
            "",
            "| field | type | |",
            "|---|---|---|",
            *_fields(shape, ""),
            "",
        ]
    )
    if indexes := list(_indexes(one.name)):
        yield "\n".join(["Indexes:\n", *indexes, ""])


def _writers(collection: str) -> Iterator[str]:
    """The roles that may write it; the super manager may write everything."""
    for role, rights in permissions._file().roles.items():
        rule = rights.access.get(collection)
        if rule is not None and rule.write != "none":
            yield f"{role}s"


def _paragraphs(shape: Any) -> str:
    """The docstring as prose."""
    return "\n".join(" ".join(part.split()) + "\n" for part in _about(shape).split("\n\n")).strip()


def _about(shape: Any) -> str:
    return inspect.cleandoc(shape.__doc__ or "")


def _fields(shape: Any, above: str) -> Iterator[str]:
    for name, hint in typing.get_type_hints(shape, include_extras=True).items():
        if name in _COMMON and not above:
            continue
        optional = "may be missing" if typing.get_origin(hint) is NotRequired else ""
        word, inner, entry = _type(hint)
        path = f"{above}{name}"
        yield f"| `{path}` | {word} | {optional} |"
        if inner is not None:
            yield from _fields(inner, f"{path}.{'*.' if entry else ''}")


def _type(hint: Any) -> tuple[str, Any, bool]:
    """A type in words, the shape within it, and whether that is one of each entry."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is NotRequired:
        return _type(arguments[0])
    if origin is Annotated:
        return _MEANINGS[hint.__metadata__[0]], None, False
    if origin is dict:
        word, inner, _ = _type(arguments[1])
        return ("map of maps" if inner else f"map of: {word}"), inner, True
    if origin is list:
        return f"list of: {_type(arguments[0])[0]}", None, False
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_type(one)[0] for one in arguments), None, False
    if typing.is_typeddict(hint):
        return "map", hint, False
    return _WORDS[hint], None, False


def _indexes(collection: str) -> Iterator[str]:
    for one in INDEXES:
        if one.collection == collection:
            unique = ", unique" if one.unique else ""
            yield f"- MongoDB: `{one.name}`{unique}: {one.serves}"
    for name, statement in LOCAL_INDEXES.items():
        if name.startswith(f"{collection}."):
            yield f"- on devices: {statement.partition('(')[2].rstrip(')')}"
