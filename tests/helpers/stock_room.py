"""A store filled with demo data, somebody who works in it, and a look behind the repositories."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from app.config.repositories import Repositories
from app.data.store.session import Row, Session
from app.domain.documents.stock import to_item
from app.domain.entities import Actor, Device, Movement, Profile, Role, StockItem
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from tests.helpers.waiting import PATIENCE

T = TypeVar("T")

SEATTLE = "store_seattle"
STORE_IDS = [
    f"store_{city}"
    for city in (
        "bellevue",
        "everett",
        "kirkland",
        "online",
        "redmond",
        "seattle",
        "spokane",
        "tacoma",
    )
]

ANN = Actor(Profile(SEATTLE, Role.WORKER, "Ann Ström"), Device("device-ann", "stock room"))
BOB = Actor(
    Profile(SEATTLE, Role.MANAGER, "Bob"), Device("device-bob", "office"), connected=lambda: True
)


class Clock:
    """Tells a time of its own: each time it is asked, a second later."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class StockRoom:
    """The repositories on a real store, and raw access to what they stored."""

    def __init__(self, session: Session, clock: Clock | None = None) -> None:
        self.session = session
        self.clock = clock or Clock()
        self.repositories = Repositories(session, self.clock, SEATTLE)
        self.stock = self.repositories.stock

    async def items(
        self, store_id: str = SEATTLE, at_least: int = 20, limit: int = 1
    ) -> list[StockItem]:
        """Some items of a store with so many on hand."""
        rows = await self.session.query(
            "SELECT * FROM inventory WHERE store_id = :store_id AND stock_level >= :at_least "
            "ORDER BY inventory_id LIMIT :limit",
            {"store_id": store_id, "at_least": at_least, "limit": limit},
        )
        assert len(rows) == limit
        return [to_item(row) for row in rows]

    async def item(self, store_id: str = SEATTLE, at_least: int = 20) -> StockItem:
        """An item of a store with so many on hand."""
        return (await self.items(store_id, at_least))[0]

    async def stored(self, item: StockItem) -> StockItem:
        """The item as it is stored now."""
        return to_item(await self.document(INVENTORY, item))

    async def document(self, collection: str, entity: StockItem | Movement) -> Row:
        """The raw document of an item or a movement."""
        rows = await self.session.query(
            f"SELECT * FROM {collection} WHERE _id = :id", {"id": key_of(entity)}
        )
        assert len(rows) == 1
        return rows[0]

    async def movements(self, item: StockItem) -> list[Row]:
        """The raw ledger documents of an item, oldest first."""
        return await self.session.query(
            "SELECT * FROM stock_movements WHERE inventory_id = :id ORDER BY at, _id",
            {"id": item.inventory_id},
        )

    async def count_movements(self) -> int:
        """How many ledger documents there are of all stores."""
        rows = await self.session.query("SELECT COUNT(*) AS n FROM stock_movements")
        return int(rows[0]["n"])

    async def levels(self) -> dict[str, Any]:
        """The opening level of every item of every store."""
        rows = await self.session.query("SELECT inventory_id, stock_level FROM inventory")
        return {row["inventory_id"]: row["stock_level"] for row in rows}


class Heard(Generic[T]):
    """Keeps what a watcher called back with, and waits for what is still to come."""

    def __init__(self) -> None:
        self.calls: list[T] = []

    def __call__(self, result: T) -> None:
        self.calls.append(result)

    @property
    def last(self) -> T:
        return self.calls[-1]

    async def until(self, holds: Callable[[T], object], seconds: float = PATIENCE) -> T:
        """The first result from now on, or the last one, for which something holds."""
        try:
            async with asyncio.timeout(seconds):
                while not self.calls or not holds(self.last):
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"waited in vain; last: {self.calls[-1:]}") from None
        return self.last

    async def first(self) -> T:
        """What it calls back with at once."""
        return await self.until(lambda _: True)

    async def silence(self, seconds: float = 0.25) -> None:
        """Fails when it calls back within a time that is long for an observer (9 to 34 ms)."""
        calls = len(self.calls)
        await asyncio.sleep(seconds)
        assert len(self.calls) == calls, f"called back with {self.last}"


def key_of(entity: StockItem | Movement) -> Any:
    """The Ditto `_id` of an item or a movement."""
    if isinstance(entity, Movement):
        return ditto_id(
            STOCK_MOVEMENTS, {"store_id": entity.store_id, "movement_id": entity.movement_id}
        )
    return ditto_id(INVENTORY, {"store_id": entity.store_id, "inventory_id": entity.inventory_id})
