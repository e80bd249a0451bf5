"""The table in which somebody chooses: what arrives never moves the choice."""

from __future__ import annotations

import pytest

from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.rows import Cell, Column, RowsModel
from tests.helpers.waiting import collect


@pytest.fixture
def table(appearance: Appearance) -> ChoiceTable:
    model = RowsModel[str]([Column[str]("Name", lambda one: Cell(one))], lambda one: one[0])
    table = ChoiceTable(model, appearance, "Names")
    table.show_rows(["a", "b", "c"])
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
    table: ChoiceTable, rows: list[str], chosen: str | None
):
    table.select(1)
    heard = collect(table.selected)
    table.show_rows(rows)
    assert table.current() == chosen
    assert len(table.selectionModel().selectedRows()) == (chosen is not None)
    assert heard == []


async def test_a_row_that_is_followed_is_chosen_when_it_comes(table: ChoiceTable):
    table.select(0)
    table.follow("d")
    table.show_rows(["a", "b", "c"])
    assert table.current() == "a"
    table.show_rows(["a", "b", "c", "d"])
    assert table.current() == "d"
    table.select(0)
    table.show_rows(["a", "b", "c", "d2"])
    assert table.current() == "a"


async def test_who_chooses_meanwhile_keeps_that(table: ChoiceTable):
    table.follow("d")
    table.select(1)
    table.show_rows(["a", "b", "c", "d"])
    assert table.current() == "b"


async def test_nothing_is_followed_while_the_table_is_held(table: ChoiceTable):
    held = True
    table.hold_while(lambda: held)
    table.select(1)
    table.follow("c")
    table.show_rows(["a", "b", "c"])
    assert table.current() == "b"
    held = False
    table.show_rows(["a", "b", "c"])
    assert table.current() == "b"


@pytest.mark.parametrize(("key", "chosen"), [("c", "c"), ("x", None), (None, None)])
async def test_what_the_program_chooses_is_told_to_nobody(
    table: ChoiceTable, key: str | None, chosen: str | None
):
    table.select(1)
    heard = collect(table.selected)
    table.follow("d")
    table.choose(key)
    assert table.current() == chosen
    table.show_rows(["a", "b", "c", "d"])
    assert table.current() == chosen
    assert heard == []


async def test_what_a_person_chooses_is_told(table: ChoiceTable):
    heard = collect(table.selected)
    table.select(1)
    table.select(1)
    table.unselect()
    assert heard == ["b", None]
