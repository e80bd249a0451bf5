"""What arrives while an order is typed changes neither what is chosen nor what is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.data.selling.customer_directory import CustomersFound
from app.data.selling.customers import CustomerRepository
from app.domain.customers import Customer
from app.run import utc_now
from tests.helpers.hands import SKU, focus
from tests.helpers.sales import RITA
from tests.helpers.till import Till
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIP, TAPE, BALL = "HND-HAMMER-002", "HND-HAMMER-003", "HND-HAMMER-010"


def quantities(till: Till) -> dict[str, int]:
    """By code, in the order of the lines."""
    return {one.line.sku: one.line.quantity for one in till.state.rows}


async def with_the_second_of_three(till: Till) -> None:
    """Three lines, of which the last was worked on last and the second is chosen."""
    for code in (SKU, RIP, TAPE):
        await till.hands.scan(code)
    await till.lines(3)
    await until(lambda: till.state.rows[0].on_hand is not None, "what is on hand")
    await till.hands.press(Qt.Key.Key_Down)
    await till.hands.press(Qt.Key.Key_Up)
    assert chosen(till) == RIP


def chosen(till: Till) -> str:
    """The code of the chosen line."""
    one = till.screen.cart.table.current()
    assert one is not None
    return str(one.line.sku)


async def stock_changes(till: Till, by: int) -> None:
    """At another device, of the first line."""
    now = await till.hands.elsewhere(by)
    await until(lambda: till.state.rows[0].on_hand == now, "the other stock")


async def test_a_quantity_is_for_the_line_it_was_begun_for(till: Till) -> None:
    hands = till.hands
    await with_the_second_of_three(till)
    await hands.type("1")
    await stock_changes(till, 1)
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1, RIP: 12, TAPE: 1}
    # A scan takes it in, and what is typed then is for what was scanned.
    till.screen.cart.table.setFocus()
    await hands.type("1")
    await hands.scan(BALL)
    await till.lines(4)
    await hands.type("3")
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1, RIP: 1, TAPE: 1, BALL: 3}
    await hands.press(Qt.Key.Key_F6)
    await hands.type("1")
    await hands.scan(RIP)
    await hands.type("10%")
    await hands.press(Qt.Key.Key_Return)
    assert [one.line.discount.text for one in till.state.rows] == ["", "10%", "", "1.00"]
    assert focus() is till.screen.cart.line.line
    await stock_changes(till, -1)


async def test_what_is_scanned_once_more_is_shown_where_nothing_is_typed(till: Till) -> None:
    hands = till.hands
    await with_the_second_of_three(till)
    await hands.press(Qt.Key.Key_Return)
    await hands.scan(RIP)
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1, RIP: 2, TAPE: 1}
    # And what is typed takes its place.
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Return)
    await hands.scan(RIP)
    await hands.type("5")
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1, RIP: 5, TAPE: 1}
    await hands.press(Qt.Key.Key_F6)
    await hands.scan(TAPE)
    assert chosen(till) == TAPE
    await hands.type("10%")
    await hands.press(Qt.Key.Key_Return)
    assert [one.line.discount.text for one in till.state.rows] == ["", "", "10%"]


async def test_the_line_that_was_chosen_is_taken_out(till: Till) -> None:
    await with_the_second_of_three(till)
    await stock_changes(till, 1)
    await till.hands.press(Qt.Key.Key_Delete)
    assert quantities(till) == {SKU: 1, TAPE: 1}
    await stock_changes(till, -1)


async def test_a_customer_or_a_discount_chooses_no_line(till: Till) -> None:
    await with_the_second_of_three(till)
    await till.customer("john")
    assert chosen(till) == RIP
    till.screen.view_model.set_discount("1")
    assert chosen(till) == RIP


async def test_what_is_typed_for_a_line_that_is_gone_is_saved_nowhere(till: Till) -> None:
    hands = till.hands
    await with_the_second_of_three(till)
    await hands.type("1")
    till.screen.view_model.remove(till.state.rows[1].product_id)
    await hands.type("2")
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1, TAPE: 1}
    assert till.state.message.text == "That line is not in the cart any more: nothing was saved."
    await hands.press(Qt.Key.Key_Escape)
    assert till.screen.cart.quantity.text() == "1"


async def test_what_is_typed_in_one_cart_is_not_saved_in_the_next(till: Till) -> None:
    hands, view_model = till.hands, till.screen.view_model
    await hands.scan(SKU)
    await till.lines(1)
    view_model.begin()
    await hands.scan(SKU)
    await till.lines(1)
    await hands.press(Qt.Key.Key_Down)
    await hands.type("7")
    view_model.step(-1)
    await hands.press(Qt.Key.Key_Return)
    assert quantities(till) == {SKU: 1}


async def test_what_is_wrong_stays_said_when_stock_changes(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_the_second_of_three(till)
    await hands.press(Qt.Key.Key_F7)
    await hands.type("200%")
    await hands.press(Qt.Key.Key_Tab)
    await stock_changes(till, 1)
    assert cart.order_off.text() == "200%"
    assert cart.order_editor.fields["order discount"].error == "A discount can be at most 100%."
    await stock_changes(till, -1)


async def look_for(till: Till, text: str) -> list[Customer]:
    """F4 and a text; who is found, once all customers are loaded."""
    lookup = till.screen.lookup
    await till.hands.press(Qt.Key.Key_F4)
    await till.hands.type(text)
    await until(lambda: lookup._directory.ready and lookup.text == text, "the customers")
    assert lookup.found is not None
    return list(lookup.found.customers)


def arrive(till: Till, *customers: Customer, close: bool = False) -> None:
    """They are who is found for the same text now."""
    found = CustomersFound(customers, len(customers), close)
    till.screen.lookup._show(till.screen.lookup.text, found)


async def test_enter_takes_who_was_chosen_or_nobody(till: Till) -> None:
    hands, customer = till.hands, till.screen.cart.customer
    customers = CustomerRepository(hands.client.session, utc_now)
    found = await look_for(till, "john")
    assert len(found) == 6
    for _ in range(5):
        await hands.press(Qt.Key.Key_Down)
    assert customer.hits.current() == found[5]
    john = replace(customers.begin("store_seattle"), first_name="John", last_name="Aaa")
    await customers.save(replace(john, email="john@aaa.example"), RITA)
    await until(lambda: found[5] not in till.screen.lookup.found.customers, "him out of them")  # type: ignore[union-attr]
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.customer is None
    assert till.screen.draft.state is None
    assert "Who is found has changed" in customer.field.error
    # He is among them again.
    await customers.delete(john, RITA)
    await until(lambda: found[5] in till.screen.lookup.found.customers, "him among them")  # type: ignore[union-attr]
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.customer == found[5]


async def test_who_is_found_meanwhile_is_not_taken(till: Till) -> None:
    hands, customer = till.hands, till.screen.cart.customer
    first, second, third, *_ = await look_for(till, "john")
    # The best answer keeps being the one, also where all of them come anew.
    arrive(till, third)
    arrive(till, third, second, first)
    assert customer.hits.current() == first
    # Gone, with or without somebody else in the place: no form for a new one.
    for others in ((), (second,)):
        arrive(till, *others)
        await hands.press(Qt.Key.Key_Up)
        await hands.press(Qt.Key.Key_Return)
        arrive(till, second, close=True)
        await hands.press(Qt.Key.Key_Return)
        assert till.screen.draft.state is None and till.state.cart.customer is None
    await hands.press(Qt.Key.Key_Down)
    assert customer.hits.current() == second
    # Where nobody was found, nobody was chosen.
    await hands.press(Qt.Key.Key_Escape)
    assert await look_for(till, "qqqqq") == []
    arrive(till, first)
    await hands.press(Qt.Key.Key_Return)
    assert till.screen.draft.state is None and till.state.cart.customer is None
    arrive(till)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: till.screen.draft.state is not None, "the form")
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_Escape)
