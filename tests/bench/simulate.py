"""How quickly `zava-seed simulate` sells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from time import perf_counter

from pymongo import MongoClient

from connector_config.mongodb.connection import Document
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.mongo.simulation import Simulation
from seed.mongo.views import ensure_views
from seed.options import Options
from tests.bench.report import Figure
from tests.bench.seed_mongo import server

_ORDERS = 1_000
_NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
_SET = Options(start=date(2026, 1, 1), end=date(2026, 11, 20), customers=2_000, orders=5_000)


def measure_simulate(folder: Path) -> list[Figure]:
    """A thousand sales in a small data set: a minute's worth at the rate that is asked for."""
    with server(folder) as uri, MongoClient[Document](uri) as client:
        database = client["zava_bench_simulate"]
        client.drop_database(database.name)
        fill(database, _SET, lambda *_: None)
        list(create_indexes(database))
        ensure_views(database)
        simulation = Simulation(database, Random(1))
        began = perf_counter()
        while simulation.counts.orders.total() < _ORDERS:
            simulation.step(_NOW)
        seconds = perf_counter() - began
        client.drop_database(database.name)
    return [Figure(f"simulate {_ORDERS:,} orders", "s", seconds, limit=60.0, samples=_ORDERS)]
