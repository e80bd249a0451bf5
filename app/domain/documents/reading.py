"""The one door for documents from outside: what can be read as it was meant, or why it cannot.

`sound` holds a document against the shape of its collection. Numbers are read in every form that
has one meaning: whole ones that are stored as fractions, and texts such as `7.0`, which is what a
Decimal128 of MongoDB becomes. Null is the same as nothing. All else that has not its type makes
this document faulty, and no other one.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, NotRequired, TypeVar

from app.domain.errors import FaultyDocumentError
from app.domain.papers import Document
from connector_config.schema import collections as names
from connector_config.schema import values
from connector_config.schema.values import UnreadableError, unreadable

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
_Reader = Callable[[Any, str], Any]

_YEARS: Final = range(1900, 3000)
_SHOWN: Final = 40
_NAMES: Final = ("product_name", "store_name", "category_name", "number", "sku")
_TITLES: Final = {
    names.STORES: "store",
    names.STAFF: "person",
    names.CUSTOMERS: "customer",
    names.CATEGORIES: "category",
    names.PRODUCT_TYPES: "product type",
    names.PRODUCTS: "product",
    names.PRODUCT_CODES: "product code",
    names.PRODUCT_EMBEDDINGS: "product embedding",
    names.INVENTORY: "stock item",
    names.STOCK_MOVEMENTS: "stock movement",
    names.ORDERS: "order",
    names.ORDER_ITEMS: "order line",
    names.OVERSELL_CASES: "oversold case",
    names.DAY_CLOSINGS: "closed day",
    names.TRANSFERS: "transfer",
    names.REPLENISHMENTS: "purchase order",
    names.GOODS_RECEIPTS: "goods receipt",
    names.STOCKTAKES: "stocktake",
    names.STOCKTAKE_COUNTS: "count",
}


def sound(collection: str, document: Document, *needed: str) -> dict[str, Any]:
    """A document, or a projection of one, in which every field has its type; without nulls.

    Raises FaultyDocumentError where a field cannot be read, or where one that is `needed` has no
    value; an id field wants a text that is not empty.
    """
    try:
        found = _read_map(document, "", _readers(collection))
        for name in needed:
            if name not in found:
                raise _Unreadable(name, "is missing")
            if found[name] == "":
                raise _Unreadable(name, "is empty")
    except _Unreadable as error:
        raise faulty(collection, document, error.field, error.reason) from None
    return found


def faulty(collection: str, document: Document, field: str, reason: str) -> FaultyDocumentError:
    """The error that says why a document cannot be used; `reason` is a verb and the rest."""
    key = document.get("_id") or {
        name: value for name, value in document.items() if name.endswith("_id")
    }
    title = _TITLES[collection]
    for name in _NAMES:
        if name != field and isinstance(its := document.get(name), str) and its:
            title += f" ({its[:_SHOWN]})"
            break
    return FaultyDocumentError(collection, title, key, field, reason)


def read_all(
    rows: Iterable[Document], to_entity: Callable[[Document], T]
) -> tuple[list[T], list[FaultyDocumentError]]:
    """The entities of the rows that can be read, in their order, and why the others cannot."""
    entities: list[T] = []
    faults: list[FaultyDocumentError] = []
    for row in rows:
        try:
            entities.append(to_entity(row))
        except FaultyDocumentError as error:
            faults.append(error)
    return entities, faults


def read_without(
    document: Document, to_entity: Callable[[Document], T]
) -> tuple[T, list[FaultyDocumentError]]:
    """An entity of what is right in a document, and what is wrong in it.

    Raises FaultyDocumentError where nothing can be made of the rest.
    """
    faults: list[FaultyDocumentError] = []
    while True:
        try:
            return to_entity(document), faults
        except FaultyDocumentError as error:
            faults.append(error)
            wrong = error.field.split(".")[0]
            if wrong not in document:
                raise faults[0] from None
            document = {name: value for name, value in document.items() if name != wrong}


def member(text: str, of: type[E]) -> E:
    """A member of an enumeration by its stored text; `UNKNOWN` for what a newer version wrote."""
    try:
        return of(text)
    except ValueError:
        return of("unknown")


def whole(value: Any) -> int | None:
    """A whole number in any form that has one meaning; None for everything else."""
    try:
        return values.whole(value)
    except UnreadableError:
        return None


def number(value: Any) -> float | None:
    """A number in any form that has one meaning; None for everything else."""
    try:
        return float(values.number(value))
    except UnreadableError:
        return None


class _Unreadable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def _wrong(value: Any, field: str, why: str) -> _Unreadable:
    return _Unreadable(field, str(unreadable(value, why)))


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise _wrong(value, field, "no text")
    return value


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(value, field, "neither true nor false")
    return value


def _number(value: Any, field: str) -> int | float:
    try:
        return values.number(value)
    except UnreadableError as error:
        raise _Unreadable(field, str(error)) from None


def _whole(value: Any, field: str) -> int:
    try:
        return values.whole(value)
    except UnreadableError as error:
        raise _Unreadable(field, str(error)) from None


def _instant(value: Any, field: str) -> str:
    text = _text(value, field)
    if not text:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(value, field, "no time") from None
    if moment.year not in _YEARS:
        raise _wrong(value, field, "no time of a shop")
    return text


def _read_map(value: Any, path: str, readers: Mapping[str, _Reader]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(value, path, "no map")
    found = {}
    for name, one in value.items():
        if one is None:
            continue
        reader = readers.get(name)
        field = f"{path}.{name}" if path else name
        found[name] = one if reader is None else reader(one, field)
    return found


def _map_reader(hint: Any) -> _Reader:
    readers = _readers_of(hint)
    return lambda value, field: _read_map(value, field, readers)


def _entries_reader(reader: _Reader) -> _Reader:
    def read(value: Any, field: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong(value, field, "no map")
        return {key: reader(one, f"{field}.{key}") for key, one in value.items() if one is not None}

    return read


def _list_reader(reader: _Reader) -> _Reader:
    def read(value: Any, field: str) -> list[Any]:
        if not isinstance(value, list):
            raise _wrong(value, field, "no list")
        return [reader(one, field) for one in value]

    return read


def _scalar(value: Any, field: str) -> Any:
    return value if isinstance(value, (str, bool)) else _number(value, field)


_SCALARS: Final[Mapping[Any, _Reader]] = {
    str: _text,
    bool: _flag,
    int: _whole,
    float: _number,
}


def _reader(hint: Any) -> _Reader:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is NotRequired:
        return _reader(arguments[0])
    if origin is Annotated:
        return _instant if "instant" in hint.__metadata__ else _reader(arguments[0])
    if origin is dict:
        return _entries_reader(_reader(arguments[1]))
    if origin is list:
        return _list_reader(_reader(arguments[0]))
    if origin in (types.UnionType, typing.Union):
        return _scalar
    return _SCALARS[hint] if hint in _SCALARS else _map_reader(hint)


def _readers_of(shape: Any) -> dict[str, _Reader]:
    hints = typing.get_type_hints(shape, include_extras=True)
    return {name: _reader(hint) for name, hint in hints.items()}


@cache
def _readers(collection: str) -> dict[str, _Reader]:
    # Only here: the start of the app needs one shape of them all.
    from connector_config.schema.documents import SHAPES

    return _readers_of(SHAPES[collection])
