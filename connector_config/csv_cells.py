"""Values in CSV files, and on the clipboard, that spreadsheets take as they are."""

from __future__ import annotations

import re

_MARK = "'"
# By their first sign, also a wide one or after blanks, some spreadsheets take it for a formula.
_FORMULA = re.compile(
    r"\s*[=+\-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
    r"\N{FULLWIDTH COMMERCIAL AT}\N{MINUS SIGN}]|[\t\r\n]"
)
_NUMBER = re.compile(r"[\W\d_]*\d[\W\d_]*([EeDd][+-]?\d+)?\s*([AaPp][Mm]?)?\s*")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY = re.compile(
    rf"(\d{{1,4}}[-/. ]*)?({_MONTHS})[a-z]*[-/., ]*\d{{0,4}}([-/., ]+\d{{1,4}})?", re.IGNORECASE
)
_WORDS = {"true", "false"}


def as_cell(value: object) -> object:
    """A value of a CSV file; text that a spreadsheet would take for something else is marked.

    The mark is the apostrophe by which spreadsheets know text: a formula does not run, and `12-3`
    is no day.
    """
    if not isinstance(value, str):
        return value
    return f"{_MARK}{value}" if _is_turned(value) else value


def as_pasted(text: str) -> str:
    """A text that is to be pasted, elsewhere too: only what would run as a formula is marked."""
    return f"{_MARK}{text}" if _FORMULA.match(text) else text


def _is_turned(text: str) -> bool:
    bare = text.strip()
    return (
        bool(_FORMULA.match(text))
        or bool(_NUMBER.fullmatch(bare))
        or (bool(_DAY.fullmatch(bare)) and any(char.isdigit() for char in bare))
        or bare.lower() in _WORDS
    )
