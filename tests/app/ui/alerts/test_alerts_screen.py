"""The counter in the rail and the list of alerts, on the demo store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.transfers import TransferRepository
from app.domain.entities import Product, Role
from app.domain.papers import ReceivedLine
from app.domain.transfers import Transfer, TransferState
from app.run import utc_now
from app.ui.alerts.screen import AlertsScreen
from app.ui.alerts.view_model import AlertsState
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.hands import ALT, HAMMER, SKU, Hands, cells, somebody
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE, TACOMA = "store_seattle", "store_tacoma"


async def look(hands: Hands) -> AlertsScreen:
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_9, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, AlertsScreen)
    await until(lambda: cells(screen.table), "alerts")
    return screen


def followed(hands: Hands) -> AlertsState:
    assert hands.client.shift is not None and hands.client.shift.alerts is not None
    return hands.client.shift.alerts.state


def total(hands: Hands) -> int:
    return followed(hands).total


def waiting(screen: AlertsScreen) -> list[str]:
    return [one[1] for one in cells(screen.table)]


def hammer(hands: Hands) -> Product:
    catalogue = hands.repositories.catalogue
    listing = catalogue.listing(catalogue.read(SKU).product_id or "")
    assert listing is not None
    return listing.product


async def asked_for(hands: Hands, sender: str, receiver: str) -> Transfer:
    papers = TransferRepository(hands.client.session, utc_now)
    product = hammer(hands)
    lines = {product.product_id: (product, 4)}
    return await papers.request(sender, receiver, lines, somebody(receiver))


async def test_the_rail_counts_quietly_and_the_list_has_the_worst_first(hands: Hands):
    screen = await look(hands)
    before = total(hands)
    assert before > 0
    shown = hands.workplace.rail.button("alerts")
    assert shown.text().split() == ["Alerts", str(before)]
    have = (await hands.item()).on_hand
    await hands.elsewhere(-have - 3)
    await until(lambda: waiting(screen)[0] == "1 product below zero", "it on top")
    assert shown.text().split() == ["Alerts", str(before + 1)]
    assert shown.accessibleName() == f"Alerts, {before + 1}"
    screen.table.select(0)
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    assert hands.workplace.current is hands.workplace._screens["oversold"]
    await hands.elsewhere(have + 3)
    await until(lambda: total(hands) == before, "it settled")


async def test_a_request_leads_to_its_transfer_and_is_gone_when_it_left(hands: Hands):
    request = await asked_for(hands, SEATTLE, TACOMA)
    screen = await look(hands)
    text = "Tacoma waits for 4 from this store"
    await until(lambda: text in waiting(screen), "the request")
    screen.table.select(waiting(screen).index(text))
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    opened = hands.workplace.current
    assert isinstance(opened, TransfersScreen)
    await until(lambda: opened.transfer._view_model.state.transfer, "its card")
    shown = opened.transfer._view_model.state.transfer
    assert shown is not None
    assert shown.number == request.number
    await until(lambda: cells(opened.transfer.table), "its lines")
    assert cells(opened.transfer.table)[0][0] == HAMMER
    opened.transfer.submit()
    await until(
        lambda: not any(text == row.text for row in followed(hands).rows or ()),
        "it settled",
    )


async def test_a_receipt_before_its_paper_waits_and_joins_by_itself(hands: Hands):
    request = await asked_for(hands, TACOMA, SEATTLE)
    papers = TransferRepository(hands.client.session, utc_now)
    product = hammer(hands)
    await papers.ship(request, request.transfer_id, {product.product_id: 4}, somebody(TACOMA))
    receiving = ReceivingRepository(hands.client.session, utc_now)
    counted = [(product, ReceivedLine(4))]
    maya = hands.workplace._status._actor
    receipt = await receiving.take_in(maya, counted, number="TR-TAC-FFFF-0009")
    screen = await look(hands)
    text = f"{receipt.number} waits for TR-TAC-FFFF-0009"
    await until(lambda: text in waiting(screen), "the receipt")
    assert "Tacoma has shipped 4 for this store" in waiting(screen)
    screen.table.select(waiting(screen).index(text))
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    opened = hands.workplace.current
    assert isinstance(opened, ReceiveScreen)
    await until(lambda: opened.view_model.state.receipt, "the receipt on the screen")
    assert opened.view_model.state.receipt is not None
    assert opened.view_model.state.receipt.number == receipt.number
    screen = await look(hands)
    await hands.client.session.query(
        "UPDATE transfers SET number = 'TR-TAC-FFFF-0009' WHERE transfer_id = :id",
        {"id": request.transfer_id},
    )
    await until(lambda: text not in waiting(screen), "the receipt joined", 20)
    known = await receiving.find_paper(SEATTLE, "TR-TAC-FFFF-0009")
    assert isinstance(known, Transfer)
    assert known.state is TransferState.RECEIVED
    assert (await hands.repositories.stock.prove(SEATTLE)).holds


async def opens(hands: Hands, screen: AlertsScreen, text: str, number: str) -> None:
    """Enter on an alert shows the order with this number."""
    screen.table.select(waiting(screen).index(text))
    screen.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    opened = hands.workplace.current
    assert isinstance(opened, ReorderScreen)
    await until(lambda: opened.view_model.state.paper, "the order on the screen")
    assert opened.view_model.state.paper is not None
    assert opened.view_model.state.paper.number == number


async def test_an_overdue_order_leads_to_itself(hands: Hands):
    long_ago = PurchaseOrderRepository(hands.client.session, lambda: utc_now() - timedelta(days=30))
    product = hammer(hands)
    maya = hands.workplace._status._actor
    made = await long_ago.create(maya, {product.product_id: (product, 2)}, "Acme")
    order = await long_ago.order(made, maya)
    screen = await look(hands)
    text = f"{order.number} from Acme is overdue"
    await until(lambda: text in waiting(screen), "the overdue one")
    await opens(hands, screen, text, order.number)
    # By now its list has been read.
    await opens(hands, await look(hands), text, order.number)
    screen = await look(hands)
    await long_ago.cancel(order, maya)
    await until(lambda: text not in waiting(screen), "it settled")


async def test_a_sales_rep_has_no_counter(hands: Hands):
    await hands.begin(role=Role.REP)
    assert hands.client.shift is not None and hands.client.shift.alerts is None
    assert "alerts" not in hands.workplace.rail._buttons
