"""A manager's word on the screens apart from Order: asked for, refused with Esc, given by badge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.entities import Actor, Device, Role
from app.domain.orders import OrderStatus
from app.domain.oversell import SettlementKind
from app.domain.receiving import ReceiptState
from app.domain.staff import BADGE_RANDOM, Person, new_badge
from app.ui.core.approving import NOT_APPROVED, ApprovalDialog
from app.ui.count.screen import CountScreen
from app.ui.customers.screen import CustomersScreen
from app.ui.orders.screen import OrdersScreen
from app.ui.oversold.screen import OversoldScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.reorder.screen import ReorderScreen
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.hands import Hands, dialog, texts
from tests.helpers.orders_page import OrdersPage
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE, TACOMA = "store_seattle", "store_tacoma"
BADGE = new_badge("1" * BADGE_RANDOM)
MANY = 123_456
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
_SET = (
    "UPDATE stores SET approvals = {'count_units': 2, 'cancel_handed_over': true, "
    "'delete_customer': true, 'unusual_quantity': true} WHERE _id = 'store_seattle'"
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def staff(person: Hands) -> dict[str, Person]:
    """Ann, who manages Seattle and has a badge, Rita and Wes."""
    await person.begin(Role.REP, name="Nobody")
    await person.client.session.write(lambda unit: unit.update("stores", _SET, {}))
    repository = person.repositories.staff
    people = {}
    for name, role in (("Ann", Role.MANAGER), ("Rita", Role.REP), ("Wes", Role.WORKER)):
        people[name] = await repository.add(name, role, [SEATTLE], "2719", None)
    await repository.set_badge(people["Ann"], BADGE, None)
    return people


@pytest_asyncio.fixture(loop_scope="module")
async def hands(person: Hands, staff: dict[str, Person]) -> AsyncIterator[Hands]:
    yield person
    while covering := QApplication.activeModalWidget():
        covering.close()
    await person.rest()


async def at_work(hands: Hands, person: Person) -> Actor:
    client = hands.client
    if client.signed_in is None or client.signed_in.profile != person.profile:
        client.show_sign_in()
        await client.sign_in(person.profile)
    await hands.at_hand()
    return Actor(person.profile, Device(client.device.device_id, "here"))


async def shown(hands: Hands, name: str) -> Any:
    screen = hands.workplace.go(name)
    await settle()
    return screen


async def approved_at_last(
    hands: Hands, submit: Callable[[], object], said: Callable[[], str], what: str
) -> None:
    """Esc first, after which nothing has happened; then Ann's badge."""
    ends_with: Qt.Key | str
    for ends_with in (ESCAPE, BADGE):
        submit()
        await until(lambda: isinstance(dialog(), ApprovalDialog), "the question of a manager")
        asked = dialog()
        assert asked is not None and what in " ".join(texts(asked))
        await hands.at_hand()
        if isinstance(ends_with, str):
            await hands.scan(ends_with)
        else:
            await hands.press(ends_with)
            await until(lambda: said() == NOT_APPROVED, "why nothing happened")
        await until(lambda: not isinstance(dialog(), ApprovalDialog), "the answer")


async def test_cancelling_what_was_handed_over(hands: Hands, staff: dict[str, Person]) -> None:
    rita = await at_work(hands, staff["Rita"])
    order = await OrdersPage(hands).sold(1, actor=rita)
    order = await hands.repositories.orders.complete(order, rita)
    screen = await shown(hands, "orders")
    assert isinstance(screen, OrdersScreen)
    view_model = screen.view_model
    view_model.open(order)
    await until(lambda: view_model.state.order is not None, "the order")
    await approved_at_last(
        hands, view_model.cancel, lambda: view_model.state.message.text, order.title
    )
    await until(
        lambda: view_model.state.order and view_model.state.order.status is OrderStatus.CANCELLED,
        "the cancellation",
    )
    assert "cancelled by Rita, approved by Ann" in screen.details.story


async def test_deleting_a_customer(hands: Hands, staff: dict[str, Person]) -> None:
    await at_work(hands, staff["Rita"])
    screen = await shown(hands, "customers")
    assert isinstance(screen, CustomersScreen)
    view_model = screen.view_model
    (john, *_) = await hands.repositories.customers.find(SEATTLE, "john", 1)
    await until(lambda: view_model.state.ready, "the customers")
    view_model.choose(john)
    await until(lambda: view_model.state.chosen is not None, "the card")
    await approved_at_last(
        hands, view_model.delete, lambda: view_model.state.message.text, john.name
    )
    await until(lambda: view_model.state.deleted is not None, "the customer to go")
    assert await hands.repositories.customers.get(SEATTLE, john.customer_id) is None


async def test_an_adjustment_of_unusually_many(hands: Hands, staff: dict[str, Person]) -> None:
    await at_work(hands, staff["Wes"])
    await hands.open()
    card, before = hands.workplace.product, hands.on_hand
    card.view_model.edit(adding=True, quantity=str(MANY))
    await approved_at_last(
        hands,
        lambda: card.view_model.apply(sure=True),
        lambda: card.view_model.state.quantity_error,
        "123,456 units at once",
    )
    await until(lambda: hands.on_hand == before + MANY, "so many more")
    newest = (await hands.repositories.stock.newest((await hands.item()).inventory_id, 1))[0]
    assert (newest.who, newest.approved_by) == ("Wes", "Ann")


async def test_a_receipt_of_unusually_many(hands: Hands, staff: dict[str, Person]) -> None:
    wes = await at_work(hands, staff["Wes"])
    screen = await shown(hands, "receive")
    assert isinstance(screen, ReceiveScreen)
    view_model = screen.view_model
    listing = hands.repositories.catalogue.listing(hands.read("HND-HAMMER-003").product_id or "")
    assert listing is not None
    receiving = hands.repositories.receiving
    receipt = await receiving.set_line(await receiving.begin(wes), listing.product, MANY, wes)
    view_model.open(receipt)
    await until(lambda: view_model.state.receipt is not None, "the receipt")
    await approved_at_last(
        hands,
        lambda: view_model.post(sure=True),
        lambda: view_model.state.message.text,
        "123,456 units at once",
    )
    await until(
        lambda: view_model.state.receipt and view_model.state.receipt.state is ReceiptState.POSTED,
        "the receipt to be posted",
    )
    view_model.close()


async def test_a_count_that_differs_much(hands: Hands, staff: dict[str, Person]) -> None:
    wes = await at_work(hands, staff["Wes"])
    item = await hands.item("HND-HAMMER-002")
    counts = hands.repositories.stocktakes
    count = await counts.open(wes, "Shelf", "99")
    await counts.count(count, item, item.on_hand + 3, wes)
    screen = await shown(hands, "count")
    assert isinstance(screen, CountScreen)
    await until(lambda: screen.page is screen.counting, "the only open count")
    screen.counting.review_wanted.emit()
    view_model = screen._review
    await until(lambda: view_model.state.rows is not None, "the differences")
    await approved_at_last(
        hands,
        view_model.post.execute,
        lambda: view_model.state.message.text,
        "the count of 1 product differs by more than 2 units",
    )
    await until(lambda: bool(view_model.state.stocktake.posted_by), "the posting")
    assert (await hands.item("HND-HAMMER-002")).on_hand == item.on_hand + 3
    view_model.close()


async def test_a_transfer_of_unusually_many(hands: Hands, staff: dict[str, Person]) -> None:
    await at_work(hands, staff["Wes"])
    screen = await shown(hands, "transfers")
    assert isinstance(screen, TransfersScreen)
    view_model = screen.transfer._view_model
    view_model.open_new()
    view_model.set_direction(True)
    view_model.add(hands.read("HND-HAMMER-002").product_id or "", MANY)
    await approved_at_last(
        hands,
        lambda: view_model.submit.execute(TACOMA, False, True),
        lambda: view_model.state.message.text,
        "123,456 units at once",
    )
    await until(lambda: view_model.state.transfer is not None, "the transfer")
    asked = view_model.state.transfer
    assert asked is not None
    assert (asked.signature.who, asked.signature.approved_by) == ("Wes", "Ann")
    view_model.close()


async def test_unusually_many_at_a_supplier(hands: Hands, staff: dict[str, Person]) -> None:
    wes = await at_work(hands, staff["Wes"])
    screen = await shown(hands, "reorder")
    assert isinstance(screen, ReorderScreen)
    view_model = screen.view_model
    listing = hands.repositories.catalogue.listing(hands.read("HND-HAMMER-002").product_id or "")
    assert listing is not None
    product = listing.product
    orders = hands.repositories.purchase_orders
    view_model.open(await orders.create(wes, {product.product_id: (product, MANY)}))
    await until(lambda: view_model.state.editable, "the draft")
    await approved_at_last(
        hands,
        lambda: view_model.order(sure=True),
        lambda: view_model.state.message.text,
        "123,456 units at once",
    )
    await until(lambda: view_model.state.paper and view_model.state.paper.ordered_at, "the order")
    paper = view_model.state.paper
    assert paper is not None and paper.signature.names == "Wes, approved by Ann"
    view_model.close()


async def test_a_count_of_unusually_many(hands: Hands, staff: dict[str, Person]) -> None:
    wes = await at_work(hands, staff["Wes"])
    item = await hands.item("HND-HAMMER-002")
    counts = hands.repositories.stocktakes
    count = await counts.open(wes, "Shelf", "98")
    screen = await shown(hands, "count")
    assert isinstance(screen, CountScreen)
    screen.open(count)
    await until(lambda: screen.page is screen.counting, "the count")
    view_model = screen._counting

    def enter() -> None:
        view_model.scan(hands.read("HND-HAMMER-002"), "")
        view_model.save(str(MANY), sure=True)

    await approved_at_last(
        hands, enter, lambda: view_model.state.message.text, "123,456 units at once"
    )
    await until(lambda: view_model.state.last is not None, "the count")
    last = view_model.state.last
    assert last is not None and last.inventory_id == item.inventory_id
    assert (last.quantity, last.signature.who, last.signature.approved_by) == (MANY, "Wes", "Ann")
    await counts.cancel(count, wes)


async def test_an_oversold_order_that_was_handed_over(
    hands: Hands, staff: dict[str, Person]
) -> None:
    wes = await at_work(hands, staff["Wes"])
    rita = Actor(staff["Rita"].profile, wes.device)
    orders = OrdersPage(hands)
    item = await hands.item()
    order = await orders.sold(max(item.on_hand, 0) + 2, actor=rita)
    order = await hands.repositories.orders.complete(order, rita)
    screen = await shown(hands, "oversold")
    assert isinstance(screen, OversoldScreen)
    view_model = screen.view_model
    await until(lambda: view_model.state.ways and not view_model.busy, "ways to settle it")

    def cancel() -> None:
        plan = view_model.plan(SettlementKind.CANCEL, "Sold out")
        assert plan is not None and plan.question is not None
        plan.do()

    await approved_at_last(hands, cancel, lambda: view_model.state.message.text, order.title)
    await until(lambda: view_model.state.rows == (), "it settled")
    order = await hands.repositories.orders.load(order)
    assert order.status is OrderStatus.CANCELLED
    assert (order.steps[-1].signature.who, order.steps[-1].signature.approved_by) == ("Wes", "Ann")
