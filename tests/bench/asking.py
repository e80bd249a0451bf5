"""How long the reports take beside the barest pipeline that gives the same rows, and an assistant's
tool beside its function.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

from mcp import Client, StdioServerParameters
from pymongo import MongoClient

from connector_config.mongodb.connection import Document, MongoDatabase, MongoSettings
from connector_config.schema import collections as names
from seed.mcp_servers.asking import Asking
from seed.mcp_servers.people import Person
from seed.mcp_servers.sales_analysis import SalesAnalysis
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.mongo.views import ensure_views
from seed.options import DEFAULT_CUSTOMERS, DEFAULT_ORDERS, Options
from seed.reports import customers, orders, sales, stock
from seed.reports.shops import Period, Shops, read_shops, twelve_months
from seed.reports.sold import NOT_DELETED
from tests.bench.report import Figure, p95
from tests.bench.seed_mongo import server

_DATABASE: Final = "zava_bench_asking"
_ROUNDS: Final = 5
_CALLS: Final = 30
_LIMIT_MS: Final = 300.0
_RATIO: Final = 1.2
_TODAY: Final = date(2026, 11, 20)
_SET: Final = Options(
    end=_TODAY, start=date(2024, 1, 1), customers=DEFAULT_CUSTOMERS, orders=DEFAULT_ORDERS
)
_QUARTER: Final = Period(date(2026, 7, 1), date(2026, 9, 30))
_CANCELLED: Final = "cancelled"
_TRANSPORT_MS: Final = 5.0
_SEATTLE: Final = "store_seattle"
_ROOT: Final = Path(__file__).parents[2]


class _Bare(NamedTuple):
    """The one `$group` that somebody would write at the console who knows the data.

    Orders that were cancelled and what is deleted are left out, and days are the shop's, as in the
    reports. Nothing ever came back in this data set, so it need not look for that.
    """

    collection: str
    key: object
    sums: Mapping[str, object]
    periods: tuple[Period | None, ...] = (None,)
    time: str = "order_date"


class _Pair(NamedTuple):
    name: str
    ask: Callable[[MongoDatabase, Shops], object]
    bare: _Bare


_YEAR: Final = twelve_months(_TODAY)
_TWICE: Final = (_YEAR, _YEAR.year_before())
_PAID: Final = {
    "orders": {"$sum": 1},
    "subtotal": {"$sum": "$subtotal"},
    "discount": {"$sum": "$discount_total"},
}
_RECENT: Final = {"$cond": [{"$gte": ["$order_date", "2025-11-21T08:00:00.000Z"]}, 1, 0]}
_SEGMENT: Final = {**_PAID, "first": {"$min": "$order_date"}, "recent": {"$sum": _RECENT}}
_LINES: Final = {"units": {"$sum": "$quantity"}, "money": {"$sum": "$line_total"}}
_STOCK: Final = {"level": {"$sum": "$stock_level"}, "delta": {"$sum": "$stock_delta"}}
_MONTH: Final = {
    "$dateToString": {
        "date": {"$toDate": "$order_date"},
        "format": "%Y-%m",
        "timezone": "America/Los_Angeles",
    }
}

_PAIRS: Final = (
    _Pair(
        "sales of a year by month",
        lambda database, shops: sales.sales(database, shops, _YEAR, "month"),
        _Bare(names.ORDERS, _MONTH, _PAID, _TWICE),
    ),
    _Pair(
        "sales of a year by category",
        lambda database, shops: sales.sales(database, shops, _YEAR, "category"),
        _Bare(names.ORDER_ITEMS, "$product_id", _LINES, _TWICE, "created_at"),
    ),
    _Pair(
        "top products of a quarter",
        lambda database, shops: sales.top_products(database, shops, _QUARTER),
        _Bare(names.ORDER_ITEMS, "$product_id", _LINES, (_QUARTER,), "created_at"),
    ),
    _Pair(
        "top products of all days",
        lambda database, shops: sales.top_products(database, shops, None),
        _Bare(names.ORDER_ITEMS, "$product_id", _LINES),
    ),
    _Pair(
        "best customers of all days",
        lambda database, shops: customers.customers(database, shops, None, _TODAY),
        _Bare(names.ORDERS, "$customer_id", {**_SEGMENT, "last": {"$max": "$order_date"}}),
    ),
    _Pair(
        "segments of customers",
        lambda database, shops: customers.segments(database, shops, _TODAY),
        _Bare(names.ORDERS, "$customer_id", _SEGMENT),
    ),
    _Pair(
        "returns of all days",
        lambda database, shops: orders.returns(database, shops, None),
        _Bare(names.ORDERS, "$status", {"total": {"$sum": "$total"}}),
    ),
    _Pair(
        "what the stock is worth",
        lambda database, shops: stock.stock_value(database, shops),
        _Bare(names.INVENTORY, "$store_id", _STOCK),
    ),
    _Pair(
        "on hand",
        lambda database, shops: stock.on_hand(database, shops),
        _Bare(names.INVENTORY, "$product_id", _STOCK),
    ),
    _Pair(
        "what to reorder",
        lambda database, shops: stock.reorder(database, shops, _TODAY),
        _Bare(names.INVENTORY, "$product_id", _STOCK),
    ),
    _Pair(
        "slow movers",
        lambda database, shops: stock.slow_movers(database, shops, _TODAY),
        _Bare(names.INVENTORY, "$product_id", _STOCK),
    ),
)


def measure_asking(folder: Path) -> list[Figure]:
    """All reports of all stores, and one tool over stdio, on a data set of the usual size."""
    with server(folder) as uri, MongoClient[Document](uri) as client:
        database = client[_DATABASE]
        client.drop_database(_DATABASE)
        fill(database, _SET, lambda *_: None)
        list(create_indexes(database))
        ensure_views(database)
        try:
            shops = read_shops(database)
            figures = [_figure(database, shops, pair) for pair in _PAIRS]
            return [*figures, asyncio.run(_tool(uri, database))]
        finally:
            client.drop_database(_DATABASE)


def _figure(database: MongoDatabase, shops: Shops, pair: _Pair) -> Figure:
    ours: list[float] = []
    raw: list[float] = []
    for _ in range(_ROUNDS):
        raw.append(_milliseconds(lambda: _group(database, shops, pair.bare)))
        ours.append(_milliseconds(lambda: pair.ask(database, shops)))
    bare = statistics.median(raw)
    # Either bound will do, so the one that is wider stands here.
    in_ratio = _RATIO * bare > _LIMIT_MS
    return Figure(
        f"report: {pair.name}, {DEFAULT_ORDERS:,} orders (raw: the barest of the same rows)",
        "ms",
        statistics.median(ours),
        bare,
        limit=None if in_ratio else _LIMIT_MS,
        ratio_limit=_RATIO if in_ratio else None,
        samples=_ROUNDS,
    )


def _group(database: MongoDatabase, shops: Shops, bare: _Bare) -> None:
    group = {"_id": bare.key, **bare.sums}
    for period in bare.periods:
        query = shops.within(period, bare.time) | NOT_DELETED
        if bare.collection == names.ORDERS:
            query["status"] = {"$ne": _CANCELLED}
        if bare.collection == names.ORDER_ITEMS:
            gone = shops.within(period, "order_date") | {"status": _CANCELLED}
            query["order_id"] = {"$nin": database[names.ORDERS].distinct("order_id", gone)}
        found = database[bare.collection].aggregate([{"$match": query}, {"$group": group}])
        assert list(found)


async def _tool(uri: str, database: MongoDatabase) -> Figure:
    manager = Person("bench", "manager", (_SEATTLE,))
    asking = Asking(
        lambda _: manager, lambda: datetime.now(UTC), lambda: MongoSettings(uri, _DATABASE)
    )
    tools = SalesAnalysis(asking)
    its = database[names.STORES].find_one({"store_id": _SEATTLE})
    assert its is not None
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "seed.mcp_servers.cli", "sales-analysis", "--user", str(its["rls_user_id"])],
        env={
            **os.environ,
            "MONGODB_CONNECTION_STRING": uri,
            "MONGODB_DATABASE": _DATABASE,
            "PYTHONPATH": str(_ROOT),
        },
    )
    ours: list[float] = []
    raw: list[float] = []
    async with Client(parameters) as client:
        for days in _days():
            began = perf_counter()
            answer = await client.call_tool("top_products", dict(days))
            ours.append((perf_counter() - began) * 1000)
            assert not answer.is_error, answer.content
            raw.append(_milliseconds(lambda its=days: tools.top_products(**its)))  # type: ignore[misc]
    asking.close()
    # Neither has its connection and its plans at the first call.
    ours, raw = ours[1:], raw[1:]
    allowed = 1.3 * statistics.median(raw) + _TRANSPORT_MS
    return Figure(
        f"MCP: top_products over stdio, median (p95 {p95(ours):.0f} ms; raw: the function)",
        "ms",
        statistics.median(ours),
        statistics.median(raw),
        limit=round(allowed, 1),
        samples=len(ours),
    )


def _days() -> Iterator[dict[str, Any]]:
    """Another month each time, so that nothing can answer from before."""
    for at in range(_CALLS):
        year, month = divmod(2024 * 12 + at, 12)
        yield {"first_day": f"{year}-{month + 1:02}-01", "last_day": f"{year}-{month + 1:02}-28"}


def _milliseconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000
