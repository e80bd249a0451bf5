"""The codes that a product is taught: what of a scanned text is kept, and what cannot be a code."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.codes import read_code
from app.domain.errors import InvalidInputError
from app.domain.known_codes import CodeKind, KnownCodes, ProductCode, code_key
from app.domain.scans import ScannedOrder, ScannedPaper, ScannedPlace, UnknownCode
from app.domain.stock import MAX_QUANTITY
from connector_config.wording import number

MAX_LENGTH: Final = 80
_KINDS: Final = {8: CodeKind.EAN, 12: CodeKind.UPC, 13: CodeKind.EAN, 14: CodeKind.GTIN_14}


@dataclass(frozen=True, slots=True)
class TaughtCode(ProductCode):
    """A code of a product as it is stored; `taught_by` is "" where the back office gave it."""

    code_id: str = ""
    taught_by: str = ""
    taught_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Teaching:
    """What teaching a code did; `before` is what held until then, None where nothing did.

    `moved` is by what other products had the code until then.
    """

    code: TaughtCode
    before: TaughtCode | None = None
    moved: tuple[TaughtCode, ...] = ()


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code that can be taught.

    `forms` are all texts, without case, that are this code; the first one is its identity.
    """

    code: str
    kind: CodeKind
    forms: tuple[str, ...]


def new_code(text: str) -> NewCode:
    """What a scanned or typed text teaches: its GTIN, in the shortest form, or else the text.

    Batch and date around a GTIN, a symbology identifier, and what a wrong keyboard layout made of
    it are left out. Raises InvalidInputError for what is no code, or would hide one of our own.
    """
    if not code_key(text):
        raise InvalidInputError("code", "Code: scan or type one with a letter or a digit in it.")
    scan = read_code(text, KnownCodes())
    match scan.meaning:
        case ScannedPlace(place):
            raise _taken(f"the label of the place {place.code}")
        case ScannedPaper(kind, number):
            raise _taken(f"{number}, the number of a {kind.label}")
        case ScannedOrder(number):
            raise _taken(f"{number}, the number of an order")
        case UnknownCode(gtin=gtin) if gtin:
            return _of_gtin(gtin)
    code = _bare(scan.meant or text)
    if len(code) > MAX_LENGTH:
        raise InvalidInputError("code", f"Code: it can have at most {MAX_LENGTH} characters.")
    # The database knows fewer rules of upper and lower case than `code_key`.
    return NewCode(code, CodeKind.OWN, tuple(dict.fromkeys((code_key(code), code.lower()))))


def check_units(units: int) -> None:
    """Raise InvalidInputError unless so many units can be in what carries a code."""
    if not 1 <= units <= MAX_QUANTITY:
        raise InvalidInputError(
            "units", f"Units: type a whole number from 1 to {number(MAX_QUANTITY)}."
        )


def _of_gtin(gtin: str) -> NewCode:
    from app.domain.gs1 import shortest_gtin  # loads a library, and the start does without

    code = shortest_gtin(gtin)
    forms = (gtin[-length:] for length in (14, 13, 12, 8) if length >= len(code))
    return NewCode(code, _KINDS[len(code)], tuple(forms))


def _bare(text: str) -> str:
    trimmed = text.strip()
    if trimmed.startswith("]"):
        from app.domain.gs1 import split_identifier

        trimmed = split_identifier(trimmed)[1]
    return unicodedata.normalize("NFC", trimmed)


def _taken(what: str) -> InvalidInputError:
    return InvalidInputError("code", f"Code: this is {what}; a product needs another one.")
