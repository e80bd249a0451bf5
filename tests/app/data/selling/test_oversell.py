"""The last unit sold twice, on two real stores that exchange their documents by hand."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from app.data.selling.oversell_watch import Oversold
from app.data.store.session import Session
from app.domain.documents.stock import to_item
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor, Device, Profile, Reason, Role, StockItem
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import Order, OrderStatus
from app.domain.oversell import Case, Sale, SettlementKind, case_id
from app.domain.transfers import Transfer
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema import collections as names
from seed.mongo.validation.documents import check_documents
from tests.helpers.sales import RITA, SAM, Counter
from tests.helpers.shared import copied
from tests.helpers.stock_room import ANN, BOB, SEATTLE, Clock, Heard, StockRoom

pytestmark = pytest.mark.asyncio(loop_scope="module")

TACOMA = "store_tacoma"
TESS = Actor(Profile(TACOMA, Role.WORKER, "Tess"), Device("device-tess", "Tacoma"))
_DAY = "store_id = 'store_seattle' AND {} >= '2026-11-21T09'"
# By index: the demo data is not read again and again.
PAPERS = {
    names.TRANSFERS: "true",
    names.ORDERS: _DAY.format("order_date"),
    names.ORDER_ITEMS: _DAY.format("created_at"),
    names.OVERSELL_CASES: "true",
}


class Shop(Counter):
    """One device: it sells, and settles what is oversold."""

    def __init__(self, room: StockRoom, rep: Actor, worker: Actor) -> None:
        super().__init__(room)
        self.rep, self.worker = rep, worker
        self.oversell = room.repositories.oversell
        self.settler = room.repositories.settler
        self.transfers = room.repositories.transfers
        self.inventory_id = ""

    async def sell(self, item: StockItem, quantity: int = 1) -> Order:
        cart = await self.cart([item], quantity)
        return await self.orders.place(cart, await self.store(), self.rep, allow_negative=True)

    async def settle(self) -> int:
        return await self.settler.settle(self.worker)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Heard[Oversold]]:
        """What is oversold of the item."""
        heard = Heard[Oversold]()

        def hear(oversold: Oversold) -> None:
            cases = [one for one in oversold.cases if one.item.inventory_id == self.inventory_id]
            its = case_id(self.inventory_id)
            settled = [one for one in oversold.settled if one.case_id == its]
            heard(Oversold(tuple(cases), tuple(settled)))

        cancel = self.oversell.watch([SEATTLE], hear)
        await heard.first()
        yield heard
        cancel()

    async def case(self) -> tuple[Case, Sale]:
        """The one case, and the one sale of it that is short."""
        async with self.watching() as heard:
            (case,) = (await heard.until(lambda oversold: oversold.cases)).cases
            (sale,) = case.sales
            return case, sale

    async def order(self, order: Order) -> Order:
        return await self.orders.load(order)


class Shops:
    """Two devices of a store, and an item of which one is left."""

    def __init__(self, one: Shop, other: Shop, items: list[StockItem]) -> None:
        self.one, self.other, self._items = one, other, items
        self.item = items[0]

    async def next_item(self) -> None:
        """Another item, of which one is left."""
        key = {"id": self._items.pop().inventory_id}
        for shop in (self.one, self.other):
            shop.inventory_id = key["id"]
            await shop.room.session.query(
                "UPDATE inventory SET stock_level = 1 WHERE inventory_id = :id", key
            )
        (row,) = await self.one.room.session.query(
            "SELECT * FROM inventory WHERE inventory_id = :id", key
        )
        self.item = to_item(row)

    async def sold_twice(self) -> tuple[Order, Order]:
        """Both sell the last one apart, and then they meet."""
        mine, theirs = await self.one.sell(self.item), await self.other.sell(self.item)
        await self.meet()
        return mine, theirs

    async def meet(self) -> None:
        for from_, to in ((self.one, self.other), (self.other, self.one)):
            for name, new in PAPERS.items():
                papers = f"SELECT * FROM {name} WHERE {new}"
                same = await to.room.session.query(papers)
                for row in await from_.room.session.query(papers):
                    if row not in same:
                        await to.room.session.query(
                            f"INSERT INTO {name} DOCUMENTS (:one) "
                            "ON ID CONFLICT DO UPDATE_LOCAL_DIFF",
                            {"one": row},
                        )
            known = await to.room.session.query("SELECT movement_id FROM stock_movements")
            there = {row["movement_id"] for row in known}
            for row in await from_.room.session.query("SELECT * FROM stock_movements"):
                if row["movement_id"] not in there:
                    await to.room.session.query(
                        "INSERT INTO stock_movements DOCUMENTS (:one)", {"one": row}
                    )
                    key = {"store_id": row["store_id"], "inventory_id": row["inventory_id"]}
                    await to.room.session.query(
                        "UPDATE inventory APPLY stock_delta INCREMENT BY :n WHERE _id = :id",
                        {"n": row["quantity"], "id": key},
                    )

    async def put_right(self) -> None:
        """Let both correct what they did until nobody has anything to correct."""
        for _ in range(5):
            await self.meet()
            if not await self.one.settle() + await self.other.settle():
                break
        await self.meet()

    async def transfers(self) -> list[Transfer]:
        """Those of the item, as the first device knows them."""
        rows = await self.one.room.session.query(
            "SELECT * FROM transfers WHERE to_store_id = :id", {"id": SEATTLE}
        )
        return [one for one in map(to_transfer, rows) if one.line(self.item.product_id)]

    async def on_hand(self) -> int:
        """The same on both, and explained unit by unit."""
        found = set()
        for shop in (self.one, self.other):
            assert (await shop.room.stock.prove(SEATTLE)).holds
            found.add((await shop.room.stored(self.item)).on_hand)
        (on_hand,) = found
        return on_hand


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(
    small_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shops]:
    clock = Clock()
    with ExitStack() as stack:
        folders = [
            stack.enter_context(copied(small_template, tmp_path_factory.mktemp(name) / "data"))
            for name in ("one", "other")
        ]
        here, there = [StockRoom(await Session.open(folder), clock) for folder in folders]
        items = await here.items(limit=20)
        yield Shops(Shop(here, RITA, ANN), Shop(there, SAM, BOB), items)
        for room in (here, there):
            await room.session.close()


@pytest_asyncio.fixture(loop_scope="module")
async def shops(both: Shops) -> Shops:
    await both.next_item()
    return both


async def test_both_see_one_case_that_says_who_sold_what(shops: Shops) -> None:
    mine, theirs = await shops.sold_twice()
    for shop in (shops.one, shops.other):
        case, sale = await shop.case()
        assert (case.item.on_hand, case.short, case.open, case.before) == (-1, 1, 1, 1)
        assert [(one.movement.who, one.on_hand) for one in case.steps] == [("Rita", 0), ("Sam", -1)]
        assert [one.movement.device_name for one in case.steps] == ["laptop", "other laptop"]
        assert all(one.movement.offline for one in case.steps)
        # Who came first gets it.
        assert (sale.order_id, sale.number, sale.short) == (theirs.order_id, theirs.number, 1)
    assert mine.order_id != theirs.order_id


async def test_it_closes_by_itself_when_stock_is_back(shops: Shops) -> None:
    await shops.sold_twice()
    async with shops.one.watching() as heard:
        assert len(heard.last.cases) == 1
        await shops.one.oversell.back_order(*await shops.one.case(), ANN, "Goods come on Monday.")
        oversold = await heard.until(
            lambda oversold: oversold.settled and not oversold.cases[0].open
        )
        assert oversold.cases[0].sales[0].settlement == oversold.settled[0]
        assert oversold.settled[0].note == "Goods come on Monday."
        item = await shops.one.room.stored(shops.item)
        await shops.one.room.stock.adjust(item, 1, Reason.RECEIVED, ANN)
        assert len((await heard.until(lambda oversold: not oversold.cases)).settled) == 1


async def test_another_store_sends_it(shops: Shops) -> None:
    await shops.sold_twice()
    case, sale = await shops.one.case()
    await shops.one.oversell.transfer(case, sale, TACOMA, ANN, "For order 1")
    await shops.one.oversell.transfer(case, sale, TACOMA, ANN, "For order 1")
    async with shops.one.watching() as heard:
        (settled,) = heard.last.settled
        assert heard.last.cases[0].open == 0
        (found,) = await shops.transfers()
        assert (found.transfer_id, found.number) == (settled.transfer_id, settled.transfer_number)
        (line,) = found.lines
        assert (found.from_store_id, line.requested) == (TACOMA, 1)
        # Tacoma has none after all: the case is open again, and can be settled otherwise.
        await shops.one.transfers.cancel(found, TESS)
        oversold = await heard.until(lambda oversold: oversold.cases[0].open)
        again = oversold.cases[0].sales[0]
        assert (again.settlement, again.round) == (None, 1)
        await shops.one.oversell.back_order(oversold.cases[0], again, ANN, "")
        await heard.until(lambda oversold: not oversold.cases[0].open)


async def test_cancelled_goods_are_back_and_the_rep_is_told(shops: Shops) -> None:
    _, theirs = await shops.sold_twice()
    await shops.one.oversell.cancel(*await shops.one.case(), ANN, "Sold out, sorry.")
    await shops.put_right()
    assert await shops.on_hand() == 0
    assert (await shops.other.order(theirs)).status is OrderStatus.CANCELLED
    async with shops.other.watching() as heard:
        assert not heard.last.cases
        (notice,) = heard.last.settled
        assert notice.is_notice
        assert (notice.for_who, notice.for_device_id) == ("Sam", "device-sam")
        assert (notice.note, notice.seen_at) == ("Sold out, sorry.", "")
        await shops.other.oversell.mark_seen(notice)
        await heard.until(lambda oversold: oversold.settled[0].seen_at)


async def test_another_product_instead(shops: Shops) -> None:
    _, theirs = await shops.sold_twice()
    shop = shops.one
    case, sale = await shop.case()
    (product, stocked), *_ = await shop.oversell.substitutes(case, sale)
    assert product.product_id != case.item.product_id
    await shop.oversell.swap(case, sale, product, await shop.store(), ANN, "")
    assert (await shop.room.stored(shops.item)).on_hand == 0
    assert (await shop.room.stored(stocked)).on_hand == stocked.on_hand - 1
    order = await shop.order(theirs)
    assert order.refunded == order.total
    async with shop.watching() as heard:
        (settled,) = heard.last.settled
    new = await shop.orders.find(SEATTLE, settled.new_number)
    assert new is not None
    assert (new.order_id, new.customer_id) == (settled.new_order_id, theirs.customer_id)
    assert [(line.product_id, line.quantity) for line in new.lines] == [(product.product_id, 1)]
    assert new.subtotal == product.price


@pytest.mark.parametrize("kind", ["cancel", "transfer", "swap"])
async def test_settled_on_two_devices_apart_it_counts_once(shops: Shops, kind: str) -> None:
    _, theirs = await shops.sold_twice()
    for shop in (shops.one, shops.other):
        case, sale = await shop.case()
        if kind == "cancel":
            await shop.oversell.cancel(case, sale, shop.worker, "")
        elif kind == "transfer":
            await shop.oversell.transfer(case, sale, TACOMA, shop.worker, "")
        else:
            (product, stocked), *_ = await shop.oversell.substitutes(case, sale)
            await shop.oversell.swap(case, sale, product, await shop.store(), shop.worker, "")
    await shops.put_right()
    assert await shops.on_hand() == (-1 if kind == "transfer" else 0)
    assert (await shops.other.order(theirs)).returns or kind == "transfer"
    if kind == "transfer":
        first, second = await shops.transfers()
        assert {first.cancelled, second.cancelled} == {True, False}
    if kind == "swap":
        for shop in (shops.one, shops.other):
            assert (await shop.room.stored(stocked)).on_hand == stocked.on_hand - 1


async def test_cancelling_goes_further_than_anything_else(shops: Shops) -> None:
    _, theirs = await shops.sold_twice()
    case, sale = await shops.one.case()
    (product, stocked), *_ = await shops.one.oversell.substitutes(case, sale)
    await shops.one.oversell.swap(case, sale, product, await shops.one.store(), ANN, "")
    await shops.other.oversell.cancel(*await shops.other.case(), BOB, "")
    await shops.put_right()
    assert await shops.on_hand() == 0
    assert (await shops.one.room.stored(stocked)).on_hand == stocked.on_hand
    assert (await shops.one.order(theirs)).status is OrderStatus.CANCELLED
    async with shops.one.watching() as heard:
        kinds = {one.kind: bool(one.taken_back_at) for one in heard.last.settled}
    assert kinds == {SettlementKind.SWAP: True, SettlementKind.CANCEL: False}


async def test_goods_that_another_store_has_sent_come_all_the_same(shops: Shops) -> None:
    await shops.sold_twice()
    await shops.one.oversell.transfer(*await shops.one.case(), TACOMA, ANN, "")
    (asked,) = await shops.transfers()
    quantities = {asked.lines[0].product_id: 1}
    await shops.one.transfers.ship(asked, str(uuid.uuid4()), quantities, TESS, allow_negative=True)
    await shops.other.oversell.cancel(*await shops.other.case(), BOB, "")
    await shops.put_right()
    (sent,) = await shops.transfers()
    assert (sent.lines[0].shipped, sent.cancelled) == (1, False)
    async with shops.one.watching() as heard:
        kinds = {one.kind: bool(one.taken_back_at) for one in heard.last.settled}
    assert kinds == {SettlementKind.TRANSFER: False, SettlementKind.CANCEL: False}


async def test_goods_that_were_handed_over_instead_stay_with_the_customer(shops: Shops) -> None:
    _, theirs = await shops.sold_twice()
    shop = shops.one
    case, sale = await shop.case()
    (product, stocked), *_ = await shop.oversell.substitutes(case, sale)
    await shop.oversell.swap(case, sale, product, await shop.store(), ANN, "")
    async with shop.watching() as heard:
        (settled,) = heard.last.settled
    new = await shop.orders.find(SEATTLE, settled.new_number)
    assert new is not None
    await shop.orders.complete(new, RITA)
    await shops.other.oversell.cancel(*await shops.other.case(), BOB, "")
    await shops.put_right()
    for device in (shops.one, shops.other):
        new = await device.order(new)
        assert new.status is OrderStatus.COMPLETED
        assert not new.refunded
        assert (await device.room.stored(stocked)).on_hand == stocked.on_hand - 1
        assert (await device.order(theirs)).status is OrderStatus.CANCELLED
    assert await shops.on_hand() == 0
    async with shop.watching() as heard:
        assert not any(one.taken_back_at for one in heard.last.settled)
        # However often it is looked at again, nothing is written.
        told = len(heard.calls)
        before = await shop.everything()
        assert [await shop.settle() for _ in range(3)] == [0, 0, 0]
        assert (await shop.everything(), len(heard.calls)) == (before, told)


async def test_what_is_settled_is_settled(shops: Shops) -> None:
    await shops.sold_twice()
    stale = await shops.one.case()
    await shops.other.oversell.back_order(*await shops.other.case(), BOB, "")
    await shops.meet()
    with pytest.raises(PaperError, match="Bob has settled this already"):
        await shops.one.oversell.cancel(*stale, ANN, "")


async def test_without_an_order_there_is_nothing_to_cancel(shops: Shops) -> None:
    shop = shops.one
    await shop.room.stock.adjust(shops.item, -3, Reason.LOST, ANN, allow_negative=True)
    case, sale = await shop.case()
    assert (sale.order_id, sale.short, case.short) == ("", 2, 2)
    with pytest.raises(InvalidInputError):
        await shop.oversell.cancel(case, sale, ANN, "")
    async with shop.watching() as heard:
        assert not heard.last.settled


async def test_what_is_written_has_the_shape(
    shops: Shops, new_database: Callable[[], MongoSettings]
) -> None:
    await shops.sold_twice()
    await shops.one.oversell.transfer(*await shops.one.case(), TACOMA, ANN, "")
    await shops.other.oversell.cancel(*await shops.other.case(), BOB, "")
    await shops.put_right()
    rows = await shops.one.room.session.query("SELECT * FROM oversell_cases")
    with open_database(new_database()) as database:
        documents = [{**row, "_id": row["case_id"]} for row in rows]
        database[names.OVERSELL_CASES].insert_many(documents)
        days = date(2018, 1, 1), date(2026, 12, 1)
        found = check_documents(database, names.OVERSELL_CASES, *days)
        assert [(one.check, one.detail) for one in found if one.passed is False] == []
