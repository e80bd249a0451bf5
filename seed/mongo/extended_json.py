"""Documents as lines of MongoDB Extended JSON (version 2), and back.

Writes the canonical form, which keeps every type, and reads the relaxed one too. `bson.json_util`
does the same; what nearly all values are is dealt with here first, which is several times faster.
"""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring as _quoted
from math import isfinite
from typing import Any, Final

import bson
from bson import Int64, ObjectId, json_util
from bson.codec_options import DatetimeConversion
from bson.errors import BSONError

from connector_config.mongodb.connection import Document

# A document of 16 MB, which is the most MongoDB takes, can hardly be longer than this as a line.
LONGEST_LINE: Final = 200_000_000

_INT32: Final = 1 << 31
# A date that Python cannot hold goes through as it is.
_OPTIONS: Final = json_util.CANONICAL_JSON_OPTIONS.with_options(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO
)

# Numbers as `to_line` writes them. In JSON that is well-formed this cannot be a part of a text, for
# the quotes in it would be escaped there.
_NUMBER: Final = re.compile(
    r'\{"\$number(?:Int":"(-?(?:0|[1-9][0-9]{0,9}))'
    r'|Double":"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[+-]?[0-9]+)?|e[+-]?[0-9]+)))"\}'
)


class LineError(ValueError):
    """A line is not a document; `str()` says why, without repeating it."""


def to_line(document: Document) -> bytes:
    """A document as UTF-8 text in canonical form, with a line feed at the end."""
    return f"{_text(document)}\n".encode()


def from_line(line: bytes) -> Document:
    """The document of a line in canonical or relaxed form; raises LineError."""
    try:
        plain = _NUMBER.sub(_digits, line.decode())
        document = json.loads(plain, object_hook=_value if '"$' in plain else None)
    except RecursionError:
        raise LineError("it is nested too deeply") from None
    except (ValueError, TypeError, ArithmeticError, BSONError):
        raise LineError("it is not Extended JSON") from None
    if not isinstance(document, dict):
        raise LineError("it is not a JSON object")
    if "_id" not in document:
        raise LineError("it has no _id")
    return document


def check_storable(document: Document) -> None:
    """Raise LineError when MongoDB cannot hold a document."""
    try:
        bson.encode(document)
    except RecursionError:
        raise LineError("it is nested too deeply") from None
    except (ValueError, TypeError, OverflowError, BSONError):
        raise LineError("it has a value that MongoDB cannot hold") from None


def _text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is float:
        return f'{{"$numberDouble":"{value if isfinite(value) else _not_finite(value)}"}}'
    if kind is int:
        size = "Int" if -_INT32 <= value < _INT32 else "Long"
        return f'{{"$number{size}":"{value}"}}'
    if kind is bool:
        return "true" if value else "false"
    if kind is dict:
        return f"{{{','.join([f'{_quoted(key)}:{_text(inner)}' for key, inner in value.items()])}}}"
    if kind is list:
        return f"[{','.join(map(_text, value))}]"
    if kind is ObjectId:
        return f'{{"$oid":"{value}"}}'
    return json_util.dumps(value, json_options=_OPTIONS)


def _digits(found: re.Match[str]) -> str:
    return found[1] or found[2]


def _not_finite(value: float) -> str:
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _value(found: dict[str, Any]) -> Any:
    """What an object of JSON stands for."""
    if len(found) == 1:
        ((key, text),) = found.items()
        if type(text) is str:
            if key == "$numberDouble":
                return float(text)
            if key == "$numberInt":
                return int(text)
            if key == "$numberLong":
                return Int64(text)
            if key == "$oid":
                return ObjectId(text)
    for key in found:
        if key.startswith("$"):
            return json_util.object_hook(found, _OPTIONS)
    return found
