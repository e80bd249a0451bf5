"""How much room each collection takes on this device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cbor2

from app.data.store.session import Session
from connector_config.schema.collections import synced
from connector_config.store.local_only import OUTBOX

_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Room:
    """A collection on this device; `size` in bytes is estimated from a sample."""

    collection: str
    documents: int
    size: int


class Space(Protocol):
    """The room on this device as view models need it."""

    async def rooms(self) -> list[Room]:
        """Every collection that has documents here, the largest first."""
        ...

    @property
    def total(self) -> int:
        """The bytes of the whole store with its indexes, measured."""
        ...


class DittoSpace:
    """Measures a session: counts are exact and cost no scan, sizes come from 50 documents."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def total(self) -> int:
        return self._session.size

    async def rooms(self) -> list[Room]:
        names = [one.name for one in synced()]
        rooms = [await self._room(name) for name in (*names, OUTBOX)]
        return sorted((room for room in rooms if room.documents), key=lambda room: -room.size)

    async def _room(self, collection: str) -> Room:
        count = (await self._session.query(f"SELECT COUNT(*) AS n FROM {collection}"))[0]["n"]
        sample: list[Any] = []
        if count:
            sample = await self._session.query(f"SELECT * FROM {collection} LIMIT {_SAMPLE}")
        size = sum(len(cbor2.dumps(document)) for document in sample)
        return Room(collection, int(count), size * int(count) // max(len(sample), 1))
