"""Two short days of a store worker: one without a mouse, one without a keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.tour.driver import Driver, TourError
from app.ui.count.screen import CountScreen
from app.ui.find.screen import FindScreen
from app.ui.low_stock.screen import LowStockScreen
from app.ui.reorder.screen import ReorderScreen

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


async def a_day_by_keyboard(driver: Driver) -> None:
    card = driver.workplace.product
    await driver.press(Qt.Key.Key_1, ALT)
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("curved claw hammer")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the card", lambda: driver.workplace.current is card)
    await driver.until("its stock", lambda: card.view_model.state.item is not None)
    before = _on_hand(driver)
    await driver.type("+")
    await driver.until("one more", lambda: _on_hand(driver) == before + 1)
    await driver.type("-")
    await driver.until("as before", lambda: _on_hand(driver) == before)
    await driver.press(Qt.Key.Key_Escape)
    await driver.press(Qt.Key.Key_3, ALT)
    low = driver.workplace.current
    assert isinstance(low, LowStockScreen)
    await driver.until("what is low", lambda: bool(low.table.model().rowCount()))
    low.focus_first()
    await driver.type("o")
    reorder = driver.workplace.make("reorder")
    assert isinstance(reorder, ReorderScreen)
    await driver.until("the draft", lambda: reorder.view_model.state.paper is not None)
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("the orders", lambda: reorder.view_model.state.paper is None)
    await driver.press(Qt.Key.Key_6, ALT)
    assert isinstance(driver.workplace.current, CountScreen)


async def a_day_by_mouse(driver: Driver) -> None:
    rail = driver.workplace.rail
    await driver.click(rail.button("find"))
    find = driver.workplace.current
    assert isinstance(find, FindScreen)
    driver.workplace.bar.line.clear()
    await driver.until("products", lambda: find.table.model().rowCount() > 1)
    await driver.click_row(find.table, 1)
    await driver.until("a card", lambda: driver.workplace.current is driver.workplace.product)
    await driver.click(rail.button("low_stock"))
    low = driver.workplace.current
    assert isinstance(low, LowStockScreen)
    await driver.until("what is low", lambda: bool(low.table.model().rowCount()))
    await driver.click_header(low.table, 0)
    names = [str(low.table.model().index(at, 0).data()) for at in range(3)]
    if names != sorted(names, key=str.casefold):
        raise TourError("a click on the header does not sort")
    await driver.click(low.order)
    reorder = driver.workplace.make("reorder")
    assert isinstance(reorder, ReorderScreen)
    await driver.until("the draft", lambda: reorder.view_model.state.paper is not None)
    await driver.click(rail.button("find"))


DAY_STEPS = (
    ("a day by keyboard", a_day_by_keyboard),
    ("a day by mouse", a_day_by_mouse),
)


def _on_hand(driver: Driver) -> int:
    item = driver.workplace.product.view_model.state.item
    if item is None:
        raise TourError("the product is not stocked here")
    return item.on_hand
