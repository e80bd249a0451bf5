"""The codes of all products, ready to be looked up."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.domain.scans import ScannedProduct

_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_WITHIN_A_COMPANY: Final = ("2", "02", "04")


class CodeKind(Enum):
    """What a code of a product is; one's own is a text like any other."""

    EAN = "ean"
    UPC = "upc"
    GTIN_14 = "gtin14"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class ProductCode:
    """A code of a product beside its SKU; `units`, at least 1, are in what carries it.

    A UPC is in its long form.
    """

    code: str
    product_id: str
    kind: CodeKind = CodeKind.OWN
    units: int = 1


_EAN_13: Final = (CodeKind.EAN, CodeKind.UPC)


class KnownCodes:
    """The codes of all products, by the forms in which they are compared; immutable.

    Case and Unicode form do not count, everything else does. A GTIN is the same with 8, 12, 13 or
    14 digits.
    """

    def __init__(
        self, skus: Iterable[tuple[str, str]] = (), codes: Iterable[ProductCode] = ()
    ) -> None:
        """Of pairs of SKU and product id, and of the other codes."""
        self._texts: dict[str, dict[ScannedProduct, None]] = {}
        self._gtins: dict[str, dict[ScannedProduct, None]] = {}
        for sku, product_id in skus:
            self._add(sku, ScannedProduct(product_id), may_be_gtin=True)
        self._eans: dict[str, list[str]] = {}
        for one in codes:
            product = ScannedProduct(one.product_id, one.units)
            if one.units == 1 and one.kind in _EAN_13 and len(one.code) in (12, 13):
                self._eans.setdefault(one.product_id, []).append(one.code.zfill(13))
            self._add(one.code, product, may_be_gtin=one.kind is not CodeKind.OWN)

    def _add(self, code: str, product: ScannedProduct, may_be_gtin: bool) -> None:
        key = code_key(code)
        if key:
            self._texts.setdefault(key, {})[product] = None
            if may_be_gtin and _may_be_gtin(key):
                # Wrong check digits among them do no harm: only right ones are looked up.
                self._gtins.setdefault(key.zfill(14), {})[product] = None

    def exactly(self, code: str) -> tuple[ScannedProduct, ...]:
        """What has just this code, or where it is a GTIN another form of it."""
        key = code_key(code)
        found = self._texts.get(key, {})
        same = self._gtins.get(key.zfill(14), {}) if found and _may_be_gtin(key) else {}
        if same.keys() - found.keys():
            from app.domain.gs1 import is_gtin  # loads a library, for a case that is rare

            if is_gtin(key):
                found = found | same
        return tuple(found)

    def with_gtin(self, gtin: str) -> tuple[ScannedProduct, ...]:
        """What has this GTIN of 14 digits."""
        return tuple(self._gtins.get(gtin, {}))

    def ean13(self, product_id: str) -> str:
        """The GTIN of one unit of a product, as EAN-13 carries it; "" where it has none.

        That of the manufacturer, where there is one beside one for use within the company.
        """
        eans = self._eans.get(product_id, ())
        return min(eans, key=lambda one: (one.startswith(_WITHIN_A_COMPANY), one), default="")


def code_key(code: str) -> str:
    """The form in which codes are compared; "" for what is no code: it has no letter or digit."""
    text = unicodedata.normalize("NFC", code.strip()).casefold()
    return unicodedata.normalize("NFC", text) if any(map(str.isalnum, text)) else ""


def _may_be_gtin(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) in _GTIN_LENGTHS
