"""The steps of the tour with a customer: a sales rep's order, and what comes back of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.data.selling.customer_directory import CustomersFound
from app.domain.entities import Role
from app.tour.driver import Driver, TourError
from app.ui.catalogue.screen import CatalogueScreen
from app.ui.core.rows import CELL
from app.ui.customers.screen import CustomersScreen
from app.ui.order.screen import OrderScreen
from app.ui.orders.screen import OrdersScreen
from app.ui.spotlight.destinations import CUSTOMER
from app.ui.spotlight.dialog import SpotlightDialog

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


async def find_anything(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_K, CONTROL)
    await driver.type("john")
    spotlight = QApplication.activeModalWidget()
    if not isinstance(spotlight, SpotlightDialog):
        raise TourError("the bar for everything is not open")
    hits = spotlight.hits.model()
    await driver.until("people", lambda: hits.index(0, 1).data(CELL).text == CUSTOMER)
    await driver.picture("find-anything", ("light", "dark"))
    await driver.press(Qt.Key.Key_Escape)
    await driver.press(Qt.Key.Key_Escape)


async def go_back_to_the_order(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_O, ALT)
    _order(driver)


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
    await driver.until("customers", lambda: screen.cart.customer.hits.isVisible())
    await driver.picture("order-customer")
    await driver.press(Qt.Key.Key_Return)
    await driver.press(Qt.Key.Key_N, CONTROL)
    await driver.scan("HND-HAMMER-002")
    await driver.until("another cart", lambda: len(view_model.state.rows) == 1)
    await _create_a_customer(driver)
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


async def browse_the_catalogue(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_C, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, CatalogueScreen)
    await driver.until("products", lambda: bool(screen.view_model.state.rows))
    await driver.picture("catalogue", ("light", "dark", "contrast"))
    screen.groups.setFocus()
    for _ in range(3):
        await driver.press(Qt.Key.Key_Down)
    await driver.press(Qt.Key.Key_Right)
    await driver.click(screen.look.button("table"))
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.type("hammer")
    await driver.until("hammers", lambda: screen.view_model.state.query == "hammer")
    driver.window.resize(1024, 640)
    await driver.picture("catalogue-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_Return)
    card = driver.workplace.product
    await driver.until("the stores", lambda: bool(card.view_model.state.elsewhere))
    await driver.until("its ledger", lambda: card.view_model.state.ledger is not None)
    await driver.picture("availability", ("light", "dark"))
    await driver.press(Qt.Key.Key_F, CONTROL)
    await driver.press(Qt.Key.Key_Escape)


async def look_a_customer_up(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_U, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, CustomersScreen)
    view_model = screen.view_model
    await driver.until("everybody", lambda: view_model.state.ready, 30)
    screen.line.setFocus()
    await driver.type("jonh alen")
    await driver.until("somebody", lambda: view_model.state.chosen in view_model.state.rows)
    await driver.until("the card", lambda: view_model.state.purchases is not None)
    await driver.picture("customer", ("light", "dark", "contrast"))
    driver.window.resize(1024, 640)
    await driver.picture("customer-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_N, CONTROL)
    for field, text in (("first_name", "Nora"), ("last_name", "Smith"), ("email", "nora@")):
        screen.form.edits[field].setFocus()
        screen.form.edits[field].selectAll()
        await driver.type(text)
    await driver.press(Qt.Key.Key_Return)
    await driver.until("the refusal", lambda: bool(screen.form.fields["email"].error))
    await driver.picture("customer-new")
    await driver.type("smith.example.com")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("the card", lambda: view_model.state.draft is None)
    screen.line.clear()


ORDER_STEPS = (
    ("sign in as a rep", sign_in_as_a_rep),
    ("browse the catalogue", browse_the_catalogue),
    ("look a customer up", look_a_customer_up),
    ("find anything", find_anything),
    ("go back to the order", go_back_to_the_order),
    ("take an order", take_an_order),
    ("take something back", take_something_back),
)


async def _create_a_customer(driver: Driver) -> None:
    screen = _order(driver)
    await driver.press(Qt.Key.Key_F4)
    await driver.type("jhon")
    await driver.until("John", screen.cart.customer.hits.isVisible)
    await driver.picture("order-nearly", ("light",))
    await driver.press(Qt.Key.Key_Escape)
    await driver.type("nora quillfeather")
    await driver.until("nobody", lambda: screen.lookup.found == CustomersFound())
    await driver.picture("order-nobody")
    await driver.press(Qt.Key.Key_Return)
    email = screen.new_customer.form.edits["email"]
    await driver.until("the form", email.hasFocus)
    await driver.type("nora@example.com")
    await driver.picture("order-new-customer")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("her", lambda: screen.view_model.state.cart.customer is not None)


def _order(driver: Driver) -> OrderScreen:
    screen = driver.workplace.current
    assert isinstance(screen, OrderScreen)
    return screen


def _dialog() -> QDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, QDialog) else None
