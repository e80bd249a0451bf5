"""Transfers, by keys, clicks and scans, at both ends, on the demo store."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.domain.entities import Actor, Device, Profile, Role
from app.domain.transfers import Transfer, TransferState
from app.run import utc_now
from app.ui.core.message import problem
from app.ui.transfers.open_transfer_state import OpenTransferState, Step
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.hands import (
    ALT,
    CONTROL,
    HAMMER,
    SKU,
    Hands,
    cells,
    dialog,
    focus,
    named,
    texts,
)
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE, TACOMA = "store_seattle", "store_tacoma"
OTHER = "HND-HAMMER-002"
MINUS = "\N{MINUS SIGN}"


async def look(hands: Hands) -> TransfersScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_5, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, TransfersScreen)
    screen.show_list()
    await until(lambda: screen._view_model.state.rows is not None, "the list")
    await hands.at_hand()
    return screen


def state(screen: TransfersScreen) -> OpenTransferState:
    return screen.transfer._view_model.state


def transfer(screen: TransfersScreen) -> Transfer:
    shown = state(screen).transfer
    assert shown is not None
    return shown


async def in_tacoma(hands: Hands) -> TransfersScreen:
    await hands.begin(store_id=TACOMA, name="Tom")
    return await look(hands)


def actor(store_id: str) -> Actor:
    return Actor(Profile(store_id, Role.WORKER, "Sam"), Device("device-of-sam", "dock"))


async def requested(hands: Hands, **quantities: int) -> Transfer:
    """A transfer from Seattle to Tacoma that waits for Seattle, made on another device."""
    lines = {}
    for sku, quantity in quantities.items():
        product_id = product(hands, sku.replace("_", "-"))
        listing = hands.repositories.catalogue.listing(product_id)
        assert listing is not None
        lines[product_id] = (listing.product, quantity)
    papers = TransferRepository(hands.client.session, utc_now)
    return await papers.request(SEATTLE, TACOMA, lines, actor(SEATTLE))


async def ship(hands: Hands, transfer: Transfer, quantity: int, sku: str = SKU) -> Transfer:
    """Sam ships so many of it."""
    papers = TransferRepository(hands.client.session, utc_now)
    lines = {product(hands, sku): quantity}
    return await papers.ship(
        transfer, str(uuid.uuid4()), lines, actor(SEATTLE), allow_negative=True
    )


async def shipped(hands: Hands, quantity: int) -> Transfer:
    """A transfer from Seattle to Tacoma on its way, made on another device."""
    return await ship(hands, await requested(hands, HND_HAMMER_001=quantity), quantity)


def product(hands: Hands, sku: str) -> str:
    return hands.read(sku).product_id or ""


async def cancelled(hands: Hands, one: Transfer) -> None:
    """Nobody waits for the rest of it any more."""
    papers = TransferRepository(hands.client.session, utc_now)
    await papers.cancel(one, actor(SEATTLE))


def listed(screen: TransfersScreen) -> set[str]:
    """The ids in the list."""
    return {one.transfer.transfer_id for one in screen._view_model.state.rows or ()}


def with_id(screen: TransfersScreen, transfer_id: str) -> Transfer | None:
    """The transfer with an id, if the screen has read it, finished ones too."""
    found = screen._view_model._found or ()
    return next((one for one in found if one.transfer_id == transfer_id), None)


def now(screen: TransfersScreen) -> list[str]:
    """What each line does now."""
    return [one[-1] for one in cells(screen.transfer.table)]


async def proven(hands: Hands) -> bool:
    proofs = [await hands.repositories.stock.prove(store) for store in (SEATTLE, TACOMA)]
    return all(one.holds for one in proofs)


async def test_ten_leave_by_keyboard_only_and_come_back(hands: Hands):
    screen = await look(hands)
    before = (await hands.item()).on_hand
    assert any("N asks for goods" in one for one in texts(screen))
    await hands.type("n")
    assert screen.transfer.entry.product.hasFocus()
    await hands.type(SKU)
    await hands.press(Qt.Key.Key_Return)
    assert screen.transfer.line.quantity.hasFocus()
    await hands.type("1x")
    await hands.press(Qt.Key.Key_Return)
    assert "Quantity must be a whole number, for example 3." in texts(screen)
    screen.transfer.line.quantity.clear()
    await hands.type("10")
    await hands.press(Qt.Key.Key_Return)
    screen.transfer.entry.direction.button("send").setFocus()
    await hands.press(Qt.Key.Key_Space)
    screen.transfer.entry.other.setFocus()
    await hands.type("T")
    assert screen.transfer.entry.other.currentData() == TACOMA
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.SHIP, "shipping")
    assert transfer(screen).lines[0].requested == 10
    assert (await hands.item()).on_hand == before

    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.LOOK, "it on its way")
    assert transfer(screen).in_transit == 10
    assert (await hands.item()).on_hand == before - 10
    await hands.press(Qt.Key.Key_Escape)
    on_its_way = ["To Tacoma", HAMMER, "Tacoma receives 10 units", "10", "In transit"]
    await until(lambda: cells(screen.table)[0] == on_its_way, "it in the list")

    await hands.press(Qt.Key.Key_Return)
    await hands.click(named(screen, "Take back…"))
    asked = dialog()
    assert asked is not None
    assert any(f"10 × {HAMMER} come back into stock here" in one for one in texts(asked))
    asked.reject()
    await until(lambda: dialog() is None, "no question")
    assert (await hands.item()).on_hand == before - 10
    await hands.click(named(screen, "Take back…"))
    again = dialog()
    assert again is not None
    again.accept()
    await until(lambda: transfer(screen).in_transit == 0, "it taken back")
    await until(lambda: state(screen).step is Step.SHIP, "it can be shipped again")
    assert (await hands.item()).on_hand == before
    assert await proven(hands)
    await hands.click(named(screen, "Cancel the rest…"))
    rest = dialog()
    assert rest is not None
    rest.accept()
    await until(lambda: transfer(screen).state is TransferState.CANCELLED, "it cancelled")
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: not cells(screen.table), "nothing open")
    await hands.click(screen.shown.button("all"))
    await until(lambda: len(cells(screen.table)) == 1, "the cancelled one")
    await hands.click(screen.shown.button("open"))


async def test_more_than_is_there_is_asked_first(hands: Hands):
    screen = await look(hands)
    have = (await hands.item(OTHER)).on_hand
    screen.begin()
    await hands.scan(OTHER)
    screen.transfer.entry.direction.button("send").click()
    product_id = hands.read(OTHER).product_id or ""
    screen.transfer._view_model.set_line(product_id, str(have + 2), "", "")
    screen.transfer.submit()
    await until(lambda: state(screen).step is Step.SHIP, "shipping")
    screen.transfer.submit()
    await until(dialog, "the question")
    asked = dialog()
    assert asked is not None
    assert any(f"({have} on hand)" in one for one in texts(asked))
    assert (await hands.item(OTHER)).on_hand == have
    asked.accept()
    await until(lambda: state(screen).step is Step.LOOK, "it on its way")
    assert (await hands.item(OTHER)).on_hand == -2
    screen.transfer._view_model.take_back(transfer(screen).shipments[0].shipment_id)
    await until(lambda: transfer(screen).in_transit == 0, "it taken back")
    await until(lambda: not screen.transfer._view_model.act.running, "a rest")
    screen.transfer._view_model.cancel_rest()
    await until(lambda: transfer(screen).state is TransferState.CANCELLED, "it cancelled")


async def test_picking_by_scans_counts_from_zero(hands: Hands):
    screen = await look(hands)
    screen.begin()
    await hands.scan(SKU)
    product_id = hands.read(SKU).product_id or ""
    screen.transfer._view_model.set_line(product_id, "5", "", "")
    screen.transfer.entry.direction.button("send").click()
    screen.transfer.submit()
    await until(lambda: state(screen).step is Step.SHIP, "shipping")
    for _ in range(2):
        await hands.scan(SKU)
    assert cells(screen.transfer.table)[0][-1] == "2"
    await hands.scan(OTHER)
    assert any("is not on this transfer" in one for one in texts(screen))
    await hands.click(named(screen, "Put aside"))
    await until(lambda: transfer(screen).state is TransferState.PICKING, "it picked")
    assert transfer(screen).lines[0].picked == 2
    view_model = screen.transfer._view_model
    # The live query may tell of it before the step itself has ended.
    await until(lambda: not view_model.act.running and not view_model.submit.running, "a rest")
    view_model.cancel_rest()
    await until(lambda: transfer(screen).state is TransferState.CANCELLED, "it cancelled")


async def test_nine_arrive_by_scanner_and_one_is_missing(hands: Hands):
    sent = await shipped(hands, 10)
    screen = await in_tacoma(hands)
    before = (await hands.item()).on_hand
    await until(lambda: len(cells(screen.table)) == 1, "the transfer")
    assert cells(screen.table)[0][2] == "Receive 10 units"
    await hands.scan(sent.number)
    await until(lambda: state(screen).step is Step.RECEIVE, "receiving")
    assert cells(screen.transfer.table)[0][-1] == "10"
    for _ in range(9):
        await hands.scan(SKU)
    assert cells(screen.transfer.table)[0][-1] == "9"
    await hands.click(named(screen, "The rest is missing"))
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.LOOK, "it received")
    line = transfer(screen).lines[0]
    assert (line.received, line.missing, line.in_transit) == (9, 1, 0)
    assert (await hands.item()).on_hand == before + 9
    assert await proven(hands)
    assert cells(screen.transfer.steps.table)[0][1].startswith("Received 9 units, 1 missing")


async def refused(hands: Hands, screen: TransfersScreen, number: str, sentence: str) -> None:
    """Nothing is taken in against a number."""
    screen.transfer.entry.number.setText(number)
    screen.transfer.submit()
    await until(lambda: sentence in state(screen).message.text, sentence)
    await until(lambda: not screen._transfer_model.submit.running, "a rest")


async def test_a_number_not_seen_yet_is_received_and_joins_later(hands: Hands):
    screen = await in_tacoma(hands)
    before = (await hands.item()).on_hand
    await hands.scan("TR-SEA-FFFF-0001")
    await until(lambda: state(screen).unseen, "it to be received")
    assert screen.transfer.entry.number.text() == "TR-SEA-FFFF-0001"
    for _ in range(3):
        await hands.scan(SKU)
    screen.transfer.entry.number.clear()
    screen.transfer.submit()
    await until(lambda: state(screen).message.is_problem, "what is missing")
    assert "Type or scan the number on the transfer." in texts(screen)
    await refused(hands, screen, "12", "12 is no number of a transfer")
    order = await hands.repositories.purchase_orders.create(actor(TACOMA), {}, "Acme")
    await refused(hands, screen, order.number.lower(), f"{order.number} is an order at a supplier")
    sent = await shipped(hands, 3)
    # As where it is still on its way: it does not have this number yet.
    screen.transfer.entry.number.setText("TR-SEA-FFFF-0001")
    screen.transfer.submit()
    await until(
        lambda: "joins transfer TR-SEA-FFFF-0001" in state(screen).message.text, "it received"
    )
    assert (await hands.item()).on_hand == before + 3
    await hands.client.session.query(
        "UPDATE transfers SET number = 'TR-SEA-FFFF-0001' WHERE transfer_id = :id",
        {"id": sent.transfer_id},
    )
    receiving = ReceivingRepository(hands.client.session, utc_now)
    await receiving.link_papers(TACOMA)
    screen = await look(hands)
    await until(lambda: with_id(screen, sent.transfer_id), "the transfer")
    known = with_id(screen, sent.transfer_id)
    assert known is not None
    await until(
        lambda: (one := with_id(screen, sent.transfer_id)) and one.state is TransferState.RECEIVED,
        "it received by number",
    )
    assert await proven(hands)


async def test_what_a_colleague_ships_meanwhile_is_not_shipped_again(hands: Hands):
    paper = await requested(hands, HND_HAMMER_001=10)
    screen = await look(hands)
    screen.open_transfer(paper)
    await hands.press(Qt.Key.Key_Return)
    assert screen.transfer.line.quantity.hasFocus()
    assert screen.transfer.line.quantity.text() == "10"
    await ship(hands, paper, 6)
    await until(lambda: now(screen) == ["4"], "what is left")
    assert screen.transfer.line.quantity.text() == "4"
    assert screen.transfer.line.quantity.selectedText() == "4"
    await hands.press(Qt.Key.Key_Return)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.LOOK, "the rest on its way")
    assert transfer(screen).lines[0].shipped == 10


async def test_what_is_typed_counts_when_it_is_shipped(hands: Hands):
    one = await requested(hands, HND_HAMMER_001=10)
    screen = await look(hands)
    screen.open_transfer(one)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    assert state(screen).message.is_problem
    assert state(screen).step is Step.SHIP
    screen.transfer.line.quantity.selectAll()
    await hands.type("3")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: transfer(screen).lines[0].shipped == 3, "three on their way")


async def test_what_is_typed_stays_and_the_change_is_told(hands: Hands):
    paper = await requested(hands, HND_HAMMER_001=10)
    screen = await look(hands)
    screen.open_transfer(paper)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("3")
    await ship(hands, paper, 6)
    await until(lambda: now(screen) == ["4"], "what is left")
    assert screen.transfer.line.quantity.text() == "3"
    assert any("changed meanwhile: 4 now" in one for one in texts(screen))
    await hands.press(Qt.Key.Key_Return)
    assert now(screen) == ["3"]
    assert not any("changed meanwhile" in one for one in texts(screen))
    await cancelled(hands, paper)
    await until(lambda: state(screen).step is Step.LOOK, "nothing to do")


async def test_only_what_was_set_stays_when_a_colleague_ships(hands: Hands):
    paper = await requested(hands, HND_HAMMER_001=10, HND_HAMMER_002=5)
    screen = await look(hands)
    screen.open_transfer(paper)
    at = [line.sku for line in transfer(screen).lines].index(SKU)
    screen.transfer._view_model.set_line(product(hands, SKU), "8", "", "")
    await ship(hands, paper, 2, OTHER)
    await until(lambda: now(screen)[1 - at] == "3", "what is left of the other")
    assert now(screen)[at] == "8"
    assert not state(screen).message.is_problem
    await ship(hands, paper, 6)
    await until(lambda: state(screen).message.is_problem, "a word")
    assert state(screen).message == problem(
        f"Changed meanwhile: {HAMMER} (4 wait now). What you set stays."
    )
    assert now(screen)[at] == "8"
    await cancelled(hands, paper)
    await until(lambda: state(screen).step is Step.LOOK, "nothing to do")


async def test_a_step_that_ends_after_another_was_opened_shows_nothing(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    paper, other = (
        await requested(hands, HND_HAMMER_001=2),
        await requested(hands, HND_HAMMER_002=3),
    )
    screen = await look(hands)
    model = screen.transfer._view_model
    go = asyncio.Event()
    real = model._transfers.ship

    async def slow(*arguments: object, **named: object) -> Transfer:
        await go.wait()
        return await real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(model._transfers, "ship", slow)
    screen.open_transfer(paper)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await hands.press(Qt.Key.Key_Escape)
    screen.open_transfer(other)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("1")
    go.set()
    await until(lambda: state(screen).message.text, "a word")
    assert state(screen).message.text.startswith(f"{paper.number}: 2 units shipped")
    assert transfer(screen).number == other.number
    assert screen.transfer.line.quantity.hasFocus()
    assert screen.transfer.line.quantity.text() == "1"
    for each in (paper, other):
        await cancelled(hands, each)
    await until(lambda: state(screen).step is Step.LOOK, "nothing to do")


async def test_a_request_that_ends_after_it_was_left_is_not_followed(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    screen = await look(hands)
    model = screen.transfer._view_model
    go = asyncio.Event()
    real = model._transfers.request

    async def slow(*arguments: object, **named: object) -> Transfer:
        await go.wait()
        return await real(*arguments, **named)  # type: ignore[arg-type]

    followed: list[Transfer] = []

    def follow(transfer: Transfer, _: object) -> Callable[[], None]:
        followed.append(transfer)
        return lambda: None

    monkeypatch.setattr(model._transfers, "request", slow)
    monkeypatch.setattr(model._transfers, "watch", follow)
    screen.begin()
    await hands.scan(SKU)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    screen.show_list()
    before = listed(screen)
    go.set()
    await until(lambda: listed(screen) - before, "it in the list")
    await until(lambda: not model.submit.running, "a rest")
    assert state(screen).transfer is None
    assert followed == []
    (made,) = listed(screen) - before
    one = with_id(screen, made)
    assert one is not None
    await cancelled(hands, one)


async def test_what_is_shipped_is_said_as_done_when_ship_is_pressed_again(hands: Hands):
    one = await requested(hands, HND_HAMMER_001=2)
    screen = await look(hands)
    screen.open_transfer(one)
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.LOOK, "it on its way")
    await until(lambda: state(screen).message.text, "a word")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: not screen.transfer._view_model.submit.running, "a rest")
    assert state(screen).message.text.startswith("2 units shipped")
    assert not state(screen).message.is_problem
    assert len(transfer(screen).shipments) == 1


async def test_what_is_typed_counts_whatever_comes_next(hands: Hands):
    paper = await requested(hands, HND_HAMMER_001=10, HND_HAMMER_002=5)
    screen = await look(hands)
    screen.open_transfer(paper)
    first, second = (line.sku for line in transfer(screen).lines)
    quantity = screen.transfer.line.quantity
    await hands.press(Qt.Key.Key_Return)
    await hands.type("x")
    for leave in (
        lambda: hands.click_row(screen.transfer.table, 1),
        lambda: hands.click(named(screen, "Put aside")),
    ):
        await leave()
        assert state(screen).message.is_problem
        assert screen.transfer.table.currentIndex().row() == 0
        assert (focus(), quantity.text()) == (quantity, "x")
    quantity.selectAll()
    await hands.type("3")
    await hands.click_row(screen.transfer.table, 1)
    assert now(screen)[0] == "3"
    assert screen.transfer.table.currentIndex().row() == 1
    # The first scan starts at zero what nobody has set.
    await hands.type("2")
    await hands.scan(second)
    assert now(screen) == ["3", "3"]
    await hands.type("4")
    await hands.scan(first)
    assert now(screen) == ["4", "4"]
    await hands.type("1")
    await hands.click(named(screen, "Put aside"))
    await until(lambda: transfer(screen).state is TransferState.PICKING, "it picked")
    assert [line.picked for line in transfer(screen).lines] == [1, 4]
    # With Esc it is given up.
    screen.transfer.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    await hands.type("9")
    assert quantity.text() == "9"
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_Down)
    assert "9" not in now(screen)
    await cancelled(hands, paper)
    await until(lambda: state(screen).step is Step.LOOK, "nothing to do")


async def test_what_is_typed_counts_when_the_rest_is_missing(hands: Hands):
    sent = await shipped(hands, 10)
    screen = await in_tacoma(hands)
    await until(lambda: with_id(screen, sent.transfer_id), "the transfer")
    screen.open_transfer(sent)
    await hands.press(Qt.Key.Key_Return)
    await hands.type("8")
    await hands.click(named(screen, "The rest is missing"))
    assert now(screen) == ["8"]
    assert screen.transfer.line.missing.text() == "2"
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state(screen).step is Step.LOOK, "it received")
    line = transfer(screen).lines[0]
    assert (line.received, line.missing) == (8, 2)


async def test_a_product_that_is_typed_and_not_added_is_not_left_out(hands: Hands):
    screen = await look(hands)
    before = listed(screen)
    screen.begin()
    await hands.scan(SKU)
    screen.transfer.entry.product.setFocus()
    await hands.type("stubby")
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: not screen.transfer._view_model.submit.running, "a rest")
    assert listed(screen) == before
    assert "“stubby” is typed and not taken: Enter takes it, Esc clears it." in texts(screen)
    assert focus() is screen.transfer.entry.product.line
    await hands.press(Qt.Key.Key_Return)
    assert len(now(screen)) == 2
    await hands.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: listed(screen) - before and state(screen).transfer, "it in the list")
    await cancelled(hands, transfer(screen))


async def test_a_name_that_several_products_have_is_chosen_from_a_list(hands: Hands):
    screen = await look(hands)
    screen.begin()
    hits = screen.transfer.entry.product.hits
    await hands.type("hammer")
    names = [one[0] for one in cells(hits)]
    assert len(names) > 1 and hits.isVisible()
    await hands.press(Qt.Key.Key_Down)
    await hands.press(Qt.Key.Key_Return)
    assert [one[0] for one in cells(screen.transfer.table)] == [names[1]]
    assert screen.transfer.line.quantity.hasFocus()
    assert not hits.isVisible()
    screen.show_list()
