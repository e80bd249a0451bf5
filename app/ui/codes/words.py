"""Codes of products as people read them."""

from __future__ import annotations

from app.domain.errors import InvalidInputError
from app.domain.known_codes import CodeKind, ProductCode
from app.domain.stock import parse_quantity
from app.ui.core.formats import counted
from app.ui.core.scan_words import shown

_KINDS = {CodeKind.UPC: "UPC-A", CodeKind.GTIN_14: "GTIN-14", CodeKind.OWN: "Own code"}


def kind_label(kind: CodeKind, code: str) -> str:
    """What a code is, such as `EAN-13`."""
    return _KINDS.get(kind) or f"EAN-{len(code)}"


def units_label(units: int) -> str:
    """What a code stands for, such as `12 units`."""
    return counted(units, "unit")


def asks_for_units(kind: CodeKind, code: str) -> bool:
    """Whether a code says by itself that it is of a case, but not of how many."""
    return kind is CodeKind.GTIN_14 and code[0] in "12345678"


def read_units(text: str) -> int:
    """Typed units in what carries a code; raises InvalidInputError."""
    if not text.strip():
        raise InvalidInputError("units", "Units: type how many are in it, such as 12.")
    try:
        return parse_quantity(text)
    except InvalidInputError as error:
        raise InvalidInputError("units", str(error)) from None


def taught_sentence(code: ProductCode, name: str) -> str:
    """What a code means from now on."""
    meant = name if code.units == 1 else f"{units_label(code.units)} of {name}"
    return f"{shown(code.code)} is {meant} from now on."
