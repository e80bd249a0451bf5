"""The steps of the tour on the Oversold screen, and with the manager's figures."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.domain.customers import Customer
from app.domain.entities import Actor, Device, Profile, Role
from app.tour.driver import Driver
from app.tour.paper_steps import dialog
from app.ui.oversold.screen import OversoldScreen
from app.ui.sales.screen import SalesScreen
from app.ui.sales.view_model import SalesState

_ALT = Qt.KeyboardModifier.AltModifier
_SKUS = ("HND-HAMMER-004", "HND-HAMMER-005")


async def see_what_was_oversold(driver: Driver) -> None:
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_D, _ALT)
    screen = _screen(driver)
    await driver.until("an answer", lambda: screen.view_model.state.rows is not None)
    for sku in _SKUS:
        await _sell_twice(driver, sku)
    await driver.until("the cases", lambda: len(screen.view_model.state.rows or ()) >= len(_SKUS))
    await driver.until("ways to settle", lambda: bool(screen.view_model.state.ways))
    screen.focus_first()
    await driver.picture("oversold", ("light", "dark", "contrast"))


async def settle_a_case(driver: Driver) -> None:
    screen = _screen(driver)
    before = screen.view_model.state.waiting
    await driver.type("n")
    await driver.type("Comes on Monday")
    await driver.press(Qt.Key.Key_Return)
    await driver.type("t")
    await driver.until("one fewer", lambda: screen.view_model.state.waiting < before)
    await driver.until("ways for the next", lambda: bool(screen.view_model.state.ways))
    await driver.type("s")
    # It changes what the customer gets, so it is asked.
    await driver.until("the question", lambda: dialog() is not None)
    question = dialog()
    assert question is not None
    await driver.click(question.findChildren(QPushButton)[-1])
    await driver.until("it swapped", lambda: screen.view_model.state.waiting < before - 1)
    await driver.picture("oversold-under-way")
    await driver.type("l")
    await driver.picture("oversold-settled")
    driver.window.resize(1024, 640)
    await driver.picture("oversold-settled-1024x640", ("light",))
    await driver.type("l")
    await driver.picture("oversold-1024x640", ("light",))


async def look_at_the_sales(driver: Driver) -> None:
    driver.window.resize(1280, 800)
    store_id = driver.client.stores[0].store_id
    await driver.client.sign_in(Profile(store_id, Role.MANAGER, "Maya"))
    await driver.press(Qt.Key.Key_Escape)
    await driver.press(Qt.Key.Key_M, _ALT)
    screen = driver.workplace.current
    assert isinstance(screen, SalesScreen)
    state = screen.view_model
    await driver.until("all added up", lambda: _is_whole(state.state), 60)
    await driver.press(Qt.Key.Key_End)
    await driver.picture("sales", ("light", "dark", "contrast"))
    await driver.type("m")
    await driver.until("months", lambda: state.state.step == "month")
    await driver.click(screen.kinds.button("product"))
    await driver.until("products", lambda: state.state.kind == "product")
    await driver.picture("sales-products")
    driver.window.resize(1024, 640)
    await driver.picture("sales-1024x640", ("light",))


OVERSOLD_STEPS = (
    ("see what was oversold", see_what_was_oversold),
    ("settle a case", settle_a_case),
)
SALES_STEPS = (("look at the sales", look_at_the_sales),)


def _is_whole(state: SalesState) -> bool:
    return bool(state.periods) and not state.adding


def _screen(driver: Driver) -> OversoldScreen:
    screen = driver.workplace.current
    assert isinstance(screen, OversoldScreen)
    return screen


async def _sell_twice(driver: Driver, sku: str) -> None:
    """As it comes from two reps who were both offline: all that is there, and one more."""
    repositories = driver.client.repositories
    listing = repositories.catalogue.listing(repositories.catalogue.read(sku).product_id or "")
    assert listing is not None and listing.key is not None
    (item,) = await repositories.stock.items([listing.key])
    customers = Customer(item.store_id, "tour", "Ada", "Lind", "ada@example.com")
    store = next(one for one in driver.client.stores if one.store_id == item.store_id)
    for name, quantity in (("Rita", max(item.on_hand, 1)), ("Sam", 1)):
        actor = Actor(Profile(item.store_id, Role.REP, name), Device(f"tour-{name}", f"{name}'s"))
        cart = replace(repositories.carts.begin(item.store_id), customer=customers)
        cart = cart.add(listing.product, quantity)
        await repositories.orders.place(cart, store, actor, allow_negative=True)
