"""A table as spreadsheets write it: its encoding, its separator, and its rows with their lines."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.importing.problems import GoodsFileError, Problem

_SEPARATORS: Final = (",", ";", "\t")
# What spreadsheets write before UTF-16, and none of them write UTF-32.
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, without blanks around them, and the line on which it begins."""

    line: int
    cells: tuple[str, ...]


def decode(content: bytes) -> tuple[str, str]:
    """The text of a file, and the name of its encoding.

    It is UTF-8 or UTF-16 where it says so or can be read so, else what spreadsheets on Windows
    write without asking.
    """
    if content.startswith(_UTF_16):
        return content.decode("utf-16", errors="replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        # Five of its 256 bytes mean nothing.
        return content.decode("cp1252", errors="replace"), "Windows-1252"


def read_rows(text: str, names: Sequence[str]) -> list[Row]:
    """All rows with something in them, the header first.

    The separator is the one with which the header has most of the `names`. Raises GoodsFileError
    where the file is no table.
    """
    separator = max(_SEPARATORS, key=lambda one: _known(text, one, names))
    told = text.splitlines()[:1]
    if told and (said := told[0].strip().strip('"').lower()).startswith("sep=") and len(said) == 5:
        # So one spreadsheet tells another one, and that line is no row.
        separator = said[4]
    try:
        return [row for row in _rows(text, separator) if any(row.cells) and not _is_sep(row)]
    except csv.Error as error:
        raise GoodsFileError(
            [Problem(0, "", f"It is no table ({error}): save it as CSV.")]
        ) from None


def _known(text: str, separator: str, names: Sequence[str]) -> int:
    try:
        for row in _rows(text, separator):
            if any(row.cells) and not _is_sep(row):
                return sum(cell.lower() in names for cell in row.cells)
    except csv.Error:
        pass
    return 0


def _is_sep(row: Row) -> bool:
    return row.line == 1 and "".join(row.cells).lower().startswith("sep=")


def _rows(text: str, separator: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    for cells in reader:
        yield Row(before + 1, tuple(map(_cell, cells)))
        before = reader.line_num


def _cell(text: str) -> str:
    text = text.strip().strip("\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}").strip()
    # How people, and the files that this program writes, keep a spreadsheet from reading a number.
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1].strip()
    return text[1:] if text.startswith("'") and len(text) > 1 else text
