"""One bar for everything: Ctrl+K, and what is found, opened and done with it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.ui.core.rows import CELL
from app.ui.count.sessions import NewCountDialog
from app.ui.customers.screen import CustomersScreen
from app.ui.orders.screen import OrdersScreen
from app.ui.product.screen import ProductScreen
from app.ui.spotlight.dialog import SpotlightDialog
from tests.helpers.hands import CONTROL, HAMMER, SKU, Hands, cells, dialog, named
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager in Seattle, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    person.workplace.go("find")
    yield person
    if (left := dialog()) is not None:
        left.reject()
    await person.rest()


async def ask(hands: Hands, text: str) -> SpotlightDialog:
    """Press Ctrl+K and type, and wait for all that is found."""
    await hands.press(Qt.Key.Key_K, CONTROL)
    opened = dialog()
    assert isinstance(opened, SpotlightDialog)
    if text:
        await hands.type(text)
        await until(lambda: not opened._view_model.state.looking, "the customers")
    return opened


def first(spotlight: SpotlightDialog) -> tuple[str, str]:
    """What stands on top: its title, and of what kind it is."""
    title, group = cells(spotlight.hits)[0]
    return title, group


async def test_an_empty_bar_shows_the_screens_with_their_keys(manager: Hands):
    spotlight = await ask(manager, "")
    shown = dict(cells(spotlight.hits))
    assert shown["Count"] == "Screen" and shown["New customer"] == "Action"
    at = [title for title, _ in cells(spotlight.hits)].index("Count")
    assert spotlight.hits.model().index(at, 1).data(CELL).subtitle == "Alt+6"


async def test_a_name_leads_to_the_customer(manager: Hands):
    customers = await manager.repositories.customers.find("store_seattle", "John", 1)
    name = customers[0].name
    spotlight = await ask(manager, name.lower())
    assert first(spotlight) == (name, "Customer")
    await manager.press(Qt.Key.Key_Return)
    screen = manager.workplace.current
    assert isinstance(screen, CustomersScreen)
    chosen = screen.view_model.state.chosen
    assert chosen is not None and chosen.name == name
    assert dialog() is None


@pytest.mark.parametrize("typed", ["count", "stock take", "Cuont"])
async def test_the_name_of_a_screen_leads_to_it(manager: Hands, typed: str):
    spotlight = await ask(manager, typed)
    title, group = first(spotlight)
    assert (title, group) in (("Count", "Screen"), ("New count", "Action"))


async def test_a_screen_is_opened_by_a_click(manager: Hands):
    spotlight = await ask(manager, "sales")
    assert first(spotlight) == ("Sales", "Screen")
    await manager.click_row(spotlight.hits, 0)
    assert manager.workplace.shown == ("sales", "")


async def test_an_order_is_opened_by_its_number(manager: Hands):
    rows = await manager.client.session.query(
        "SELECT number, order_id FROM orders WHERE store_id = 'store_seattle' "
        "ORDER BY order_date DESC LIMIT 1"
    )
    number = rows[0].get("number") or rows[0]["order_id"]
    spotlight = await ask(manager, number)
    assert first(spotlight) == (f"Open order {number}", "Code")
    await manager.press(Qt.Key.Key_Return)
    screen = manager.workplace.current
    assert isinstance(screen, OrdersScreen)
    await until(lambda: screen.view_model.state.order is not None, "the order")
    assert screen.view_model.state.order is not None
    assert screen.view_model.state.order.title == number


@pytest.mark.parametrize("typed", [SKU, "hamer 16 curved", "16 oz curved claw"])
async def test_a_product_is_opened(manager: Hands, typed: str):
    spotlight = await ask(manager, typed)
    assert first(spotlight)[0] == HAMMER
    await manager.press(Qt.Key.Key_Return)
    assert isinstance(manager.workplace.current, ProductScreen)
    product = manager.workplace.product.view_model
    await until(lambda: product.state.product is not None, "the card")
    assert product.state.product is not None and product.state.product.name == HAMMER


async def test_an_aisle_can_be_counted_and_looked_at(manager: Hands):
    spotlight = await ask(manager, "count aisle 3")
    assert first(spotlight) == ("Count aisle 3", "Action")
    await manager.press(Qt.Key.Key_Return)
    asked = dialog()
    assert isinstance(asked, NewCountDialog)
    await until(lambda: asked.aisle.currentText() == "3", "the aisle")
    asked.reject()
    spotlight = await ask(manager, "aisle 3")
    assert ("Aisle 3", "Place") in [tuple(one) for one in cells(spotlight.hits)]


async def test_new_customer_is_begun(manager: Hands):
    spotlight = await ask(manager, "new customer")
    assert first(spotlight) == ("New customer", "Action")
    await manager.press(Qt.Key.Key_Return)
    screen = manager.workplace.current
    assert isinstance(screen, CustomersScreen) and screen.view_model.state.draft is not None
    screen.view_model.draft.give_up()


@pytest.mark.parametrize("typed", ["?", "qqqqxyz", "--"])
async def test_what_fits_nothing_is_said(manager: Hands, typed: str):
    spotlight = await ask(manager, typed)
    assert cells(spotlight.hits) == []
    assert "Nothing is called that" in spotlight.hits._empty.text()
    await manager.press(Qt.Key.Key_Return)
    assert dialog() is spotlight
    await manager.press(Qt.Key.Key_Escape)
    await manager.press(Qt.Key.Key_Escape)
    assert dialog() is None


async def test_a_scan_goes_where_it_leads_and_books_nothing(manager: Hands):
    await ask(manager, "ham")
    await manager.scan(SKU)
    await until(lambda: dialog() is None, "the bar closed")
    assert isinstance(manager.workplace.current, ProductScreen)
    spotlight = await ask(manager, "")
    await manager.scan("NOBODYS-9")
    assert dialog() is spotlight and spotlight.line.text() == ""
    assert "NOBODYS-9" in spotlight._message.text()


async def test_the_button_does_the_same(manager: Hands):
    await manager.click(named(manager.workplace.bar, "Find anything (Ctrl+K)"))
    assert isinstance(dialog(), SpotlightDialog)


async def test_nothing_that_is_only_similar_stands_beside_what_was_typed(manager: Hands):
    spotlight = await ask(manager, "john")
    assert {group for _, group in cells(spotlight.hits)} == {"Customer"}
    await manager.press(Qt.Key.Key_Escape)
    await manager.type("hammr")
    await until(lambda: "Product" in {group for _, group in cells(spotlight.hits)}, "hammers")


async def test_what_one_may_not_do_is_not_offered(person: Hands):
    await person.begin(Role.WORKER, name="Will")
    spotlight = await ask(person, "")
    titles = {title for title, _ in cells(spotlight.hits)}
    assert {"Count", "Receive", "New count"} <= titles
    assert not {"Orders", "Customers", "Sales", "New customer", "New order"} & titles
    await person.type("john")
    assert "Customer" not in {group for _, group in cells(spotlight.hits)}
    spotlight.reject()
    await person.begin(Role.REP, name="Rita")
    spotlight = await ask(person, "count aisle")
    assert all(group != "Action" for _, group in cells(spotlight.hits))
    spotlight.reject()
    await person.rest()
