"""The rules of stock: quantities, reasons, what to order, and a ledger that adds up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from app.domain.conventions import US, Conventions, in_ascii
from app.domain.entities import Movement, Place, Reason, StockItem
from app.domain.errors import InvalidInputError
from app.domain.numerals import readings
from connector_config.wording import number

MAX_QUANTITY = 1_000_000

REASONS_TO_ADD = (Reason.RECEIVED, Reason.FOUND, Reason.RETURNED, Reason.CORRECTION)
REASONS_TO_REMOVE = (Reason.DAMAGED, Reason.LOST, Reason.SAMPLE, Reason.RETURNED, Reason.CORRECTION)

# Scanned into a field, or typed from a label: nobody writes a number so.
_LIKE_A_CODE: Final = re.compile("0[0-9]{4,}")


def parse_quantity(text: str, least: int = 1, conventions: Conventions = US) -> int:
    """Read a typed quantity, a whole number from `least` to 1,000,000, such as `1,000` or `+5`.

    Raises InvalidInputError with a sentence to show beside the field.
    """
    typed = in_ascii(text)
    if not typed:
        raise InvalidInputError("quantity", "Type how many, for example 3.")
    if _LIKE_A_CODE.fullmatch(typed):
        raise InvalidInputError(
            "quantity", f"“{typed[:20]}” looks like a code: type how many, for example 3."
        )
    meant = readings(typed, conventions)
    if len(meant) > 1:
        ways = " or ".join(f"{int(one)}" for one in meant)
        raise InvalidInputError("quantity", f"“{typed}” can mean two numbers: type {ways}.")
    if not meant or not _is_whole(meant[0]):
        raise InvalidInputError("quantity", "Quantity must be a whole number, for example 3.")
    (quantity,) = meant
    if quantity < least:
        raise InvalidInputError("quantity", f"Quantity must be {least} or more.")
    if quantity > MAX_QUANTITY:
        raise InvalidInputError("quantity", f"Quantity can be at most {number(MAX_QUANTITY)}.")
    return int(quantity)


def parse_units(text: str, conventions: Conventions = US) -> int:
    """Read a typed quantity where nothing typed means none; raises InvalidInputError."""
    return parse_quantity(text, 0, conventions) if text.strip() else 0


def parse_changed(text: str, before: int, conventions: Conventions = US) -> int:
    """Read units that are typed in place of others: `5` is 5, `+5` is 5 more, `-5` 5 fewer.

    Raises InvalidInputError, also where there are not so many.
    """
    typed = in_ascii(text)
    if not has_sign(typed):
        return parse_units(typed, conventions)
    by = parse_quantity(typed[1:], 0, conventions)
    if typed[0] == "-" and by > before:
        raise InvalidInputError(
            "quantity",
            f"“{typed[:20]}” is more than the {number(before)} that are there: type how many.",
        )
    return parse_quantity(str(before - by if typed[0] == "-" else before + by), 0, conventions)


def has_sign(text: str) -> bool:
    """Whether a typed quantity begins with a plus or a minus."""
    return in_ascii(text).startswith(("+", "-"))


def _is_whole(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0


def parse_place(aisle: str, shelf: str, bin_: str) -> Place:
    """Read a typed place; aisle and shelf are needed, each part at most 8 characters.

    It takes what the barcode of a place label can carry: no letters but those from A to Z.
    """
    place = Place(*(normalize("NFKC", one).strip().upper() for one in (aisle, shelf, bin_)))
    for field, value, needed in (
        ("aisle", place.aisle, True),
        ("shelf", place.shelf, True),
        ("bin", place.bin, False),
    ):
        if needed and not value:
            raise InvalidInputError(field, f"Type the {field}.")
        if len(value) > 8:
            raise InvalidInputError(field, f"The {field} can have at most 8 characters.")
        if value and not (value.isalnum() and value.isascii()):
            raise InvalidInputError(field, f"The {field} takes letters from A to Z and digits.")
    return place


def label_code(place: Place) -> str:
    """The text in the barcode of a place label, such as `LOC-3-B-12`: the parts stay apart."""
    return "-".join(part for part in ("LOC", place.aisle, place.shelf, place.bin) if part)


def read_label(code: str) -> Place | None:
    """The place of a scanned label; None for every other code."""
    parts = code.strip().upper().split("-")
    if parts[0] != "LOC" or not 3 <= len(parts) <= 4:
        return None
    try:
        return parse_place(*parts[1:], *[""] * (4 - len(parts)))
    except InvalidInputError:
        return None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A movement, and the units on hand right after it."""

    movement: Movement
    balance: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """An item's history, newest first, with a running balance from the opening level.

    `total` is the sum of all its movements, also those before the shown window.
    """

    item: StockItem
    lines: tuple[LedgerLine, ...]
    total: int
    count: int

    @property
    def difference(self) -> int:
        """On hand minus what the ledger explains: 0 unless documents are still arriving."""
        return self.item.stock_delta - self.total


def ledger(item: StockItem, newest_first: Sequence[Movement], total: int, count: int) -> Ledger:
    """Put the running balance beside the newest movements of an item.

    `total` is the sum and `count` the number of all its movements.
    """
    balance = item.stock_level + total
    lines = []
    for movement in newest_first:
        lines.append(LedgerLine(movement, balance))
        balance -= movement.quantity
    return Ledger(item, tuple(lines), total, count)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """An item whose counter and ledger disagree; None is what cannot be read as a number."""

    inventory_id: str
    stock_delta: int | None
    moved: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of checking every item of a store against its ledger."""

    items: int
    movements: int
    discrepancies: tuple[Discrepancy, ...]

    @property
    def holds(self) -> bool:
        """Whether every number of the store is explained by its movements."""
        return not self.discrepancies
