"""Orders in pages: every filter and all of them together, equal times, and what Ditto reads."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from app.data.selling import order_list
from app.data.selling.order_list import OrderColumn, OrderFilter, OrderListRepository, OrderPage
from app.data.selling.orders import OrderRepository
from app.data.store import sorted_rows
from app.data.store.session import Session
from app.domain.documents.orders import to_order
from app.domain.orders import Order, OrderStatus
from app.ui.core.filters import first_of, last_of
from connector_config.schema.instants import to_iso
from tests.helpers.shared import copied
from tests.helpers.stock_room import SEATTLE, Clock, StockRoom
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = datetime(2030, 1, 1, tzinfo=UTC)
TACOMA = "store_tacoma"
BOTH = (SEATTLE, TACOMA)
NUMBER = 400
INSERT = "INSERT INTO orders DOCUMENTS (:all)"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    demo_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Session, list[dict[str, Any]]]]:
    """A store with orders after those of the demo, several in the same millisecond."""
    with copied(demo_template, tmp_path_factory.mktemp("orders") / "data") as folder:
        session = await Session.open(folder)
        documents = some_orders()
        await session.query(INSERT, {"all": documents})
        yield session, documents
        await session.close()


@pytest.fixture
def room(opened: tuple[Session, list[dict[str, Any]]]) -> StockRoom:
    """The store of all tests here; whoever changes orders has them put back."""
    return StockRoom(opened[0], Clock())


@pytest_asyncio.fixture(loop_scope="module")
async def put_back(opened: tuple[Session, list[dict[str, Any]]]) -> AsyncIterator[None]:
    """Afterwards the orders are those again that were there before."""
    session, documents = opened
    yield
    await session.query("EVICT FROM orders WHERE order_date >= :start", {"start": to_iso(START)})
    await session.query(INSERT, {"all": documents})


@pytest.fixture
def orders(opened: tuple[Session, list[dict[str, Any]]]) -> list[Order]:
    """Those after the demo's, newest first."""
    found = [to_order(one, ()) for one in opened[1]]
    return sorted(found, key=lambda one: (one.order_date, one.order_id), reverse=True)


def some_orders() -> list[dict[str, Any]]:
    """Orders with times, customers and people that come again and again."""
    chance = random.Random(7)
    documents: list[dict[str, Any]] = []
    for at in range(NUMBER):
        key = {"store_id": chance.choice(BOTH), "order_id": f"new_{chance.randrange(10**9):09}"}
        documents.append(
            {
                "_id": key,
                **key,
                "order_date": to_iso(START + timedelta(hours=chance.randrange(NUMBER // 4))),
                "customer_id": f"cust_{chance.randrange(3)}",
                "customer_name": f"Nobody {at}",
                "status": chance.choice([one.value for one in OrderStatus]),
                "total": float(chance.randrange(40)),
                "deleted": False,
                **({"who": chance.choice(("Rita", "Sam"))} if at % 3 else {}),
            }
        )
    return documents


def combinations() -> Iterator[OrderFilter]:
    """Every filter on and off, in every combination."""
    for stores, customer_ids, status, who, since, to in product(
        (BOTH, (SEATTLE,)),
        ((), ("cust_1",), ("cust_0", "cust_2")),
        (None, *OrderStatus),
        (None, "Rita"),
        (START, START + timedelta(hours=30)),
        (None, START + timedelta(hours=70)),
    ):
        yield OrderFilter(stores, customer_ids, status, who, since, to)


def fits(order: Order, wanted: OrderFilter) -> bool:
    """The same in other words."""
    return (
        order.store_id in wanted.store_ids
        and (not wanted.customer_ids or order.customer_id in wanted.customer_ids)
        and wanted.status in (None, order.status)
        and wanted.who in (None, order.signature.who)
        and (wanted.since is None or order.order_date >= to_iso(wanted.since))
        and (wanted.until is None or order.order_date <= to_iso(wanted.until))
    )


async def walk(listing: OrderListRepository, wanted: OrderFilter, limit: int) -> list[Order]:
    """All pages, one after the other."""
    found: list[Order] = []
    page = await listing.page(wanted, limit=limit)
    while page.end is not None:
        assert len(page.orders) == limit
        found += page.orders
        page = await listing.page(wanted, page.orders[-1], limit)
    return [*found, *page.orders]


async def test_pages_hold_every_order_once_in_order(room: StockRoom, orders: list[Order]) -> None:
    listing = OrderListRepository(room.session, room.clock)
    times = [one.order_date for one in orders]
    assert len(set(times)) < len(times) / 2
    for wanted in combinations():
        assert await walk(listing, wanted, 37) == [one for one in orders if fits(one, wanted)]


async def test_all_of_a_store_come_page_by_page(room: StockRoom) -> None:
    rows = await room.session.query(
        "SELECT order_id FROM orders WHERE store_id = :id ORDER BY order_date DESC, order_id DESC",
        {"id": SEATTLE},
    )
    listing = OrderListRepository(room.session, room.clock)
    found = await walk(listing, OrderFilter((SEATTLE,)), 300)
    assert [one.order_id for one in found] == [row["order_id"] for row in rows]
    assert len(found) > 600
    of_the_demo = next(one for one in found if one.order_date < to_iso(START))
    order = await OrderRepository(room.session, room.clock).load(of_the_demo)
    assert sum((one.total + one.tax for one in order.lines), Decimal(0)) == order.total


@pytest.mark.usefixtures("put_back")
async def test_a_watched_page_follows_what_enters_and_leaves_it(
    room: StockRoom, orders: list[Order]
) -> None:
    heard: list[OrderPage] = []
    wanted = OrderFilter(BOTH, status=OrderStatus.PENDING, since=START)
    pending = [one for one in orders if fits(one, wanted)]
    cancel = OrderListRepository(room.session, room.clock).watch(
        wanted, heard.append, pending[9], 5
    )
    await until(lambda: heard, "the page")
    assert heard[-1].orders == tuple(pending[10:15])
    await room.session.query(
        "UPDATE orders SET status = 'completed' WHERE order_id = :id", {"id": pending[12].order_id}
    )
    gone = [*pending[10:12], *pending[13:16]]
    await until(
        lambda: [one.order_id for one in heard[-1].orders] == [o.order_id for o in gone], ""
    )
    cancel()


SORTINGS = [
    (column, descending)
    for column in OrderColumn
    for descending in (False, True)
    if (column, descending) != (OrderColumn.DATE, True)
]


def by(column: OrderColumn, descending: bool, orders: Iterable[Order]) -> list[Order]:
    """The same order in other words."""
    value: dict[OrderColumn, Callable[[Order], Any]] = {
        OrderColumn.CUSTOMER: lambda one: one.customer_name,
        OrderColumn.DATE: lambda one: one.order_date,
        OrderColumn.TOTAL: lambda one: one.total,
    }
    return sorted(
        orders,
        key=lambda one: (value[column](one), one.order_date, one.order_id),
        reverse=descending,
    )


async def first(
    room: StockRoom, wanted: OrderFilter, column: OrderColumn, descending: bool, limit: int
) -> tuple[list[Order], bool]:
    """The first orders by a column, and whether there may be more."""
    heard: list[tuple[list[Order], bool]] = []
    cancel = OrderListRepository(room.session, room.clock).watch_sorted(
        wanted, column, descending, lambda *answer: heard.append(answer), limit
    )
    await until(lambda: heard, "the first orders")
    cancel()
    return heard[-1]


@pytest.mark.parametrize("few", [sorted_rows.FEW, 3])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"store_ids": (SEATTLE,)},
        {"status": OrderStatus.PENDING, "who": "Rita"},
        {"status": OrderStatus.COMPLETED},
        {"customer_ids": ("cust_1",), "until": START + timedelta(hours=70)},
        {"customer_ids": ("cust_0", "cust_2"), "status": OrderStatus.COMPLETED},
    ],
    ids=str,
)
async def test_all_orders_are_sorted_by_a_column_and_the_first_are_given(
    room: StockRoom,
    orders: list[Order],
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
    few: int,
) -> None:
    # Whether what is filtered is few decides by which index it is found, and nothing else.
    monkeypatch.setattr(sorted_rows, "FEW", few)
    wanted = replace(OrderFilter(BOTH, since=START), **changes)
    for column, descending in SORTINGS:
        expected = by(column, descending, (one for one in orders if fits(one, wanted)))
        for limit in (7, NUMBER + 1):
            found, more = await first(room, wanted, column, descending, limit)
            assert found == expected[:limit], (column, descending)
            assert more is (len(expected) >= limit)


@pytest.mark.parametrize(("column", "descending"), SORTINGS)
async def test_a_sorted_list_reads_one_index_in_its_order(
    room: StockRoom, monkeypatch: pytest.MonkeyPatch, column: OrderColumn, descending: bool
) -> None:
    asked: list[tuple[str, Any]] = []
    watch = room.session.watch

    def listen(dql: str, parameters: Any, on_rows: Any) -> Any:
        asked.append((dql, parameters))
        return watch(dql, parameters, on_rows)

    monkeypatch.setattr(room.session, "watch", listen)
    for wanted in (OrderFilter((SEATTLE,)), OrderFilter(BOTH)):
        await first(room, wanted, column, descending, 10)
        statement, parameters = asked[-1]
        (row,) = await room.session.query(f"EXPLAIN {statement}", parameters)
        scan, *steps = row["plan"]["children"]
        assert scan["#operator"] == "indexScan", statement
        assert scan["desc"]["index"] in statement
        assert "sort" not in [one["#operator"] for one in steps], statement


@pytest.mark.usefixtures("put_back")
async def test_a_sorted_list_follows_what_gets_another_place(
    room: StockRoom, orders: list[Order]
) -> None:
    heard: list[list[Order]] = []
    wanted = OrderFilter(BOTH, since=START)
    cancel = OrderListRepository(room.session, room.clock).watch_sorted(
        wanted, OrderColumn.TOTAL, True, lambda found, _: heard.append(found), 10
    )
    await until(lambda: heard, "the largest")
    largest = [one.order_id for one in heard[-1]]
    await room.session.query(
        "UPDATE orders SET total = 999 WHERE order_id = :id", {"id": largest[6]}
    )
    moved = [largest[6], *largest[:6], *largest[7:]]
    await until(lambda: [one.order_id for one in heard[-1]] == moved, "its new place")
    cancel()


async def test_every_combination_reads_one_index_in_its_order(
    room: StockRoom, orders: list[Order]
) -> None:
    """Nothing is sorted and no collection scanned: a page costs the same however many there are."""
    for wanted in combinations():
        for after, low in product((None, orders[150]), ("", to_iso(START))):
            statement, parameters = order_list._statement(wanted, after, low, 100)
            (row,) = await room.session.query(f"EXPLAIN {statement}", parameters)
            steps = [one["#operator"] for one in row["plan"]["children"]]
            assert steps[0] == "indexScan", statement
            # Of a person who was several customers, Ditto sorts all orders, which are few.
            is_one = len(wanted.customer_ids) < 2
            assert ("limit" in steps and "sort" not in steps) == is_one, statement
            scan = row["plan"]["children"][0]["desc"]
            assert scan["index"] in statement
            if scan["index"] != "orders_time":
                (first, *_) = scan["spans"][0]
                assert first["range"]["low"] == first["range"]["high"], statement


async def test_a_page_looks_no_further_back_than_it_has_to(
    room: StockRoom, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ditto reads on to the end of the range, however few rows are asked for."""
    asked: list[dict[str, Any]] = []
    query = room.session.query

    async def listen(dql: str, parameters: dict[str, Any]) -> list[Any]:
        asked.append(parameters)
        return await query(dql, parameters)

    monkeypatch.setattr(room.session, "query", listen)
    room.clock.now = START + timedelta(days=5)
    listing = OrderListRepository(room.session, room.clock)
    for _ in range(2):
        asked.clear()
        page = await listing.page(OrderFilter(BOTH))
        assert page.end is not None
    # The second time one knows how far back a page goes.
    assert [one["low"] >= "2029-12" for one in asked] == [True]
    asked.clear()
    # Years of nothing lie between these and the demo's: few steps lead there.
    page = await listing.page(OrderFilter(BOTH), orders[-2])
    assert len(page.orders) == 100
    assert page.orders[0] == orders[-1]
    assert 2 <= len(asked) <= 4
    asked.clear()
    # No range ends before it begins: of such a one Ditto reads everything.
    none = replace(OrderFilter(BOTH), since=START, until=START - timedelta(days=1))
    assert await listing.page(none) == OrderPage((), None)
    assert asked == []


@pytest.mark.parametrize(
    ("changes", "index", "bounded"),
    [
        ({}, "orders_time", "orders_time"),
        # What is frequent is found by its time.
        ({"store_ids": (SEATTLE,)}, "orders_store", "orders_time"),
        ({"status": OrderStatus.COMPLETED}, "orders_status", "orders_time"),
        ({"status": OrderStatus.CANCELLED}, "orders_status", "orders_status"),
        ({"customer_ids": ("c",), "who": "Rita"}, "orders_customer", "orders_customer"),
        ({"status": OrderStatus.RETURNED, "who": "Rita"}, "orders_status", "orders_status"),
        ({"status": OrderStatus.COMPLETED, "who": "Rita"}, "orders_who", "orders_who"),
        ({"who": "Rita"}, "orders_who", "orders_who"),
    ],
)
async def test_the_index_is_that_of_what_leaves_the_fewest(
    changes: dict[str, Any], index: str, bounded: str
) -> None:
    wanted = replace(OrderFilter(BOTH), **changes)
    for low, expected in (("", index), (to_iso(START), bounded)):
        statement, _ = order_list._statement(wanted, None, low, 100)
        assert f"USE INDEX '{expected}'" in statement


@pytest.mark.usefixtures("put_back")
async def test_a_day_of_each_store_is_by_its_own_clock(room: StockRoom) -> None:
    """Los Angeles and New York, 17:30 and 20:30 on one evening in UTC's next day."""
    evening = datetime(2031, 9, 1, 0, 30, tzinfo=UTC)
    late = evening + timedelta(hours=4)
    documents = [
        {"_id": key, **key, "order_date": to_iso(at), "status": "pending", "deleted": False}
        for store_id in BOTH
        for at in (evening, late)
        for key in [{"store_id": store_id, "order_id": f"{store_id}_{at:%H}"}]
    ]
    await room.session.query(INSERT, {"all": documents})
    day = date(2031, 8, 31)
    spans = tuple(
        (first_of(day, zone), last_of(day, zone))
        for zone in (ZoneInfo("America/Los_Angeles"), ZoneInfo("America/New_York"))
    )
    since = min(one for one, _ in spans if one is not None)
    until = max(one for _, one in spans if one is not None)
    wanted = OrderFilter(BOTH, since=since, until=until, spans=spans)
    page = await OrderListRepository(room.session, room.clock).page(wanted)
    # At 04:30 UTC it is still August in Los Angeles, and September in New York.
    assert {one.order_id for one in page.orders} == {
        "store_seattle_00",
        "store_seattle_04",
        "store_tacoma_00",
    }
