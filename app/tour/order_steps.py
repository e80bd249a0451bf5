"""What the tour does with a customer: an order by a sales rep, and what comes back of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.entities import Role
from app.tour.driver import Driver, TourError
from app.ui.order.screen import OrderScreen
from app.ui.orders.screen import OrdersScreen

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


async def sign_in_as_a_rep(driver: Driver) -> None:
    screen = driver.client.sign_in_screen
    if screen is None:
        raise TourError("the sign-in is not shown")
    driver.window.resize(1280, 800)
    screen.role.choose(Role.REP.value)
    screen.name.setFocus()
    screen.name.selectAll()
    await driver.type("Rita")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the workplace", lambda: driver.client.workplace is not None)
    await driver.until("the keyboard", driver.workplace.bar.line.hasFocus)
    await driver.press(Qt.Key.Key_O, ALT)
    _order(driver)
    await driver.picture("order-empty")


async def take_an_order(driver: Driver) -> None:
    screen = _order(driver)
    view_model = screen.view_model
    for code in ("HND-HAMMER-001", "HND-HAMMER-001", "HND-HAMMER-003"):
        await driver.scan(code)
    await driver.type("drill")
    await driver.until("hits", lambda: screen.cart.line.hits.isVisible())
    await driver.press(Qt.Key.Key_Return)
    await driver.until("three lines", lambda: len(view_model.state.rows) == 3)
    await driver.press(Qt.Key.Key_F6)
    await driver.type("10%")
    await driver.press(Qt.Key.Key_Return)
    await driver.press(Qt.Key.Key_F7)
    await driver.type("2.50")
    await driver.press(Qt.Key.Key_Return)
    await driver.press(Qt.Key.Key_F4)
    await driver.type("john")
    await driver.until("customers", lambda: bool(view_model.state.found))
    await driver.picture("order-customer", ("light",))
    await driver.press(Qt.Key.Key_Return)
    await driver.press(Qt.Key.Key_N, CONTROL)
    await driver.scan("HND-HAMMER-002")
    await driver.until("another cart", lambda: len(view_model.state.rows) == 1)
    await driver.press(Qt.Key.Key_PageUp, CONTROL)
    await driver.until("the first cart", lambda: len(view_model.state.rows) == 3)
    await driver.picture("order", ("light", "dark", "contrast"))
    driver.window.resize(1024, 640)
    await driver.picture("order-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_Return, CONTROL)
    await driver.until("the order", lambda: view_model.state.placed is not None)
    await driver.picture("order-placed")


async def take_something_back(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_R, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, OrdersScreen)
    view_model = screen.view_model
    await driver.until("all orders", lambda: bool(view_model.state.orders))
    await driver.picture("orders")
    await driver.press(Qt.Key.Key_Down)
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the order", lambda: view_model.state.order is not None)
    await driver.press(Qt.Key.Key_B, CONTROL)
    await driver.until("what comes back", lambda: _dialog() is not None)
    await driver.type("1")
    await driver.picture("order-return")
    await driver.press(Qt.Key.Key_Return)
    await driver.until(
        "the refund", lambda: bool(view_model.state.order and view_model.state.order.returns)
    )
    await driver.picture("order-details")


ORDER_STEPS = (
    ("sign in as a rep", sign_in_as_a_rep),
    ("take an order", take_an_order),
    ("take something back", take_something_back),
)


def _order(driver: Driver) -> OrderScreen:
    screen = driver.workplace.current
    assert isinstance(screen, OrderScreen)
    return screen


def _dialog() -> QDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, QDialog) else None
