"""RowsTable and what it paints."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from tests.helpers.waiting import collect

COLUMNS = (
    Column[str]("Name", lambda one: Cell(one, f"below {one}", bold=True)),
    Column[str]("Badge", lambda one: Cell(one, tone="danger", pill=True), 90, right=True),
)


@pytest.fixture
def model() -> RowsModel[str]:
    """No rows yet."""
    return RowsModel[str](COLUMNS, lambda one: one)


@pytest.fixture
def table(qtbot: QtBot, appearance: Appearance, model: RowsModel[str]) -> RowsTable:
    """A table of 400 by 300 pixels on the screen."""
    table = RowsTable(model, appearance, "Things")
    table.resize(400, 300)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    return table


def test_enter_opens_the_selected_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b", "c"])
    opened = collect(table.opened)
    table.select(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Enter)
    assert opened == ["b", "b"]


def test_enter_opens_nothing_where_nothing_is_selected(table: RowsTable, model: RowsModel[str]):
    opened = collect(table.opened)
    QTest.keyClick(table, Qt.Key.Key_Return)
    model.set_rows(["a"])
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened == []


def test_a_click_opens_the_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b"])
    opened = collect(table.opened)
    place = table.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == ["b"]


def test_a_click_only_selects_where_rows_do_not_open(
    qtbot: QtBot, appearance: Appearance, model: RowsModel[str]
):
    table = ChoiceTable(model, appearance, "Things", open_on_click=False)
    qtbot.addWidget(table)
    table.resize(400, 300)
    table.show()
    model.set_rows(["a", "b"])
    opened, selected = collect(table.opened), collect(table.selected)
    place = table.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (opened, selected) == ([], ["b"])


def test_the_selection_follows_its_row(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["a", "b", "c"])
    table.select(2)
    model.set_rows(["c", "a", "b"])
    assert table.current() == "c"
    assert table.currentIndex().row() == 0


@pytest.mark.parametrize("at", [-1, 3, 99])
def test_a_row_that_is_not_there_is_not_selected(table: RowsTable, model: RowsModel[str], at: int):
    model.set_rows(["a", "b", "c"])
    table.select(at)
    assert table.current() is None


def test_the_empty_text_stands_there_only_while_there_are_no_rows(
    table: RowsTable, model: RowsModel[str]
):
    (label,) = table.viewport().findChildren(QLabel)
    assert not label.isVisible()
    table.set_empty_text("Nothing here.")
    assert label.isVisible()
    assert table.viewport().rect().contains(label.geometry())
    model.set_rows(["a"])
    assert not label.isVisible()
    model.set_rows([])
    assert label.isVisible()


def test_columns_fill_the_table_and_never_overflow(table: RowsTable, model: RowsModel[str]):
    model.set_rows(["W" * 10_000])
    header = table.horizontalHeader()
    assert header.length() == table.viewport().width()
    table.resize(900, 300)
    assert header.length() == table.viewport().width()
    assert header.sectionSize(1) == 90


EXTREME = {
    "empty": "",
    "long": "W" * 10_000,
    "long words": "word " * 5_000,
    "newlines": "a\nb\r\nc\u2029d",
    "emoji": "🔨👩🏽‍🏭" * 200,
    "right to left": "\u202eמסור \u0645\u0637\u0631\u0642\u0629" * 50,
    "combining": "Z" + "\u0301" * 500,
    "markup": "<b>&amp;</b><img src='x'>",
    "control": "\x00\x1b[31m\x7f",
    "lone surrogate": "\ud83d",
}


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
@pytest.mark.parametrize("text", EXTREME.values(), ids=EXTREME.keys())
def test_extreme_texts_are_painted_inside_their_cells(
    table: RowsTable, model: RowsModel[str], appearance: Appearance, text: str, look: str
):
    appearance.choose(look)
    model.set_rows([text])
    table.select(0)
    picture = table.grab().toImage()
    assert picture.size().width() == 400
    # The row below stays untouched.
    assert _colours(picture, table, 1) == {QColor(appearance.tokens.surface).name()}


@pytest.mark.parametrize("tone", ["", "ok", "warn", "danger", "muted", "unheard of"])
@pytest.mark.parametrize("pill", [True, False])
@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
def test_every_tone_paints_something(
    qtbot: QtBot, appearance: Appearance, tone: str, pill: bool, look: str
):
    appearance.choose(look)
    columns = (Column[str]("Text", lambda one: Cell(one, tone=tone, pill=pill)),)
    model = RowsModel[str](columns, lambda one: one)
    table = RowsTable(model, appearance, "Things")
    qtbot.addWidget(table)
    table.resize(300, 150)
    table.show()
    model.set_rows(["MMMM"])
    assert len(_colours(table.grab().toImage(), table, 0)) > 2


def _colours(picture: QImage, table: RowsTable, row: int) -> set[str]:
    """The colours of a row, without its lower border and the frame of the table."""
    height = table.verticalHeader().defaultSectionSize()
    top = table.viewport().y() + row * height + 1
    left, right = table.viewport().x() + 2, table.viewport().x() + table.viewport().width() - 2
    return {
        picture.pixelColor(x, y).name()
        for y in range(top, top + height - 3)
        for x in range(left, right, 2)
    }
