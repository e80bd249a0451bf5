"""The filters of the orders, worked by keyboard alone on the demo store."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.data.selling.order_list import OrderFilter, OrderListRepository
from app.domain.customers import Customer
from app.domain.days import Preset
from app.domain.entities import Actor
from app.domain.orders import Order, OrderStatus
from app.domain.shop_days import day_of
from app.run import utc_now
from app.ui.customers.screen import CustomersScreen
from app.ui.orders.view_model import PAGE
from connector_config.schema.time_zones import USUAL
from tests.app.ui.test_fits import problems, small
from tests.helpers.hands import ALT, CONTROL, cells, focus, somebody, texts
from tests.helpers.menus import popup
from tests.helpers.orders_page import SEATTLE, OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOWN, ENTER, TAB = Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Tab


def me(orders_page: OrdersPage) -> Actor:
    """Rita, at this device."""
    return orders_page.screen.view_model._actor


async def shows(orders_page: OrdersPage, wanted: OrderFilter) -> tuple[Order, ...]:
    """Wait until the list is the first page of these; more than none."""
    page = await OrderListRepository(orders_page.hands.client.session, utc_now).page(wanted)
    ids = [one.order_id for one in page.orders]
    assert ids
    await until(lambda: orders_page.ids == ids, f"{len(ids)} orders")
    await settle()
    table = orders_page.screen.orders.table
    assert [row[0] for row in cells(table)] == [one.customer_name for one in page.orders]
    return page.orders


async def choose(orders_page: OrdersPage, status: OrderStatus) -> None:
    """Come to a status with its key and the arrows."""
    await orders_page.hands.press(Qt.Key.Key_F6)
    await orders_page.hands.press(Qt.Key.Key_Home)
    for _ in range(list(OrderStatus).index(status) + 1):
        await orders_page.hands.press(DOWN)


async def john(orders_page: OrdersPage) -> Customer:
    """The first John."""
    return (await orders_page.customers.find(SEATTLE, "john", 1))[0]


async def test_a_customer_is_looked_up_chosen_and_left_again(orders_page: OrdersPage):
    hands, line = orders_page.hands, orders_page.screen.orders.filters.customer
    first, second = (await orders_page.customers.find(SEATTLE, "john", 5))[:2]
    await orders_page.sold(1, second)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    await until(lambda: line.hits.isVisible() and line.hits.current() == first, "Johns")
    await hands.press(DOWN)
    await hands.press(ENTER)
    found = await shows(orders_page, OrderFilter((SEATTLE,), customer_ids=second.ids))
    assert {one.customer_id for one in found} == {second.customer_id}
    assert (line.line.text(), line.hits.isVisible()) == (second.name, False)
    assert focus() is orders_page.screen.orders.table
    # What is typed and left again is no filter.
    await hands.press(Qt.Key.Key_F4)
    await hands.type("xyz")
    await until(lambda: line.hits.isVisible(), "nobody")
    assert any("Nobody is called that" in text for text in texts(line))
    await hands.press(TAB)
    assert (line.line.text(), line.hits.isVisible()) == (second.name, False)
    await hands.press(Qt.Key.Key_F4)
    await hands.press(Qt.Key.Key_Escape)
    await shows(orders_page, OrderFilter((SEATTLE,)))


async def test_enter_waits_for_who_is_being_looked_up(orders_page: OrdersPage):
    line = orders_page.screen.orders.filters.customer
    await orders_page.hands.press(Qt.Key.Key_F4)
    # All at once, so that the answer is not there yet.
    line.line.insert("joh")
    line.line.textEdited.emit("joh")
    line.line.insert("n")
    line.line.textEdited.emit("john")
    line.line.returnPressed.emit()
    assert orders_page.screen.view_model.filters.state.customer is None
    customer = await john(orders_page)
    await until(lambda: orders_page.screen.view_model.filters.state.customer == customer, "John")


async def test_mine_are_those_that_i_took(orders_page: OrdersPage):
    await orders_page.sold(1)
    order = await orders_page.sold(2, actor=me(orders_page))
    await orders_page.hands.press(Qt.Key.Key_F7)
    found = await shows(orders_page, OrderFilter((SEATTLE,), who="Rita"))
    assert found[0].order_id == order.order_id
    assert {row[2] for row in cells(orders_page.screen.orders.table)} == {"Rita"}
    later = await orders_page.sold(3, actor=me(orders_page))
    await until(lambda: orders_page.ids[:1] == [later.order_id], "the new one")
    await orders_page.hands.press(Qt.Key.Key_F7)
    await shows(orders_page, OrderFilter((SEATTLE,)))


async def test_a_row_leaves_when_its_status_changes(orders_page: OrdersPage):
    order, other = await orders_page.sold(1), await orders_page.sold(2)
    await choose(orders_page, OrderStatus.PENDING)
    before = await shows(orders_page, OrderFilter((SEATTLE,), status=OrderStatus.PENDING))
    assert [one.order_id for one in before[:2]] == [other.order_id, order.order_id]
    # Elsewhere, then at this screen.
    await orders_page.orders.complete(order, me(orders_page))
    await until(lambda: order.order_id not in orders_page.ids, "it gone")
    await orders_page.hands.press(TAB)
    orders_page.screen.orders.table.setFocus()
    orders_page.screen.orders.table.select(0)
    await orders_page.hands.press(ENTER)
    await until(lambda: orders_page.opened == other.order_id, "the order")
    await orders_page.hands.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: orders_page.state.order.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await orders_page.hands.press(Qt.Key.Key_Escape)
    await until(
        lambda: orders_page.ids == [one.order_id for one in before[2:]],
        "it gone too",
    )
    assert len(cells(orders_page.screen.orders.table)) == len(before) - 2


async def test_a_row_far_below_leaves_too(orders_page: OrdersPage):
    await choose(orders_page, OrderStatus.COMPLETED)
    await shows(orders_page, OrderFilter((SEATTLE,), status=OrderStatus.COMPLETED))
    await orders_page.hands.press(TAB)
    orders_page.screen.orders.table.setFocus()
    while len(orders_page.state.orders or ()) < 3 * PAGE:
        await orders_page.hands.press(Qt.Key.Key_End, CONTROL)
        await orders_page.rest()
    await orders_page.hands.press(Qt.Key.Key_PageUp)
    await settle()
    table = orders_page.screen.orders.table
    at = table.rowAt(table.viewport().height() // 2)
    assert at > PAGE
    shown = orders_page.state.orders or ()
    await orders_page.hands.client.session.query(
        "UPDATE orders SET status = 'returned' WHERE order_id = :id", {"id": shown[at].order_id}
    )
    left = [one.order_id for one in (*shown[:at], *shown[at + 1 :])]
    await until(lambda: orders_page.ids[: len(left)] == left, "it gone")


async def test_days_count_whole_and_a_day_that_is_none_is_explained(orders_page: OrdersPage):
    hands, filters = orders_page.hands, orders_page.screen.orders.filters
    today = day_of(utc_now(), ZoneInfo(USUAL))
    order = await orders_page.sold(1)
    await hands.press(Qt.Key.Key_F5)
    await hands.type(f"{today}\t{today}")
    await hands.press(ENTER)
    await until(lambda: len(orders_page.state.orders or [0] * 999) < PAGE, "only today's")
    assert orders_page.state.orders is not None and orders_page.ids[0] == order.order_id
    assert {one.order_date[:10] for one in orders_page.state.orders} <= {
        f"{today + timedelta(days=by)}" for by in (-1, 0, 1)
    }
    assert not orders_page.state.more
    await hands.press(Qt.Key.Key_F5)
    await hands.type(str(today + timedelta(days=1)))
    await hands.press(ENTER)
    assert filters._days["until"].error == "This is before the first day."
    await hands.press(Qt.Key.Key_F5)
    await hands.type("someday")
    await hands.press(ENTER)
    assert filters._days["since"].error == f"Type a day such as {today:%b %-d, %Y}."
    # As people here write it, and it is shown as the program writes it.
    await hands.press(Qt.Key.Key_F5)
    await hands.type(f"{today.month}/{today.day}/{today.year}")
    await hands.press(ENTER)
    assert (filters._days["since"].error, filters.since.text()) == ("", f"{today:%b %-d, %Y}")
    await hands.press(Qt.Key.Key_F8)
    assert [field.error for field in filters._days.values()] == ["", ""]
    assert (filters.since.text(), filters.until.text()) == ("", "")


async def test_filters_combine_and_one_key_clears_them(orders_page: OrdersPage):
    hands, customer = orders_page.hands, await john(orders_page)
    order = await orders_page.orders.complete(
        await orders_page.sold(1, actor=me(orders_page)), me(orders_page)
    )
    await orders_page.sold(1, actor=me(orders_page))
    await hands.press(Qt.Key.Key_F7)
    await choose(orders_page, OrderStatus.COMPLETED)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    await until(lambda: orders_page.screen.orders.filters.customer.hits.isVisible(), "Johns")
    await hands.press(ENTER)
    await hands.press(Qt.Key.Key_F5)
    await hands.type(str(day_of(utc_now(), ZoneInfo(USUAL))))
    await hands.press(ENTER)
    since = orders_page.screen.view_model.filters.wanted.since
    found = await shows(
        orders_page,
        OrderFilter((SEATTLE,), customer.ids, OrderStatus.COMPLETED, "Rita", since),
    )
    assert order.order_id in [one.order_id for one in found]
    # Nothing fits: the list says of what, and how to get out.
    await choose(orders_page, OrderStatus.CANCELLED)
    await until(lambda: orders_page.state.orders == (), "nothing")
    (sentence,) = (
        text for text in texts(orders_page.screen.orders.table) if "No order here fits" in text
    )
    assert f"customer {customer.name}, from " in sentence
    assert sentence.endswith("status Cancelled, taken by Rita.\nF8 clears the filters.")
    await hands.press(Qt.Key.Key_F8)
    await shows(orders_page, OrderFilter((SEATTLE,)))
    filters = orders_page.screen.orders.filters
    assert not filters.clear_button.isVisible()
    assert (filters.customer.line.text(), filters.since.text()) == ("", "")
    assert not filters.mine.isChecked()
    assert filters.status.currentData() is None


async def test_keys_of_the_list_rest_while_an_order_is_open(orders_page: OrdersPage):
    await orders_page.open(await orders_page.sold(1))
    await orders_page.hands.press(Qt.Key.Key_F7)
    assert not orders_page.screen.view_model.filters.state.mine
    await orders_page.hands.press(Qt.Key.Key_Escape)
    await until(lambda: orders_page.state.order is None, "the list")


async def test_the_card_of_a_customer_leads_to_all_their_orders(orders_page: OrdersPage):
    hands, customer = orders_page.hands, await john(orders_page)
    order = await orders_page.sold(1, customer)
    await hands.press(Qt.Key.Key_U, ALT)
    people = hands.workplace.current
    assert isinstance(people, CustomersScreen)
    await until(lambda: people.view_model.state.ready, "everybody")
    people.show_customer(customer)
    await until(
        lambda: [row[0] for row in cells(people.card.orders)][:1] == [order.title], "the card"
    )
    people.card.orders.focus_a_row()
    await hands.press(ENTER)
    await until(lambda: hands.workplace.current is not people, "the orders")
    await until(lambda: orders_page.opened == order.order_id, "the order")
    await hands.press(Qt.Key.Key_Escape)
    await shows(orders_page, OrderFilter((SEATTLE,), customer_ids=customer.ids))


async def test_the_orders_of_whoever_is_merged_into_the_customer_come_along(
    orders_page: OrdersPage,
):
    kept, other = (await orders_page.customers.find(SEATTLE, "mary", 5))[:2]
    first = await orders_page.sold(1, kept)
    order = await orders_page.sold(2, other)
    filters = orders_page.screen.view_model.filters
    filters.show_customer(other)
    await shows(orders_page, OrderFilter((SEATTLE,), customer_ids=other.ids))
    merging = orders_page.hands.repositories.merging
    await merging.merge(kept, other, somebody(SEATTLE))
    await until(
        lambda: filters.wanted.customer_ids == (kept.customer_id, other.customer_id), "both ids"
    )
    await until(lambda: orders_page.ids[:2] == [order.order_id, first.order_id], "both orders")
    assert orders_page.screen.orders.filters.customer.line.text() == kept.name


async def test_it_fits_a_small_laptop_with_every_filter_on(orders_page: OrdersPage):
    hands = orders_page.hands
    await hands.press(Qt.Key.Key_F7)
    await choose(orders_page, OrderStatus.COMPLETED)
    await hands.press(Qt.Key.Key_F5)
    await hands.type("yesterday\t")
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    await until(lambda: orders_page.screen.orders.filters.customer.hits.isVisible(), "Johns")
    await small(hands)
    await settle()
    assert problems(hands.window) == []
    hands.window.resize(1280, 800)


async def test_filters_have_a_name_and_are_back_by_two_keys(orders_page: OrdersPage):
    hands, filters = orders_page.hands, orders_page.screen.orders.filters
    its = orders_page.screen.view_model.filters
    its.choose_customer(await john(orders_page))
    its.choose_status(OrderStatus.PENDING)
    filters.span.choose(Preset.WEEK)
    await hands.press(Qt.Key.Key_F7)
    wanted, shown = its.wanted, its.state.words
    await hands.press(Qt.Key.Key_F9)
    await hands.press_in_menu("s")
    await hands.type("My week")
    await hands.press(ENTER)
    await hands.press(Qt.Key.Key_F8)
    assert its.wanted != wanted
    await hands.press(Qt.Key.Key_F9)
    await hands.press_in_menu("1")
    await until(lambda: its.wanted == wanted, "the filters")
    assert its.state.words == shown
    assert filters.span.kept == {"preset": "WEEK"}
    assert focus() is orders_page.screen.orders.table
    await hands.press(Qt.Key.Key_F9)
    await hands.press_in_menu("d")
    QTest.keyClick(popup(), ENTER)
    await settle()
    assert filters.saved._filters.all == {}


async def test_a_kept_customer_who_is_gone_is_said(orders_page: OrdersPage):
    its = orders_page.screen.view_model.filters
    its.show_kept({"customer": "gone", "of": SEATTLE}, "", "")
    await until(lambda: its.state.problems, "the sentence")
    assert "not on this device any more" in dict(its.state.problems)["customer"]
    its.clear()
