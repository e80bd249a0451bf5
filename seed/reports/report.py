"""A report: a table with what belongs to it, for people, scripts and assistants."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, TextIO

from bson.decimal128 import Decimal128
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector_config.csv_cells import as_cell
from connector_config.wording import dollars, number

Kind = Literal["text", "number", "money", "percent"]
Row = Mapping[str, Any]

_CENT: Final = Decimal("0.01")
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in JSON and CSV, its title for people, and what its values are."""

    name: str
    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Report:
    """An answer: rows with a value for each column, or None where there is none.

    Money is a Decimal of US dollars with two decimals, a percentage has one. `facts` belong to the
    whole, by their names for people; `notes` say what was counted and how, a sentence each.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as texts, numbers, lists and maps."""
        return {
            "title": self.title,
            "facts": {name: _plain(value) for name, value in self.facts.items()},
            "rows": [
                {one.name: _plain(row[one.name]) for one in self.columns} for row in self.rows
            ],
            "notes": list(self.notes),
        }


def money(value: object) -> Decimal:
    """An amount as MongoDB added it up, in US dollars and cents; 0 where it is no number."""
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return Decimal("0.00")
    amount = Decimal(str(value))
    return amount.quantize(_CENT, ROUND_HALF_UP) if amount.is_finite() else Decimal("0.00")


def count(value: object) -> int:
    """A number of things as MongoDB added it up; 0 where it is none."""
    return int(money(value))


def change(now: Decimal | int, before: Decimal | int) -> Decimal | None:
    """By how many percent something changed, with one decimal; None where there was nothing."""
    if not before:
        return None
    share = Decimal(now - before) * 100 / Decimal(before)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def show(report: Report, console: Console) -> None:
    """Print the title, the facts, the table and the notes."""
    console.print(Text(report.title, style="bold"))
    for name, value in report.facts.items():
        console.print(Text(f"{name}: {_fact(value)}"))
    if report.rows:
        table = Table(box=box.SIMPLE_HEAD, header_style="bold")
        for one in report.columns:
            right: Literal["left", "right"] = "left" if one.kind == "text" else "right"
            table.add_column(one.title, justify=right, overflow="fold")
        for row in report.rows:
            # Text, because a name could look like markup.
            table.add_row(*(Text(_shown(row[one.name], one.kind)) for one in report.columns))
        console.print(table)
    else:
        console.print("There is nothing to show.")
    for note in report.notes:
        console.print(Text(note, style="dim"))


def write_csv(report: Report, file: TextIO) -> None:
    """Write the rows; text stays text in a spreadsheet."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([one.name for one in report.columns])
    writer.writerows(_cells(report.columns, report.rows))


def _cells(columns: Sequence[Column], rows: Iterable[Row]) -> Iterable[list[object]]:
    for row in rows:
        values = (row[one.name] for one in columns)
        yield ["" if value is None else as_cell(value) for value in values]


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _fact(value: object) -> str:
    return _shown(value, "money" if isinstance(value, Decimal) else "number")


def _shown(value: object, kind: Kind) -> str:
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, Decimal):
        return dollars(value) if kind == "money" else f"{value:+}%"
    return number(value) if isinstance(value, int) else str(value)
