"""Documents as lines of MongoDB Extended JSON (version 2), and back.

Writes the canonical form, which keeps every type, and reads the relaxed one too. `bson.json_util`
does the same; what nearly all values are is dealt with here first, which is several times faster.

A document that would not come back byte for byte, such as one with a field `{"$numberInt": "5"}`,
is a line of its BSON: `{"$bson": {"$binary": …}}`. That cannot be mistaken, for it has no `_id`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from json.encoder import encode_basestring as _quoted
from math import isfinite
from typing import Any, Final

import bson
from bson import Int64, ObjectId, json_util
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

from connector_config.mongodb.connection import Document

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024
# As a line, a document of that size is at most this long: each byte of a text as \u0001.
LONGEST_LINE: Final = 6 * LARGEST_DOCUMENT + 1_000_000
# In so many parts a document of that size can be, for each has a name or a number; a line with more
# would only fill the memory.
_MOST_PARTS: Final = 3_500_000
_LONG_LINE: Final = 4_000_000

_BSON: Final = "$bson"
_INT32: Final = 1 << 31
# A date that Python cannot hold goes through as it is.
_OPTIONS: Final = json_util.CANONICAL_JSON_OPTIONS.with_options(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO
)

_RAW_OPTIONS: Final = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
_DICT_OPTIONS: Final[CodecOptions[Document]] = CodecOptions(
    datetime_conversion=DatetimeConversion.DATETIME_AUTO
)

# Of these values it is known that they come back: they are written and read here.
_DOUBTFUL: Final = re.compile(rb'"\$(?!number(?:Int|Long)":"|numberDouble":"[^N]|oid":"|date":)')
_TEXTS: Final = re.compile(rb'"(?:[^"\\]+|\\.)*+"', re.DOTALL)

# Numbers as `to_line` writes them. In JSON that is well-formed this cannot be a part of a text, for
# the quotes in it would be escaped there.
_NUMBER: Final = re.compile(
    r'\{"\$number(?:Int":"(-?(?:0|[1-9][0-9]{0,9}))'
    r'|Double":"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:e[+-]?[0-9]+)?|e[+-]?[0-9]+)))"\}'
)


Stored = Document | RawBSONDocument
"""A document of a line; of a line of BSON it is as it is."""


class LineError(ValueError):
    """A line is not a document; `str()` says why, without repeating it."""


def to_line(document: Document) -> bytes:
    """A document as UTF-8 text in canonical form, with a line feed at the end."""
    return f"{_text(document)}\n".encode()


def line_of(raw: bytes) -> bytes:
    """A document in BSON as such a line, from which it comes back byte for byte."""
    try:
        document = bson.decode(raw, _DICT_OPTIONS)
        line = to_line(document)
        if len(line) <= LONGEST_LINE and bson.encode(document) == raw:
            if b"$" not in raw and not _DOUBTFUL.search(line):
                return line
            if to_bson(from_line(line)) == raw:
                return line
    except (ValueError, TypeError, OverflowError, RecursionError, BSONError):
        pass
    packed = base64.b64encode(raw).decode()
    return f'{{"{_BSON}":{{"$binary":{{"base64":"{packed}","subType":"00"}}}}}}\n'.encode()


def to_bson(document: Mapping[str, Any]) -> bytes:
    """A document that `from_line` gave, in BSON; raises LineError when MongoDB cannot hold it."""
    try:
        raw = bson.encode(document)
    except RecursionError:
        raise LineError("it is nested too deeply") from None
    except (ValueError, TypeError, OverflowError, BSONError):
        raise LineError("it has a value that MongoDB cannot hold") from None
    if len(raw) > LARGEST_DOCUMENT:
        raise LineError("it is larger than the 16 MB that MongoDB takes")
    return raw


def from_line(line: bytes) -> Stored:
    """The document of a line in canonical or relaxed form; raises LineError.

    It is a RawBSONDocument where the line is of BSON.
    """
    if len(line) > _LONG_LINE and _TEXTS.sub(b"", line).count(b",") > _MOST_PARTS:
        raise LineError("it has more in it than a document can")
    try:
        plain = _NUMBER.sub(_digits, line.decode())
        document: Any = json.loads(plain, object_hook=_value if '"$' in plain else None)
    except RecursionError:
        raise LineError("it is nested too deeply") from None
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, BSONError):
        raise LineError("it is not Extended JSON") from None
    if not isinstance(document, dict):
        raise LineError("it is not a JSON object")
    if len(document) == 1 and isinstance(document.get(_BSON), bytes):
        document = _of_bson(document[_BSON])
    if "_id" not in document:
        raise LineError("it has no _id")
    found: Stored = document
    return found


def check_storable(document: Mapping[str, Any]) -> None:
    """Raise LineError when MongoDB cannot hold a document."""
    to_bson(document)


def _of_bson(raw: bytes) -> RawBSONDocument:
    try:
        document = RawBSONDocument(raw, _RAW_OPTIONS)
        document.get("_id")
    except (ValueError, BSONError):
        raise LineError("it is not BSON") from None
    return document


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
