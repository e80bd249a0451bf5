"""A shop that goes on selling beside a rehearsal: the whole of what `zava-seed generate` makes, the
sales of `zava-seed simulate`, and in the end what `zava-seed validate` says of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Final

from pymongo.errors import PyMongoError

from app.rehearsal.goods import OPTIONS, Goods, load_goods
from app.rehearsal.server import Server
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import STORES
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.mongo.simulated import DEVICE
from seed.mongo.simulation import Simulation
from seed.mongo.validation.report import Report
from seed.mongo.validation.run import validate
from seed.mongo.views import ensure_views
from seed.options import DEFAULT_START
from tests.helpers.storm import wait

GENERATED: Final = replace(OPTIONS, customers=1_000, orders=2_000)


def whole_shop() -> Goods:
    """What `generated` puts into a database."""
    return load_goods(GENERATED, whole=True)


def generated(database: MongoDatabase) -> None:
    """Make a database as `generate` and `indexes` leave it."""
    fill(database, GENERATED, lambda *_: None)
    list(create_indexes(database))
    ensure_views(database)


def validated(database: MongoDatabase) -> Report:
    """What `validate` says today."""
    # What the rehearsal marks that all is equal with.
    database[STORES].update_many({}, {"$unset": {"rehearsed": ""}})
    return validate(database, DEFAULT_START, datetime.now(UTC).date())


@dataclass(slots=True)
class Trade:
    """The weather, for `Stage`: sales in all stores, so many a minute, and how many so far."""

    seed: int
    orders_a_minute: float
    orders: int = 0

    def __str__(self) -> str:
        return f"{self.orders:,} orders were simulated beside"

    @asynccontextmanager
    async def over(self, server: Server) -> AsyncIterator[tuple[str]]:
        """Trade goes on as long as this is open."""
        simulation = Simulation(server.database, Random(self.seed + self.orders))
        ended = asyncio.Event()
        trading = asyncio.create_task(self._sell(simulation, ended))
        try:
            yield (DEVICE,)
        finally:
            ended.set()
            await asyncio.to_thread(server.bring_back)
            await trading
            self.orders += simulation.counts.orders.total()

    async def _sell(self, simulation: Simulation, ended: asyncio.Event) -> None:
        while not ended.is_set():
            # It stepped down or is away: the next customer is served when it is back.
            with suppress(PyMongoError):
                await asyncio.to_thread(simulation.step, datetime.now(UTC))
            await wait(ended, 60 / self.orders_a_minute)
