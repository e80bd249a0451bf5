"""What a scanned text can mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.domain.entities import Place
from app.domain.paper_numbers import PaperKind


class Unread(Enum):
    """Why a code means nothing."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    CHECK_DIGIT = "check digit"
    NO_PRODUCT = "no product"


@dataclass(frozen=True, slots=True)
class ScannedProduct:
    """So many units of a product; batch and last day where the code says them."""

    product_id: str
    units: int = 1
    batch: str = ""
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class ScannedPlace:
    """The label of a place."""

    place: Place


@dataclass(frozen=True, slots=True)
class ScannedPaper:
    """The number of one of our own papers; this device need not have it."""

    kind: PaperKind
    number: str


@dataclass(frozen=True, slots=True)
class ScannedOrder:
    """The number of an order, or the id of one from before; this device need not have it."""

    number: str


@dataclass(frozen=True, slots=True)
class AmbiguousCode:
    """Several products, or packs of one, have this code."""

    choices: tuple[ScannedProduct, ...]


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """Nothing; `gtin` is the GTIN of 14 digits that the text holds, or ""."""

    why: Unread
    gtin: str = ""


Meaning = ScannedProduct | ScannedPlace | ScannedPaper | ScannedOrder | AmbiguousCode | UnknownCode


@dataclass(frozen=True, slots=True)
class Scan:
    """A text and what it means.

    Where it means that, or looks like a code at all, only as what a US scanner types with another
    keyboard layout: `layouts` are the names of all that fit, and `meant` is what the scanner sent.
    """

    text: str
    meaning: Meaning
    layouts: tuple[str, ...] = ()
    meant: str = ""

    @property
    def product(self) -> ScannedProduct | None:
        """The product it means, if it means one."""
        return self.meaning if isinstance(self.meaning, ScannedProduct) else None

    @property
    def product_id(self) -> str | None:
        """The id of the product it means, if it means one."""
        return self.product.product_id if self.product is not None else None
