"""All faulty documents of this device, for whoever has to see to them."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from app.data.store.session import Session
from app.domain.documents.faults import fault_of
from app.domain.errors import FaultyDocumentError
from connector_config.schema.collections import synced

_MOST: Final = 200


class FaultyDocuments(Protocol):
    """The faulty documents as view models need them."""

    async def find(self) -> list[FaultyDocumentError]:
        """What is wrong with them, at most 200 of each collection."""
        ...


class DittoFaultyDocuments:
    """Looks through every synced collection of a session, beside the Qt thread."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self) -> list[FaultyDocumentError]:
        found: list[FaultyDocumentError] = []
        for collection in synced():
            faults = await self._session.look_through(
                f"SELECT * FROM {collection.name}",
                partial(fault_of, collection.name),
            )
            found += faults[:_MOST]
        return found
