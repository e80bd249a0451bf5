"""Taking an order on the demo store, by scanner and by keyboard, to the receipt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.data.selling.customer_directory import CustomersFound
from app.domain.entities import Role
from app.domain.orders import OrderStatus
from app.ui.core.printing import save_pdf
from app.ui.core.report import printout
from app.ui.orders.document import gift_receipt, receipt
from tests.app.ui.test_fits import problems, small
from tests.helpers import pdfs
from tests.helpers.hands import (
    ALT,
    CONTROL,
    SKU,
    Hands,
    cells,
    dialog,
    focus,
    named,
    somebody,
    texts,
)
from tests.helpers.till import Till
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIP, TAPE = "HND-HAMMER-002", "HND-HAMMER-003"
MINUS = "\N{MINUS SIGN}"


async def test_an_order_of_three_products_by_keyboard_alone(till: Till, tmp_path: Path):
    hands = till.hands
    before = (await hands.item()).on_hand
    await hands.scan(SKU)
    await hands.scan(SKU)
    await hands.scan(RIP)
    await till.lines(2)
    await hands.type("stubby")
    await hands.press(Qt.Key.Key_Return)
    await till.lines(3)
    third = till.state.rows[2].line
    # Three of it, by its row, and 10 % off; $2.50 off the whole.
    await hands.press(Qt.Key.Key_Down)
    await hands.type("3")
    await hands.press(Qt.Key.Key_Return)
    await hands.press(Qt.Key.Key_F6)
    await hands.type("10%")
    await hands.press(Qt.Key.Key_Return)
    await hands.press(Qt.Key.Key_F7)
    await hands.type("2.50")
    await hands.press(Qt.Key.Key_Return)
    await till.customer("john")
    order = await till.placed()

    gross = [2 * till.price(SKU), till.price(RIP), 3 * int(third.unit_price * 100)]
    net = sum(gross) - (gross[2] + 5) // 10 - 250
    tax = (net * 101 + 500) // 1000
    assert (order.tax, order.total) == (Decimal(tax) / 100, Decimal(net + tax) / 100)
    assert [line.quantity for line in order.lines] == [2, 1, 3]
    assert (await hands.item()).on_hand == before - 2
    assert f"Order {order.number} is placed." in texts(till.screen.placed)
    assert cells(till.screen.placed.table)[2][1] == "3"

    path = tmp_path / "receipt.pdf"
    save_pdf(printout(receipt(order)), path)
    paper = pdfs.read(path)
    assert paper.codes == [[order.number]]
    for words in (
        f"Total ${(net + tax) / 100:,.2f}",
        f"Sales tax 10.1% ${tax / 100:,.2f}",
        f"Before tax ${net / 100:,.2f}",
        order.customer_name,
        order.placed_local,
        "Rita",
        third.name,
    ):
        assert words in paper.pages[0]
    save_pdf(printout(gift_receipt(order)), path)
    gift = pdfs.read(path)
    assert gift.codes == paper.codes
    assert f"{third.sku} {third.name} 3" in gift.pages[0]
    for words in ("$", "tax", "Price", order.customer_name):
        assert words not in gift.pages[0]

    # A year later, after all that may happen meanwhile.
    await hands.press(Qt.Key.Key_D, CONTROL)
    await until(lambda: till.state.placed.status is OrderStatus.COMPLETED, "handed over")  # type: ignore[union-attr]
    await till.orders.cancel(order, somebody("store_seattle"), "Changed their mind")
    again = await till.orders.find("store_seattle", order.number)
    assert again is not None and again.status is OrderStatus.CANCELLED
    await until(lambda: "Cancelled" in texts(till.screen.placed), "the news")
    save_pdf(printout(receipt(again)), path)
    assert pdfs.read(path).pages == paper.pages
    assert (await hands.item()).on_hand == before
    await hands.press(Qt.Key.Key_N, CONTROL)
    assert till.state.placed is None and not till.state.rows


async def test_carts_are_parked_and_found_again(till: Till):
    hands = till.hands
    await hands.scan(SKU)
    await till.lines(1)
    await till.customer("john")
    await hands.press(Qt.Key.Key_N, CONTROL)
    await till.lines(0)
    await hands.scan(RIP)
    await hands.scan(TAPE)
    await till.lines(2)
    await till.stored()
    assert till.screen.cart.carts.count() == 2
    await hands.press(Qt.Key.Key_N, CONTROL)
    await till.lines(0)
    box = till.screen.cart.carts
    assert box.isVisible() and box.currentIndex() == -1
    assert box.placeholderText() == "New cart, empty"
    await hands.press(Qt.Key.Key_PageUp, CONTROL)
    await till.lines(2)
    await hands.press(Qt.Key.Key_PageUp, CONTROL)
    await till.lines(1)
    # Another sign-in stands for a restart: what was parked comes from the store.
    await hands.begin(Role.REP, name="Rita")
    await hands.press(Qt.Key.Key_O, ALT)
    await until(lambda: len(till.state.carts) == 2, "both carts")
    await till.lines(2)
    shown = [till.screen.cart.carts.itemText(at) for at in range(2)]
    assert [one.rpartition(", ")[2] for one in shown] == ["1 product", "2 products"]
    await hands.click(named(till.screen, "Discard"))
    question = dialog()
    assert question is not None
    question.accept()
    await till.lines(1)
    await till.stored()
    assert len(till.state.carts) == 1


async def test_a_removed_line_comes_back(till: Till):
    hands = till.hands
    for code in (SKU, RIP, TAPE):
        await hands.scan(code)
    await till.lines(3)
    before = till.state.cart
    await hands.press(Qt.Key.Key_Down)
    till.screen.cart.table.select(1)
    await hands.press(Qt.Key.Key_Delete)
    await till.lines(2)
    assert "Ctrl+Z brings it back" in till.state.message.text
    await hands.press(Qt.Key.Key_Z, CONTROL)
    assert till.state.cart == before
    # The undo of a line that is typed over by the next work is over.
    till.screen.cart.table.select(0)
    await hands.press(Qt.Key.Key_Delete)
    await hands.scan(TAPE)
    await till.lines(2)
    # Ctrl+Z would be for what was done before, which the window asks about.
    assert not till.screen.take_undo()
    # From the line that takes products too, where nothing is typed.
    till.screen.cart.table.select(0)
    till.screen.cart.table.setFocus()
    await hands.press(Qt.Key.Key_Delete)
    await till.lines(1)
    till.screen.focus_first()
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await till.lines(2)


async def test_more_than_is_there_is_a_question_or_a_refusal(till: Till):
    hands = till.hands
    on_hand = (await hands.item()).on_hand
    await hands.scan(SKU)
    await till.lines(1)
    await until(lambda: till.state.rows[0].on_hand == on_hand, "on hand")
    await hands.press(Qt.Key.Key_Down)
    await hands.type(str(on_hand + 1))
    await hands.press(Qt.Key.Key_Return)
    assert till.state.rows[0].short
    await till.customer("john")
    view_model = till.screen.view_model
    view_model.store = replace(view_model.store, blocks_oversell=True)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: dialog() is not None, "the refusal")
    question = dialog()
    assert question is not None
    (said,) = (text for text in texts(question) if "ordered" in text)
    assert f"{on_hand + 1:,} ordered, {on_hand:,} on hand" in said
    assert "Tacoma" in said or "Online" in said or "Bellevue" in said
    assert "sells nothing that is not there" in said
    question.reject()
    view_model.store = replace(view_model.store, blocks_oversell=False)
    await till.placed()
    assert (await hands.item()).on_hand == -1
    await hands.elsewhere(on_hand + 1)


async def test_what_is_wrong_is_said_where_it_is(till: Till):
    hands = till.hands
    await hands.scan("NO-SUCH-CODE")
    assert "No product has the code NO-SUCH-CODE" in till.state.message.text
    await hands.scan(SKU)
    await till.lines(1)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    line = till.screen.cart.customer.line
    await until(line.hasFocus, "the line of the customer")
    assert texts(till.screen.cart).count("Choose the customer first.") == 1
    await hands.type("qqqqq")
    assert "Choose the customer first." not in texts(till.screen.cart)
    await till.stored()
    assert till.screen.lookup.found == CustomersFound()
    said = "Nobody here is called that. Enter makes a new customer."
    assert said in texts(till.screen.cart.customer)
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_F6)
    await hands.type("200%")
    await hands.press(Qt.Key.Key_Return)
    assert "A discount can be at most 100%." in texts(till.screen.cart)
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_F7)
    await hands.type("99999")
    await hands.press(Qt.Key.Key_Return)
    most = f"A discount here can be at most ${till.price(SKU) / 100:,.2f}."
    assert most in texts(till.screen.cart)
    await hands.press(Qt.Key.Key_Escape)
    assert most not in texts(till.screen.cart)
    assert till.state.priced.total > 0


async def test_a_price_that_changed_is_shown_before_it_is_charged(till: Till):
    hands = till.hands
    await hands.scan(TAPE)
    await till.lines(1)
    await till.customer("john")
    old = till.price(TAPE)
    product_id = till.state.rows[0].product_id
    statement = "UPDATE products SET base_price = :price WHERE _id = :id"
    for price in (old + 100, old):
        parameters = {"price": price / 100, "id": product_id}
        await hands.client.session.query(statement, parameters)
        await till.priced(TAPE, price)
        assert till.state.message.text == "A price has changed: look at the total."
    assert cells(till.screen.cart.table)[0][2] == f"${old / 100:,.2f}"


async def test_what_was_missed_in_one_cart_is_not_missed_in_the_next(till: Till):
    hands = till.hands
    await hands.scan(SKU)
    await till.lines(1)
    line = till.screen.cart.customer.line
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(line.hasFocus, "the line of the customer")
    assert "Choose the customer first." in texts(till.screen.cart)
    await hands.press(Qt.Key.Key_N, CONTROL)
    assert "Choose the customer first." not in texts(till.screen.cart)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    await hands.press(Qt.Key.Key_PageUp, CONTROL)
    assert any("“john” is typed and nobody chosen" in one for one in texts(till.screen.cart))
    assert (focus(), line.text()) == (line, "john")
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_PageUp, CONTROL)
    assert line.text() == ""
    assert not till.screen.cart.customer.hits.isVisible()


async def test_enter_takes_nobody_who_is_only_nearly_called_that(till: Till):
    hands, customer = till.hands, till.screen.cart.customer
    await hands.scan(SKU)
    await hands.press(Qt.Key.Key_F4)
    await hands.type("jhon")
    await until(lambda: till.screen.lookup.found is not None and customer.hits.isVisible(), "John")
    assert "Nobody here is called just that." in " ".join(texts(customer))
    assert customer.hits.current() is None
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: till.screen.draft.state is not None, "the form")
    await hands.press(Qt.Key.Key_Escape)
    assert till.state.cart.customer is None
    assert customer.line.text() == "jhon"
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.customer is not None
    assert till.state.cart.customer.first_name == "John"


async def test_what_is_typed_counts_when_the_order_is_placed(till: Till):
    hands = till.hands
    await hands.scan(SKU)
    await till.lines(1)
    await till.customer("john")
    await hands.press(Qt.Key.Key_F7)
    await hands.type("200%")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert "A discount can be at most 100%." in texts(till.screen.cart)
    await till.stored()
    assert till.state.placed is None
    await hands.press(Qt.Key.Key_Escape)
    till.screen.cart.quantity.setFocus()
    till.screen.cart.quantity.selectAll()
    await hands.type("3")
    order = await till.placed()
    assert [line.quantity for line in order.lines] == [3]


async def test_a_scan_leaves_the_customers_who_were_found(till: Till):
    hands = till.hands
    await hands.press(Qt.Key.Key_F4)
    await hands.type("john")
    lookup = till.screen.lookup
    await until(lambda: lookup.text == "john", "customers")
    found = lookup.found
    assert found is not None
    assert found.customers
    await hands.scan(TAPE)
    await till.lines(1)
    assert lookup.found == found
    assert till.screen.cart.customer.hits.isVisible()


@pytest.mark.parametrize("look", ["light", "contrast"])
async def test_the_cart_fits_a_small_laptop(till: Till, look: str):
    hands = till.hands
    hands.client.appearance.choose(look)
    await small(hands)
    for code in (SKU, RIP, TAPE):
        till.screen.view_model.take(hands.read(code))
    till.screen.lookup.find("j")
    await until(lambda: till.screen.cart.customer.hits.isVisible(), "customers")
    await till.stored()
    till.screen.cart.start_discount()
    till.screen.cart.off.setText("200%")
    till.screen.cart.editor.save()
    till.screen.cart.order_off.setText("nothing")
    till.screen.cart.order_editor.save()
    await settle()
    assert problems(hands.window) == []
    hands.client.appearance.choose("light")
    hands.window.resize(1280, 800)


async def test_reps_and_managers_sell(rita: Hands):
    hands = rita
    for role, sells in ((Role.MANAGER, True), (Role.WORKER, False), (Role.REP, True)):
        await hands.begin(role, name="Rita")
        assert ("order" in hands.workplace._routes) is sells
