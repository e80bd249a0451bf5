"""The manager's dashboard over 100,000 orders: from its key to its figures on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

from app.client import Client
from app.data.selling.sales import SalesRepository
from app.data.stock.feed import StockFeed
from app.data.store.session import Session
from app.domain.entities import Profile, Role
from app.run import utc_now
from app.ui.sales.screen import SalesScreen
from app.ui.shell.workplace import Workplace
from connector_config.store.local_indexes import ensure_indexes
from seed.data_set import data_set
from seed.options import Options
from seed.targets.ditto import Batch, batches, open_store, write
from tests.bench.client import until, with_client
from tests.bench.eyes import Eyes
from tests.bench.report import Figure
from tests.bench.stores import STORE

_ORDERS = 100_000
# What the pictures stand on, as Ditto adds it up.
_RAW = "SELECT store_id, COUNT(*) AS n, SUM(total) AS total FROM orders GROUP BY store_id"
_STORES = "SELECT store_id FROM stores"


def measure_dashboard(data_dir: Path) -> list[Figure]:
    """Add everything up once, then open the dashboard in a client that has just started."""
    first = asyncio.run(_prepare(data_dir))

    async def work(client: Client, _: Workplace) -> list[Figure]:
        await client.sign_in(Profile(STORE, Role.MANAGER, "Bench"))
        workplace = client.workplace
        assert workplace is not None
        started = perf_counter()
        screen = workplace.go("sales")
        assert isinstance(screen, SalesScreen)
        eyes = Eyes(client.window, screen.time)
        state = screen.view_model
        shown = await eyes.painted(lambda: state.state.total.count > 0) - started
        await until(lambda: state.state.stock.cents > 0)
        complete = perf_counter() - started
        eyes.close()
        await until(lambda: not state.look.running)
        # Behind ours, which is to begin with nothing read yet.
        started = perf_counter()
        await client.session.query(_RAW)
        raw = perf_counter() - started
        return [
            Figure(
                f"dashboard: {_ORDERS:,} orders, cold, to sales and pictures painted",
                "ms",
                shown * 1000,
                raw * 1000,
                limit=1000,
            ),
            Figure(
                f"dashboard: {_ORDERS:,} orders, cold, to all figures",
                "ms",
                complete * 1000,
                raw * 1000,
                limit=1000,
            ),
        ]

    return [*with_client(data_dir, work), first]


async def _prepare(data_dir: Path) -> Figure:
    async with open_store(data_dir) as peer:
        await write(peer, _content(), lambda *_: None)
    session = await Session.open(data_dir)
    try:
        await ensure_indexes(session.query)
        ids = [row["store_id"] for row in await session.query(_STORES)]
        started = perf_counter()
        await SalesRepository(session, utc_now, StockFeed(session)).catch_up(ids)
        spent = perf_counter() - started
    finally:
        await session.close()
    return Figure(f"dashboard: {_ORDERS:,} orders added up for the first time", "s", spent)


def _content() -> Iterator[Batch]:
    options = Options(end=date(2026, 11, 20), orders=_ORDERS, customers=2_000)
    for part in data_set(options):
        yield from batches(part.collection, part.documents)
