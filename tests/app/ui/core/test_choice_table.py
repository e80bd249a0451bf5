"""The table of the lines of a paper: what arrives never moves the choice."""

from __future__ import annotations

import pytest

from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import LinesTable
from app.ui.core.rows import Cell, Column, RowsModel
from tests.helpers.waiting import collect


@pytest.fixture
def table(appearance: Appearance) -> LinesTable:
    model = RowsModel[str]([Column[str]("Name", lambda one: Cell(one))], lambda one: one[0])
    table = LinesTable(model, appearance, "Names")
    table.show_lines(["a", "b", "c"])
    return table


@pytest.mark.parametrize(
    ("rows", "chosen"),
    [
        (["a", "b2", "c"], "b2"),
        (["b", "c"], "b"),
        (["aa", "ab", "b", "c"], "b"),
        (["b"], "b"),
        (["x", "y", "z", "b"], "b"),
        (["a", "c"], None),
        ([], None),
    ],
)
async def test_the_choice_stays_with_its_row_and_ends_with_it(
    table: LinesTable, rows: list[str], chosen: str | None
):
    table.select(1)
    heard = collect(table.selected)
    table.show_lines(rows)
    assert table.current() == chosen
    assert len(table.selectionModel().selectedRows()) == (chosen is not None)
    assert heard == []


async def test_a_row_that_is_followed_is_chosen_when_it_comes(table: LinesTable):
    table.select(0)
    table.follow("d")
    table.show_lines(["a", "b", "c"])
    assert table.current() == "a"
    table.show_lines(["a", "b", "c", "d"])
    assert table.current() == "d"
    table.select(0)
    table.show_lines(["a", "b", "c", "d2"])
    assert table.current() == "a"


async def test_who_chooses_meanwhile_keeps_that(table: LinesTable):
    table.follow("d")
    table.select(1)
    table.show_lines(["a", "b", "c", "d"])
    assert table.current() == "b"
