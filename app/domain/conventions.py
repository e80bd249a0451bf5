"""How numbers and days are written where the program is used."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Conventions:
    """The signs in a number, and in which order a day is written.

    `day_order` has the letters d, m and y, `months` the local names of the months from January on,
    each in all its forms; the English ones are understood everywhere. `group_sizes` are the digits
    of the last group and of each one before it: 3 and 2 in `1,00,000`.
    """

    decimal: str = "."
    group: str = ","
    day_order: str = "mdy"
    day_separator: str = "/"
    months: tuple[tuple[str, ...], ...] = ()
    group_sizes: tuple[int, int] = (3, 3)


US: Final = Conventions()

_ALIKE: Final = {
    "\N{MINUS SIGN}": "-",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MODIFIER LETTER APOSTROPHE}": "'",
}
_DIRECTIONS: Final = {"\N{ARABIC LETTER MARK}", "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"}
"""Marks that stand, unseen, before a sign where people write from right to left."""


def in_ascii(text: str) -> str:
    """A typed text with the digits of any script, full-width signs and blanks as in ASCII.

    Marks of direction are left out.
    """
    return "".join(map(_ascii, text)).strip()


def _ascii(char: str) -> str:
    if "\N{FULLWIDTH EXCLAMATION MARK}" <= char <= "\N{FULLWIDTH TILDE}":
        return unicodedata.normalize("NFKC", char)
    if char in _DIRECTIONS:
        return ""
    if unicodedata.category(char) == "Zs":
        return " "
    # No superscripts: 5² is not 52.
    digit = unicodedata.decimal(char, None)
    return _ALIKE.get(char, char) if digit is None else str(digit)
