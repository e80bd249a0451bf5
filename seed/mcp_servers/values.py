"""Values of pipelines as assistants write them, and values of documents as assistants read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from bson import ObjectId
from bson.decimal128 import Decimal128
from bson.errors import InvalidId

from connector_config.errors import UserError
from connector_config.schema.instants import to_iso
from connector_config.wording import counted

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")
_NUMBERS: Final = {
    "$numberInt": int,
    "$numberLong": int,
    "$numberDouble": float,
    "$numberDecimal": float,
}
_COMPARISONS: Final = {"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp", "$in"}
_INSTANTS: Final = {"at", "order_date", "last_updated", "last_counted"}


def read_query(value: Any) -> Any:
    """A query with Extended JSON in it: instants become texts, as documents hold them."""
    if isinstance(value, str):
        return _iso(value) if _ISO.fullmatch(value) else value
    if isinstance(value, list):
        return [read_query(one) for one in value]
    if isinstance(value, Mapping):
        if (found := _extended(value)) is not None:
            return to_iso(found) if isinstance(found, datetime) else found
        return {
            key: read_expression(one) if key == "$expr" else read_query(one)
            for key, one in value.items()
        }
    return value


def read_expression(value: Any) -> Any:
    """An expression with Extended JSON in it: instants are dates, but texts beside such fields."""
    if isinstance(value, list):
        return [read_expression(one) for one in value]
    if isinstance(value, Mapping):
        if (found := _extended(value)) is not None:
            return found
        return {
            key: [_beside(one, its) for one in its]
            if key in _COMPARISONS and isinstance(its, list)
            else read_expression(its)
            for key, its in value.items()
        }
    return value


def plain(value: Any) -> Any:
    """A value of a document as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal128):
        return float(value.to_decimal())
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return to_iso(value if value.tzinfo else value.replace(tzinfo=UTC))
    if isinstance(value, float) and value != value:
        return None
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, bytes):
        return f"<{counted(len(value), 'byte')}>"
    return str(value)


def _beside(value: Any, operands: list[Any]) -> Any:
    if any(_is_instant(one) for one in operands):
        return read_query(value)
    return read_expression(value)


def _is_instant(value: Any) -> bool:
    if not isinstance(value, str) or not value.startswith("$"):
        return False
    name = value.rpartition(".")[2].lstrip("$")
    return name in _INSTANTS or name.endswith("_at")


def _extended(value: Mapping[str, Any]) -> Any:
    if len(value) != 1:
        return None
    ((key, its),) = value.items()
    if key == "$date":
        return _date(its)
    if key == "$oid":
        try:
            return ObjectId(its)
        except (InvalidId, TypeError):
            raise UserError(f"$oid takes 24 hexadecimal digits, not {str(its)[:40]!r}.") from None
    if key in _NUMBERS:
        try:
            return _NUMBERS[key](its)
        except (TypeError, ValueError, OverflowError):
            raise UserError(f"{key} takes a number, not {str(its)[:40]!r}.") from None
    return None


def _date(value: Any) -> datetime:
    if isinstance(value, Mapping) and set(value) == {"$numberLong"}:
        value = value["$numberLong"]
    try:
        if isinstance(value, int) or (isinstance(value, str) and value.lstrip("-").isdigit()):
            return datetime.fromtimestamp(int(value) / 1000, UTC)
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        raise UserError(
            f"$date takes an instant such as 2026-01-31T00:00:00Z, not {str(value)[:40]!r}."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _iso(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return to_iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return text
