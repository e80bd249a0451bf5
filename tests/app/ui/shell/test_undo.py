"""Ctrl+Z anywhere in the window, on the demo store: the last change of this device."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.entities import Actor, Product, Reason, Role
from app.domain.orders import OrderStatus
from app.domain.receiving import GoodsReceipt, ReceiptState
from app.ui.receive.screen import ReceiveScreen
from tests.helpers.hands import CONTROL, HAMMER, SKU, Hands, dialog, named, somebody, texts
from tests.helpers.sales import Counter
from tests.helpers.stock_room import SEATTLE, StockRoom
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

MINUS = "\N{MINUS SIGN}"
SIX = [f"HND-HAMMER-00{at}" for at in range(1, 7)]


def said(hands: Hands) -> str:
    return hands.workplace.status_line._view_model.state.message.text


async def undo(hands: Hands) -> None:
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: not hands.workplace._status.undo.running, "an answer")
    await settle()


async def question(hands: Hands) -> QDialog:
    await undo(hands)
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    return asked


async def take_off(hands: Hands, sku: str) -> None:
    """One unit less, with the key of the card."""
    await hands.open(sku)
    before = hands.on_hand
    await hands.type("-")
    await until(lambda: hands.on_hand == before - 1, "one fewer")
    await until(lambda: not hands.workplace.product.view_model.busy, "a rest")


def me(hands: Hands) -> Actor:
    return hands.workplace._status._actor


def product(hands: Hands, sku: str = SKU) -> Product:
    listing = hands.repositories.catalogue.listing(hands.read(sku).product_id or "")
    assert listing is not None
    return listing.product


async def received(hands: Hands, quantity: int = 12) -> GoodsReceipt:
    """A receipt that was posted on this device."""
    its = hands.repositories.receiving
    receipt = await its.set_line(await its.begin(me(hands)), product(hands), quantity, me(hands))
    return await its.post(receipt, me(hands))


async def state_of(hands: Hands, receipt: GoodsReceipt) -> ReceiptState:
    found: list[GoodsReceipt] = []
    cancel = hands.repositories.receiving.watch(receipt, found.append)
    await until(lambda: found, "the receipt")
    cancel()
    return found[-1].state


async def test_six_products_then_back_one_after_the_other(hands: Hands) -> None:
    before = [(await hands.item(sku)).on_hand for sku in SIX]
    for sku in SIX:
        await take_off(hands, sku)
        # Somebody else's change in between is never undone.
        await hands.elsewhere(1, sku)
    for sku in reversed(SIX):
        await undo(hands)
        assert said(hands).startswith(f"Undone: {MINUS}1 {product(hands, sku).name}")
        assert ("no change of the product on this card" in said(hands)) is (sku != SIX[-1])
    assert [(await hands.item(sku)).on_hand for sku in SIX] == [one + 1 for one in before]
    assert dialog() is None
    assert (await hands.repositories.stock.prove(SEATTLE)).holds


async def test_after_a_receipt_it_asks_and_no_is_the_answer(hands: Hands) -> None:
    await take_off(hands, SKU)
    before = (await hands.item()).on_hand
    receipt = await received(hands)
    asked = await question(hands)
    assert f"Undo goods receipt {receipt.number}?" in texts(asked)
    assert any("It takes 12 units out of the stock again" in one for one in texts(asked))
    await hands.press(Qt.Key.Key_Return)
    assert dialog() is None
    assert (await hands.item()).on_hand == before + 12
    asked = await question(hands)
    await hands.click(named(asked, "Undo it"))
    await until(lambda: said(hands).startswith("Undone: goods receipt"), "it undone")
    assert (await hands.item()).on_hand == before
    assert await state_of(hands, receipt) is ReceiptState.UNDONE
    # Then the one before it, and the undo itself is none.
    await undo(hands)
    assert (await hands.item()).on_hand == before + 1
    assert (await hands.repositories.stock.prove(SEATTLE)).holds


async def test_what_cannot_be_undone_opens_the_screen_that_can(hands: Hands) -> None:
    await take_off(hands, SKU)
    its = hands.repositories.receiving
    receipt = await its.discard(await its.begin(me(hands)), me(hands))
    on_hand = (await hands.item()).on_hand
    asked = await question(hands)
    assert f"Goods receipt {receipt.number}, discarded: that is not undone" in texts(asked)
    assert any("Begin it anew in Receive." in one for one in texts(asked))
    await hands.click(named(asked, "Open Receive"))
    await until(lambda: isinstance(hands.workplace.current, ReceiveScreen), "Receive")
    assert (await hands.item()).on_hand == on_hand
    # Once that is said, the one before it: asked, because it is not the last one.
    asked = await question(hands)
    assert any(one.startswith("What came after it stays as it is.") for one in texts(asked))
    await hands.click(named(asked, "Undo it"))
    await until(lambda: "Undone" in said(hands), "it undone")
    assert (await hands.item()).on_hand == on_hand + 1


async def test_a_field_keeps_its_own_undo_while_something_is_typed(hands: Hands) -> None:
    await take_off(hands, SKU)
    on_hand = (await hands.item()).on_hand
    form = hands.workplace.product.stock.form
    await hands.type("a")
    await until(form.quantity.hasFocus, "the quantity")
    await hands.type("7")
    await hands.press(Qt.Key.Key_Z, CONTROL)
    await settle()
    assert form.quantity.text() == ""
    assert (await hands.item()).on_hand == on_hand
    # Nothing is left to take back in it: the last change is meant.
    await undo(hands)
    assert (await hands.item()).on_hand == on_hand + 1


async def test_the_last_change_is_known_after_signing_in_again(hands: Hands) -> None:
    await take_off(hands, SKU)
    on_hand = (await hands.item()).on_hand
    await hands.begin()
    await until(lambda: HAMMER in hands.workplace._status.state.undoes, "what undo takes back")
    assert hands.workplace.status_line.undo_button.isVisible()
    hands.workplace.go("low_stock").focus_first()
    await undo(hands)
    assert (await hands.item()).on_hand == on_hand + 1


async def test_a_rep_takes_an_order_back_and_leaves_a_workers_change(hands: Hands) -> None:
    item = await hands.item()
    await hands.repositories.stock.adjust(item, -1, Reason.LOST, me(hands))
    await hands.begin(Role.REP, name="Rita")
    counter = Counter(StockRoom(hands.client.session))
    counter.room.clock.now = hands.client.now()
    order = await counter.orders.place(
        await counter.cart([item], 2), await counter.store(), me(hands)
    )
    asked = await question(hands)
    assert any("2 units back into the stock of Seattle" in one for one in texts(asked))
    await hands.click(named(asked, "Undo it"))
    await until(lambda: said(hands).startswith("Undone: order"), "it undone")
    assert (await counter.orders.load(order)).status is OrderStatus.CANCELLED
    await undo(hands)
    assert "leaves that to somebody who may do it" in said(hands)
    assert (await hands.item()).on_hand == item.on_hand - 1


async def test_a_change_of_another_device_alone_is_nothing_to_undo(hands: Hands) -> None:
    await hands.begin(store_id="store_spokane")
    await hands.repositories.stock.adjust(
        await hands.item(), 1, Reason.FOUND, somebody("store_spokane")
    )
    await undo(hands)
    assert said(hands).startswith("Nothing to undo: this device has changed nothing here")
    await hands.open()
    await undo(hands)
    assert "neither this product nor anything else" in said(hands)
    assert QApplication.activeModalWidget() is None
