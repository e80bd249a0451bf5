"""Columns are where a person put them, as wide as they were made, and those that were wanted."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.meant_rows import MeantRows
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from tests.helpers.menus import header_menu, popup, said

COLUMNS = tuple(
    Column[str](title, lambda one: Cell(one), 90 if title else 40)
    for title in ("Name", "Place", "", "Price")
)


@pytest.fixture
def table(qtbot: QtBot, appearance: Appearance) -> RowsTable:
    return make(qtbot, appearance)


def make(qtbot: QtBot, appearance: Appearance, *, shown: bool = True) -> RowsTable:
    model = RowsModel[str](COLUMNS, lambda one: one)
    model.set_rows(["a", "b"])
    table = RowsTable(model, appearance, "Things")
    table.resize(500, 200)
    qtbot.addWidget(table)
    if shown:
        table.show()
    return table


def titles(table: RowsTable) -> list[str]:
    return [COLUMNS[at].title for at in table.columns.shown]


def press(key: str) -> None:
    """Press a key in the menu that is open on top."""
    QTest.keyClicks(popup(), key)


def walk_to(text: str) -> None:
    """Come to a line of the menu with the arrows, and press Enter."""
    menu = popup()
    for _ in menu.actions():
        active: QAction | None = menu.activeAction()
        if active is not None and active.text() == text:
            break
        QTest.keyClick(menu, Qt.Key.Key_Down)
    assert menu.activeAction().text() == text
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_the_header_menu_hides_moves_and_sizes_and_all_of_it_is_kept(
    qtbot: QtBot, appearance: Appearance, table: RowsTable
):
    width = table.horizontalHeader().sectionSize(3)
    assert said(header_menu(table, 1))[:6] == [
        *("Place", "&Hide", "Move &left", "Move &right", "&Wider", "&Narrower")
    ]
    press("l")
    assert titles(table) == ["Place", "Name", "", "Price"]
    header_menu(table, 3)
    press("w")
    assert table.horizontalHeader().sectionSize(3) == width + 40
    header_menu(table, 0)
    press("h")
    assert titles(table) == ["Place", "", "Price"]
    again = make(qtbot, appearance)
    assert titles(again) == ["Place", "", "Price"]
    assert again.horizontalHeader().sectionSize(3) == width + 40
    # The way back, by keyboard alone.
    again.setFocus()
    QTest.keyClick(again, Qt.Key.Key_Menu)
    press("n")
    walk_to("Show Name")
    assert titles(again) == ["Place", "Name", "", "Price"]
    QTest.keyClick(again, Qt.Key.Key_Menu)
    press("n")
    press("f")
    assert titles(again) == ["Name", "Place", "", "Price"]
    assert not appearance.preferences.contains("columns/Things")
    assert titles(make(qtbot, appearance)) == ["Name", "Place", "", "Price"]


def test_a_header_is_dragged_to_another_place(
    qtbot: QtBot, appearance: Appearance, table: RowsTable
):
    header = table.horizontalHeader()
    start = QPoint(header.sectionViewportPosition(0) + 30, header.height() // 2)
    end = QPoint(header.sectionViewportPosition(1) + header.sectionSize(1) - 8, start.y())
    QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for x in (start.x() + 20, (start.x() + end.x()) // 2, end.x()):
        QTest.mouseMove(header.viewport(), QPoint(x, start.y()))
    QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert titles(table) == ["Place", "Name", "", "Price"]
    # That was no click: nothing is sorted.
    assert header.sortIndicatorSection() == -1
    assert titles(make(qtbot, appearance)) == ["Place", "Name", "", "Price"]


def test_the_last_column_with_a_title_stays(table: RowsTable):
    for at in (0, 1, 3):
        table.columns.hide(at)
    assert titles(table) == ["", "Price"]
    assert not table.columns.may_hide(3)


def test_what_the_screen_leaves_out_is_not_asked_about_and_stays_as_it_was(table: RowsTable):
    table.columns.hide(1)
    table.setColumnHidden(3, True)
    table.setColumnHidden(1, True)
    assert titles(table) == ["Name", ""]
    assert not table.columns.may_hide(0)
    table.setColumnHidden(1, False)
    table.setColumnHidden(3, False)
    assert titles(table) == ["Name", "", "Price"]


def test_the_arrows_go_on_where_the_column_of_the_choice_was_hidden(table: RowsTable):
    table.select(0)
    table.columns.hide(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert (table.current(), table.chosen()) == ("b", ["b"])


@pytest.mark.parametrize(
    "kept",
    [
        *("", "no json", "[]", "7", '{"order": 5, "hidden": {}, "widths": []}'),
        json.dumps({"order": ["Gone", "Name"], "hidden": ["Gone", 4], "widths": {"Name": "wide"}}),
        json.dumps({"hidden": ["Name", "Place", "Price"]}),
    ],
)
def test_what_is_kept_may_be_another_versions_or_damaged(
    qtbot: QtBot, appearance: Appearance, preferences: QSettings, kept: str
):
    preferences.setValue("columns/Things", kept)
    assert titles(make(qtbot, appearance)) == ["Name", "Place", "", "Price"]


def test_a_column_that_is_new_comes_where_it_is_in_this_version(
    qtbot: QtBot, appearance: Appearance, preferences: QSettings
):
    preferences.setValue("columns/Things", json.dumps({"order": ["Price", "Name", "#2"]}))
    assert titles(make(qtbot, appearance)) == ["Price", "Place", "Name", ""]


def test_widths_grow_with_the_text(qtbot: QtBot, appearance: Appearance, table: RowsTable):
    table.horizontalHeader().resizeSection(1, 100)
    appearance.choose_text_size(200)
    try:
        assert table.horizontalHeader().sectionSize(1) == 200
        assert make(qtbot, appearance).horizontalHeader().sectionSize(1) == 200
    finally:
        appearance.choose_text_size(100)


def test_what_goes_on_below_a_table_has_its_columns(
    qtbot: QtBot, appearance: Appearance, table: RowsTable
):
    meant = MeantRows(table, COLUMNS, lambda one: one, appearance)
    qtbot.addWidget(meant)
    meant.show_rows(["c"])
    table.columns.move(1, -1)
    table.columns.hide(3)
    assert titles(meant.table) == ["Place", "Name", ""]
