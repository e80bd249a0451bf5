"""Low stock, with keys and clicks on the demo store."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.ui.low_stock.screen import LowStockScreen
from app.ui.reorder.screen import ReorderScreen
from tests.helpers.hands import ALT, Hands, cells, dialog, focus, named, texts
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def look(hands: Hands) -> LowStockScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_3, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, LowStockScreen)
    await until(lambda: cells(screen.table), "low items")
    return screen


async def test_it_lists_worst_first(hands: Hands):
    screen = await look(hands)
    rows = screen._view_model.state.rows
    assert rows
    shares = [one.on_hand / (one.reorder_point + 1) for one in rows]
    assert shares == sorted(shares)
    assert all(one.on_hand <= one.reorder_point for one in rows)
    assert any(text.startswith(f"{len(rows):,} products at or below") for text in texts(screen))
    assert len(cells(screen.table)) == len(rows)


async def test_what_falls_to_its_reorder_point_comes_and_goes_by_itself(hands: Hands):
    screen = await look(hands)
    before = [one[0] for one in cells(screen.table)]
    item = await hands.item()
    assert item.on_hand > item.reorder_point
    fallen = -item.on_hand - 1
    await hands.elsewhere(fallen)
    await until(lambda: len(cells(screen.table)) == len(before) + 1, "the fallen one")
    assert cells(screen.table)[0][2] == "\N{MINUS SIGN}1"
    await hands.elsewhere(-fallen)
    await until(lambda: [one[0] for one in cells(screen.table)] == before, "it to go")


async def test_enter_and_a_click_open_a_product(hands: Hands):
    screen = await look(hands)
    screen.focus_first()
    assert focus() is screen.table
    await hands.press(Qt.Key.Key_Down)
    name = cells(screen.table)[1][0]
    await hands.press(Qt.Key.Key_Return)
    assert hands.state.product is not None
    assert hands.state.product.name == name
    await hands.press(Qt.Key.Key_Escape)
    assert hands.workplace.current is screen
    await hands.click_row(screen.table, 0)
    assert hands.state.product is not None
    assert hands.state.product.name == cells(screen.table)[0][0]


async def export(hands: Hands, screen: LowStockScreen, path: Path) -> None:
    await hands.click(named(screen, "Export CSV…"))
    await choose_path(path)


async def choose_path(path: Path) -> None:
    await until(lambda: isinstance(dialog(), QFileDialog), "the file dialog")
    chooser = dialog()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    await until(lambda: dialog() is None, "the file dialog to close")


async def test_the_list_is_exported(hands: Hands, tmp_path: Path):
    screen = await look(hands)
    path = tmp_path / "low.csv"
    await export(hands, screen, path)
    await until(lambda: any("written to" in text for text in texts(screen)), "the sentence")
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))
    shown = cells(screen.table)
    assert len(lines) == len(shown) + 1
    assert [line[1] for line in lines[1:]] == [one[0] for one in shown]


async def test_what_is_chosen_is_exported_alone(hands: Hands, tmp_path: Path):
    screen = await look(hands)
    screen.focus_first()
    screen.table.select(1)
    await hands.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    names = [row.name for row in screen.table.chosen()]
    path = tmp_path / "two.csv"
    await hands.press(Qt.Key.Key_E)
    await choose_path(path)

    def exported() -> list[str]:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [line[1] for line in csv.reader(file)][1:]

    # The file is there a moment before its rows are.
    await until(lambda: path.exists() and len(exported()) == len(names), "the file")
    assert exported() == names == [one[0] for one in cells(screen.table)[1:3]]


async def test_a_long_path_that_cannot_be_written_is_said_and_fits(hands: Hands, tmp_path: Path):
    screen = await look(hands)
    hands.window.resize(1024, 640)
    await export(hands, screen, tmp_path / "no-such-folder" / ("long name " * 20) / "low.csv")
    await until(lambda: any("was not written" in text for text in texts(screen)), "the sentence")
    assert hands.window.width() == 1024
    assert hands.window.minimumSizeHint().width() <= 1024


async def test_nothing_low_says_so_and_exports_nothing(hands: Hands):
    screen = await look(hands)
    screen._view_model._on_items([])
    assert "Nothing is at or below its reorder point." in texts(screen)
    assert not named(screen, "Export CSV…").isEnabled()


async def test_o_orders_what_is_low_in_the_numbers_that_are_shown(hands: Hands):
    screen = await look(hands)
    await until(
        lambda: all(row.suggested is not None for row in screen._view_model.state.rows or ()),
        "what to order",
    )
    rows = screen._view_model.state.rows
    assert rows
    shown = {row.product_id: row.suggested for row in rows if row.suggested}
    screen.focus_first()
    await hands.press(Qt.Key.Key_O)
    await until(lambda: hands.workplace.current is not screen, "the other screen")
    reorder = hands.workplace.current
    assert isinstance(reorder, ReorderScreen)
    await until(lambda: reorder.view_model.state.paper is not None, "a draft")
    ordered = {row.product_id: row.line.quantity for row in reorder.view_model.state.rows}
    assert ordered == shown
