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
from tests.helpers.orders_page import SEATTLE, Desk
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TACOMA = "store_tacoma"


async def at_orders(hands: Hands, role: Role) -> Desk:
    """Somebody of a role, in Seattle, at the orders."""
    await hands.begin(role, name="Mo")
    await hands.press(Qt.Key.Key_R, ALT)
    desk = Desk(hands)
    await until(lambda: bool(desk.state.orders), "orders")
    return desk


async def first_page(desk: Desk, *store_ids: str) -> None:
    """Wait until the list is the newest page of these stores."""
    page = await OrderListRepository(desk.hands.client.session, utc_now).page(
        OrderFilter(store_ids)
    )
    assert {one.store_id for one in page.orders} == set(store_ids)
    await until(lambda: desk.state.orders == page.orders, f"orders of {len(store_ids)} stores")


async def test_a_rep_has_no_choice_of_stores(person: Hands):
    desk = await at_orders(person, Role.REP)
    assert not desk.screen.orders.filters.store.isVisible()
    await person.press(Qt.Key.Key_F3)
    await first_page(desk, SEATTLE)


async def test_a_manager_goes_from_store_to_store_and_to_all(person: Hands):
    desk = await at_orders(person, Role.MANAGER)
    held = [one.store_id for one in desk.screen.view_model.filters.state.stores]
    assert len(held) == 8
    await person.press(Qt.Key.Key_F3)
    while desk.screen.orders.filters.store.currentData() != TACOMA:
        await person.press(Qt.Key.Key_Down)
    await first_page(desk, TACOMA)
    await person.press(Qt.Key.Key_Home)
    page = await OrderListRepository(person.client.session, utc_now).page(OrderFilter(tuple(held)))
    await until(lambda: desk.state.orders == page.orders, "all stores")
    names = {one.store_id: one.short_name for one in desk.screen.view_model.filters.state.stores}
    shown = [row[2] for row in cells(desk.screen.orders.table)]
    assert shown == [names[one.store_id] for one in page.orders]
    await small(person)
    await settle()
    assert problems(person.window) == []
    person.window.resize(1280, 800)
    await person.press(Qt.Key.Key_F8)
    await first_page(desk, SEATTLE)


async def test_a_customer_buys_where_the_manager_looks(person: Hands):
    desk = await at_orders(person, Role.MANAGER)
    customer = (await desk.customers.find(TACOMA, "mary", 1))[0]
    order = await desk.sold(1, customer, store_id=TACOMA)
    await person.press(Qt.Key.Key_F3)
    await person.press(Qt.Key.Key_Home)
    await person.press(Qt.Key.Key_F4)
    await person.type(customer.email)
    await until(lambda: desk.screen.orders.filters.customer.hits.isVisible(), "the customer")
    await person.press(Qt.Key.Key_Return)
    await until(
        lambda: desk.ids[:1] == [order.order_id],
        "the order of Tacoma",
    )
    # It is opened by its number too, and handed over from here.
    await person.scan(order.number)
    await until(lambda: desk.opened == order.order_id, "the order")
    await person.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: desk.state.order.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await desk.rest()


async def test_a_store_that_left_the_device_is_no_choice(person: Hands):
    desk = await at_orders(person, Role.MANAGER)
    filters = desk.screen.view_model.filters
    everywhere = filters.state.stores
    tacoma = next(one for one in everywhere if one.store_id == TACOMA)
    filters.choose_store(tacoma)
    await first_page(desk, TACOMA)
    await person.press(Qt.Key.Key_1, ALT)
    filters._held = lambda: [one for one in everywhere if one is not tacoma]
    await person.press(Qt.Key.Key_R, ALT)
    await first_page(desk, SEATTLE)
    assert desk.screen.orders.filters.store.findData(TACOMA) == -1
