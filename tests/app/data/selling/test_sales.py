"""The sums that are kept are those of all orders, after whatever has happened to them."""

from __future__ import annotations

import random
import uuid
from collections import Counter as Tally
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from app.data.selling.sales import SalesRepository, StockFigures
from app.data.store.session import Session
from app.domain.entities import Reason
from app.domain.orders import OrderStatus
from app.domain.sales import Sums, merged
from app.domain.shop_days import day_of
from tests.helpers.sales import RITA, Counter
from tests.helpers.shared import copied
from tests.helpers.stock_room import ANN, SEATTLE, STORE_IDS, Heard, StockRoom
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO = [SEATTLE, "store_tacoma"]
DAY = "2026-11-21"
STATUSES = {one.value for one in OrderStatus if one is not OrderStatus.UNKNOWN}
LOS_ANGELES = ZoneInfo("America/Los_Angeles")

_COMPLETED = "SELECT _id FROM orders WHERE store_id = :store_id AND status = 'completed'"
_STATUSES = "SELECT DISTINCT status FROM orders WHERE store_id = :store_id"


class Office:
    """Where the sums are kept, and where they are added up the long way."""

    def __init__(self, room: StockRoom) -> None:
        self.counter = Counter(room)
        self.session = room.session
        self.sales = self.new_sales()

    def new_sales(self) -> SalesRepository:
        room = self.counter.room
        return SalesRepository(room.session, room.clock, room.repositories.feed)

    async def months(self) -> list[str]:
        rows = await self.session.query("SELECT month FROM local_sales WHERE n >= 0")
        return sorted({row["month"] for row in rows})

    async def kept(self, store_id: str) -> Sums:
        details = await self.sales.details([store_id], await self.months())
        totals = await self.sales.totals([store_id], await self.months())
        whole = merged(details[store_id].values())
        assert sum(one[0] for one in totals[store_id].values()) == whole.total[0]
        assert sum(one[1] for one in totals[store_id].values()) == whole.total[1]
        return whole

    async def full(self, store_id: str) -> tuple[int, int, dict[str, tuple[int, int]]]:
        """Orders, cents, and units and cents by product, in Decimal from all documents."""
        key = {"store_id": store_id}
        orders = await self.session.query("SELECT * FROM orders WHERE store_id = :store_id", key)
        items = await self.session.query(
            "SELECT * FROM order_items WHERE store_id = :store_id", key
        )
        given: dict[str, list[dict[str, float]]] = {}
        for order in orders:
            for one in (order.get("returns") or {}).values():
                for item_id, line in one["lines"].items():
                    given.setdefault(item_id, []).append(line)
        back = {order["order_id"] for order in orders if order.get("returns")}
        counted = {
            order["order_id"]
            for order in orders
            if order["status"] in ("pending", "completed")
            or (order["status"] == "returned" and order["order_id"] in back)
        }
        money, products = Decimal(0), dict[str, tuple[int, int]]()
        for item in items:
            if item["order_id"] in counted:
                returned = given.get(item["order_item_id"], [])
                paid = Decimal(str(item["line_total"])) - sum(
                    (Decimal(str(one["refund"])) for one in returned), Decimal(0)
                )
                units = item["quantity"] - sum(int(one["quantity"]) for one in returned)
                money += paid
                had = products.get(item["product_id"], (0, 0))
                products[item["product_id"]] = had[0] + units, had[1] + int(paid * 100)
        return len(counted), int(money * 100), products

    async def days_agree(self, zone: ZoneInfo) -> None:
        """Whether Seattle's orders are on the days that a clock there showed."""
        rows = await self.session.query(
            "SELECT order_date FROM orders WHERE store_id = :store_id AND status = 'completed'",
            {"store_id": SEATTLE},
        )
        stored = [datetime.fromisoformat(row["order_date"]) for row in rows]
        counts = Tally(one.astimezone(zone).date().isoformat() for one in stored)
        totals = (await self.sales.totals([SEATTLE], await self.months()))[SEATTLE]
        assert {day: totals[day][0] >= n for day, n in counts.items()} == dict.fromkeys(
            counts, True
        )
        assert sum(one[0] for one in totals.values()) == (await self.full(SEATTLE))[0]

    async def make_all_kinds(self) -> None:
        """Few orders are here: each status is seen to be among them, in each store."""
        for store_id in TWO:
            key = {"store_id": store_id}
            rows = await self.session.query(_COMPLETED, key)
            for row, status in zip(rows[::5], ("pending", "returned", "cancelled"), strict=False):
                its = {"id": row["_id"], "status": status}
                await self.session.query("UPDATE orders SET status = :status WHERE _id = :id", its)
            found = await self.session.query(_STATUSES, key)
            assert {row["status"] for row in found} == STATUSES

    async def agrees(self) -> None:
        for store_id in TWO:
            orders, cents, products = await self.full(store_id)
            kept = await self.kept(store_id)
            assert kept.total == (orders, cents)
            assert kept.products == products
            assert sum(one[1] for one in kept.people.values()) == cents


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    small_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    with copied(small_template, tmp_path_factory.mktemp("office") / "data") as folder:
        session = await Session.open(folder)
        office = Office(StockRoom(session))
        await office.make_all_kinds()
        assert await office.sales.catch_up(TWO) > 10
        yield office
        await session.close()


async def test_what_is_kept_is_what_all_orders_come_to(office: Office) -> None:
    await office.agrees()


async def test_new_orders_returns_and_cancellations_are_followed(office: Office) -> None:
    counter, dice = office.counter, random.Random(6)
    items = await counter.room.items(limit=6)
    placed = []
    for _ in range(6):
        chosen = dice.sample(items, dice.randint(1, 3))
        placed.append(await counter.sold(chosen, dice.randint(1, 2)))
    assert await office.sales.catch_up(TWO) <= 2
    await office.agrees()
    (today,) = [
        sums for day, sums in (await _details(office)).items() if day == DAY and sums.people
    ]
    assert today.people["Rita"][0] == 6
    await counter.orders.cancel(placed[0], RITA)
    line = placed[1].lines[0]
    await counter.orders.take_back(placed[1], str(uuid.uuid4()), {line.item_id: (1, 0)}, RITA)
    await office.sales.catch_up(TWO)
    await office.agrees()
    assert (await _details(office))[DAY].people["Rita"][0] == 5


async def test_what_arrives_late_counts_at_once_where_it_belongs(office: Office) -> None:
    (old,) = await office.session.query(
        "SELECT * FROM orders WHERE store_id = :s AND status = 'completed' "
        "AND order_date < '2025-06' LIMIT 1",
        {"s": SEATTLE},
    )
    day = day_of(datetime.fromisoformat(old["order_date"]), LOS_ANGELES).isoformat()
    before = (await office.kept(SEATTLE)).total[0]
    told: list[None] = []
    cancel = office.sales.watch(TWO, lambda: told.append(None))
    await until(lambda: len(told) >= 3, "the first answers")
    seen = len(told)
    late = {**old, "order_id": "late", "_id": {"store_id": SEATTLE, "order_id": "late"}}
    await office.session.query("INSERT INTO orders DOCUMENTS (:one)", {"one": late})
    await until(lambda: len(told) > seen, "the order that came late")
    # Its time of change is older than everything that was looked at.
    assert await office.sales.catch_up(TWO) == 1
    assert (await office.kept(SEATTLE)).total[0] == before + 1
    await office.agrees()
    changed = (await office.sales.beside(TWO))[SEATTLE].late["sale"]
    assert [(one, its[:2]) for one, its in changed.items()] == [(day, (1, 0))]

    seen = len(told)
    await office.session.query(
        "UPDATE orders SET status = 'cancelled', updated_at = '2026-11-10T10:00:00.000Z' "
        "WHERE _id = :id",
        {"id": late["_id"]},
    )
    await until(lambda: len(told) > seen, "the change that came late")
    cancel()
    assert await office.sales.catch_up(TWO) == 1
    await office.agrees()
    # As it was when the day was over.
    assert (await office.sales.beside(TWO))[SEATTLE].late == {}
    assert await office.sales.catch_up(TWO) == 0
    # The next sign-in has nothing to do either.
    assert await office.new_sales().catch_up(TWO) == 0


async def test_a_day_is_that_of_the_store_and_moves_with_its_zone(office: Office) -> None:
    await office.days_agree(LOS_ANGELES)
    await office.session.query(
        "UPDATE stores SET time_zone = 'Asia/Tokyo' WHERE _id = :id", {"id": SEATTLE}
    )
    assert await office.sales.catch_up(TWO) > 10
    await office.days_agree(ZoneInfo("Asia/Tokyo"))
    assert (await office.sales.beside(TWO))[SEATTLE].late == {}


async def _in_stock(office: Office) -> StockFigures:
    rows = await office.session.query("SELECT * FROM inventory")
    products = await office.session.query("SELECT product_id, cost FROM products")
    costs = {one["product_id"]: Decimal(str(one["cost"])) for one in products}
    low, negative = 0, 0
    on_hands: dict[str, int] = {}
    for row in rows:
        on_hand = row["stock_level"] + int(row.get("stock_delta") or 0)
        on_hands[row["product_id"]] = on_hands.get(row["product_id"], 0) + on_hand
        low += on_hand <= row["reorder_threshold"]
        negative += on_hand < 0
    worth = sum((max(n, 0) * costs[one] for one, n in on_hands.items()), Decimal(0))
    return StockFigures(int(worth * 100), low, negative)


async def test_the_stock_is_worth_what_it_cost(office: Office) -> None:
    heard = Heard[StockFigures]()
    cancel = await office.sales.watch_stock(STORE_IDS, heard)
    assert await heard.first() == await _in_stock(office)
    room = office.counter.room
    item = await room.item("store_tacoma")
    await room.stock.adjust(item, -item.on_hand - 1, Reason.LOST, ANN, allow_negative=True)
    after = await _in_stock(office)
    assert after.negative == heard.calls[0].negative + 1
    await heard.until(lambda its: its == after)
    cancel()


async def test_what_has_left_the_device_is_not_added_up(office: Office) -> None:
    gone = "EVICT FROM orders WHERE store_id = :store_id AND order_date < :day"
    for day in ("2026-06", "2999"):
        await office.session.query(gone, {"store_id": TWO[1], "day": day})
        await office.new_sales().catch_up(TWO)
        await office.agrees()
    assert (await office.kept(TWO[1])).total == (0, 0)


async def _details(office: Office) -> dict[str, Sums]:
    return (await office.sales.details([SEATTLE], ["2026-11"]))[SEATTLE]
