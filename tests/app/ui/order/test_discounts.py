"""A discount that does not fit any more is asked anew, where it is typed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.helpers.hands import CONTROL, SKU, texts
from tests.helpers.till import Till

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def three_with(till: Till, off: str, key: Qt.Key = Qt.Key.Key_F6) -> None:
    """Three hammers, and so much off."""
    for _ in range(3):
        await till.hands.scan(SKU)
    await till.lines(1)
    await till.customer("john")
    await till.hands.press(key)
    await till.hands.type(off)
    await till.hands.press(Qt.Key.Key_Return)
    await till.stored()


def dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"


@pytest.mark.parametrize("by_mouse", [False, True])
async def test_a_line_that_became_cheaper_than_its_discount_is_not_placed(
    till: Till, by_mouse: bool
) -> None:
    hands, cart = till.hands, till.screen.cart
    off = dollars(till.price(SKU) * 2 + 100)
    await three_with(till, off)
    cart.table.setFocus()
    cart.table.select(0)
    await hands.press(Qt.Key.Key_Minus)
    await hands.press(Qt.Key.Key_Minus)
    assert till.state.rows[0].line.quantity == 1
    assert "type it anew" in till.state.message.text and till.state.message.is_problem
    if by_mouse:
        await hands.click(cart.place)
    else:
        await hands.press(Qt.Key.Key_Return, CONTROL)
    await till.stored()
    assert till.state.placed is None
    assert QApplication.focusWidget() is cart.off
    assert cart.off.text() == off and cart.off.selectedText() == off
    assert any(f"${off} off is more than" in text for text in texts(cart))
    # The answer is typed over it.
    await hands.type("1.00")
    await hands.press(Qt.Key.Key_Return)
    order = await till.placed()
    assert order.lines[0].discount == Decimal("1.00")
    assert order.total > 0


async def test_all_of_it_off_is_placed_when_it_is_said_again(till: Till) -> None:
    hands, cart = till.hands, till.screen.cart
    await three_with(till, dollars(till.price(SKU)), Qt.Key.Key_F7)
    cart.table.setFocus()
    cart.table.select(0)
    await hands.press(Qt.Key.Key_Minus)
    await hands.press(Qt.Key.Key_Minus)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await till.stored()
    assert till.state.placed is None
    assert QApplication.focusWidget() is cart.order_off
    await hands.press(Qt.Key.Key_Return)
    assert (await till.placed()).total == 0


async def test_a_parked_cart_is_looked_at_when_it_is_opened(till: Till) -> None:
    hands = till.hands
    await three_with(till, dollars(till.price(SKU) * 2 + 100))
    till.screen.view_model.add(till.state.rows[0].product_id, -2)
    await till.stored()
    await hands.press(Qt.Key.Key_N, CONTROL)
    await till.lines(0)
    assert not till.state.message
    await hands.press(Qt.Key.Key_PageUp, CONTROL)
    await till.lines(1)
    assert "type it anew" in till.state.message.text
