"""A small store with documents of two stores, some of which have not been delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.data.sync.subscriptions import wanted
from app.data.sync.switching import Switch
from app.domain.entities import Role
from connector_config.schema.collections import (
    COLLECTIONS,
    ORDERS,
    ditto_id,
    synced,
)
from connector_config.schema.scope import Wanted
from connector_config.store.outbox import text_of

SEATTLE, TACOMA = "store_seattle", "store_tacoma"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
EACH = 3
NAMES = tuple(one.name for one in synced() if one.store_fields)
Found = dict[str, dict[str, dict[str, Any]]]


def now() -> datetime:
    """Always the same."""
    return NOW


def scope(store_id: str, role: Role = Role.WORKER, days: int | None = None) -> tuple[Wanted, ...]:
    """What somebody at a store wants."""
    return wanted(role, (store_id,), NOW, days)


def document(collection: str, store_id: str, name: str) -> dict[str, Any]:
    """A document of a store with all that decides where it belongs."""
    other = TACOMA if store_id == SEATTLE else "store_spokane"
    at = "2026-11-20T08:00:00.000Z"
    fields = {"primary_store_id": store_id, "from_store_id": store_id, "to_store_id": other}
    ids = {field: f"{name}-{field}" for field in COLLECTIONS[collection].id_fields}
    return {**ids, **fields, "store_id": store_id, "order_date": at, "created_at": at}


def present(name: str, store_id: str) -> list[dict[str, Any]]:
    """What came from the others of a collection, of one store."""
    its = [document(name, store_id, f"{store_id}-{at}") for at in range(EACH)]
    return [{"_id": ditto_id(name, one), **one} for one in its]


async def fill(data_dir: Path) -> None:
    """Documents of both stores, and for each an order that has not been delivered."""
    session = await Session.open(data_dir, now)
    for name in NAMES:
        its = [*present(name, SEATTLE), *present(name, TACOMA)]
        await session.query(f"INSERT INTO {name} DOCUMENTS (:its)", {"its": its})
    for store_id in (SEATTLE, TACOMA):

        async def work(unit: UnitOfWork, store_id: str = store_id) -> None:
            own = document(ORDERS, store_id, f"{store_id}-own")
            await unit.insert(ORDERS, "INSERT INTO orders DOCUMENTS (:document)", own)

        await session.write(work)
    await session.close()


async def everything(session: Session, names: Sequence[str] = NAMES) -> Found:
    """All documents by collection and id."""
    return {
        name: {text_of(row["_id"]): row for row in await session.query(f"SELECT * FROM {name}")}
        for name in names
    }


class Asked:
    """Notes what is asked for."""

    def __init__(self) -> None:
        self.scopes: list[tuple[Wanted, ...]] = []

    async def unsubscribe(self) -> None:
        self.scopes.append(())

    async def subscribe(self, scope: Sequence[Wanted]) -> None:
        self.scopes.append(tuple(scope))


def switch_of(data_dir: Path, session: Session, asked: Asked | None = None) -> Switch:
    """The switch of a data folder."""
    return Switch(data_dir / "sync-scope.json", session, asked or Asked())
