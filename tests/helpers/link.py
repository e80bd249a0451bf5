"""Devices joined to a MongoDB by the link, and a proof that all of them are equal.

A device is a store in a folder, the app's own session with its outbox switched on, and a link.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ditto import Ditto

from app.data.stock.feed import StockFeed
from app.data.stock.stock import DittoStockRepository
from app.data.store.session import Session
from app.data.sync.linked import join
from app.domain.entities import Actor, Device, Profile, Role, StockItem
from connector_config.link.state import LinkState, Phase
from connector_config.mongodb.connection import Document, MongoDatabase, MongoSettings
from connector_config.mongodb.mapping import mongo_id, to_device
from connector_config.schema.collections import (
    CATEGORIES,
    COLLECTIONS,
    CUSTOMERS,
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    PRODUCT_TYPES,
    PRODUCTS,
    STOCK_MOVEMENTS,
    STORES,
)
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import ECHOES, OUTBOX
from connector_config.store.outbox import text_of
from seed.mongo.change_streams import enable
from tests.helpers.waiting import PATIENCE

TACOMA, SEATTLE = "store_tacoma", "store_seattle"
AT = "2026-11-20T08:00:00.000Z"
_COMMON = {"deleted": False, "created_at": AT, "updated_at": AT}


def wanted_of(*stores: str) -> list[Wanted]:
    """What a device of these stores holds."""
    own = [
        *(Wanted(name, "store_id", stores) for name in (ORDERS, ORDER_ITEMS, STOCK_MOVEMENTS)),
        Wanted(CUSTOMERS, "primary_store_id", stores),
    ]
    return own + [Wanted(name) for name in (INVENTORY, STORES, CATEGORIES, PRODUCT_TYPES, PRODUCTS)]


def item_document(store_id: str, number: int, level: int = 50) -> Document:
    """An inventory document as zava-seed writes it."""
    return {
        "store_id": store_id,
        "inventory_id": f"{number:08d}-0000-4000-8000-{zlib.crc32(store_id.encode()):012d}",
        "product_id": f"p{number}",
        "location": {"aisle": "1", "shelf": "A", "bin": str(number)},
        "stock_level": level,
        "reorder_threshold": 5,
        "last_updated": AT,
        "last_counted": AT,
        "notes": "",
        **_COMMON,
    }


def customer_document(store_id: str, number: int) -> Document:
    """A customer document."""
    return {
        "customer_id": f"c-{store_id}-{number}",
        "first_name": "Ann",
        "last_name": f"Number {number}",
        "email": f"c{number}@{store_id}.example",
        "phone": "(206) 555-0100",
        "primary_store_id": store_id,
        **_COMMON,
    }


def prepare(database: MongoDatabase, items: int = 4) -> None:
    """Pre- and post-images, and a few documents of two stores."""
    list(enable(database))
    for store_id in (SEATTLE, TACOMA):
        put(database, STORES, {"store_id": store_id, "store_name": store_id, **_COMMON})
        for number in range(items):
            put(database, INVENTORY, item_document(store_id, number))
            put(database, CUSTOMERS, customer_document(store_id, number))


def put(database: MongoDatabase, collection: str, document: Document) -> None:
    """Insert a document as zava-seed does."""
    database[collection].insert_one({"_id": mongo_id(collection, document), **document})


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class LinkedDevice:
    """One store on one device; `link` runs between `connect` and `disconnect`."""

    def __init__(
        self, session: Session, settings: MongoSettings, wanted: Sequence[Wanted], name: str
    ) -> None:
        self.session = session
        self.peer: Ditto = session._peer
        self.settings = settings
        self.wanted = wanted
        self.name = name
        self.stock = DittoStockRepository(session, now, StockFeed(session))
        self.actor = Actor(Profile(SEATTLE, Role.MANAGER, name), Device(f"device-{name}", name))
        self.states: list[LinkState] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> LinkState:
        """What the link said last."""
        return self.states[-1] if self.states else LinkState()

    @property
    def is_connected(self) -> bool:
        """Whether a link runs."""
        return self._task is not None

    def connect(self) -> None:
        """Let the link run."""
        # What the one before it said says nothing of this one.
        self.states.clear()
        self._task = join(
            self.session,
            self.settings,
            self.wanted,
            f"device-{self.name}",
            now,
            self.states.append,
        )

    async def disconnect(self) -> None:
        """Stop the link."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def live(self) -> None:
        """Wait until the link works both ways."""
        await self.until(lambda: self.state.phase is Phase.LIVE, "a live link")

    async def delivered(self) -> None:
        """Wait until nothing waits here."""
        await self._empty(OUTBOX)

    async def told(self) -> None:
        """Wait until the change stream has told of all that was sent from here."""
        await self._empty(ECHOES)

    async def _empty(self, collection: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while await self.count(collection):
                await asyncio.sleep(0.01)

    async def until(self, holds: Any, what: str, seconds: float = PATIENCE) -> None:
        """Wait until something holds; the link must not have ended."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not holds():
            assert self._task is not None
            if self._task.done():
                self._task.result()
            assert asyncio.get_running_loop().time() < deadline, f"no {what}: {self.state}"
            await asyncio.sleep(0.005)

    async def count(self, collection: str) -> int:
        """How many documents a collection holds."""
        rows = await self.session.query(f"SELECT COUNT(*) AS n FROM {collection}")
        return int(rows[0]["n"])

    async def documents(self, collection: str) -> dict[str, Document]:
        """All documents of a collection by their ids."""
        rows = await self.session.query(f"SELECT * FROM {collection}")
        return {text_of(row["_id"]): row for row in rows}

    async def item(self, document: Mapping[str, Any]) -> StockItem:
        """An item by its document."""
        key = {name: document[name] for name in ("store_id", "inventory_id")}
        return (await self.stock.items([key]))[0]

    async def until_stock(self, document: Mapping[str, Any], stock_delta: int) -> None:
        """Wait until an item has moved so much."""
        async with asyncio.timeout(PATIENCE):
            while (await self.item(document)).stock_delta != stock_delta:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Stop the link and close the store."""
        await self.disconnect()
        await self.session.close()


@asynccontextmanager
async def device(
    folder: Path, settings: MongoSettings, wanted: Sequence[Wanted] = (), name: str = "ann"
) -> AsyncIterator[LinkedDevice]:
    """An open device, not connected yet."""
    session = await Session.open(folder, now)
    made = LinkedDevice(session, settings, wanted or wanted_of(SEATTLE), name)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def live_devices(
    folder: Path, settings: MongoSettings, *names: str
) -> AsyncIterator[list[LinkedDevice]]:
    """Devices of one store, all of them live."""
    async with AsyncExitStack() as stack:
        made = [
            await stack.enter_async_context(device(folder / name, settings, name=name))
            for name in names
        ]
        for one in made:
            one.connect()
        for one in made:
            await one.live()
        yield made


async def differences(database: MongoDatabase, peer: LinkedDevice) -> list[str]:
    """What is not as it should be between MongoDB and a device, in words; empty when all is."""
    found: list[str] = []
    ledgers = {s for w in peer.wanted if w.collection == STOCK_MOVEMENTS for s in w.values}
    for name in COLLECTIONS:
        wanted = [w for w in peer.wanted if w.collection == name]
        if not wanted:
            continue
        theirs = {}
        for document in database[name].find({"$or": [w.mongo_filter() for w in wanted]}):
            fitting = to_device(name, document)
            theirs[text_of(fitting["_id"])] = fitting
        ours = {
            text: document
            for text, document in (await peer.documents(name)).items()
            if any(w.covers(document) for w in wanted)
        }
        if ours.keys() != theirs.keys():
            found.append(f"{name}: {len(ours)} here, {len(theirs)} in MongoDB")
        for text in ours.keys() & theirs.keys():
            left = {"stock_delta": 0, **ours[text]}
            right = {"stock_delta": 0, **theirs[text]}
            if left != right:
                parts = [k for k in left.keys() | right.keys() if left.get(k) != right.get(k)]
                shown = {k: (left.get(k), right.get(k)) for k in parts}
                found.append(f"{name} {text}: {shown} (here, in MongoDB)")
    for store_id in ledgers:
        proof = await peer.stock.prove(store_id)
        found += [f"ledger: {wrong}" for wrong in proof.discrepancies]
    pipeline = [{"$group": {"_id": "$inventory_id", "n": {"$sum": "$quantity"}}}]
    sums = {row["_id"]: row["n"] for row in database[STOCK_MOVEMENTS].aggregate(pipeline)}
    for item in database[INVENTORY].find():
        if item.get("stock_delta", 0) != sums.get(item["_id"], 0):
            found.append(
                f"MongoDB: {item['_id']} {item.get('stock_delta')} {sums.get(item['_id'])}"
            )
    return found


async def equal(database: MongoDatabase, *devices: LinkedDevice, parked_at_most: int = 0) -> None:
    """Wait until nothing waits, and MongoDB and all devices are equal."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        wrong: list[str] = []
        for peer in devices:
            if waiting := await peer.count("local_outbox"):
                wrong.append(f"{peer.name}: {waiting} wait")
            if (parked := await peer.count("local_link_parked")) > parked_at_most:
                wrong.append(f"{peer.name}: {parked} parked")
            wrong += [f"{peer.name}: {what}" for what in await differences(database, peer)]
        if not wrong:
            return
        assert asyncio.get_running_loop().time() < deadline, "\n".join(
            [*wrong[:10], *(str(one.state) for one in devices)]
        )
        await asyncio.sleep(0.05)
