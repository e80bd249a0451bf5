"""What is typed in a cart is what is sold, whatever key or button comes next."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.core.table import RowsTable
from tests.helpers.hands import ALT, CONTROL, SKU, dialog, focus, named, texts
from tests.helpers.till import Till
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

RIP, TAPE = "HND-HAMMER-002", "HND-HAMMER-003"


def lines(till: Till) -> dict[str, tuple[int, str]]:
    """How many and what is off, by code."""
    return {one.line.sku: (one.line.quantity, one.line.discount.text) for one in till.state.rows}


def chosen(table: RowsTable) -> str:
    """The code of the chosen line."""
    one = table.current()
    assert one is not None
    return str(one.line.sku)


async def with_two(till: Till) -> None:
    """Two lines for John; the second is chosen, and the keyboard is on the lines."""
    for code in (SKU, RIP):
        await till.hands.scan(code)
    await till.lines(2)
    await till.customer("john")
    till.screen.cart.table.setFocus()


async def test_a_discount_counts_when_place_is_clicked(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.press(Qt.Key.Key_F6)
    await hands.type("200%")
    await hands.click(cart.place)
    assert "A discount can be at most 100%." in texts(cart)
    await till.stored()
    assert till.state.placed is None
    assert (focus(), cart.off.text()) == (cart.off, "200%")
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_F6)
    await hands.type("10%")
    await hands.click(cart.place)
    await until(lambda: dialog() is not None or till.state.placed is not None, "an answer")
    if question := dialog():
        question.accept()
    await until(lambda: till.state.placed is not None, "the order")
    order = till.state.placed
    assert order is not None
    net = till.price(SKU) + till.price(RIP) - (till.price(RIP) + 5) // 10
    assert int((order.total - order.tax) * 100) == net


async def test_a_refused_discount_on_the_order_keeps_the_keyboard(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.press(Qt.Key.Key_F7)
    await hands.type("99999")
    await hands.press(Qt.Key.Key_Return)
    assert any("A discount here can be at most" in one for one in texts(cart))
    assert (focus(), cart.order_off.selectedText()) == (cart.order_off, "99999")
    await hands.type("5")
    await hands.press(Qt.Key.Key_Return)
    assert till.state.cart.discount.text == "5.00"
    assert len(till.state.rows) == 2
    assert focus() is cart.line.line


async def test_a_scan_of_what_is_typed_is_one_more(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.type("2")
    await hands.scan(RIP)
    assert lines(till)[RIP] == (3, "")
    await hands.type("2")
    assert cart.quantity.text() == "2"
    await hands.press(Qt.Key.Key_Return)
    assert lines(till) == {SKU: (1, ""), RIP: (2, "")}
    cart.table.setFocus()
    await hands.type("7")
    cart.table.setFocus()
    await hands.type("+")
    assert lines(till)[RIP] == (8, "")
    assert cart.quantity.text() == "8"


async def test_a_number_after_a_scan_is_its_quantity_and_no_search(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    for _ in range(2):
        await hands.scan(SKU)
        await hands.type("2")
        assert cart.line.line.text() == "2"
        assert any("Enter: 2 of 16 oz Curved Claw Hammer" in one for one in texts(cart))
    # The first 2 and one more: what stands there now waits, and is asked for.
    assert lines(till) == {SKU: (3, "")}
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert any("“2” is typed and not taken" in one for one in texts(cart))
    await till.stored()
    assert till.state.placed is None
    await hands.press(Qt.Key.Key_Return)
    assert lines(till) == {SKU: (2, "")}
    assert focus() is cart.line.line


async def test_a_number_with_no_line_is_no_product(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await hands.type("50")
    await hands.press(Qt.Key.Key_Return)
    assert lines(till) == {}
    assert any("“50” is a number" in one for one in texts(cart))
    assert (focus(), cart.line.line.selectedText()) == (cart.line.line, "50")
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Return)
    assert len(lines(till)) == 1


async def test_a_scan_begins_the_field_anew_and_waits_for_what_is_refused(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.type("2")
    await hands.scan(SKU)
    assert lines(till) == {SKU: (2, ""), RIP: (2, "")}
    await hands.type("4")
    await hands.scan(TAPE)
    assert lines(till)[SKU] == (4, "")
    await hands.type("0012345")
    await hands.scan(TAPE)
    assert lines(till)[TAPE] == (1, "")
    assert any("looks like a code" in one for one in texts(cart))
    assert "The scan was not taken: first correct what is typed." in texts(cart)
    assert (focus(), cart.quantity.text()) == (cart.quantity, "0012345")


async def test_a_refused_discount_keeps_the_keyboard_whatever_is_clicked(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.press(Qt.Key.Key_F7)
    await hands.type("9999")
    await hands.click(cart.line.line)
    assert (focus(), cart.order_off.text()) == (cart.order_off, "9999")
    await hands.type("5")
    await hands.press(Qt.Key.Key_Return)
    assert (till.state.cart.discount.text, len(till.state.rows)) == ("5.00", 2)


async def test_what_is_typed_is_kept_when_another_line_is_chosen(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await with_two(till)
    await hands.type("4")
    await hands.click_row(cart.table, 0)
    assert lines(till) == {SKU: (1, ""), RIP: (4, "")}
    assert chosen(cart.table) == SKU
    assert cart.quantity.text() == "1"
    await hands.type("x")
    await hands.click_row(cart.table, 1)
    assert chosen(cart.table) == SKU
    assert (focus(), cart.quantity.text()) == (cart.quantity, "x")
    await hands.press(Qt.Key.Key_Escape)
    assert cart.quantity.text() == "1"


@pytest.mark.parametrize("way", ["Ctrl+N", "Ctrl+PgUp", "button", "list"])
async def test_what_is_typed_is_kept_in_the_cart_that_is_parked(till: Till, way: str) -> None:
    hands, cart = till.hands, till.screen.cart
    await hands.scan(TAPE)
    await till.lines(1)
    await hands.press(Qt.Key.Key_N, CONTROL)
    await with_two(till)
    cart_id = till.state.cart.cart_id

    async def leave() -> None:
        if way == "Ctrl+N":
            await hands.press(Qt.Key.Key_N, CONTROL)
        elif way == "Ctrl+PgUp":
            await hands.press(Qt.Key.Key_PageUp, CONTROL)
        elif way == "button":
            await hands.click(named(till.screen, "New cart (Ctrl+N)"))
        else:
            cart.carts.setCurrentIndex(0)
            cart.carts.activated.emit(0)

    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    await leave()
    assert till.state.cart.cart_id == cart_id
    assert cart.carts.currentData() == cart_id
    assert (focus(), cart.quantity.text()) == (cart.quantity, "x")
    cart.quantity.selectAll()
    await hands.type("6")
    await leave()
    assert till.state.cart.cart_id != cart_id
    # No line of the other one is chosen, and the keyboard is where products are taken.
    assert cart.table.current() is None
    if way != "button":
        assert focus() is cart.line.line
    till.screen.view_model.open(cart_id)
    assert lines(till) == {SKU: (1, ""), RIP: (6, "")}


async def test_a_product_that_is_typed_and_not_taken_is_not_left_out(till: Till) -> None:
    hands, line = till.hands, till.screen.cart.line
    await with_two(till)
    line.setFocus()
    await hands.type("stubby")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await till.stored()
    assert till.state.placed is None
    assert "“stubby” is typed and not taken: Enter takes it, Esc clears it." in texts(line)
    assert (focus(), line.line.text()) == (line.line, "stubby")
    await hands.press(Qt.Key.Key_Escape)
    assert "stubby" not in " ".join(texts(line))
    await till.placed()


async def test_what_is_typed_is_kept_by_whoever_walks_away(till: Till) -> None:
    hands = till.hands
    await with_two(till)
    await hands.type("3")
    await hands.press(Qt.Key.Key_F7)
    await hands.type("2.50")
    await hands.press(Qt.Key.Key_1, ALT)
    await hands.press(Qt.Key.Key_O, ALT)
    assert lines(till) == {SKU: (1, ""), RIP: (3, "")}
    assert till.state.cart.discount.text == "2.50"
