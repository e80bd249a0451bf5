"""Bad weather for a rehearsal: MongoDB steps down every few seconds, and the back office writes
documents that are nobody's intent.

What it wrote is withdrawn, and what it damaged is mended, when the schedule ends: then everything
has to be equal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from random import Random
from typing import Any, Final

from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex
from bson.datetime_ms import DatetimeMS
from bson.timestamp import Timestamp
from pymongo.errors import PyMongoError

from app.rehearsal.server import Server
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import PRODUCTS, STORES, synced
from tests.helpers.nasty import VALUES, Path, damaged, fields, good

_AT: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
BSON_ONLY: Final[dict[str, Any]] = {
    "a Decimal128 of BSON": Decimal128("7.0"),
    "a Decimal128 with a rest": Decimal128("7.5"),
    "no number of BSON": Decimal128("NaN"),
    "a time": _AT,
    "a time outside of years": DatetimeMS(2**60),
    "an ObjectId": ObjectId(b"a bad object"[:12]),
    "bytes": Binary(b"\x00\xff"),
    "an expression": Regex("a.*"),
    "code": Code("f()"),
    "the least": MinKey(),
    "the most": MaxKey(),
    "a timestamp": Timestamp(1, 1),
    "an Int64": Int64(7),
    "a double that is no number": float("nan"),
    "an endless double": float("inf"),
}
"""Values that only MongoDB can hold."""

_DAMAGE: Final[tuple[tuple[str, str, Any], ...]] = (
    *((PRODUCTS, "base_price", value) for value in ("12,50", 1e308, None, ["a"], True)),
    *((PRODUCTS, "sku", value) for value in (5, None, {"a": 1}, "")),
    *((PRODUCTS, "product_name", value) for value in (5, None, ["a"])),
    *((STORES, "tax_percent", value) for value in ("10,1", None, {"a": 1}, -5, 1e308)),
    *((STORES, "location", value) for value in ("Seattle", 5, None)),
    *((STORES, "store_name", value) for value in (5, None, "")),
)
"""What is done to documents that everybody uses."""


@dataclass(slots=True)
class Storm:
    """The weather, for `Stage`: how many documents a second, and the figures so far."""

    seed: int
    documents_a_second: float
    step_down_seconds: float
    documents: int = 0
    damages: int = 0
    step_downs: int = 0
    _bad: Iterator[tuple[str, dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self._bad = bad_documents(self.seed)

    def __str__(self) -> str:
        return (
            f"{self.documents:,} bad documents, {self.damages:,} damages of good ones, "
            f"{self.step_downs:,} step-downs"
        )

    @asynccontextmanager
    async def over(self, server: Server) -> AsyncIterator[tuple[str, ...]]:
        """The storm rages over a server as long as this is open; then all is put right."""
        mess = _Mess(server)
        ended = asyncio.Event()
        raging = asyncio.gather(self._write(mess, ended), self._step_down(server, ended))
        try:
            yield ()
        finally:
            ended.set()
            await raging
            await asyncio.to_thread(server.bring_back)
            await asyncio.to_thread(mess.clean)

    async def _write(self, mess: _Mess, ended: asyncio.Event) -> None:
        random = Random(self.seed + self.documents)
        while not ended.is_set():
            documents = list(islice(self._bad, max(1, round(self.documents_a_second / 4))))
            damage = random.choice(_DAMAGE)
            # Where it stepped down or is away, the back office tries again.
            while not await mess.make(documents, damage) and not ended.is_set():
                await wait(ended, 0.05)
            self.documents += len(documents)
            self.damages += 1
            await wait(ended, 0.25)

    async def _step_down(self, server: Server, ended: asyncio.Event) -> None:
        while not await wait(ended, self.step_down_seconds):
            if not server.is_away:
                await asyncio.to_thread(server.send_away, "step_down")
                await asyncio.sleep(0.2)
                await asyncio.to_thread(server.bring_back)
                self.step_downs += 1


class _Mess:
    """What the back office did to one server, and how it is put right."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._used = {name: server.database[name].find_one() or {} for name in (PRODUCTS, STORES)}
        self._damaged: set[tuple[str, str]] = set()
        self._written: dict[str, list[Any]] = {}

    async def make(
        self, documents: list[tuple[str, dict[str, Any]]], damage: tuple[str, str, Any]
    ) -> bool:
        """Write documents, and damage one that is used; whether MongoDB took it all."""
        try:
            await asyncio.to_thread(self._make, documents, *damage)
        except PyMongoError:
            return False
        return True

    def _make(
        self, documents: list[tuple[str, dict[str, Any]]], collection: str, name: str, value: Any
    ) -> None:
        for its, document in documents:
            key = document["_id"]
            # First, so that whatever was written is known.
            self._written.setdefault(its, []).append(key)
            self._server.database[its].replace_one({"_id": key}, document, upsert=True)
        self._damaged.add((collection, name))
        self._set(collection, {name: value})

    def clean(self) -> None:
        """Mend what was damaged, and withdraw what was written."""
        for collection, name in self._damaged:
            self._set(collection, {name: self._used[collection][name]})
        for collection, keys in self._written.items():
            self._server.database[collection].delete_many({"_id": {"$in": keys}})

    def _set(self, collection: str, fields: Mapping[str, Any]) -> None:
        where = {"_id": self._used[collection]["_id"]}
        self._server.database[collection].update_one(where, {"$set": fields})


def bad_documents(seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of every collection with every value, over and over, in an order by chance.

    The `_id` is the one of the document before it was damaged.
    """
    cases: list[tuple[str, Path, str]] = [
        (collection.name, path, value)
        for collection in synced()
        for path in fields(collection.name)
        for value in (*VALUES, *BSON_ONLY)
    ]
    random = Random(seed)
    while True:
        random.shuffle(cases)
        for collection, path, value in cases:
            yield collection, _document(collection, path, value)


def _document(collection: str, path: Path, value: str) -> dict[str, Any]:
    bad = damaged(collection, path, value, VALUES | BSON_ONLY)
    before = good(collection, f"{'.'.join(path)}/{value}")
    return {**bad.document, "_id": mongo_id(collection, before)}


async def wait(ended: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until it has ended; returns whether it has."""
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    return True
