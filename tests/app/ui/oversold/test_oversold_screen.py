"""Oversold, with keys alone, on the demo store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt

from app.data.selling.orders import OrderRepository
from app.domain.entities import Actor, Device, Profile, Role
from app.domain.orders import Order, OrderStatus
from app.run import utc_now
from app.ui.oversold.screen import _SETTLED, _WAYS, OversoldScreen
from app.ui.shell.window import MINIMUM
from tests.app.ui.test_fits import problems
from tests.helpers.hands import ALT, CONTROL, HAMMER, SKU, Hands, cells, dialog, named, texts
from tests.helpers.sales import Counter
from tests.helpers.stock_room import SEATTLE, StockRoom
from tests.helpers.waiting import settle, until

RIP = "HND-HAMMER-002"
MINUS_ONE = "\N{MINUS SIGN}1"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def look(hands: Hands) -> OversoldScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_D, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, OversoldScreen)
    await until(lambda: screen.view_model.state.rows is not None, "an answer")
    return screen


async def oversold(hands: Hands, rep: Actor, by: int = 2, sku: str = SKU) -> Order:
    """An order of more than is there."""
    counter = Counter(StockRoom(hands.client.session))
    counter.room.clock.now = utc_now()
    item = await hands.item(sku)
    cart = await counter.cart([item], max(item.on_hand, 0) + by)
    return await counter.orders.place(cart, await counter.store(), rep, allow_negative=True)


def rita(hands: Hands) -> Actor:
    device = hands.workplace._status._actor.device
    return Actor(Profile(SEATTLE, Role.REP, "Rita"), device)


def is_said(hands: Hands, text: str) -> bool:
    return text in hands.workplace._status.state.message.text


def waiting(hands: Hands) -> str:
    return " ".join(hands.workplace.rail.button("oversold").text().split())


async def test_nothing_is_said_calmly(hands: Hands):
    screen = await look(hands)
    assert cells(screen.table) == []
    assert "Nothing is below zero" in screen.table._empty.text()
    assert not screen._settling.isVisible()
    assert waiting(hands) == "Oversold"


async def test_a_worker_settles_a_case_by_keys(hands: Hands):
    screen = await look(hands)
    item = await hands.item()
    order = await oversold(hands, Actor(Profile(SEATTLE, Role.REP, "Rita"), Device("rita", "van")))
    await until(lambda: screen.view_model.state.ways, "ways to settle it")
    assert cells(screen.table) == [[HAMMER, "\N{MINUS SIGN}2", "2 open"]]
    assert waiting(hands) == "Oversold 1"
    assert cells(screen.steps)[-1][1] == f"Sold \N{MIDDLE DOT} {order.number}"
    assert cells(screen.steps)[-1][3] == "\N{MINUS SIGN}2"
    assert order.number in screen._sentence.text() and "Rita" in screen._sentence.text()
    await hands.at_hand()
    screen.focus_first()
    await until(screen.table.hasFocus, "the cases")
    hands.window.resize(*MINIMUM)
    await settle()
    assert problems(hands.window) == []
    hands.window.resize(1280, 800)
    await hands.type("n")
    await until(screen.note.hasFocus, "the note")
    await hands.type("Monday")
    await hands.press(Qt.Key.Key_Return)
    await hands.type("b")
    await until(lambda: cells(screen.table)[0][2] == "Under way", "it under way")
    assert waiting(hands) == "Oversold"
    await until(lambda: "is settled" in screen._summary.text(), "the sentence")
    await hands.type("l")
    await until(screen.settled.hasFocus, "what was settled")
    assert [one[2] for one in cells(screen.settled)] == ["The customer waits"]
    row = screen.view_model.state.settled[0]
    assert row.settlement.note == "Monday"
    signature = replace(row.settlement.signature, approved_by="Mona")
    approved = replace(row, settlement=replace(row.settlement, signature=signature))
    assert _SETTLED[3].cell(approved).text.endswith(", approved by Mona")
    await hands.type("l")
    await hands.elsewhere(item.on_hand + 2)
    await until(lambda: cells(screen.table) == [], "it closed by itself")


async def test_what_was_settled_is_not_said_of_the_next_case(hands: Hands):
    screen = await look(hands)
    before = {sku: (await hands.item(sku)).on_hand for sku in (SKU, RIP)}
    for sku in before:
        await oversold(hands, rita(hands), sku=sku)
    await until(lambda: len(cells(screen.table)) == 2, "two cases")
    # Whichever is on top: it stays the chosen one when they change places.
    screen.view_model.choose(screen._model.rows[0].key)
    await until(lambda: screen.view_model.state.ways and not screen.view_model.busy, "ways")
    screen.focus_first()
    await hands.type("b")
    await until(lambda: "Under way" in cells(screen.table)[-1], "one of them settled")
    await until(lambda: "is settled" in screen._summary.text(), "the sentence")
    await hands.press(Qt.Key.Key_Down)
    assert "is settled" not in screen._summary.text()
    for sku, on_hand in before.items():
        await hands.elsewhere(on_hand + 2, sku)
    await until(lambda: cells(screen.table) == [], "them closed")


async def test_a_note_is_for_the_case_it_was_typed_for(hands: Hands):
    screen = await look(hands)
    before = {sku: (await hands.item(sku)).on_hand for sku in (SKU, RIP)}
    for sku in before:
        await oversold(hands, rita(hands), sku=sku)
    await until(lambda: len(cells(screen.table)) == 2, "two cases")
    screen.focus_first()
    await hands.type("n")
    await hands.type("Monday")
    # What comes in of the case itself leaves it.
    await hands.elsewhere(1)
    await hands.elsewhere(1, RIP)
    await until(lambda: [one[1] for one in cells(screen.table)] == [MINUS_ONE] * 2, "the stock")
    assert screen.note.text() == "Monday"
    await hands.press(Qt.Key.Key_Return)
    # To the other one, wherever it stands, and back.
    first = screen._model.rows[0].key == screen._noted
    there, back = (Qt.Key.Key_Down, Qt.Key.Key_Up)[:: 1 if first else -1]
    await hands.press(there)
    assert screen.note.text() == ""
    await hands.press(back)
    assert screen.note.text() == "Monday"
    await hands.press(there)
    await until(lambda: screen.view_model.state.ways and not screen.view_model.busy, "ways")
    await hands.type("n")
    await hands.type("Tuesday")
    await hands.press(Qt.Key.Key_Return)
    impossible = [one.kind for one in screen.view_model.state.ways if not one.possible]
    for key in (_WAYS[kind][1] for kind in impossible):
        await hands.type(key)
        assert screen.note.text() == "Tuesday"
    await hands.type("b")
    assert screen.note.text() == ""
    await until(
        # Others were settled before it.
        lambda: "Tuesday" in [one.settlement.note for one in screen.view_model.state.settled],
        "it with its note",
    )
    for sku, on_hand in before.items():
        await hands.elsewhere(on_hand + 1, sku)
    await until(lambda: cells(screen.table) == [], "them closed")


async def test_who_waits_is_undone_without_a_word_and_a_transfer_with_one(hands: Hands):
    screen = await look(hands)
    before = (await hands.item()).on_hand
    order = await oversold(hands, rita(hands))
    for key, said in (("b", "Undone: the customer waits"), ("t", "Undone: transfer TR-")):
        await until(lambda: screen.view_model.state.ways and not screen.view_model.busy, "ways")
        screen.focus_first()
        await hands.type(key)
        await until(lambda: cells(screen.table)[0][2] == "Under way", "it under way")
        await until(lambda: "Ctrl+Z" in screen._summary.text(), "how to undo it")
        await hands.press(Qt.Key.Key_Z, CONTROL)
        if key == "t":
            await until(dialog, "the question")
            asked = dialog()
            assert asked is not None
            await hands.click(named(asked, "Undo it"))
        await until(partial(is_said, hands, said), said)
        await until(lambda: "open" in cells(screen.table)[0][2], "it open again")
        assert "is settled" not in screen._summary.text()
    # The sale itself was the change before, and a worker cannot cancel orders.
    await hands.press(Qt.Key.Key_Z, CONTROL)
    status = hands.workplace._status
    await until(lambda: f"rder {order.number}" in status.state.message.text, "whose it is")
    assert "leaves that to somebody who may do it" in status.state.message.text
    assert dialog() is None
    await hands.elsewhere(before + 2)
    await until(lambda: cells(screen.table) == [], "it closed")


async def test_a_cancelled_order_is_told_to_whoever_sold_it(hands: Hands):
    screen = await look(hands)
    order = await oversold(hands, rita(hands))
    await until(lambda: screen.view_model.state.ways, "ways to settle it")
    screen.focus_first()
    orders = OrderRepository(hands.client.session, utc_now)
    await hands.type("c")
    asked = dialog()
    assert asked is not None
    assert f"Cancel order {order.number}?" in texts(asked)
    # No is the answer of Enter.
    await hands.press(Qt.Key.Key_Return)
    assert (await orders.load(order)).status is OrderStatus.PENDING
    screen.focus_first()
    await hands.type("n")
    await hands.type("Sorry")
    await hands.press(Qt.Key.Key_Return)
    # What was typed waits where it was refused, and goes once it is settled.
    screen._on_refused(screen._noted, screen.note.text())
    assert screen.note.text() == "Sorry"
    screen.note.setText("")
    screen._on_refused(screen._noted, "Sorry")
    assert screen.note.text() == "Sorry"
    await hands.type("c")
    asked = dialog()
    assert asked is not None
    await hands.click(named(asked, "Cancel the order"))
    await until(lambda: cells(screen.table) == [], "it closed")
    assert (await orders.load(order)).status is OrderStatus.CANCELLED
    await until(lambda: not screen.view_model.busy, "a rest")

    await hands.begin(role=Role.REP, name="Rita")
    await until(lambda: waiting(hands) == "Oversold 1", "a notice")
    screen = await look(hands)
    screen.focus_first()
    await until(screen.settled.hasFocus, "the notices")
    assert cells(screen.settled)[0][2] == f"Order {order.number} cancelled"
    assert cells(screen.settled)[0][4] == "For you"
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: cells(screen.settled)[0][4] == "Read", "it read")
    assert waiting(hands) == "Oversold"
    await hands.type("c")
    assert not screen.view_model.busy
