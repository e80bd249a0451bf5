"""Filling, checking and moving the data set in MongoDB, beside bare `insert_many`.

`measure()` gives the figures; `python -m tests.bench.seed_mongo` prints them. The server is one of
its own, without auth, unless MONGODB_CONNECTION_STRING names one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pymongo import MongoClient

from connector_config.mongodb.server import Member, find_mongod, free_port, initiate, running
from seed.options import DEFAULT_CUSTOMERS, DEFAULT_ORDERS

ROUNDS = 3
MEMORY_ORDERS = (20_000, 100_000, 400_000)

# Room for noise: what grows with the orders would be twenty times as much.
MEMORY_RATIO = 1.1

_ROOT = Path(__file__).parents[2]
_DATABASES = ("zava_bench_ours", "zava_bench_raw", "zava_bench_copy", "zava_bench_memory")


class SeedFigure(NamedTuple):
    """A measured value beside what it is compared with: the fields of `report.Figure`, in order."""

    name: str
    unit: str
    ours: float
    raw: float | None = None
    ratio: float | None = None
    limit: float | None = None
    ratio_limit: float | None = None
    samples: int = 1


class _Measured(NamedTuple):
    seconds: float
    megabytes: float


def measure(
    customers: int = DEFAULT_CUSTOMERS,
    orders: int = DEFAULT_ORDERS,
    memory_orders: tuple[int, ...] = MEMORY_ORDERS,
    rounds: int = ROUNDS,
    say: Callable[[str], None] = lambda text: None,
) -> list[SeedFigure]:
    """All figures of this issue; those that miss their bound are among them."""
    with tempfile.TemporaryDirectory(prefix="zava-bench-") as folder, _server(Path(folder)) as uri:
        bench = _Bench(uri, Path(folder), say)
        figures = bench.fills(customers, orders, rounds)
        # The last fill of ours is still there.
        generate = figures[0].ours
        figures += bench.commands(generate, customers, orders)
        figures += bench.memory(customers, memory_orders)
        return figures


class _Bench:
    def __init__(self, uri: str, folder: Path, say: Callable[[str], None]) -> None:
        self._uri = uri
        self._folder = folder
        self._say = say

    def fills(self, customers: int, orders: int, rounds: int) -> list[SeedFigure]:
        ours: list[float] = []
        raw: list[float] = []
        for _ in range(rounds):
            # In turns, so that drift of the machine cancels.
            for name, seconds in (("raw", raw), ("ours", ours)):
                database = f"zava_bench_{name}"
                self._drop(database)
                seconds.append(self._run(database, name, str(customers), str(orders)).seconds)
        self._drop("zava_bench_raw")
        return [
            SeedFigure(
                f"generate {customers:,} customers, {orders:,} orders, indexes; raw: insert_many "
                "of the same documents ready made, indexes",
                "s",
                statistics.median(ours),
                statistics.median(raw),
                ratio=statistics.median(a / b for a, b in zip(ours, raw, strict=True)),
                ratio_limit=1.5,
                samples=rounds,
            )
        ]

    def commands(self, generate: float, customers: int, orders: int) -> list[SeedFigure]:
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
            SeedFigure("validate; raw: generate", "s", validate.seconds, generate, ratio_limit=0.3),
            SeedFigure(
                "export and import; raw: generate",
                "s",
                export.seconds + back.seconds,
                generate,
                ratio_limit=2.0,
            ),
            SeedFigure("export, peak memory", "MB", export.megabytes),
            SeedFigure("import, peak memory", "MB", back.megabytes),
        ]

    def memory(self, customers: int, memory_orders: tuple[int, ...]) -> list[SeedFigure]:
        most: list[float] = []
        for orders in memory_orders:
            counts = ("--customers", str(customers), "--orders", str(orders))
            most.append(self._run("zava_bench_memory", "generate", *counts, "--drop").megabytes)
        self._drop("zava_bench_memory")
        return [
            SeedFigure(
                f"generate {orders:,} orders, peak memory; raw: {memory_orders[0]:,} orders",
                "MB",
                megabytes,
                most[0],
                ratio_limit=MEMORY_RATIO,
            )
            for orders, megabytes in zip(memory_orders, most, strict=True)
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
        measured = _Measured(found["seconds"], found["megabytes"])
        self._say(f"{arguments[0]}: {measured.seconds:.1f} s, {measured.megabytes:.0f} MB")
        return measured

    def _drop(self, database: str) -> None:
        assert database in _DATABASES
        with MongoClient[dict[str, object]](self._uri) as client:
            client.drop_database(database)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    if given := os.environ.get("MONGODB_CONNECTION_STRING"):
        yield given
        return
    arguments = ("--wiredTigerCacheSizeGB=0.5", "--oplogSize=256")
    member = Member(find_mongod(), folder / "mongod", free_port(), arguments=arguments)
    with running(member):
        initiate([member])
        yield f"mongodb://{member.address}/?replicaSet={member.replica_set}"


def _show(figures: list[SeedFigure]) -> None:
    for one in figures:
        times = one.ratio or (one.ours / one.raw if one.raw else None)
        verdict = ""
        if one.ratio_limit is not None and times is not None:
            verdict = "met" if times <= one.ratio_limit else "MISSED"
            verdict = f"{times:.2f} × (≤ {one.ratio_limit:g} ×) {verdict}"
        raw = "" if one.raw is None else f" / {one.raw:,.1f} {one.unit}"
        print(f"{one.name}: {one.ours:,.1f} {one.unit}{raw}  {verdict}")


if __name__ == "__main__":
    _show(measure(say=lambda text: print(text, file=sys.stderr, flush=True)))
