"""Filling, checking and moving the data set in MongoDB, beside bare `insert_many`.

The server is one of its own, without auth, unless MONGODB_CONNECTION_STRING names one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pymongo import MongoClient

from connector_config.mongodb.server import Member, find_mongod, free_port, initiate, running
from seed.options import DEFAULT_CUSTOMERS, DEFAULT_ORDERS
from tests.bench.report import Figure

_ROUNDS = 2
_MEMORY_ORDERS = (20_000, 100_000, 400_000)

# Room for noise: what grows with the orders would be twenty times as much.
_MEMORY_RATIO = 1.1

_ROOT = Path(__file__).parents[2]
_DATABASES = ("zava_bench_ours", "zava_bench_raw", "zava_bench_copy", "zava_bench_memory")


class _Measured(NamedTuple):
    seconds: float
    megabytes: float


def measure_seed(folder: Path) -> list[Figure]:
    """All figures of `zava-seed` with MongoDB, by default as large as `generate` makes it."""
    with server(folder) as uri:
        bench = _Bench(uri, folder)
        figures = bench.fills(DEFAULT_CUSTOMERS, DEFAULT_ORDERS)
        # The last fill of ours is still there.
        figures += bench.commands(figures[0].ours, DEFAULT_CUSTOMERS, DEFAULT_ORDERS)
        figures += bench.memory(DEFAULT_CUSTOMERS)
        return figures


class _Bench:
    def __init__(self, uri: str, folder: Path) -> None:
        self._uri = uri
        self._folder = folder

    def fills(self, customers: int, orders: int) -> list[Figure]:
        ours: list[float] = []
        raw: list[float] = []
        for _ in range(_ROUNDS):
            # In turns, so that drift of the machine cancels.
            for name, seconds in (("raw", raw), ("ours", ours)):
                database = f"zava_bench_{name}"
                self._drop(database)
                seconds.append(self._run(database, name, str(customers), str(orders)).seconds)
        self._drop("zava_bench_raw")
        return [
            Figure(
                f"generate {customers:,} customers, {orders:,} orders, indexes",
                "s",
                statistics.median(ours),
                statistics.median(raw),
                ratio=statistics.median(a / b for a, b in zip(ours, raw, strict=True)),
                ratio_limit=1.5,
                samples=_ROUNDS,
            )
        ]

    def commands(self, generate: float, customers: int, orders: int) -> list[Figure]:
        ours, copy = "zava_bench_ours", "zava_bench_copy"
        expected = ("--customers", str(customers), "--orders", str(orders))
        validate = self._run(ours, "validate", "--json", *expected)
        archive = str(self._folder / "archive")
        export = self._run(ours, "export", archive)
        self._drop(copy)
        back = self._run(copy, "import", archive)
        self._drop(copy)
        self._drop(ours)
        return [
            Figure("validate (raw: generate)", "s", validate.seconds, generate, ratio_limit=0.3),
            Figure(
                "export and import (raw: generate)",
                "s",
                export.seconds + back.seconds,
                generate,
                ratio_limit=2.0,
            ),
            Figure("export, peak memory", "MB", export.megabytes),
            Figure("import, peak memory", "MB", back.megabytes),
        ]

    def memory(self, customers: int) -> list[Figure]:
        most: list[float] = []
        for orders in _MEMORY_ORDERS:
            counts = ("--customers", str(customers), "--orders", str(orders))
            most.append(self._run("zava_bench_memory", "generate", *counts, "--drop").megabytes)
        self._drop("zava_bench_memory")
        fewest = _MEMORY_ORDERS[0]
        return [
            Figure(
                f"generate {orders:,} orders, peak memory (raw: {fewest:,} orders)",
                "MB",
                megabytes,
                most[0],
                ratio_limit=_MEMORY_RATIO,
            )
            for orders, megabytes in zip(_MEMORY_ORDERS[1:], most[1:], strict=True)
        ]

    def _run(self, database: str, *arguments: str) -> _Measured:
        environment = {
            **os.environ,
            "MONGODB_CONNECTION_STRING": self._uri,
            "MONGODB_DATABASE": database,
            "PYTHONPATH": str(_ROOT),
        }
        answer = subprocess.run(
            [sys.executable, "-m", "tests.bench.seed_client", *arguments],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = json.loads(answer.stdout.splitlines()[-1])
        return _Measured(found["seconds"], found["megabytes"])

    def _drop(self, database: str) -> None:
        assert database in _DATABASES
        with MongoClient[dict[str, object]](self._uri) as client:
            client.drop_database(database)


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Give the address of a MongoDB: one of its own, or the one that the environment names."""
    if given := os.environ.get("MONGODB_CONNECTION_STRING"):
        yield given
        return
    arguments = ("--wiredTigerCacheSizeGB=0.5", "--oplogSize=256")
    member = Member(find_mongod(), folder / "mongod", free_port(), arguments=arguments)
    with running(member):
        initiate([member])
        yield f"mongodb://{member.address}/?replicaSet={member.replica_set}"
