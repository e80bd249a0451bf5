"""Rows of a table as text that a spreadsheet takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.ui.core.rows import Cell, Column, as_read
from connector_config.csv_cells import as_pasted


def as_tabbed(rows: Sequence[Any], columns: Sequence[Column[Any]], listed: Iterable[Any]) -> str:
    """Rows as lines of fields with tabs between them.

    A column has two fields where a row of those that are `listed` has a second line there, as a
    name and its SKU. Numbers can be reckoned with, and no text runs as a formula.
    """
    double = {
        at for at, column in enumerate(columns) if any(column.cell(row).subtitle for row in listed)
    }
    lines = []
    for row in rows:
        fields: list[str] = []
        for at, column in enumerate(columns):
            cell = column.cell(row)
            fields += [_field(text) for text in _texts(cell, at in double)]
        lines.append("\t".join(fields))
    return "\n".join(lines)


def _texts(cell: Cell, is_double: bool) -> tuple[str, ...]:
    return (cell.text, cell.subtitle) if is_double else (cell.text,)


def _field(text: str) -> str:
    line = " ".join(text.split())
    read = as_read(line)
    if read is not None and read[0] == 0:
        return line.replace("\N{MINUS SIGN}", "-")
    return as_pasted(line)
