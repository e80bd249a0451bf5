"""Live means live: a change from anywhere shows on every kind of screen without a refresh."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt

from app.domain.entities import Place, Reason, StockItem
from app.ui.aisles.screen import AislesScreen
from app.ui.low_stock.screen import LowStockScreen
from tests.helpers.hands import CONTROL, HAMMER, Hands, cells, rows, somebody, texts
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_find_shows_a_change(hands: Hands):
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("hamer 16")
    await until(lambda: rows(hands.workplace.current)[0][0] == HAMMER, "the hammer")
    for quantity in (-1, 5, -200):
        after = str(await hands.elsewhere(quantity)).replace("-", "\N{MINUS SIGN}")
        await until(partial(_first_is, hands, after), after)


def _first_is(hands: Hands, on_hand: str) -> bool:
    return rows(hands.workplace.current)[0][3] == on_hand


async def test_find_shows_a_new_place_and_finds_by_it(hands: Hands):
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("hamer 16")
    await until(lambda: rows(hands.workplace.current)[0][0] == HAMMER, "the hammer")
    item = await hands.item()
    await hands.repositories.stock.move(item, Place("99", "Q", "7"), somebody(item.store_id))
    await until(lambda: rows(hands.workplace.current)[0][2] == "99Q-7", "the new place")
    await hands.press(Qt.Key.Key_F, CONTROL)
    await hands.type("99q")
    await until(lambda: [one[0] for one in rows(hands.workplace.current)] == [HAMMER], "by place")


async def test_the_card_shows_a_change_here_its_history_and_a_new_place(hands: Hands):
    await hands.open()
    card = hands.workplace.product
    after = await hands.elsewhere(7)
    await until(lambda: hands.on_hand == after, "the number")
    await until(lambda: cells(card.history.table)[0][2] == "+7", "the history")
    assert "Ben on office" in card.history.table.model().index(0, 1).data()
    item = await hands.item()
    await hands.repositories.stock.move(item, Place("98", "R", "3"), somebody(item.store_id))
    await until(lambda: {"98", "R", "3"} <= set(texts(card.place)), "the new place")


async def test_the_card_shows_a_change_at_another_store(hands: Hands):
    product_id = await hands.open()
    before = {one.store: one.on_hand for one in hands.state.elsewhere}["Tacoma"]
    assert before is not None
    items = await _items(hands, product_id)
    tacoma = next(one for one in items if one.store_id == "store_tacoma")
    await hands.repositories.stock.adjust(tacoma, 321, Reason.FOUND, somebody("store_tacoma"))
    await until(lambda: str(before + 321) in texts(hands.workplace.product), "Tacoma's number")


async def test_aisles_show_a_change_and_a_newcomer(hands: Hands):
    screen = hands.workplace.go("aisles")
    assert isinstance(screen, AislesScreen)
    await until(lambda: cells(screen.bins), "the first shelf")
    state = screen._view_model.state
    first = state.bins[0]
    after = await hands.elsewhere(11, first.sku)
    await until(lambda: cells(screen.bins)[0][2] == f"{after:,}", "the number")
    assert state.aisle is not None and state.shelf is not None
    listings = hands.repositories.catalogue._listings.values()
    far = next(one for one in listings if one.place and one.place.aisle != state.aisle)
    newcomer = await hands.item(far.product.sku)
    place = Place(state.aisle, state.shelf, "0")
    await hands.repositories.stock.move(newcomer, place, somebody(newcomer.store_id))
    await until(lambda: cells(screen.bins)[0][0] == "0", "the newcomer")
    more = state.shelves[0].items + 1
    await until(lambda: screen._view_model.state.shelves[0].items == more, "its count")


async def test_low_stock_shows_a_change(hands: Hands):
    screen = hands.workplace.go("low_stock")
    assert isinstance(screen, LowStockScreen)
    await until(lambda: cells(screen.table), "low items")
    first = (screen._view_model.state.rows or ())[0]
    await hands.elsewhere(-first.on_hand - 50, first.sku)
    await until(lambda: cells(screen.table)[0][2] == "\N{MINUS SIGN}50", "the number")


async def test_the_status_line_does_not_claim_the_changes_of_others(hands: Hands):
    """They are saved too, but this device cannot take them back."""
    before = hands.workplace.status_line._view_model.state.undoes
    await hands.elsewhere(1)
    await until(lambda: hands.workplace.status_line._view_model.state.message.text, "saved")
    assert hands.workplace.status_line._view_model.state.undoes == before


async def _items(hands: Hands, product_id: str) -> list[StockItem]:
    found: list[StockItem] = []
    stop = hands.repositories.stock.watch_product(product_id, found.extend)
    await until(lambda: found, "the product's items")
    stop()
    return found
