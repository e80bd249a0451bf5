"""Papers on a real store: each step whole or absent, once, and explained by the ledger."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.data.papers import papers
from app.data.stock.alerts import Alerts
from app.data.stock.movements import ITEMS_OF_PRODUCTS
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import to_item
from app.domain.entities import Actor, Device, Place, Product, Profile, Reason, Role, StockItem
from app.domain.errors import InvalidInputError, PaperError, ShortLinesError
from app.domain.papers import Change, Posting, ReceivedLine
from app.domain.purchase_orders import PurchaseOrderState
from app.domain.receiving import ReceiptKind, ReceiptState
from app.domain.transfers import Transfer, TransferState
from connector_config.schema import collections as names
from connector_config.schema.collections import ditto_id
from connector_config.schema.instants import to_iso
from tests.helpers.nasty import good
from tests.helpers.stock_room import ANN, BOB, SEATTLE, Heard, StockRoom
from tests.helpers.two_stores import scope, switch_of

TACOMA = "store_tacoma"
TOM = Actor(Profile(TACOMA, Role.WORKER, "Tom"), Device("device-tom", "Tacoma door"))


class Papers:
    """All repositories of papers on one real store."""

    def __init__(self, room: StockRoom) -> None:
        self.room = room
        self.transfers = room.repositories.transfers
        self.receiving = room.repositories.receiving
        self.orders = room.repositories.purchase_orders
        self.stocktakes = room.repositories.stocktakes
        self.places = room.repositories.places
        self.settler = room.repositories.settler
        self.alerts = room.repositories.alerts

    async def on_hand(self, item: StockItem) -> int:
        """What is there by now."""
        return (await self.room.stored(item)).on_hand

    async def requested(self, item: StockItem, quantity: int) -> Transfer:
        """A transfer from Seattle that Tacoma asked for."""
        lines = {item.product_id: (product(item), quantity)}
        return await self.transfers.request(SEATTLE, TACOMA, lines, TOM)

    async def shipped(self, item: StockItem, quantity: int) -> tuple[Transfer, str]:
        """A transfer on its way, and its shipment."""
        transfer, shipment = await self.requested(item, quantity), str(uuid.uuid4())
        lines = {item.product_id: quantity}
        return await self.transfers.ship(transfer, shipment, lines, ANN), shipment

    async def at_tacoma(self, item: StockItem) -> StockItem:
        """The same product at the other store."""
        key = {"store_id": TACOMA, "product_ids": [item.product_id]}
        rows = await self.room.session.query(ITEMS_OF_PRODUCTS, key)
        return to_item(rows[0])

    async def proven(self) -> bool:
        """Whether both stores' ledgers explain every number."""
        proofs = [await self.room.stock.prove(store) for store in (SEATTLE, TACOMA)]
        return all(proof.holds for proof in proofs)


def product(item: StockItem) -> Product:
    return Product(item.product_id, "SKU-1", "Cordless Drill", Decimal("99.90"))


@pytest.fixture
def paperwork(room: StockRoom) -> Papers:
    return Papers(room)


async def carried_by_both(paperwork: Papers) -> StockItem:
    for item in await paperwork.room.items(limit=20):
        key = {"store_id": TACOMA, "product_ids": [item.product_id]}
        if await paperwork.room.session.query(ITEMS_OF_PRODUCTS, key):
            return item
    raise AssertionError("the stores have nothing in common")


async def test_ten_leave_nine_arrive_one_is_missing(paperwork: Papers) -> None:
    item = await carried_by_both(paperwork)
    other = await paperwork.at_tacoma(item)
    transfer, shipment = await paperwork.shipped(item, 10)
    again = await paperwork.transfers.ship(transfer, shipment, {item.product_id: 10}, ANN)
    assert again == transfer
    assert (again.state, again.in_transit) == (TransferState.IN_TRANSIT, 10)
    assert await paperwork.on_hand(item) == item.on_hand - 10

    receipt = await paperwork.receiving.begin(TOM, transfer)
    receipt = await paperwork.receiving.set_line(
        receipt, product(item), 9, ANN, damaged=2, missing=1
    )
    receipt = await paperwork.receiving.post(receipt, TOM)
    assert await paperwork.receiving.post(receipt, TOM) == receipt
    assert receipt.state is ReceiptState.POSTED
    assert (receipt.lines[0].expected, receipt.lines[0].short) == (10, 0)
    known = await paperwork.receiving.paper_of(receipt)
    assert isinstance(known, Transfer)
    assert known.state is TransferState.RECEIVED
    assert [(one.received, one.damaged, one.missing) for one in known.differences] == [(9, 2, 1)]
    assert await paperwork.on_hand(other) == other.on_hand + 7
    movements = {one["reason"]: one for one in await paperwork.room.movements(other)}
    assert {reason: one["quantity"] for reason, one in movements.items()} == {
        "transfer_in": 9,
        "damaged": -2,
    }
    assert movements["transfer_in"]["reference"] == {
        "receipt": receipt.receipt_id,
        "number": receipt.number,
        "transfer": transfer.number,
    }

    receipt = await paperwork.receiving.undo(receipt, TOM)
    assert (await paperwork.receiving.undo(receipt, TOM)).state is ReceiptState.UNDONE
    assert await paperwork.on_hand(other) == other.on_hand
    known = await paperwork.receiving.paper_of(receipt)
    assert isinstance(known, Transfer)
    assert known.in_transit == 10
    assert await paperwork.proven()


async def test_a_cancelled_shipment_goes_back_as_far_as_it_has_not_arrived(
    paperwork: Papers,
) -> None:
    item = await carried_by_both(paperwork)
    transfer, shipment = await paperwork.shipped(item, 10)
    receipt = await paperwork.receiving.begin(TOM, transfer)
    receipt = await paperwork.receiving.set_line(receipt, product(item), 4, ANN)
    await paperwork.receiving.post(receipt, TOM)
    transfer = await paperwork.transfers.cancel_shipment(transfer, shipment, ANN)
    assert await paperwork.transfers.cancel_shipment(transfer, shipment, BOB) == transfer
    assert (transfer.in_transit, transfer.lines[0].returned) == (0, 6)
    assert await paperwork.on_hand(item) == item.on_hand - 4
    transfer = await paperwork.transfers.cancel(transfer, ANN)
    assert transfer.state is TransferState.RECEIVED
    assert await paperwork.settler.settle(ANN) == 0
    assert await paperwork.proven()


async def test_steps_belong_to_their_store_and_ask_before_going_below_zero(
    paperwork: Papers,
) -> None:
    item = await carried_by_both(paperwork)
    transfer = await paperwork.requested(item, 5)
    lines, shipment = {item.product_id: item.on_hand + 1}, str(uuid.uuid4())
    with pytest.raises(PaperError, match="Only the store that sends"):
        await paperwork.transfers.ship(transfer, shipment, lines, TOM)
    with pytest.raises(ShortLinesError) as short:
        await paperwork.transfers.ship(transfer, shipment, lines, ANN)
    assert short.value.on_hand == {item.product_id: item.on_hand}
    assert await paperwork.room.count_movements() == 0
    assert (await paperwork.requested(item, 1)).number != transfer.number
    shipped = await paperwork.transfers.ship(transfer, shipment, lines, ANN, allow_negative=True)
    assert shipped.in_transit == item.on_hand + 1
    assert await paperwork.on_hand(item) == -1
    with pytest.raises(InvalidInputError):
        await paperwork.transfers.request(SEATTLE, SEATTLE, {}, ANN)


async def test_goods_that_come_before_their_paper_are_linked_when_it_arrives(
    paperwork: Papers,
) -> None:
    item = await carried_by_both(paperwork)
    transfer, _ = await paperwork.shipped(item, 10)
    stored = (await paperwork.room.session.query("SELECT * FROM transfers"))[0]
    await paperwork.room.session.query("EVICT FROM transfers WHERE deleted = false")

    receipt = await paperwork.receiving.begin(
        TOM, kind=ReceiptKind.TRANSFER, paper_number=f" {transfer.number}"
    )
    receipt = await paperwork.receiving.set_line(receipt, product(item), 10, ANN)
    receipt = await paperwork.receiving.post(receipt, TOM)
    assert receipt.waits_for_paper
    assert await paperwork.receiving.link_papers(TACOMA) == 0
    heard = Heard[Alerts]()
    cancel = paperwork.alerts.watch(TACOMA, heard)
    assert (await heard.first()).unmatched == (receipt,)

    await paperwork.room.session.query("INSERT INTO transfers DOCUMENTS (:one)", {"one": stored})
    assert (await heard.until(lambda one: one.to_receive)).to_receive[0].in_transit == 10
    assert await paperwork.receiving.link_papers(TACOMA) == 2
    assert await paperwork.receiving.link_papers(TACOMA) == 0
    settled = await heard.until(lambda one: not one.unmatched and not one.to_receive)
    assert settled.to_receive == ()
    cancel()
    paper = await paperwork.receiving.find_paper(TACOMA, transfer.number)
    assert isinstance(paper, Transfer)
    assert paper.state is TransferState.RECEIVED
    assert await paperwork.proven()


async def test_a_paper_without_a_number_is_of_no_receipt(paperwork: Papers) -> None:
    for name in (names.REPLENISHMENTS, names.TRANSFERS):
        document = good(name) | {"number": "", "store_id": TACOMA, "to_store_id": TACOMA}
        document["_id"] = ditto_id(name, document)
        await paperwork.room.session.query(f"INSERT INTO {name} DOCUMENTS (:d)", {"d": document})
    item = await paperwork.at_tacoma(await paperwork.room.item())
    receipt = await paperwork.receiving.take_in(TOM, [(product(item), ReceivedLine(3))])
    assert receipt.paper_id == ""
    assert await paperwork.receiving.link_papers(TACOMA) == 0
    assert await paperwork.receiving.find_paper(TACOMA, " ") is None


async def test_a_product_that_the_store_does_not_carry_gets_an_item(paperwork: Papers) -> None:
    item = await paperwork.room.item()
    await paperwork.room.session.query(
        "EVICT FROM inventory WHERE store_id = :store AND product_id = :product",
        {"store": TACOMA, "product": item.product_id},
    )
    transfer, _ = await paperwork.shipped(item, 3)
    receipt = await paperwork.receiving.begin(TOM, transfer)
    receipt = await paperwork.receiving.set_line(receipt, product(item), 3, ANN)
    await paperwork.receiving.post(receipt, TOM)
    other = await paperwork.at_tacoma(item)
    assert (other.stock_level, other.on_hand, other.place) == (0, 3, Place())
    assert await paperwork.proven()


async def test_one_change_moves_a_product_at_each_of_its_stores(paperwork: Papers) -> None:
    item = await carried_by_both(paperwork)
    other = await paperwork.at_tacoma(item)
    reference = {"order": "one"}
    change = Change(
        postings=tuple(
            Posting(store_id, item.product_id, Reason.RETURNED, units, f"at {store_id}", reference)
            for store_id, units in ((SEATTLE, 1), (TACOMA, 2))
        )
    )
    at = to_iso(paperwork.room.clock())
    posted = await paperwork.room.session.write(lambda unit: papers.apply(unit, change, ANN, at))
    assert [one.store_id for one in posted] == [SEATTLE, TACOMA]
    assert await paperwork.on_hand(item) == item.on_hand + 1
    assert await paperwork.on_hand(other) == other.on_hand + 2
    assert await paperwork.proven()


async def test_a_number_is_not_given_again_when_the_device_has_left_the_store(
    paperwork: Papers, data_dir: Path
) -> None:
    session = paperwork.room.session
    item = await paperwork.room.item()
    at_home = [await paperwork.requested(item, 1) for _ in range(2)]
    assert [one.number for one in at_home] == ["TR-TAC-TOM-0001", "TR-TAC-TOM-0002"]
    switch = switch_of(data_dir, session)
    for store_id in (TACOMA, "store_spokane"):
        await switch.enter(scope(store_id))
    assert await switch.clean()
    assert await session.query("SELECT * FROM transfers") == []
    lines = {item.product_id: (product(item), 1)}
    away = replace(TOM, profile=replace(TOM.profile, store_id="store_spokane"))
    number = (await paperwork.transfers.request(SEATTLE, "store_spokane", lines, away)).number
    assert number == "TR-SPO-TOM-0003"

    # Somebody signs out and has everything removed; the sequence of each collection goes on.
    await switch.enter(())
    assert await switch.clean()
    back = await asyncio.gather(*(paperwork.requested(item, 1) for _ in range(2)))
    assert sorted(one.number for one in back) == ["TR-TAC-TOM-0004", "TR-TAC-TOM-0005"]
    assert (await paperwork.receiving.begin(TOM)).number == "GR-TAC-TOM-0001"
    bob = replace(TOM, device=BOB.device)
    assert (
        await paperwork.transfers.request(SEATTLE, TACOMA, lines, bob)
    ).number == "TR-TAC-BOB-0001"


@pytest.mark.parametrize(
    ("given", "number"),
    [
        # Fewer are left than were given.
        (["TR-SEA-TOM-0003", "TR-TAC-TOM-0012"], "TR-TAC-TOM-0013"),
        (["TR-TAC-TOM-9999", "TR-TAC-TOM-10000"], "TR-TAC-TOM-10001"),
        (["TR-TAC-TOM-0001", "TR-TAC-TOM-0001", "TR-TAC-TOM-0002"], "TR-TAC-TOM-0004"),
        (["", "by hand", "TR-TAC-TOM-"], "TR-TAC-TOM-0004"),
    ],
)
async def test_numbers_go_on_from_those_of_before(
    paperwork: Papers, given: list[str], number: str
) -> None:
    item = await paperwork.room.item()
    session = paperwork.room.session
    rows = [
        {"_id": str(at), "number": one, "device_id": TOM.device.device_id}
        for at, one in enumerate(given)
    ]
    rows.append({"_id": "other", "number": "TR-TAC-ANN-0400", "device_id": ANN.device.device_id})
    await session.query("INSERT INTO transfers DOCUMENTS (:rows)", {"rows": rows})
    assert (await paperwork.requested(item, 1)).number == number


async def test_an_order_goes_from_draft_to_received_in_parts(paperwork: Papers) -> None:
    item = await paperwork.room.item()
    order = await paperwork.orders.create(ANN, {item.product_id: (product(item), 3)}, "Acme")
    order = await paperwork.orders.set_line(order, product(item), 5, ANN)
    assert order.state is PurchaseOrderState.DRAFT
    cost = (
        await paperwork.room.session.query(
            "SELECT cost FROM products WHERE _id = :id", {"id": item.product_id}
        )
    )[0]["cost"]
    assert order.total == 5 * Decimal(str(cost))
    order = await paperwork.orders.order(order, ANN)
    assert (order.state, order.is_overdue(order.ordered_at)) == (PurchaseOrderState.ORDERED, False)
    assert order.is_overdue("2027-01-01T00:00:00.000Z")
    with pytest.raises(PaperError):
        await paperwork.orders.set_line(order, product(item), 6, ANN)
    assert (await paperwork.orders.suggestions([item]))[0].on_the_way == 5
    for received, state in (
        (2, PurchaseOrderState.PART_RECEIVED),
        (3, PurchaseOrderState.RECEIVED),
    ):
        receipt = await paperwork.receiving.begin(ANN, order)
        receipt = await paperwork.receiving.set_line(receipt, product(item), received, ANN)
        await paperwork.receiving.post(receipt, ANN)
        paper = await paperwork.receiving.paper_of(receipt)
        assert paper is not None and paper.state is state
    with pytest.raises(PaperError, match="nothing to cancel"):
        await paperwork.orders.cancel(order, ANN)
    reasons = [one["reason"] for one in await paperwork.room.movements(item)]
    assert reasons == ["received", "received"]


async def test_a_suggestion_counts_what_sold_here_lately(paperwork: Papers) -> None:
    item = await paperwork.room.item()
    before = (await paperwork.orders.suggestions([item]))[0]
    rows = await paperwork.room.session.query(
        "SELECT * FROM order_items WHERE store_id = :store AND product_id = :product",
        {"store": SEATTLE, "product": item.product_id},
    )
    assert before.sold == sum(
        row["quantity"] for row in rows if row["created_at"] >= "2026-10-24T09:00:01"
    )
    await paperwork.room.stock.adjust(item, -8, Reason.SOLD, ANN)
    after = (await paperwork.orders.suggestions([await paperwork.room.stored(item)]))[0]
    assert (after.sold, after.on_hand) == (before.sold + 8, item.on_hand - 8)
    assert after.quantity == max(item.reorder_point + after.in_lead_time - after.on_hand, 0)
    assert str(item.reorder_point) in after.text


async def test_a_count_survives_what_is_sold_before_and_after_it(paperwork: Papers) -> None:
    item = await paperwork.room.item()
    stocktake = await paperwork.stocktakes.open(ANN, "", item.place.aisle, item.place.shelf)
    await paperwork.stocktakes.count(stocktake, item, item.on_hand - 3, ANN)
    await paperwork.room.stock.adjust(item, -2, Reason.SOLD, BOB)
    lines = await paperwork.stocktakes.review(stocktake)
    assert all(
        (line.item.place.aisle, line.item.place.shelf) == (item.place.aisle, item.place.shelf)
        for line in lines
    )
    (line,) = [one for one in lines if one.counts]
    assert (line.expected, line.difference, line.disputed) == (item.on_hand, -3, False)
    assert line.value == -3 * line.unit_cost < 0
    stocktake = await paperwork.stocktakes.post(stocktake, ANN)
    assert await paperwork.stocktakes.post(stocktake, ANN) == stocktake
    assert not stocktake.is_open
    assert await paperwork.on_hand(item) == item.on_hand - 5
    assert (await paperwork.room.stored(item)).last_counted != item.last_counted
    assert await paperwork.settler.settle(ANN) == 0

    # A sale from before the count, on a device that comes back a week later.
    document = (await paperwork.room.movements(item))[0] | {
        "_id": {"store_id": SEATTLE, "movement_id": "late"},
        "movement_id": "late",
        "quantity": -1,
        "at": "2026-11-21T08:00:00.000Z",
        "device_id": "device-till",
    }
    await paperwork.room.session.query(
        "INSERT INTO stock_movements DOCUMENTS (:one)", {"one": document}
    )
    # Its counter is still to come: nothing is certain yet.
    assert await paperwork.settler.settle(ANN) == 0
    await paperwork.room.session.query(
        "UPDATE inventory APPLY stock_delta INCREMENT BY -1 WHERE _id.inventory_id = :id",
        {"id": item.inventory_id},
    )
    assert await paperwork.settler.settle(BOB) == 0
    assert await paperwork.settler.settle(ANN) == 1
    assert await paperwork.settler.settle(ANN) == 0
    assert await paperwork.on_hand(item) == item.on_hand - 5
    assert await paperwork.proven()


async def test_of_two_counts_that_differ_one_is_chosen(paperwork: Papers) -> None:
    item = await paperwork.room.item()
    stocktake = await paperwork.stocktakes.open(ANN, "Aisle", item.place.aisle)
    first = await paperwork.stocktakes.count(stocktake, item, item.on_hand - 1, ANN)
    await paperwork.room.stock.adjust(item, -4, Reason.SOLD, BOB)
    # The same shelf says the same, four sales later; then somebody sees it otherwise.
    await paperwork.stocktakes.count(stocktake, item, item.on_hand - 5, BOB)
    (line,) = [one for one in await paperwork.stocktakes.review(stocktake) if one.counts]
    assert (line.differences, line.difference) == ((-1, -1), -1)
    wrong = await paperwork.stocktakes.count(stocktake, item, item.on_hand, BOB)
    with pytest.raises(PaperError, match="1 product was counted differently"):
        await paperwork.stocktakes.post(stocktake, ANN)
    assert await paperwork.room.count_movements() == 1
    await paperwork.stocktakes.choose(stocktake, first, ANN)
    await paperwork.stocktakes.withdraw(wrong, ANN)
    await paperwork.stocktakes.post(stocktake, ANN)
    assert await paperwork.on_hand(item) == item.on_hand - 5
    with pytest.raises(PaperError, match="finished"):
        await paperwork.stocktakes.cancel(stocktake, ANN)
    with pytest.raises(PaperError, match="count it again in a new stocktake"):
        await paperwork.stocktakes.withdraw(first, ANN)
    assert [one.counts for one in await paperwork.stocktakes.review(stocktake) if one.posted]


async def test_a_further_place_comes_and_goes(paperwork: Papers) -> None:
    item, place = await paperwork.room.item(), Place("9", "Z", "1")
    await paperwork.places.add(item, place, ANN)
    with pytest.raises(InvalidInputError, match="already"):
        await paperwork.places.add(item, place, ANN)
    stored = await paperwork.room.stored(item)
    assert (stored.other_places, stored.place, stored.on_hand) == (
        (place,),
        item.place,
        item.on_hand,
    )
    await paperwork.places.remove(item, place, ANN)
    assert (await paperwork.room.stored(item)).other_places == ()
    assert [one["quantity"] for one in await paperwork.room.movements(item)] == [0, 0]


# --- whole or absent, wherever it stops


class Stopped(Exception):
    """What a test raises in place of a statement."""


async def everything(paperwork: Papers) -> list[Any]:
    """All documents that steps write."""
    written = []
    for name in (names.TRANSFERS, names.GOODS_RECEIPTS, names.STOCKTAKES, names.STOCK_MOVEMENTS):
        written.append(await paperwork.room.session.query(f"SELECT * FROM {name} ORDER BY _id"))
    written.append(
        await paperwork.room.session.query(
            "SELECT inventory_id, stock_delta FROM inventory WHERE stock_delta != 0 ORDER BY _id"
        )
    )
    return written


async def test_a_step_that_stops_at_any_statement_is_absent(
    paperwork: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await carried_by_both(paperwork)
    transfer, shipment = await paperwork.shipped(item, 6)
    asked = await paperwork.requested(item, 2)
    receipt = await paperwork.receiving.begin(TOM, transfer)
    receipt = await paperwork.receiving.set_line(receipt, product(item), 4, ANN, damaged=1)
    stocktake = await paperwork.stocktakes.open(ANN, "")
    await paperwork.stocktakes.count(stocktake, item, 5, ANN)
    steps: list[Callable[[], Awaitable[Any]]] = [
        lambda: paperwork.transfers.ship(asked, "one", {item.product_id: 2}, ANN),
        lambda: paperwork.receiving.post(receipt, TOM),
        lambda: paperwork.transfers.cancel_shipment(transfer, shipment, ANN),
        lambda: paperwork.stocktakes.post(stocktake, ANN),
        lambda: paperwork.receiving.undo(receipt, TOM),
    ]
    real = UnitOfWork._change
    left = 0

    async def stop(unit: UnitOfWork, *arguments: Any, **named: Any) -> set[str]:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stopped
        return await real(unit, *arguments, **named)

    # Every statement that changes something goes through it.
    monkeypatch.setattr(UnitOfWork, "_change", stop)
    for step in steps:
        before = await everything(paperwork)
        for statements in range(20):
            left = statements
            try:
                await step()
            except Stopped:
                assert await everything(paperwork) == before
            else:
                break
        assert statements >= 2
        assert await everything(paperwork) != before
        assert await paperwork.proven()
