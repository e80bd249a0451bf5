"""GTINs: those that this project gives to its products, and reading those of others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from biip import ParseError
from biip.checksums import gs1_standard_check_digit
from biip.gtin import Gtin

# GS1 leaves 04, in a UPC the number system 4, to each company for use within its own walls.
OWN_PREFIX: Final = "04"
_OWN_DIGITS: Final = 10
_CASE: Final = "1"
_KINDS: Final = {8: "ean", 12: "upc", 13: "ean", 14: "gtin14"}


def own_gtins(skus: Iterable[str]) -> dict[str, str]:
    """A GTIN-13 for each SKU, by SKU; it follows from the SKU, and no two are the same."""
    taken: set[str] = set()
    given: dict[str, str] = {}
    for sku in sorted(set(skus)):
        given[sku] = next(gtin for gtin in own_choices(sku) if gtin not in taken)
        taken.add(given[sku])
    return given


def own_choices(sku: str) -> Iterable[str]:
    """The GTIN-13s for a SKU, the first choice first."""
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{sku}/{attempt}".encode()).digest()
        number = int.from_bytes(digest[:8]) % 10**_OWN_DIGITS
        yield _checked(f"{OWN_PREFIX}{number:0{_OWN_DIGITS}}")
        attempt += 1


def case_gtin(gtin: str) -> str:
    """The GTIN-14 of a case of what has this GTIN-13."""
    return _checked(_CASE + gtin[:-1])


def kind_of(code: str) -> str | None:
    """The kind of a GTIN by its length, such as `ean`; None for what is none, or has a mistake."""
    if not code.isascii() or not code.isdigit():
        return None
    try:
        Gtin.parse(code)
    except ParseError:
        return None
    return _KINDS[len(code)]


def _checked(payload: str) -> str:
    return f"{payload}{gs1_standard_check_digit(payload)}"
