"""The link: from a write on one device to another device's observer, and how much it carries.

python -m tests.bench.link [full]      only these; `full` with the first sync of the large data set
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from ditto import Ditto, QueryResult
from pymongo import MongoClient
from pymongo.asynchronous.mongo_client import AsyncMongoClient
from rich.console import Console

from app.data.stock.movements import new_document
from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Reason
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.mongodb.server import Member, find_mongod, free_port, initiate, running
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS, ditto_id
from connector_config.store.local_store import open_local_store
from seed.mongo.change_streams import enable
from seed.mongo.fill import fill
from seed.mongo.indexes import create_indexes
from seed.options import Options
from tests.bench.link_peer import peer
from tests.bench.report import Figure, p95, pair, show
from tests.helpers.link import LinkedDevice, device, item_document, live_devices, prepare, wanted_of

STORE = "store_seattle"
_PATH = 60
_PAUSE = 0.05
_WRITES = 4_000
_AT_ONCE = 50
"""Movements that one transaction of the loaded device writes."""
_DATA = Options(date(2026, 11, 21), customers=25_000, orders=100_000)
_SMALL_DATA = Options(date(2026, 11, 21), customers=2_500, orders=10_000)
_PER_SECOND = 1_000
"""Movements that should go through."""
_FIRST_PER_SECOND = 5_000
"""Documents that a first sync should bring."""

_INSERT = "INSERT INTO stock_movements DOCUMENTS (:documents)"
_MOVE = (
    "UPDATE inventory APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at "
    "WHERE _id = :id"
)


def measure_link(folder: Path, *, full: bool = False) -> list[Figure]:
    """Everything about the link, on a MongoDB of its own; `full` with ten times as many orders."""
    with _server(folder) as uri:
        figures = asyncio.run(_path(folder, MongoSettings(uri, "zava_link_path")))
        figures += asyncio.run(_load(folder, MongoSettings(uri, "zava_link_load")))
        settings = MongoSettings(uri, "zava_link_first")
        with open_database(settings) as database:
            list(enable(database))
            fill(database, _DATA if full else _SMALL_DATA, lambda *_: None)
            list(create_indexes(database))
        figures += asyncio.run(_first(folder, settings))
    return figures


async def _path(folder: Path, settings: MongoSettings) -> list[Figure]:
    """One write at a time, and the parts of its way without the link, in turns."""
    with open_database(settings) as database:
        prepare(database)
    other = item_document(STORE, 1)["inventory_id"]
    async with (
        live_devices(folder / "path", settings, "ann") as (ann,),
        peer(folder / "path" / "bob", settings, other, 0) as bob,
        await open_local_store(folder / "raw") as raw,
        AsyncMongoClient[dict[str, Any]](settings.uri) as client,
    ):
        bare = _Bare(raw, client[settings.database]["bare"])
        await bare.open()
        item = await ann.item(item_document(STORE, 1))
        await bob.seen()
        ours: list[float] = []
        without: list[float] = []
        for number in range(_PATH):
            await asyncio.sleep(_PAUSE)
            begun = perf_counter()
            await ann.stock.adjust(item, 1, Reason.FOUND, ann.actor)
            ours.append(await bob.seen() - begun)
            await asyncio.sleep(_PAUSE)
            without.append(
                await bare.insert_to_event(number) + await bare.write_to_observer(number)
            )
        await bare.close()
    name = "link: write on A to observer on B; raw: insert to change event, and Ditto to observer"
    return pair(name, ours[5:], without[5:], limit_ms=50, ratio_limit=2)


class _Bare:
    """The two parts of the way that no link can do without."""

    def __init__(self, peer: Ditto, collection: Any) -> None:
        self._peer = peer
        self._collection = collection
        self._seen: asyncio.Queue[float] = asyncio.Queue()
        self._told: asyncio.Queue[float] = asyncio.Queue()

    async def open(self) -> None:
        await self._collection.insert_one({"_id": "first"})
        self._stream = await self._collection.watch()
        self._reading = asyncio.create_task(self._read())
        self._observer = self._peer.store.register_observer(
            "SELECT * FROM bare ORDER BY n DESC LIMIT 1", None, self._on_change
        )
        await self._seen.get()

    async def insert_to_event(self, number: int) -> float:
        begun = perf_counter()
        await self._collection.insert_one({"_id": number, "text": "x" * 300})
        return await self._told.get() - begun

    async def write_to_observer(self, number: int) -> float:
        document = {"_id": str(number), "n": number, "text": "x" * 300}
        begun = perf_counter()
        insert = "INSERT INTO bare DOCUMENTS (:document)"
        with await self._peer.store.execute(insert, {"document": document}):
            pass
        return await self._seen.get() - begun

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._stream.close()
        self._observer.cancel()
        self._observer.close()

    def _on_change(self, result: QueryResult) -> None:
        with result:
            self._seen.put_nowait(perf_counter())

    async def _read(self) -> None:
        async for _ in self._stream:
            self._told.put_nowait(perf_counter())


async def _load(folder: Path, settings: MongoSettings) -> list[Figure]:
    """A device writes as fast as it can; the other one is joined all the time."""
    with open_database(settings) as database:
        prepare(database, items=40)
    async with (
        live_devices(folder / "load", settings, "ann") as (ann,),
        peer(folder / "load" / "bob", settings, "", _WRITES) as bob,
    ):
        slowest = asyncio.create_task(_longest_wait())
        begun = perf_counter()
        for number in range(_WRITES // _AT_ONCE):
            await _write(ann, number)
        written = perf_counter() - begun
        there = await bob.all - begun
        await ann.delivered()
        slowest.cancel()
        proof = await ann.stock.prove(STORE)
        assert proof.holds
        assert proof.movements == _WRITES
        waits = await slowest
    per_second = _WRITES / there
    name = f"link: {_WRITES:,} movements, A to MongoDB to B, sustained"
    return [
        Figure(name, "s", there, limit=_WRITES / _PER_SECOND),
        Figure("link: movements a second, A to MongoDB to B, sustained", "/s", per_second),
        Figure("link: movements a second that A wrote meanwhile", "/s", _WRITES / written),
        Figure("link: longest wait of the loop under that load, p95", "ms", p95(waits) * 1000),
        Figure("link: longest wait of the loop under that load, worst", "ms", max(waits) * 1000),
    ]


async def _write(peer: LinkedDevice, number: int) -> None:
    at = "2026-11-21T09:00:00.000Z"
    item = await peer.item(item_document(STORE, number % 40))

    documents = [new_document(item, Reason.FOUND, peer.actor, at, 1) for _ in range(_AT_ONCE)]
    move = {"quantity": _AT_ONCE, "at": at, "id": ditto_id(INVENTORY, documents[0])}

    async def work(unit: UnitOfWork) -> None:
        await unit.count(INVENTORY, _MOVE, move)
        await unit.insert_all(STOCK_MOVEMENTS, _INSERT, documents)

    await peer.session.write(work)


async def _longest_wait() -> list[float]:
    """By how much every turn of the loop came late, until cancelled."""
    waits = [0.0]
    try:
        while True:
            begun = perf_counter()
            await asyncio.sleep(0.001)
            waits.append(perf_counter() - begun - 0.001)
    except asyncio.CancelledError:
        return waits


async def _first(folder: Path, settings: MongoSettings) -> list[Figure]:
    """The first sync of one store of the large data set, on an empty device."""
    async with device(folder / "e", settings, wanted_of(STORE), name="eve") as eve:
        slowest = asyncio.create_task(_longest_wait())
        begun = perf_counter()
        eve.connect()
        await eve.until(lambda: eve.state.last_exchange and eve.state.total, "progress", 60)
        await eve.until(lambda: eve.state.phase.name == "LIVE", "a live link", 300)
        seconds = perf_counter() - begun
        slowest.cancel()
        waits = await slowest
        total, orders = eve.state.total, await eve.count(ORDERS)
    name = f"link: first sync of one store, {total:,} documents ({orders:,} orders)"
    return [
        Figure(name, "s", seconds, limit=round(total / _FIRST_PER_SECOND, 1)),
        Figure("link: first sync, documents a second", "/s", total / seconds),
        Figure("link: longest wait of the loop in a first sync, p95", "ms", p95(waits) * 1000),
        Figure("link: longest wait of the loop in a first sync, worst", "ms", max(waits) * 1000),
    ]


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    arguments = ("--wiredTigerCacheSizeGB=0.5", "--oplogSize=256")
    member = Member(find_mongod(), folder / "mongod", free_port(), arguments=arguments)
    with running(member):
        initiate([member])
        uri = f"mongodb://{member.address}/?replicaSet={member.replica_set}"
        with MongoClient[dict[str, Any]](uri) as client:
            client.admin.command("ping")
        yield uri


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="zava-link-") as name:
        started = perf_counter()
        found = measure_link(Path(name), full="full" in sys.argv)
        show(Console(), found, perf_counter() - started)
