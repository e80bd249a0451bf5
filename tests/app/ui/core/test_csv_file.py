"""What is exported is in a spreadsheet what it was here: text is text, numbers are numbers."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.core.csv_file import write_csv
from connector_config.csv_cells import as_cell

TURNED = [
    '=HYPERLINK("http://x.example","open")',
    "+1 206 555 0147",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\N{NO-BREAK SPACE}=1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "\N{FULLWIDTH PLUS SIGN}1",
    "3E-12",
    "1e5",
    "12-3",
    "0012",
    "1/2",
    "1 1/2",
    "7.5",
    "1,000",
    "12:30",
    "5%",
    "$5",
    "MAR-01",
    "Sep 2",
    "1 Jan",
    "2-DEC",
    "TRUE",
    "false",
    "12:30 PM",
]
KEPT = ["HND-HAMMER-001", "3B-12", "Hammer, 16 oz", "1/2 in. drill", "March hare", "", "a=1", "M-3"]


@pytest.mark.parametrize("text", TURNED)
def test_text_that_a_spreadsheet_would_turn_into_something_is_marked_as_text(text: str) -> None:
    assert as_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", KEPT)
def test_other_text_is_as_it_was(text: str) -> None:
    assert as_cell(text) == text


@pytest.mark.parametrize("number", [-5, 0, 12, Decimal("-0.50"), Decimal("12.50"), None])
def test_numbers_stay_numbers(number: object) -> None:
    assert as_cell(number) is number


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    written = str(as_cell(text))
    assert written.removeprefix("'") == text or written == text
    assert not written.lstrip().startswith(("=", "+", "-", "@"))


async def test_the_file_has_them_so(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    await write_csv(path, ("Name", "Change", "Cost"), [("=1+1", -5, Decimal("2.50"))])
    await write_csv(path, (), [("12-3", 7, None)], append=True)
    with path.open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [
            ["Name", "Change", "Cost"],
            ["'=1+1", "-5", "2.50"],
            ["'12-3", "7", ""],
        ]
