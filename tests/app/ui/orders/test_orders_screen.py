"""Orders that were taken: found, handed over, taken back, cancelled, printed once more."""

from __future__ import annotations

import asyncio
import re
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.data.selling.order_list import OrderFilter, OrderListRepository
from app.domain.entities import Actor
from app.domain.orders import Order, OrderStatus
from app.run import utc_now
from app.ui.core.formats import money
from app.ui.core.message import Message
from app.ui.core.printing import Printing, Printout
from app.ui.orders.returning import ReturnDialog
from app.ui.shell.window import MINIMUM
from tests.app.ui.test_fits import problems, small
from tests.helpers.hands import CONTROL, cells, click_header, dialog, focus, named, somebody, texts
from tests.helpers.menus import row_menu
from tests.helpers.orders_page import SEATTLE, OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOTAL, STATUS = 3, 4


async def test_a_new_order_is_on_top_and_older_ones_follow(orders_page: OrdersPage):
    order = await orders_page.sold(1)
    await until(lambda: orders_page.state.orders[0].order_id == order.order_id, "the new one")  # type: ignore[index]
    # The one that was pushed off the first page stays.
    assert len(orders_page.state.orders or ()) == 101
    await orders_page.hands.press(Qt.Key.Key_Down)
    await orders_page.hands.press(Qt.Key.Key_End, CONTROL)
    await until(lambda: len(orders_page.state.orders or ()) >= 200, "the next page")
    await orders_page.rest()
    shown = [one.order_id for one in orders_page.state.orders or ()]
    listing = OrderListRepository(orders_page.hands.client.session, utc_now)
    page = await listing.page(OrderFilter((SEATTLE,)), limit=len(shown))
    assert shown == [one.order_id for one in page.orders]
    assert cells(orders_page.screen.orders.table)[0][0] == order.customer_name


async def test_the_menu_of_a_row_prints_its_receipt(
    orders_page: OrdersPage, monkeypatch: pytest.MonkeyPatch
):
    printed: list[Printout] = []
    monkeypatch.setattr(Printing, "offer", lambda _, one: printed.append(one))
    order = await orders_page.sold(1)
    hands, orders = orders_page.hands, orders_page.screen.orders
    await until(lambda: orders_page.ids[0] == order.order_id, "the new one")
    orders.table.focus_a_row()
    orders.table.select(0)
    menu = row_menu(orders.table, 0)
    (printing,) = [one for one in menu.actions() if "Print the receipt" in one.text()]
    printing.trigger()
    menu.close()
    await until(lambda: printed, "the receipt")
    assert [one.name for one in printed] == [f"Receipt {order.title}"]
    await hands.press(Qt.Key.Key_P, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: len(printed) == 2, "the gift receipt")
    assert printed.pop().name == f"Gift receipt {order.title}"
    assert orders_page.state.order is None
    orders.table.selectAll()
    assert not orders_page.screen._is_one()
    orders.table.select(0)
    orders.number.setFocus()
    await hands.type("K7")
    await hands.press(Qt.Key.Key_P, CONTROL)
    assert "“K7” is typed" in " ".join(texts(orders))
    orders.number.clear()
    await orders_page.rest()
    assert len(printed) == 1


async def test_a_click_on_a_header_sorts_all_orders_page_by_page(orders_page: OrdersPage):
    hands, table = orders_page.hands, orders_page.screen.orders.table
    rows = await hands.client.session.query(
        "SELECT order_id, total FROM orders WHERE store_id = :id "
        "ORDER BY total DESC, order_date DESC, order_id DESC LIMIT 200",
        {"id": SEATTLE},
    )
    largest = [str(row["order_id"]) for row in rows]
    # One that stays on the list, and with it the chosen one.
    table.select(min(range(100), key=lambda at: (orders_page.state.orders or ())[at].total))
    click_header(table, TOTAL)
    await until(lambda: orders_page.ids and table.current(), "the smallest")
    click_header(table, TOTAL)
    await until(lambda: orders_page.ids == largest[:100], "the largest")
    assert table.horizontalHeader().sortIndicatorSection() == TOTAL
    assert "100 orders, largest first, smaller ones below" in texts(orders_page.screen.orders)
    # The choice stays with its order.
    table.select(4)
    await hands.press(Qt.Key.Key_End, CONTROL)
    await until(lambda: orders_page.ids == largest, "the next page")
    table.select(4)
    order = await orders_page.sold(40)
    assert order.total > 200
    await until(lambda: order.order_id in orders_page.ids, "the new one in its place")
    places = [money(one.total) for one in orders_page.state.orders or ()]
    assert [one[TOTAL] for one in cells(table)] == places
    totals = [one.total for one in orders_page.state.orders or ()]
    assert totals == sorted(totals, reverse=True)
    assert table.current() is not None
    assert table.current().order_id == largest[4]  # type: ignore[union-attr]
    # Of the few values of a status the filter shows one at a time.
    click_header(table, STATUS)
    assert table.horizontalHeader().sortIndicatorSection() == TOTAL
    click_header(table, TOTAL)
    await until(lambda: orders_page.ids[:1] == [order.order_id], "the newest first again")
    assert table.horizontalHeader().sortIndicatorSection() == -1


async def test_a_part_comes_back_by_keyboard_alone(orders_page: OrdersPage):
    hands = orders_page.hands
    order = await orders_page.sold(3)
    before = (await hands.item()).on_hand
    await orders_page.open(order)
    await hands.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: orders_page.state.order.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert isinstance(asking, ReturnDialog)
    await hands.type("4")
    assert f"{order.lines[0].name}: at most 3 can come back." in texts(asking)
    await hands.press(Qt.Key.Key_Backspace)
    await hands.type("2\t1")
    # Two thirds of price and tax, each to the cent.
    price = (order.lines[0].total * 2 / 3).quantize(Decimal("0.01"))
    tax = (order.lines[0].tax * 2 / 3).quantize(Decimal("0.01"))
    assert f"Give back ${price + tax:,.2f}" in texts(asking)
    await hands.press(Qt.Key.Key_Return)
    await until(
        lambda: bool(orders_page.state.order and orders_page.state.order.returns), "the return"
    )
    await orders_page.rest()
    assert orders_page.state.message.text == f"Taken back: give back ${price + tax:,.2f}."
    shown = texts(orders_page.screen.details.totals)
    assert shown[shown.index("Given back") + 1] == f"−${price + tax:,.2f}"
    assert (await hands.item()).on_hand == before + 1
    assert not orders_page.screen.cancel.isVisible()
    await hands.press(Qt.Key.Key_B, CONTROL)
    await hands.type("1")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: orders_page.state.order.status is OrderStatus.RETURNED, "all of it")  # type: ignore[union-attr]
    assert orders_page.state.order is not None and orders_page.state.order.refunded == order.total
    assert not orders_page.screen.take_back.isVisible()
    # What became of it is said a moment after it is shown.
    await orders_page.rest()
    await hands.press(Qt.Key.Key_B, CONTROL)
    assert "nothing of it can come back" in orders_page.state.message.text
    # Each time something came back stands there once, with its time.
    said = orders_page.screen.details.story.splitlines()
    back = [line for line in said if "back" in line]
    assert len(back) == 2, said
    assert all(re.search(r"\d\d:\d\d:\d\d: ", line) for line in said), said
    await hands.press(Qt.Key.Key_B, CONTROL)
    assert dialog() is None
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: orders_page.state.order is None, "the list")


async def test_what_is_typed_of_goods_that_come_back_is_taken_or_stays(orders_page: OrdersPage):
    """Enter in a field pressed Cancel, where it was refused, and in the note always."""
    hands = orders_page.hands
    await orders_page.open(await orders_page.sold(3))
    await hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert isinstance(asking, ReturnDialog)
    quantity, damaged = next(iter(asking.edits.values()))
    for typed, said, at in (
        (("", ""), "Comes back: type how many of which product.", quantity),
        (("4", ""), "at most 3 can come back", quantity),
        (("2", "3"), "no more can be damaged than come back", damaged),
        (("1,5", ""), "must be a whole number", quantity),
    ):
        for edit, text in zip((quantity, damaged), typed, strict=True):
            edit.setText(text)
        asking.note.setFocus()
        await hands.press(Qt.Key.Key_Return)
        assert dialog() is asking
        assert any(said in one for one in texts(asking)), (typed, texts(asking))
        assert (focus(), at.selectedText()) == (at, at.text())
    quantity.setText("2")
    asking.note.setFocus()
    await hands.type("torn box")
    await hands.press(Qt.Key.Key_Return)
    await until(
        lambda: bool(orders_page.state.order and orders_page.state.order.returns), "the return"
    )
    assert orders_page.state.order is not None
    assert [one.note for one in orders_page.state.order.returns] == ["torn box"]
    await orders_page.rest()
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: orders_page.state.order is None, "the list")


async def test_an_order_is_cancelled_after_a_question(orders_page: OrdersPage):
    hands = orders_page.hands
    before = (await hands.item()).on_hand
    order = await orders_page.sold(2)
    await orders_page.open(order)
    await hands.click(named(orders_page.screen, "Cancel…"))
    question = dialog()
    assert question is not None
    assert any(f"${order.total:,.2f}" in text for text in texts(question))
    question.accept()
    await until(lambda: orders_page.state.order.status is OrderStatus.CANCELLED, "the end")  # type: ignore[union-attr]
    await orders_page.rest()
    assert (await hands.item()).on_hand == before
    assert "Cancelled" in texts(orders_page.screen.details)


async def test_it_fits_a_small_laptop(orders_page: OrdersPage):
    order = await orders_page.sold(1)
    await small(orders_page.hands)
    await settle()
    assert problems(orders_page.hands.window) == []
    await orders_page.open(order)
    await settle()
    assert problems(orders_page.hands.window) == []
    await orders_page.hands.press(Qt.Key.Key_B, CONTROL)
    asking = dialog()
    assert isinstance(asking, ReturnDialog)
    await orders_page.hands.type("9")
    await settle()
    assert asking.width() <= MINIMUM[0] and asking.height() <= MINIMUM[1]
    assert problems(asking) == []
    asking.reject()
    orders_page.hands.window.resize(1280, 800)


async def test_what_is_said_of_a_print_stays(orders_page: OrdersPage):
    order = await orders_page.sold(1)
    await orders_page.open(order)
    orders_page.screen._printing.ended.emit(Message("Saved as receipt.pdf."))
    await orders_page.orders.complete(order, somebody(SEATTLE))
    await until(lambda: "Completed" in texts(orders_page.screen.details), "the hand-over")
    assert "Saved as receipt.pdf." in texts(orders_page.screen.details)


async def test_who_has_left_an_order_meanwhile_is_not_brought_back(
    orders_page: OrdersPage, monkeypatch: pytest.MonkeyPatch
):
    order = await orders_page.sold(1)
    await orders_page.open(order)
    complete, left = orders_page.orders.complete, asyncio.Event()

    async def slowly(order: Order, actor: Actor) -> Order:
        done = await complete(order, actor)
        await left.wait()
        return done

    monkeypatch.setattr(orders_page.orders, "complete", slowly)
    await orders_page.hands.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: "Completed" in texts(orders_page.screen.details), "the hand-over")
    await orders_page.hands.press(Qt.Key.Key_Escape)
    left.set()
    await orders_page.rest()
    assert orders_page.state.order is None
    assert orders_page.state.message.text == "Handed over."


async def test_numbers_are_read_with_care(orders_page: OrdersPage):
    hands = orders_page.hands
    order = await orders_page.sold(1)
    await hands.type("HELLO")
    await hands.press(Qt.Key.Key_Return)
    # It stays when the list is shown once more, because somebody sold something.
    newer = await orders_page.sold(1)
    await until(lambda: orders_page.ids[0] == newer.order_id, "the newer order")
    assert any("nine characters" in text for text in texts(orders_page.screen.orders))
    orders_page.screen.orders.number.clear()
    await hands.type("222 222 222")
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: "no order 222-222-222" in orders_page.state.message.text, "a sentence")
    assert "Another store's goes back there" in orders_page.state.message.text
    await hands.type(order.number.lower().replace("-", " "))
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: orders_page.opened == order.order_id, "the order")
    await settle()
