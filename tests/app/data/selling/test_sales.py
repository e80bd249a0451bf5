"""The sums that are kept are those of all orders, after whatever has happened to them."""

from __future__ import annotations

import random
import shutil
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from app.data.selling.sales import SalesRepository, StockFigures
from app.data.store.session import Session
from app.domain.sales import Sums, merged
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import SEATTLE, STORE_IDS, StockRoom

pytestmark = pytest.mark.asyncio(loop_scope="module")

TWO = [SEATTLE, "store_tacoma"]
DAY = "2026-11-21"


class Office:
    """Where the sums are kept, and where they are added up the long way."""

    def __init__(self, room: StockRoom) -> None:
        self.counter = Counter(room)
        self.session = room.session
        self.sales = SalesRepository(room.session)

    async def months(self) -> list[str]:
        rows = await self.session.query("SELECT month FROM local_sales")
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

    async def agrees(self) -> None:
        for store_id in TWO:
            orders, cents, products = await self.full(store_id)
            kept = await self.kept(store_id)
            assert kept.total == (orders, cents)
            assert kept.products == products
            assert sum(one[1] for one in kept.people.values()) == cents


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    folder = shutil.copytree(demo_template, tmp_path_factory.mktemp("office") / "data")
    session = await Session.open(folder)
    office = Office(StockRoom(session))
    assert await office.sales.catch_up(TWO, thorough=True) > 10
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


async def test_what_arrives_late_is_found_at_the_next_start(office: Office) -> None:
    (old,) = await office.session.query(
        "SELECT * FROM orders WHERE store_id = :s AND status = 'completed' "
        "AND order_date < '2025-06' LIMIT 1",
        {"s": SEATTLE},
    )
    late = {**old, "order_id": "late", "_id": {"store_id": SEATTLE, "order_id": "late"}}
    await office.session.query("INSERT INTO orders DOCUMENTS (:one)", {"one": late})
    again = SalesRepository(office.session)
    await again.catch_up(TWO)
    before = (await office.kept(SEATTLE)).total[0]
    await again.catch_up(TWO, thorough=True)
    assert (await office.kept(SEATTLE)).total[0] == before + 1
    await office.agrees()
    # Nothing is left to do: only what changed of late is looked at once more.
    assert await again.catch_up(TWO, thorough=True) <= 8


async def test_the_stock_is_worth_what_it_cost(office: Office) -> None:
    rows = await office.session.query("SELECT * FROM inventory")
    products = await office.session.query("SELECT product_id, cost FROM products")
    costs = {one["product_id"]: Decimal(str(one["cost"])) for one in products}
    worth, low, negative = Decimal(0), 0, 0
    on_hands: dict[str, int] = {}
    for row in rows:
        on_hand = row["stock_level"] + int(row.get("stock_delta") or 0)
        on_hands[row["product_id"]] = on_hands.get(row["product_id"], 0) + on_hand
        low += on_hand <= row["reorder_threshold"]
        negative += on_hand < 0
    worth = sum((max(n, 0) * costs[one] for one, n in on_hands.items()), Decimal(0))
    assert await office.sales.stock(STORE_IDS) == StockFigures(int(worth * 100), low, negative)


async def test_what_has_left_the_device_is_not_added_up(office: Office) -> None:
    gone = "EVICT FROM orders WHERE store_id = :store_id AND order_date < :day"
    for day in ("2026-06", "2999"):
        await office.session.query(gone, {"store_id": TWO[1], "day": day})
        await SalesRepository(office.session).catch_up(TWO, thorough=True)
        await office.agrees()
    assert (await office.kept(TWO[1])).total == (0, 0)


async def _details(office: Office) -> dict[str, Sums]:
    return (await office.sales.details([SEATTLE], ["2026-11"]))[SEATTLE]
