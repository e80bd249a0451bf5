"""The goods in a table: name, SKU, price, category, and the codes, each checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

from app.domain.conventions import US, Conventions
from app.domain.errors import InvalidInputError
from app.domain.importing.problems import GoodsFileError, Problem
from app.domain.importing.table import Row, decode, read_rows
from app.domain.known_codes import code_key
from app.domain.numerals import readings
from app.domain.pricing import CENT
from app.domain.product_codes import NewCode, check_units, new_code
from connector_config.wording import counted

T = TypeVar("T")

NAMES: Final = {
    "name": ("name", "product", "product name", "product_name"),
    "sku": ("sku", "item", "item number", "article", "article number"),
    "codes": ("codes", "code", "barcode", "barcodes", "ean", "upc", "gtin"),
    "price": ("price", "base_price", "retail price", "sales price"),
    "category": ("category", "category_name", "department"),
    "cost": ("cost", "unit cost", "purchase price"),
    "description": ("description", "product_description"),
}
"""The columns, and what else each may be called, in any case and order."""
NEEDED: Final = ("name", "sku", "price", "category")

_LONGEST_NAME: Final = 200
_LONGEST_SKU: Final = 64
_DEAREST: Final = Decimal(1_000_000)
_COMMA: Final = Conventions(decimal=",", group=".")
_DOLLARS: Final = re.compile(r"(?:US)?\$|\bUSD\b", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s,;|]+")
_PACK: Final = re.compile(r"(.+)\*(\d+)")
_ROUNDED: Final = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
# A GTIN-13 has at most so many zeros in front that a number of fewer digits is none.
_LEAST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Goods:
    """One product of a file; `cost` and `description` are None where the file does not say them.

    `codes` are further codes with the units in what carries each.
    """

    line: int
    name: str
    sku: str
    price: Decimal
    category: str
    codes: tuple[tuple[NewCode, int], ...] = ()
    cost: Decimal | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class GoodsFile:
    """All that a file says; `notes` are what a person should know of how it was read."""

    goods: tuple[Goods, ...]
    notes: tuple[str, ...] = ()


def read_goods(content: bytes) -> GoodsFile:
    """Read a file of goods; raises GoodsFileError with all that is wrong with it."""
    text, encoding = decode(content)
    known = [one for names in NAMES.values() for one in names]
    rows = read_rows(text, known)
    if not rows:
        raise GoodsFileError([Problem(0, "", "It is empty: its first line names the columns.")])
    reader = _Reader(rows[0])
    goods = [one for row in rows[1:] if (one := reader.read(row)) is not None]
    reader.find_doubles(goods)
    if not reader.problems and not goods:
        reader.problems.append(Problem(0, "", "There are no goods below the line of columns."))
    if reader.problems:
        raise GoodsFileError(reader.problems)
    notes = list(reader.notes)
    if encoding == "Windows-1252" and not text.isascii():
        notes.insert(0, "Its letters were read as Windows-1252: look at one that has an accent.")
    return GoodsFile(tuple(goods), tuple(notes))


class _Reader:
    """Reads rows below one header, and gathers what is wrong."""

    def __init__(self, header: Row) -> None:
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._width = len(header.cells)
        self._at: dict[str, int] = {}
        ignored = []
        for at, cell in enumerate(header.cells):
            column = next((one for one, names in NAMES.items() if cell.lower() in names), None)
            if column is None:
                ignored += [cell] if cell else []
            elif column in self._at:
                there = header.cells[self._at[column]]
                self.problems.append(
                    Problem(header.line, cell, f"this is {there!r} once more: remove one of them.")
                )
            else:
                self._at[column] = at
        missing = [one for one in NEEDED if one not in self._at]
        if missing:
            raise GoodsFileError(
                [
                    Problem(
                        header.line,
                        "",
                        f"there is no column {' and no column '.join(missing)}: the first line "
                        f"names the columns {', '.join(NEEDED)}, and codes where there are any.",
                    )
                ]
            )
        if ignored:
            self.notes.append(f"Not read: the columns {', '.join(ignored)}.")

    def read(self, row: Row) -> Goods | None:
        """The goods of a row; None, and a problem for each cell, where it is wrong."""
        if extra := [cell for cell in row.cells[self._width :] if cell]:
            self.problems.append(
                Problem(
                    row.line,
                    "",
                    f"{extra[0][:40]!r} stands behind the last column: put a value with a "
                    'separator in it between "quotes".',
                )
            )
            return None
        before = len(self.problems)
        name = self._cell(row, "name", lambda text: _text(text, _LONGEST_NAME))
        sku = self._cell(row, "sku", _sku)
        price = self._cell(row, "price", _amount)
        category = self._cell(row, "category", lambda text: _text(text, _LONGEST_NAME))
        cost = self._cell(row, "cost", _amount, optional=True)
        description = self._cell(row, "description", str, optional=True)
        codes = self._cell(row, "codes", lambda text: self._codes(text, row.line), optional=True)
        if len(self.problems) > before:
            return None
        assert name and sku and price is not None and category
        own = code_key(sku)
        kept = [(code, units) for code, units in codes or () if own not in code.forms]
        return Goods(row.line, name, sku, price, category, tuple(kept), cost, description)

    def find_doubles(self, goods: Sequence[Goods]) -> None:
        """Find what stands for two products: a SKU, or a code."""
        skus: dict[str, Goods] = {}
        for one in goods:
            if (other := skus.setdefault(code_key(one.sku), one)) is not one:
                self._twice(one.line, "sku", one.sku, other.line)
        taken: dict[str, Goods] = {}
        for one in goods:
            for code, _ in one.codes:
                its = [taken.get(form) or skus.get(form) for form in code.forms]
                if others := [found for found in its if found is not None and found is not one]:
                    self._twice(one.line, "codes", code.code, others[0].line)
                taken |= dict.fromkeys(code.forms, one)

    def _twice(self, line: int, column: str, text: str, other: int) -> None:
        sentence = f"{text} is on line {other} already: each product needs one of its own."
        self.problems.append(Problem(line, column, sentence))

    def _cell(
        self, row: Row, column: str, read: Callable[[str], T], *, optional: bool = False
    ) -> T | None:
        at = self._at.get(column)
        text = row.cells[at] if at is not None and at < len(row.cells) else ""
        if not text:
            if not optional:
                self.problems.append(Problem(row.line, column, "it is empty: fill it in."))
            return None
        try:
            return read(text)
        except InvalidInputError as error:
            self.problems.append(Problem(row.line, column, _lower(str(error))))
            return None

    def _codes(self, text: str, line: int) -> tuple[tuple[NewCode, int], ...]:
        found: dict[str, tuple[NewCode, int]] = {}
        for part in filter(None, _BETWEEN.split(text)):
            pack = _PACK.fullmatch(part)
            written, units = (pack[1], int(pack[2][:9])) if pack else (part, 1)
            check_units(units)
            mended = _whole_gtin(written)
            if mended != written:
                self.notes.append(f"Line {line}: {written} was read as {mended}.")
            code = new_code(mended)
            if found.setdefault(code.forms[0], (code, units)) != (code, units):
                raise InvalidInputError(
                    "codes", f"{written} is here with two numbers of units: keep one of them."
                )
        return tuple(found.values())


def reckoned_cost(price: Decimal) -> Decimal:
    """The cost of goods whose file does not say it: by the margin of 33 percent."""
    return (price * Decimal("0.67")).quantize(CENT, ROUND_HALF_UP)


def _text(text: str, longest: int) -> str:
    tidy = " ".join(text.split())
    if len(tidy) > longest:
        raise InvalidInputError(
            "", f"it has {counted(len(tidy), 'letter')}: shorten it to {longest}."
        )
    return tidy


def _sku(text: str) -> str:
    sku = _text(text, _LONGEST_SKU)
    new_code(sku)
    return sku


def _amount(text: str) -> Decimal:
    bare = _DOLLARS.sub("", text).strip()
    found = {one for signs in (US, _COMMA) for one in readings(bare, signs)}
    if len(found) > 1:
        low, high = min(found), max(found)
        raise InvalidInputError(
            "", f"{text} may be {low.normalize():f} or {high:f}: write {high:f}.00 or {low:.2f}."
        )
    amount = next(iter(found), None)
    if amount is None or amount != amount.quantize(CENT) or not 0 < amount <= _DEAREST:
        raise InvalidInputError(
            "", f"{text[:40]!r} is no amount in US dollars above zero: write it as 12.50."
        )
    return amount.quantize(CENT)


def _whole_gtin(text: str) -> str:
    """A code as it was before a spreadsheet took it for a number; raises InvalidInputError."""
    if _ROUNDED.fullmatch(text):
        raise InvalidInputError(
            "", f"{text} is what a spreadsheet made of a code: set the column to text, and type it."
        )
    if not (text.isascii() and text.isdigit()):
        return text
    from app.domain.gs1 import is_gtin, with_check_digit  # loads a library

    if len(text) in _GTIN_LENGTHS:
        if not is_gtin(text):
            raise InvalidInputError(
                "",
                f"{text} ends with a wrong check digit: with these digits it would be "
                f"{with_check_digit(text[:-1])}.",
            )
        return text
    if _LEAST_DIGITS <= len(text) < max(_GTIN_LENGTHS):
        longer = next(length for length in _GTIN_LENGTHS if length > len(text))
        if is_gtin(whole := text.zfill(longer)):
            return whole
    return text


def _lower(sentence: str) -> str:
    """A sentence about a field, behind the name of its column."""
    return sentence.removeprefix("Code: ").removeprefix("Units: ")
