"""Documents of every collection in which one field has a value that is nobody's intent."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, NotRequired

from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS, ditto_id
from connector_config.schema.documents import SHAPES

Document = dict[str, Any]
Path = tuple[str, ...]

AT: Final = "2026-11-20T08:00:00.000Z"
EVERY_TYPE: Final[dict[str, Any]] = {
    "null": None,
    "yes": True,
    "an int": 7,
    "a long": 2**62,
    "a double": 7.5,
    "a whole double": 7.0,
    "a text": "abc",
    "an empty text": "",
    "a map": {"a": 1},
    "a list": ["a"],
    "a list of maps": [{"a": [None]}],
    "an empty map": {},
    "extended json": {"$numberDecimal": "7.0"},
}
NASTY: Final[dict[str, Any]] = {
    "a comma": "12,50",
    "a Decimal128": "7.0",
    "thousands": "1,000",
    "an exponent": "7E+2",
    "infinity": "Infinity",
    "not a number": "NaN",
    "too large": 1e308,
    "too small": -1e308,
    "below zero": -3,
    "a date": "20 Nov 2026",
    "no zone": "2026-11-20T08:00:00",
    "year one": "0001-01-01T00:00:00.000Z",
    "the last year": "9999-12-31T23:59:59.999Z",
    "a control": "a\x00b\x1b[31m",
    "digits of another script": "\u0661\u0662",
    "long": "9" * 5_000,
    "nested": {"a": {"b": {"c": [[[]]]}}},
}
VALUES: Final = EVERY_TYPE | NASTY

# What a type cannot say.
_MEANT: Final[dict[tuple[str, str], Any]] = {
    (names.ORDERS, "status"): "pending",
    (names.ORDERS, "history.*.status"): "pending",
    (names.GOODS_RECEIPTS, "kind"): "free",
    (names.OVERSELL_CASES, "settlements.*.kind"): "back_order",
    (names.STOCK_MOVEMENTS, "reason"): "received",
    (names.STORES, "oversell"): "warn",
    (names.STAFF, "role"): "worker",
    (names.STAFF, "pin_hash"): "",
    (names.STAFF, "badge_hash"): "",
    (names.PRODUCT_CODES, "kind"): "own",
    (names.PRODUCT_CODES, "code"): "acme-17",
    (names.DAY_CLOSINGS, "day"): "2026-11-21",
    (names.DAY_CLOSINGS, "closings.*.returns_on"): "sale",
}


@dataclass(frozen=True, slots=True)
class Bad:
    """A document with one field that has `value`, and what it is called."""

    collection: str
    field: str
    value: str
    document: Document

    @property
    def name(self) -> str:
        return f"{self.collection}.{self.field}: {self.value}"


def good(collection: str, name: str = "one") -> Document:
    """A document with every field that a collection has; its id fields are made of a name."""
    document: Document = deepcopy(_kept_sample(collection))
    for field in COLLECTIONS[collection].id_fields:
        document[field] = f"{name}-{field}"
    for field in ("store_id", "primary_store_id", "to_store_id"):
        if field in document and collection != names.STORES:
            document[field] = "store_seattle"
    document["_id"] = ditto_id(collection, document)
    return document


def fields(collection: str) -> list[Path]:
    """The paths of all fields of a collection, those of maps in maps too."""
    return list(_paths(good(collection), ()))


def bad(collection: str) -> Iterator[Bad]:
    """Every field of a collection with every value, each in a document of its own."""
    for path in fields(collection):
        for value in VALUES:
            yield damaged(collection, path, value)


def damaged(collection: str, path: Path, value: str, values: Mapping[str, Any] = VALUES) -> Bad:
    """One field with one of `values`; the document keeps the `_id` that it had."""
    document = good(collection, f"{'.'.join(path)}/{value}")
    inner = document
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = values[value]
    return Bad(collection, ".".join(path), value, document)


def _paths(document: Document, above: Path) -> Iterator[Path]:
    for name, value in document.items():
        if name == "_id":
            continue
        yield (*above, name)
        if isinstance(value, dict):
            yield from _paths(value, (*above, name))


@cache
def _kept_sample(collection: str) -> Any:
    return _sample(SHAPES[collection], collection, ())


def _sample(hint: Any, collection: str, path: Path) -> Any:
    meant = _MEANT.get((collection, ".".join(path)))
    if meant is not None:
        return meant
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is NotRequired:
        return _sample(arguments[0], collection, path)
    if origin is Annotated:
        return AT if "instant" in hint.__metadata__ else _sample(arguments[0], collection, path)
    if origin is dict:
        return {"one": _sample(arguments[1], collection, (*path, "*"))}
    if origin is list:
        return [_sample(arguments[0], collection, path)]
    if origin in (types.UnionType, typing.Union):
        return _sample(arguments[0], collection, path)
    if typing.is_typeddict(hint):
        hints = typing.get_type_hints(hint, include_extras=True)
        return {name: _sample(one, collection, (*path, name)) for name, one in hints.items()}
    samples: dict[Any, Any] = {str: f"a {path[-1]}", bool: False, int: 3, float: 4.5}
    return samples[hint]
