"""Orders of several stores, for whoever has more than one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.data.selling.order_list import OrderFilter, OrderListRepository
from app.domain.entities import Role
from app.domain.orders import OrderStatus
from app.run import utc_now
from tests.app.ui.test_fits import problems, small
from tests.helpers.hands import ALT, CONTROL, Hands, cells
from tests.helpers.orders_page import SEATTLE, OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TACOMA = "store_tacoma"


async def at_orders(hands: Hands, role: Role) -> OrdersPage:
    """Somebody of a role, in Seattle, at the orders."""
    await hands.begin(role, name="Mo")
    await hands.press(Qt.Key.Key_R, ALT)
    orders_page = OrdersPage(hands)
    await until(lambda: bool(orders_page.state.orders), "orders")
    return orders_page


async def first_page(orders_page: OrdersPage, *store_ids: str) -> None:
    """Wait until the list is the newest page of these stores."""
    page = await OrderListRepository(orders_page.hands.client.session, utc_now).page(
        OrderFilter(store_ids)
    )
    assert {one.store_id for one in page.orders} == set(store_ids)
    await until(
        lambda: orders_page.state.orders == page.orders, f"orders of {len(store_ids)} stores"
    )


async def test_a_rep_has_no_choice_of_stores(person: Hands):
    orders_page = await at_orders(person, Role.REP)
    assert not orders_page.screen.orders.filters.store.isVisible()
    await person.press(Qt.Key.Key_F3)
    await first_page(orders_page, SEATTLE)


async def test_a_manager_goes_from_store_to_store_and_to_all(person: Hands):
    orders_page = await at_orders(person, Role.MANAGER)
    held = [one.store_id for one in orders_page.screen.view_model.filters.state.stores]
    assert len(held) == 8
    await person.press(Qt.Key.Key_F3)
    while orders_page.screen.orders.filters.store.currentData() != TACOMA:
        await person.press(Qt.Key.Key_Down)
    await first_page(orders_page, TACOMA)
    await person.press(Qt.Key.Key_Home)
    page = await OrderListRepository(person.client.session, utc_now).page(OrderFilter(tuple(held)))
    await until(lambda: orders_page.state.orders == page.orders, "all stores")
    names = {
        one.store_id: one.short_name for one in orders_page.screen.view_model.filters.state.stores
    }
    shown = [row[2] for row in cells(orders_page.screen.orders.table)]
    assert shown == [names[one.store_id] for one in page.orders]
    await small(person)
    await settle()
    assert problems(person.window) == []
    person.window.resize(1280, 800)
    await person.press(Qt.Key.Key_F8)
    await first_page(orders_page, SEATTLE)


async def test_a_customer_buys_where_the_manager_looks(person: Hands):
    orders_page = await at_orders(person, Role.MANAGER)
    customer = (await orders_page.customers.find(TACOMA, "mary", 1))[0]
    order = await orders_page.sold(1, customer, store_id=TACOMA)
    await person.press(Qt.Key.Key_F3)
    await person.press(Qt.Key.Key_Home)
    await person.press(Qt.Key.Key_F4)
    await person.type(customer.email)
    await until(lambda: orders_page.screen.orders.filters.customer.hits.isVisible(), "the customer")
    await person.press(Qt.Key.Key_Return)
    await until(
        lambda: orders_page.ids[:1] == [order.order_id],
        "the order of Tacoma",
    )
    # It is opened by its number too, and handed over from here.
    await person.scan(order.number)
    await until(lambda: orders_page.opened == order.order_id, "the order")
    await person.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: orders_page.state.order.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await orders_page.rest()


async def test_a_store_that_left_the_device_is_no_choice(person: Hands):
    orders_page = await at_orders(person, Role.MANAGER)
    filters = orders_page.screen.view_model.filters
    everywhere = filters.state.stores
    tacoma = next(one for one in everywhere if one.store_id == TACOMA)
    filters.choose_store(tacoma)
    await first_page(orders_page, TACOMA)
    await person.press(Qt.Key.Key_1, ALT)
    filters._held = lambda: [one for one in everywhere if one is not tacoma]
    await person.press(Qt.Key.Key_R, ALT)
    await first_page(orders_page, SEATTLE)
    assert orders_page.screen.orders.filters.store.findData(TACOMA) == -1
