"""Two real stores on two devices that exchange their documents by hand, in parts and late.

A helper carries what sync would: documents of the collections both hold, merged field by field (the
halves of a paper are written by one store each), and movements with their increments, once each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.data.papers.tidying import Tidying
from app.data.store.session import Session
from app.domain.entities import Actor, Device, Profile, Reason, Role
from app.domain.errors import StorageError
from app.domain.papers import ReceivedLine
from app.domain.receiving import GoodsReceipt, ReceiptKind
from app.domain.transfers import Transfer, TransferState
from connector_config.schema.collections import (
    GOODS_RECEIPTS,
    STOCKTAKE_COUNTS,
    STOCKTAKES,
    TRANSFERS,
)
from tests.app.data.papers.test_papers import TACOMA, TOM, Papers, carried_by_both, product
from tests.helpers.shared import copied
from tests.helpers.stock_room import ANN, SEATTLE, StockRoom
from tests.helpers.waiting import PATIENCE

TILL = Actor(Profile(SEATTLE, Role.MANAGER, "Tia"), Device("device-till", "till"))
PAPERS = (TRANSFERS, GOODS_RECEIPTS, STOCKTAKES, STOCKTAKE_COUNTS)


def tidying(paperwork: Papers, actor: Actor) -> Tidying:
    its = paperwork.room.repositories
    return Tidying(
        paperwork.room.session,
        its.feed,
        paperwork.receiving,
        paperwork.settler,
        its.merging,
        its.forgetting,
        actor,
        pause=0.0,
    )


class Pair:
    """Two devices with the same data to begin with."""

    def __init__(self, one: Session, other: Session) -> None:
        here = StockRoom(one)
        # One clock for both, as the rules ask for.
        self.one, self.other = Papers(here), Papers(StockRoom(other, here.clock))

    async def carry(self, from_: Papers, to: Papers, movements: bool = True) -> None:
        """Everything that one device has and the other lacks."""
        for name in PAPERS:
            for row in await from_.room.session.query(f"SELECT * FROM {name}"):
                await to.room.session.query(
                    f"INSERT INTO {name} DOCUMENTS (:one) ON ID CONFLICT DO UPDATE_LOCAL_DIFF",
                    {"one": row},
                )
        if movements:
            await self._carry_movements(from_, to)

    async def _carry_movements(self, from_: Papers, to: Papers) -> None:
        known = await to.room.session.query("SELECT movement_id FROM stock_movements")
        there = {row["movement_id"] for row in known}
        for row in await from_.room.session.query("SELECT * FROM stock_movements"):
            if row["movement_id"] not in there:
                await to.room.session.query(
                    "INSERT INTO stock_movements DOCUMENTS (:one)", {"one": row}
                )
                await to.room.session.query(
                    "UPDATE inventory APPLY stock_delta INCREMENT BY :quantity WHERE _id = :id",
                    {
                        "quantity": row["quantity"],
                        "id": {"store_id": row["store_id"], "inventory_id": row["inventory_id"]},
                    },
                )

    async def meet(self) -> None:
        """Both have everything."""
        await self.carry(self.one, self.other)
        await self.carry(self.other, self.one)


@pytest.fixture
async def pair(data_dir: Path, tmp_path: Path) -> AsyncIterator[Pair]:
    with copied(data_dir, tmp_path / "second") as second:
        one, other = await Session.open(data_dir), await Session.open(second)
        yield Pair(one, other)
        await one.close()
        await other.close()


async def test_halves_of_a_transfer_that_happen_apart_add_up(pair: Pair) -> None:
    seattle, tacoma = pair.one, pair.other
    item = await carried_by_both(seattle)
    there = await tacoma.at_tacoma(item)
    transfer, shipment = await seattle.shipped(item, 10)

    # Tacoma has the goods and not the paper; Seattle cancels and does not know.
    receipt = await tacoma.receiving.begin(
        TOM, kind=ReceiptKind.TRANSFER, paper_number=transfer.number
    )
    receipt = await tacoma.receiving.set_line(receipt, product(item), 9, TOM, missing=1)
    receipt = await tacoma.receiving.post(receipt, TOM)
    assert receipt.waits_for_paper
    await seattle.transfers.cancel_shipment(transfer, shipment, ANN)
    assert await seattle.on_hand(item) == item.on_hand

    await pair.carry(seattle, tacoma)
    assert await tacoma.receiving.link_papers(TACOMA) == 2
    await pair.carry(tacoma, seattle)
    assert await seattle.settler.settle(ANN) == 1
    assert await seattle.settler.settle(ANN) == 0
    await pair.meet()
    for device in (seattle, tacoma):
        paper = await device.receiving.find_paper(TACOMA, transfer.number)
        assert isinstance(paper, Transfer)
        (line,) = paper.lines
        # Nine arrived, so one at most came back.
        assert (line.shipped, line.received, line.returned, line.in_transit) == (10, 9, 1, 0)
        assert line.over == 0
        assert await device.on_hand(item) == item.on_hand - 9
        assert await device.on_hand(there) == there.on_hand + 9
        assert await device.proven()


async def test_two_receive_parts_of_one_transfer_at_once(pair: Pair) -> None:
    item = await carried_by_both(pair.one)
    there = await pair.one.at_tacoma(item)
    transfer, _ = await pair.one.shipped(item, 10)
    await pair.meet()
    for device, actor, quantity in (
        (pair.one, Actor(TOM.profile, Device("device-tess", "Tess")), 4),
        (pair.other, TOM, 6),
    ):
        receipt = await device.receiving.begin(actor, transfer)
        receipt = await device.receiving.set_line(receipt, product(item), quantity, actor)
        await device.receiving.post(receipt, actor)
    await pair.meet()
    for device in (pair.one, pair.other):
        paper = await device.receiving.find_paper(TACOMA, transfer.number)
        assert isinstance(paper, Transfer)
        assert paper.state is TransferState.RECEIVED
        assert await device.on_hand(there) == there.on_hand + 10
        assert await device.proven()


async def test_a_shelf_is_counted_on_two_devices_while_a_third_sale_is_on_its_way(
    pair: Pair,
) -> None:
    office, till = pair.one, pair.other
    item = await office.room.item()
    # Sold at the till before the count: the shelf has one less, the office does not know.
    await till.room.stock.adjust(item, -1, Reason.SOLD, TILL)
    stocktake = await office.stocktakes.open(ANN, "")
    await office.stocktakes.count(stocktake, item, item.on_hand - 1, ANN)
    await till.room.stock.adjust(item, -2, Reason.SOLD, TILL)
    await pair.carry(office, till, movements=False)
    # Both post the same count before they have met.
    await office.stocktakes.post(stocktake, ANN)
    await till.stocktakes.post(stocktake, TILL)
    for _ in range(3):
        await pair.meet()
        await office.settler.settle(ANN)
        await till.settler.settle(TILL)
    for device in (office, till):
        assert await device.on_hand(item) == item.on_hand - 3
        assert await device.proven()


async def test_a_count_that_is_withdrawn_while_it_is_posted_elsewhere_says_nothing(
    pair: Pair,
) -> None:
    office, till = pair.one, pair.other
    item = await office.room.item()
    stocktake = await till.stocktakes.open(TILL, "")
    # A sale from before has not been told yet, and then the wrong product is scanned.
    await till.room.stock.adjust(item, -1, Reason.SOLD, TILL)
    wrong = await till.stocktakes.count(stocktake, item, item.on_hand - 7, TILL)
    await pair.carry(till, office, movements=False)
    await office.stocktakes.post(stocktake, ANN)
    assert await office.on_hand(item) == item.on_hand - 7
    await till.stocktakes.withdraw(wrong, TILL)
    # This way first: what is carried by hand overwrites.
    await pair.carry(till, office)
    for settled in ((1, 0), (0, 0), (0, 0)):
        await pair.meet()
        corrected = await office.settler.settle(ANN), await till.settler.settle(TILL)
        assert corrected == settled
    for device in (office, till):
        assert await device.on_hand(item) == item.on_hand - 1
        assert await device.proven()
        (counted, back) = [
            one for one in await device.room.movements(item) if one["reason"] == "counted"
        ]
        assert (counted["quantity"], back["quantity"]) == (-7, 7)
        assert counted["device_id"] == back["device_id"] == ANN.device.device_id
        assert counted["effective_at"] == back["effective_at"]
        assert not any(line.counts for line in await device.stocktakes.review(stocktake))


async def test_what_two_devices_undo_at_once_is_undone_once(pair: Pair) -> None:
    item = await pair.one.room.item()
    movement = await pair.one.room.stock.adjust(item, 7, Reason.FOUND, ANN)
    await pair.meet()
    await pair.one.room.stock.undo(movement, ANN)
    await pair.other.room.stock.undo(movement, TILL)
    await pair.meet()
    assert await pair.one.on_hand(item) == item.on_hand - 7
    settled = [await pair.one.settler.settle(ANN), await pair.other.settler.settle(TILL)]
    assert sorted(settled) == [0, 1]
    await pair.meet()
    for device in (pair.one, pair.other):
        assert await device.on_hand(item) == item.on_hand
        assert await device.settler.settle(ANN) == 0
        assert await device.proven()


async def knows(device: Papers, receipt: GoodsReceipt) -> bool:
    """Whether the paper of a receipt knows of it."""
    paper = await device.receiving.paper_of(receipt)
    return paper is not None and bool(paper.receipts)


async def test_what_arrives_is_put_in_order_until_it_is_closed(pair: Pair) -> None:
    seattle, tacoma = pair.one, pair.other
    item = await carried_by_both(seattle)
    transfer, shipment = await seattle.shipped(item, 10)
    at_seattle, at_tacoma = tidying(seattle, ANN), tidying(tacoma, TOM)

    # Tacoma has the goods before the paper, while Seattle takes all of them back.
    nine = [(product(item), ReceivedLine(9))]
    receipt = await tacoma.receiving.take_in(TOM, nine, number=transfer.number)
    await seattle.transfers.cancel_shipment(transfer, shipment, ANN)
    await pair.carry(seattle, tacoma)
    async with asyncio.timeout(PATIENCE):
        while not await knows(tacoma, receipt):
            await asyncio.sleep(0.01)
        await pair.carry(tacoma, seattle)
        while await seattle.on_hand(item) != item.on_hand - 9:
            await asyncio.sleep(0.01)
    assert await seattle.proven()

    at_seattle.close()
    at_tacoma.close()
    movement = await seattle.room.stock.adjust(item, 7, Reason.FOUND, ANN)
    await pair.meet()
    await seattle.room.stock.undo(movement, ANN)
    await tacoma.room.stock.undo(movement, TILL)
    await pair.meet()
    await asyncio.sleep(0.2)
    assert await seattle.on_hand(item) == item.on_hand - 9 - 7


async def test_a_full_disk_is_tried_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = asyncio.Event()

    async def full(_: Actor) -> int:
        looks.set()
        raise StorageError("The disk is full.")

    monkeypatch.setattr(pair.one.settler, "settle", full)
    tidy = tidying(pair.one, ANN)
    for _ in range(2):
        async with asyncio.timeout(PATIENCE):
            await looks.wait()
        looks.clear()
        item = await pair.one.room.item()
        await pair.one.room.stock.adjust(item, 1, Reason.FOUND, ANN)
    tidy.close()
    assert "The disk is full." in caplog.text
