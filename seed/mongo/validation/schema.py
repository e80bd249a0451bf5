"""The rules of a document's shape for each field, as MongoDB's `$jsonSchema`.

A shape becomes a list of rules, each a small schema for one field, so that a failure can name the
field. All rules together, merged into one schema, find the documents that break any of them.
Unlike the query operators, a schema never looks into arrays: a text in an array is no text.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, NotRequired

Schema = dict[str, Any]
Query = dict[str, Any]

# Leap days are checked too: a date that does not exist sorts well and fails in the first reader.
_LEAP_YEAR: Final = r"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
DAY: Final = (
    r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    rf"|02-(?:0[1-9]|1\d|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
INSTANT: Final = rf"^{DAY}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{{3}}Z\z"
# Of any version and variant: what comes from elsewhere may be older than RFC 4122.
UUID: Final = r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\z"

_PATTERNS: Final = {"instant": INSTANT, "uuid": UUID}

# A Decimal128 is no number here: the connector makes an array of it.
_BSON_TYPES: Final[Mapping[Any, list[str]]] = {
    str: ["string"],
    bool: ["bool"],
    int: ["int", "long"],
    float: ["double", "int", "long"],
}


class Kind(Enum):
    """The subject of a rule of a shape; the value is what a person reads."""

    REQUIRED = "every required field is there"
    UNKNOWN = "no field that the shape does not have"
    TYPES = "every field has its type"
    MAPS = "maps are maps, not arrays"
    INSTANTS = "times are ISO-8601 UTC with milliseconds"
    UUIDS = "UUIDs are well-formed"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for one field (a dotted path) of every document of a collection.

    Rules of the same `check` are reported as one. Either `schema` holds for a document that is
    right, or the query `wrong` finds those that are not.
    """

    check: str
    title: str
    field: str
    schema: Schema | None = None
    wrong: Query | None = None

    @property
    def query(self) -> Query:
        """The query that finds the documents that break the rule."""
        return self.wrong if self.wrong is not None else {"$nor": [{"$jsonSchema": self.schema}]}


def rules_of(shape: Any) -> Iterator[Rule]:
    """The rules for the documents of a collection; `_id` may be anything."""
    yield from _rules(shape, ())


def money_fields(shape: Any) -> list[str]:
    """The top-level fields that hold US dollars."""
    return [name for name, hint in _hints(shape).items() if _marker(hint) == "money"]


def merged(schemas: Iterable[Schema]) -> Schema:
    """One schema that holds where all of them hold."""
    result: Schema = {}
    for schema in schemas:
        _merge(result, schema)
    return result


def _rules(shape: Any, parents: tuple[str, ...]) -> Iterator[Rule]:
    hints = _hints(shape)
    known = [*hints] if parents else ["_id", *hints]

    def rule(kind: Kind, name: str, schema: Schema) -> Rule:
        field = ".".join((*parents, name))
        return Rule(kind.name.lower(), kind.value, field, _nested(parents, schema))

    only_known = {"properties": {name: {} for name in known}, "additionalProperties": False}
    yield rule(Kind.UNKNOWN, "*", only_known)
    for name, hint in hints.items():
        if name in shape.__required_keys__:
            yield rule(Kind.REQUIRED, name, {"required": [name]})
        kind = _plain(hint)
        if typing.is_typeddict(kind) or typing.get_origin(kind) is dict:
            yield rule(Kind.MAPS, name, {"properties": {name: {"not": {"bsonType": "array"}}}})
            # An array is the business of the rule above, and of that one only.
            yield rule(Kind.TYPES, name, {"properties": {name: {"bsonType": ["object", "array"]}}})
        else:
            yield rule(Kind.TYPES, name, {"properties": {name: _type(kind)}})
        if typing.is_typeddict(kind):
            yield from _rules(kind, (*parents, name))
        elif typing.get_origin(kind) is dict:
            values = {"additionalProperties": _value(typing.get_args(kind)[1])}
            yield rule(Kind.TYPES, f"{name}.*", _nested([name], values))
        pattern = _PATTERNS.get(_marker(hint))
        if pattern:
            about = Kind.INSTANTS if pattern == INSTANT else Kind.UUIDS
            yield rule(about, name, {"properties": {name: {"pattern": pattern}}})


def _value(hint: Any) -> Schema:
    """The schema of what a map holds under each of its keys: a plain value, or a map again."""
    kind = _plain(hint)
    if typing.get_origin(kind) is dict:
        return {
            "bsonType": "object",
            "additionalProperties": _value(typing.get_args(kind)[1]),
        }
    if typing.is_typeddict(kind):
        hints = _hints(kind)
        return {
            "bsonType": "object",
            "required": sorted(kind.__required_keys__),
            "properties": {name: _value(inner) for name, inner in hints.items()},
            "additionalProperties": False,
        }
    pattern = _PATTERNS.get(_marker(hint))
    return _type(kind) | ({"pattern": pattern} if pattern else {})


def _type(kind: Any) -> Schema:
    origin = typing.get_origin(kind)
    if origin is list:
        return {"bsonType": "array", "items": _type(typing.get_args(kind)[0])}
    if origin in (types.UnionType, typing.Union):
        parts = typing.get_args(kind)
        return {"bsonType": sorted({name for part in parts for name in _BSON_TYPES[part]})}
    return {"bsonType": _BSON_TYPES[kind]}


def _hints(shape: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(shape, include_extras=True)
    return {
        name: typing.get_args(hint)[0] if typing.get_origin(hint) is NotRequired else hint
        for name, hint in hints.items()
    }


def _plain(hint: Any) -> Any:
    return typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint


def _marker(hint: Any) -> str:
    return str(typing.get_args(hint)[1]) if typing.get_origin(hint) is Annotated else ""


def _nested(parents: Iterable[str], schema: Schema) -> Schema:
    for name in reversed(tuple(parents)):
        schema = {"properties": {name: schema}}
    return schema


def _merge(target: Schema, schema: Schema) -> None:
    for key, value in schema.items():
        if key == "properties":
            properties = target.setdefault(key, {})
            for name, inner in value.items():
                _merge(properties.setdefault(name, {}), inner)
        elif key == "required":
            target.setdefault(key, []).extend(value)
        elif key == "bsonType" and key in target:
            # Types narrow: what is left is what both allow.
            target[key] = [name for name in _listed(target[key]) if name in _listed(value)]
        else:
            target[key] = value


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
