"""From a key to the customers found, among 50,000 of one store, and how loading holds the loop."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app.data.selling.customer_directory import CustomerDirectory
from app.data.store.session import Session
from app.domain.customers import Customer
from connector_config.schema.collections import CUSTOMERS, ORDER_ITEMS, ORDERS
from connector_config.store.local_indexes import INDEXES
from seed.data_set import data_set
from seed.options import Options
from seed.targets.ditto import Batch, batches, open_store, write
from tests.bench.merging import measure_merge
from tests.bench.report import Figure, p95, pair
from tests.bench.stores import DAY, STORE

_PEOPLE = 50_000
_SHOWN = 50
_ASKED = 40
_TICK = 0.005


def measure_customers(data_dir: Path) -> list[Figure]:
    """Fill a store with 50,000 customers, load them, and type some of them letter by letter."""
    asyncio.run(_fill(data_dir))
    application = QApplication.instance() or QApplication(["bench"])
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        return runner.run(_measure(data_dir))


async def _fill(data_dir: Path) -> None:
    parts = data_set(Options(end=DAY, customers=_PEOPLE))
    part = next(one for one in parts if one.collection == CUSTOMERS)
    people = [{**one, "primary_store_id": STORE} for one in part.documents]

    def all_batches() -> Iterator[Batch]:
        yield from batches(CUSTOMERS, people)

    async with open_store(data_dir) as peer:
        await write(peer, all_batches(), lambda *_: None)


async def _measure(data_dir: Path) -> list[Figure]:
    session = await Session.open(data_dir)
    for name, statement in INDEXES.items():
        if name.split(".")[0] in (CUSTOMERS, ORDERS, ORDER_ITEMS):
            await session.query(statement)
    directory = CustomerDirectory(session, STORE)
    gaps: list[float] = []
    started = last = perf_counter()
    directory.open()
    while not directory.ready:
        await asyncio.sleep(_TICK)
        gaps.append(perf_counter() - last - _TICK)
        last = perf_counter()
    loaded = perf_counter() - started
    everybody = directory.search("", _PEOPLE).customers
    assert len(everybody) == _PEOPLE
    table = _Table(everybody)
    ours, raw = [], []
    for query in _typed(everybody):
        started = perf_counter()
        directory.search(query, _SHOWN)
        ours.append(perf_counter() - started)
        started = perf_counter()
        table.search(query)
        raw.append(perf_counter() - started)
    directory.close()
    merged = await measure_merge(session, everybody[0], everybody[1])
    await session.close()
    return [
        merged,
        *pair(f"key to the customers found, {_PEOPLE:,}", ours, raw, limit_ms=16),
        Figure(f"load and index {_PEOPLE:,} customers, in the background", "s", loaded),
        Figure("the loop waited meanwhile, p95", "ms", max(p95(gaps), 0) * 1000, samples=len(gaps)),
        Figure("the loop waited meanwhile, longest", "ms", max(gaps) * 1000, samples=len(gaps)),
    ]


def _typed(everybody: Sequence[Customer]) -> list[str]:
    """What is typed, letter by letter: names, also misspelt, addresses and numbers."""
    queries: list[str] = []
    for number, customer in enumerate(everybody[:: len(everybody) // _ASKED]):
        first, last = customer.first_name.lower(), customer.last_name.lower()
        at = 1 + number % max(len(last) - 1, 1)
        queries += [
            f"{first} {last}",
            customer.email,
            "".join(char for char in customer.phone if char.isdigit()),
            last[:at] + last[at + 1 :],
            f"{last[: at - 1]}{last[at : at + 1]}{last[at - 1]}{last[at + 1 :]} {first}",
        ]
    return [query[:end] for query in queries for end in range(1, len(query) + 1)]


class _Table:
    """The baseline: SQLite FTS5 on the same customers, every word a prefix, nothing forgiven."""

    def __init__(self, everybody: Sequence[Customer]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE VIRTUAL TABLE people USING fts5(name, email, phone, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        self._database.executemany(
            "INSERT INTO people VALUES (?, ?, ?)",
            ((one.name, one.email, _digits(one.phone)) for one in everybody),
        )

    def search(self, query: str) -> list[Any]:
        words = query.replace('"', " ").replace("@", " ").replace(".", " ").split()
        match = " ".join(f'"{word}"*' for word in words)
        statement = (
            f"SELECT name, email, phone FROM people WHERE people MATCH ? ORDER BY rank "
            f"LIMIT {_SHOWN}"
        )
        return self._database.execute(statement, (match,)).fetchall() if match else []


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())
