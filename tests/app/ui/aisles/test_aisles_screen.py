"""Aisles, with keys and clicks on the demo store."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.domain.entities import natural_key
from app.ui.aisles.screen import AislesScreen
from tests.helpers.hands import ALT, Hands, cells, focus, texts
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def walk_in(hands: Hands) -> AislesScreen:
    """Aisles by its key, from the top."""
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_2, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, AislesScreen)
    await until(lambda: cells(screen.bins), "products on the first shelf")
    screen.focus_first()
    return screen


def chosen(screen: AislesScreen) -> tuple[int, int]:
    return screen.aisles.currentIndex().row(), screen.shelves.currentIndex().row()


async def test_it_starts_with_the_first_aisle_in_walking_order(hands: Hands):
    screen = await walk_in(hands)
    aisles = [one[0] for one in cells(screen.aisles)]
    assert len(aisles) > 5
    assert aisles == sorted(aisles, key=natural_key)
    assert chosen(screen) == (0, 0)
    bins = [one[0] for one in cells(screen.bins)]
    assert bins == sorted(bins, key=natural_key)
    assert any(text.startswith("Aisle ") for text in texts(screen))


async def test_the_counts_of_an_aisle_are_those_of_its_shelves(hands: Hands):
    screen = await walk_in(hands)
    state = screen._view_model.state
    assert state.aisles[0].items == sum(one.items for one in state.shelves)
    assert state.aisles[0].low == sum(one.low for one in state.shelves)
    total = sum(one.items for one in state.aisles)
    proof = await hands.repositories.stock.prove("store_seattle")
    assert total == proof.items


async def test_it_is_walked_by_keyboard_down_to_a_product(hands: Hands):
    screen = await walk_in(hands)
    await hands.press(Qt.Key.Key_Down)
    await until(lambda: chosen(screen)[0] == 1 and cells(screen.bins), "the second aisle")
    await hands.press(Qt.Key.Key_Right)
    assert focus() is screen.shelves
    await hands.press(Qt.Key.Key_Down)
    await until(lambda: chosen(screen) == (1, 1) and cells(screen.bins), "its second shelf")
    await hands.press(Qt.Key.Key_Right)
    assert focus() is screen.bins
    assert screen.bins.currentIndex().row() == 0
    name = cells(screen.bins)[0][1]
    await hands.press(Qt.Key.Key_Return)
    assert hands.state.product is not None
    assert hands.state.product.name == name
    await hands.press(Qt.Key.Key_Escape)
    assert hands.workplace.current is screen
    assert chosen(screen) == (1, 1)


async def test_left_goes_back_and_enter_goes_on(hands: Hands):
    screen = await walk_in(hands)
    await hands.press(Qt.Key.Key_Return)
    assert focus() is screen.shelves
    await hands.press(Qt.Key.Key_Return)
    assert focus() is screen.bins
    await hands.press(Qt.Key.Key_Left)
    assert focus() is screen.shelves
    await hands.press(Qt.Key.Key_Left)
    assert focus() is screen.aisles
    await hands.press(Qt.Key.Key_Left)
    assert focus() is screen.aisles


async def test_clicks_choose_and_open(hands: Hands):
    screen = await walk_in(hands)
    await hands.click_row(screen.aisles, 2)
    await until(lambda: chosen(screen) == (2, 0) and cells(screen.bins), "the third aisle")
    await hands.click_row(screen.shelves, 1)
    await until(lambda: chosen(screen) == (2, 1) and cells(screen.bins), "its second shelf")
    name = cells(screen.bins)[0][1]
    await hands.click_row(screen.bins, 0)
    assert hands.state.product is not None
    assert hands.state.product.name == name


async def test_low_and_empty_are_marked(hands: Hands):
    screen = await walk_in(hands)
    first = screen._view_model.state.bins[0]
    item = await hands.item(first.sku)
    await hands.elsewhere(-item.on_hand, first.sku)
    await until(lambda: cells(screen.bins)[0][2] == "0", "the empty bin")
    aisle, shelf = chosen(screen)
    await until(lambda: "out" in cells(screen.shelves)[shelf][1], "the mark of its shelf")
    assert "out" in cells(screen.aisles)[aisle][1]
    await hands.elsewhere(1, first.sku)
    await until(lambda: cells(screen.bins)[0][2] == "1", "the low bin")
    assert screen._view_model.state.bins[0].state.value in ("low", "ok")
