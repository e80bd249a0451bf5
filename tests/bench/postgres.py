"""One data set in PostgreSQL, MongoDB and Ditto: loading, size, and the queries of the documents.

The queries are the blocks of docs/comparison.md and docs/queries.md: the data set is the demo's
with more orders, so that the ids in them are there. They have to give the same rows first.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

from ditto import Ditto
from pymongo import MongoClient

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.paths import store_directory
from seed.data_set import data_set, mongo_data_set
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.mongo.views import ensure_views
from seed.options import DEMO_CUSTOMERS, Options
from seed.targets.ditto import batches, index, open_store, write
from tests.bench.report import Figure
from tests.bench.seed_mongo import server
from tests.conftest import DEMO_DAY, DEMO_SEED
from tests.helpers.original import original_script
from tests.helpers.postgres import Postgres, find_postgres, running_postgres
from tests.helpers.queries import (
    COMPARISON,
    QUERIES,
    Block,
    agree,
    ask_ditto,
    ask_mongodb,
    asking_mongodb,
    blocks,
)

_ORDERS: Final = 20_000
_SET: Final = Options(end=DEMO_DAY, seed=DEMO_SEED, customers=DEMO_CUSTOMERS, orders=_ORDERS)
_DATABASE: Final = "zava_bench_postgres"
_ROUNDS: Final = 3
_TIMES: Final = 7

# A sale is written once; here it is repeated, each time with a movement of its own.
_MOVEMENT: Final = "0d6a1c2e-8f0b-4a57-9d53-2f1f4f2f7a10"
_SIZE: Final = "SELECT sum({}(oid)) AS n FROM pg_class WHERE relnamespace = 'retail'::regnamespace"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class _Pattern:
    """A question, as each of the three is asked."""

    name: str
    postgres: Block
    mongodb: Sequence[Block]
    ditto: Sequence[Block]


def measure_postgres(folder: Path) -> list[Figure]:
    """All figures; none, and a sentence, where this machine has no PostgreSQL."""
    programs = find_postgres()
    if programs is None:
        print("There is no PostgreSQL on this machine: the part postgres is left out.")
        return []
    patterns = list(_patterns())
    made = _seconds(lambda: [list(part.documents) for part in mongo_data_set(_SET)])
    with (
        running_postgres(programs) as postgres,
        server(folder) as uri,
        MongoClient[Document](uri) as client,
    ):
        client.drop_database(_DATABASE)
        database = client[_DATABASE]
        try:
            figures = [
                Figure("make the documents alone", "s", made),
                *_filled(postgres, database),
            ]
            rows = {one.name: _same(one, postgres, database) for one in patterns}
            measured = [_measured(one, postgres, database) for one in patterns]
        finally:
            client.drop_database(_DATABASE)
    for pattern, (ours, bare) in zip(patterns, measured, strict=True):
        figures += _figures(f"{pattern.name}: MongoDB", ours, bare)
    baselines = {one.name: bare for one, (_, bare) in zip(patterns, measured, strict=True)}
    # Last, when no other server runs any more: the SDK must not meet a fork.
    return [*figures, *asyncio.run(_ditto(folder / "ditto", patterns, rows, baselines))]


def _patterns() -> Iterator[_Pattern]:
    others = list(blocks(QUERIES))
    for block in blocks(COMPARISON):
        its = [one for one in others if one.section == block.section and not one.atlas]
        yield _Pattern(
            block.section,
            block,
            [one for one in its if one.language == "javascript"],
            [one for one in its if one.language == "sql"],
        )


def _filled(postgres: Postgres, database: MongoDatabase) -> list[Figure]:
    bare = _seconds(lambda: postgres.run(original_script(mongo_data_set(_SET))))

    def ours() -> None:
        fill(database, _SET, lambda *_: None)
        list(create_indexes(database))
        ensure_views(database)

    seconds = _seconds(ours)
    database.client.admin.command("fsync")
    found = database.command("dbStats", scale=1_000_000.0)
    # Tables with what they keep apart, and not their indexes a second time.
    sizes = [
        postgres.ask(f"{_SIZE.format(one)} AND relkind = 'r'")[0]["n"] / 1e6
        for one in ("pg_table_size", "pg_indexes_size")
    ]
    what = f"{DEMO_CUSTOMERS:,} customers, {_ORDERS:,} orders"
    return [
        Figure(f"load {what}, indexes: MongoDB (raw: PostgreSQL)", "s", seconds, bare),
        Figure(
            "size without indexes: MongoDB (raw: PostgreSQL)", "MB", found["storageSize"], sizes[0]
        ),
        Figure("size of indexes: MongoDB (raw: PostgreSQL)", "MB", found["indexSize"], sizes[1]),
    ]


def _same(pattern: _Pattern, postgres: Postgres, database: MongoDatabase) -> Rows:
    """The rows, which are the same in both."""
    rows: Rows = [ask_mongodb(database, _fresh(one)) for one in pattern.mongodb][-1]
    found: Rows = postgres.ask(pattern.postgres.text)
    # What the document shows apart has other columns, or another order of what is less alike.
    same = found == rows if pattern.postgres.answer is None else agree(found[:1], rows)
    assert found and same, (pattern.name, found, rows)
    return rows


def _measured(
    pattern: _Pattern, postgres: Postgres, database: MongoDatabase
) -> tuple[list[float], list[float]]:
    """The milliseconds of MongoDB and those of PostgreSQL."""
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(_ROUNDS):
        # The first time of each round is that of a new connection.
        bare += postgres.milliseconds(pattern.postgres.text, _TIMES + 1)[1:]
        for _ in range(_TIMES):
            ready = [asking_mongodb(database, _fresh(one)) for one in pattern.mongodb]
            began = perf_counter()
            for ask in ready:
                ask()
            ours.append(1000 * (perf_counter() - began))
    return ours, bare


def _figures(name: str, ours: Sequence[float], bare: Sequence[float]) -> Iterator[Figure]:
    """The median, and the fastest, which a busy machine changes least."""
    for label, measure in (("median", statistics.median), ("fastest", min)):
        title = f"{name} (raw: PostgreSQL), {label}"
        yield Figure(title, "ms", measure(ours), measure(bare), samples=len(ours))


async def _ditto(
    data_dir: Path,
    patterns: Sequence[_Pattern],
    rows: Mapping[str, Rows],
    baselines: Mapping[str, Sequence[float]],
) -> list[Figure]:
    async with open_store(data_dir) as peer:
        began = perf_counter()
        parts = data_set(_SET)
        content = chain.from_iterable(batches(one.collection, one.documents) for one in parts)
        await write(peer, content, lambda *_: None)
        await index(peer)
        figures = [Figure("load, indexes: Ditto", "s", perf_counter() - began)]
        for one in patterns:
            if one.ditto:
                answers = await _asked(peer, one.ditto)
                assert any(agree(found, rows[one.name]) for found in answers), (one.name, answers)
                spent: list[float] = []
                for _ in range(_ROUNDS * _TIMES):
                    began = perf_counter()
                    await _asked(peer, one.ditto)
                    spent.append(1000 * (perf_counter() - began))
                figures += _figures(f"{one.name}: Ditto", spent, baselines[one.name])
    files = [one for one in store_directory(data_dir).rglob("*") if one.is_file()]
    size = sum(one.stat().st_size for one in files) / 1e6
    return [*figures, Figure("size with indexes: Ditto", "MB", size)]


async def _asked(peer: Ditto, asked: Sequence[Block]) -> list[Rows]:
    """The rows of each statement; those of a change in one transaction."""
    texts = [_fresh(one) for one in asked]
    if any("UPDATE" in one for one in texts):
        return await peer.store.transaction(lambda transaction: _in_turn(transaction, texts))
    return await _in_turn(peer.store, texts)


async def _in_turn(store: Any, texts: Sequence[str]) -> list[Rows]:
    return [await ask_ditto(store, text) for text in texts]


def _fresh(block: Block) -> str:
    return block.text.replace(_MOVEMENT, str(uuid4()))


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
