"""A manager's word, as the repositories want it, whichever screen or script calls them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from app.domain.approvals import Approval, WordNeededError
from app.domain.entities import Actor, Place, Reason, Role
from app.domain.errors import ShortLinesError
from app.domain.orders import OrderStatus
from app.domain.papers import ReceivedLine
from app.domain.pricing import Discount
from app.domain.receiving import ReceiptState
from app.domain.stock import MAX_QUANTITY
from app.ui.core.formats import movement_why
from app.ui.orders.details import history
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import BOB, SEATTLE, StockRoom

pytestmark = pytest.mark.asyncio

TACOMA = "store_tacoma"

_SET = "UPDATE stores SET approvals = :approvals, oversell = 'block' WHERE _id = 'store_seattle'"
ALL = {
    "discount_percent": 10,
    "count_units": 3,
    "count_value": 1000000,
    "below_zero": True,
    "cancel_handed_over": True,
    "delete_customer": True,
    "unusual_quantity": True,
}


@pytest.fixture
def counter(room: StockRoom) -> Counter:
    return Counter(room)


async def limited(room: StockRoom, approvals: dict[str, Any] = ALL) -> None:
    # A map merges: what is not wanted any more has to be null.
    asked = {"approvals": dict.fromkeys(ALL) | approvals}
    await room.session.write(lambda unit: unit.update("stores", _SET, asked))


async def people(room: StockRoom, role: Role = Role.REP) -> tuple[Actor, Approval, Actor]:
    """Rita as one of the people, the word of Ann, and Ann herself."""
    staff = room.repositories.staff
    ann = await staff.add("Ann", Role.MANAGER, [SEATTLE], "2719", None)
    rita = await staff.add("Rita", role, [SEATTLE], "8305", None)
    return (
        replace(RITA, profile=rita.profile),
        Approval(ann.person_id, "whoever"),
        replace(BOB, profile=ann.profile),
    )


async def test_a_store_without_people_and_one_without_limits_are_as_before(
    room: StockRoom, counter: Counter
) -> None:
    (item,) = await room.items()
    cart = replace(await counter.cart([item]), discount=Discount(percent=50))
    rita = replace(RITA, approved_by=Approval("stranger", "Stranger"))
    await limited(room)
    order = await counter.orders.place(cart, await counter.store(), rita)
    assert order.steps[0].signature.approved_by == ""
    await limited(room, {})
    rita, _, _ = await people(room)
    cart = replace(await counter.cart([item]), discount=Discount(percent=50))
    order = await counter.orders.place(cart, await counter.store(), rita)
    assert order.discount and order.steps[0].signature.approved_by == ""


async def test_a_discount_above_the_limit_is_for_a_manager(
    room: StockRoom, counter: Counter
) -> None:
    await limited(room)
    rita, word, ann = await people(room)
    (item,) = await room.items()
    store = await counter.store()
    plain = await counter.cart([item])
    ten = replace(plain, discount=Discount(percent=10))
    much = replace(await counter.cart([item]), discount=Discount(percent=11))
    assert (await counter.orders.place(ten, store, rita)).discount
    before = await counter.everything()
    with pytest.raises(WordNeededError, match=r"a discount of 11%, which is above 10%\.$") as asked:
        await counter.orders.place(much, store, rita)
    assert [one.name for one in asked.value.managers] == ["Ann"]
    # Neither a name that anybody may write, nor a person who is no manager.
    for wrong in (Approval("nobody", "Ann"), Approval(rita.profile.person_id, "Rita")):
        with pytest.raises(WordNeededError):
            await counter.orders.place(much, store, replace(rita, approved_by=wrong))
    assert await counter.everything() == before
    order = await counter.orders.place(much, store, replace(rita, approved_by=word))
    assert "taken by Rita, approved by Ann" in history(order)
    stored = await room.session.query(
        "SELECT * FROM orders WHERE order_id = :id", {"id": order.order_id}
    )
    (entry,) = stored[0]["history"].values()
    assert entry["approved_by"] == {"person_id": word.person_id, "name": "Ann"}
    assert (await room.movements(item))[-1]["approved_by"]["name"] == "Ann"
    # Placed already: nobody is asked again.
    assert await counter.orders.place(much, store, rita) == order
    # Who is a manager approves by being at work, and it is noted.
    own = await counter.cart([item])
    own = replace(
        own, lines=tuple(replace(one, discount=Discount(percent=90)) for one in own.lines)
    )
    order = await counter.orders.place(own, store, ann)
    assert order.steps[0].signature.approved_by == "Ann"


async def test_more_than_there_is_is_sold_with_a_word_where_the_store_blocks_it(
    room: StockRoom, counter: Counter
) -> None:
    await limited(room)
    rita, word, _ = await people(room)
    (item,) = await room.items()
    store = await counter.store()
    cart = replace(await counter.cart([item], item.on_hand + 1), discount=Discount(percent=50))
    with pytest.raises(ShortLinesError):
        await counter.orders.place(cart, store, replace(rita, approved_by=word))
    with pytest.raises(WordNeededError, match="more is sold than is on hand"):
        await counter.orders.place(cart, store, rita, allow_negative=True)
    rita = replace(rita, approved_by=word)
    await counter.orders.place(cart, store, rita, allow_negative=True)
    assert (await room.stored(item)).on_hand == -1
    await limited(room, {"discount_percent": 10})
    cart = await counter.cart([item])
    with pytest.raises(ShortLinesError):
        await counter.orders.place(cart, await counter.store(), rita, allow_negative=True)


async def test_an_order_that_was_handed_over_is_cancelled_with_a_word(
    room: StockRoom, counter: Counter
) -> None:
    await limited(room)
    rita, word, _ = await people(room)
    items = await room.items()
    waiting, given = await counter.sold(items), await counter.sold(items)
    assert (await counter.orders.cancel(waiting, rita)).status is OrderStatus.CANCELLED
    given = await counter.orders.complete(given, rita)
    with pytest.raises(WordNeededError, match=f"order {given.number} was handed over"):
        await counter.orders.cancel(given, rita)
    assert await counter.orders.load(given) == given
    order = await counter.orders.cancel(given, replace(rita, approved_by=word))
    assert order.status is OrderStatus.CANCELLED
    assert "cancelled by Rita, approved by Ann" in history(order)


async def test_a_count_that_differs_much_is_posted_with_a_word(room: StockRoom) -> None:
    await limited(room)
    rita, word, _ = await people(room, Role.WORKER)
    one, other = await room.items(limit=2)
    counts = room.repositories.stocktakes
    count = await counts.open(rita, "Shelf")
    await counts.count(count, one, one.on_hand - 3, rita)
    await counts.post(count, rita)
    count = await counts.open(rita, "Shelf")
    await counts.count(count, other, other.on_hand + 4, rita)
    with pytest.raises(WordNeededError, match="1 product differs by more than 3 units"):
        await counts.post(count, rita)
    assert (await room.stored(other)).on_hand == other.on_hand
    await limited(room, {"count_value": 0.01})
    with pytest.raises(WordNeededError, match=r"differs by more than \$0\.01"):
        await counts.post(count, rita)
    await counts.post(count, replace(rita, approved_by=word))
    assert (await room.movements(other))[-1]["approved_by"]["person_id"] == word.person_id
    assert "approved_by" not in (await room.movements(one))[-1]


async def test_a_customer_is_deleted_with_a_word(room: StockRoom, counter: Counter) -> None:
    await limited(room)
    rita, word, _ = await people(room)
    somebody = await counter.customer()
    with pytest.raises(WordNeededError, match=f"the customer {somebody.name} is deleted"):
        await counter.customers.delete(somebody, rita)
    assert await counter.customers.get(SEATTLE, somebody.customer_id) == somebody
    await counter.customers.delete(somebody, replace(rita, approved_by=word))
    assert await counter.customers.get(SEATTLE, somebody.customer_id) is None
    (stored,) = await room.session.query(
        "SELECT * FROM customers WHERE customer_id = :id", {"id": somebody.customer_id}
    )
    assert stored["approved_by"] == {"person_id": word.person_id, "name": "Ann"}


async def test_unusually_many_are_posted_with_a_word(room: StockRoom) -> None:
    await limited(room)
    rita, word, _ = await people(room, Role.WORKER)
    (item,) = await room.items()
    many = 1_234_567
    with pytest.raises(WordNeededError, match="1,234,567 units at once: unusually many"):
        await room.stock.adjust(item, many, Reason.RECEIVED, rita)
    forged = replace(rita, approved_by=Approval("nobody", "Ann"))
    usual = await room.stock.adjust(item, 99, Reason.RECEIVED, forged)
    assert usual.approved_by == ""
    made = await room.stock.adjust(item, many, Reason.RECEIVED, replace(rita, approved_by=word))
    assert movement_why(made) == "Received \N{MIDDLE DOT} approved by Ann"
    receiving, product = room.repositories.receiving, await Counter(room).product(item)
    receipt = await receiving.begin(rita)
    receipt = await receiving.set_line(receipt, product, 900 * many, rita)
    with pytest.raises(WordNeededError):
        await receiving.post(receipt, rita)
    receipt = await receiving.post(receipt, replace(rita, approved_by=word))
    assert receipt.state is ReceiptState.POSTED
    assert (await room.movements(item))[-1]["approved_by"]["name"] == "Ann"
    assert (await receiving.post(receipt, rita)).state is ReceiptState.POSTED


async def test_papers_of_unusually_many_are_done_with_a_word(room: StockRoom) -> None:
    await limited(room)
    wes, word, _ = await people(room, Role.WORKER)
    approved = replace(wes, approved_by=word)
    (item,) = await room.items()
    product, many = await Counter(room).product(item), 1_234_567
    its, lines = room.repositories, {item.product_id: (product, many)}
    with pytest.raises(WordNeededError):
        await its.transfers.request(SEATTLE, TACOMA, lines, wes)
    few = {item.product_id: (product, 1)}
    transfer = await its.transfers.request(SEATTLE, TACOMA, few, wes)
    order = await its.purchase_orders.create(wes, lines)
    with pytest.raises(WordNeededError):
        await its.purchase_orders.order(order, wes)
    order = await its.purchase_orders.order(order, approved)
    assert order.ordered_at and order.signature.approved_by == "Ann"
    stocktake = await its.stocktakes.open(wes, "Shelf")
    with pytest.raises(WordNeededError):
        await its.stocktakes.count(stocktake, item, MAX_QUANTITY, wes)
    count = await its.stocktakes.count(stocktake, item, MAX_QUANTITY, approved)
    assert count.signature.approved_by == "Ann"
    shipment, units = str(uuid.uuid4()), {item.product_id: many}
    # What is short is said first.
    with pytest.raises(ShortLinesError):
        await its.transfers.ship(transfer, shipment, units, wes)
    with pytest.raises(WordNeededError):
        await its.transfers.ship(transfer, shipment, units, wes, allow_negative=True)
    assert (await room.stored(item)).on_hand == item.on_hand
    transfer = await its.transfers.ship(transfer, shipment, units, approved, allow_negative=True)
    assert transfer.shipments[0].signature.approved_by == "Ann"
    assert (await room.movements(item))[-1]["approved_by"]["name"] == "Ann"
    # Shipped already: nobody is asked again.
    again = await its.transfers.ship(transfer, shipment, units, wes, allow_negative=True)
    assert again == transfer
    came = [(product, ReceivedLine(900 * many))]
    with pytest.raises(WordNeededError):
        await its.receiving.take_in(wes, came, None, "TR-TAC-FFFF-0009")
    await its.receiving.take_in(approved, came, None, "TR-TAC-FFFF-0009")


async def test_what_needs_no_word_names_nobody(room: StockRoom) -> None:
    """Whatever a caller says: neither a real manager nor an invented one."""
    await limited(room)
    wes, word, _ = await people(room, Role.WORKER)
    (item,) = await room.items()
    product = await Counter(room).product(item)
    its, lines = room.repositories, {item.product_id: (product, 1)}
    for said in (word, Approval("nobody", "Ann")):
        by = replace(wes, approved_by=said)
        moved = await its.stock.adjust(item, 1, Reason.FOUND, by)
        await its.stock.undo(moved, by)
        await its.stock.move(item, Place("9", "Z", "99"), by)
        transfer = await its.transfers.request(SEATTLE, TACOMA, lines, by)
        shipment = str(uuid.uuid4())
        transfer = await its.transfers.ship(transfer, shipment, {item.product_id: 1}, by)
        transfer = await its.transfers.cancel_shipment(transfer, shipment, by)
        order = await its.purchase_orders.order(await its.purchase_orders.create(by, lines), by)
        came = [(product, ReceivedLine(1))]
        receipt = await its.receiving.take_in(by, came, None, "TR-TAC-FFFF-0010")
        await its.receiving.undo(receipt, by)
        stocktake = await its.stocktakes.open(by, "Shelf")
        count = await its.stocktakes.count(stocktake, item, item.on_hand, by)
        signed = [one.signature for one in (transfer, order, receipt, count)]
        signed += [one.signature for one in transfer.shipments]
        signed += [one.signature for one in transfer.returns]
        assert [one.approved_by for one in signed] == [""] * len(signed)
    assert not [one for one in await room.movements(item) if "approved_by" in one]
