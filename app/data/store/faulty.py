"""All faulty documents of this device, for whoever has to see to them."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from app.data.store.session import Session
from app.domain.documents.faults import fault_of
from app.domain.errors import FaultyDocumentError
from connector_config.schema.collections import synced

_MOST: Final = 200
# By their ids, of which a page reads nothing else: a page of documents by their order would have
# Ditto read all of them for each.
_IDS: Final = "SELECT _id FROM {} ORDER BY _id LIMIT :limit OFFSET :offset"
_DOCUMENTS: Final = "SELECT * FROM {} USE IDS LIST :ids"
_IDS_PAGE: Final = 10_000
_PAGE: Final = 250


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
            found += await self._of(collection.name)
        return found

    async def _of(self, collection: str) -> list[FaultyDocumentError]:
        found: list[FaultyDocumentError] = []
        offset = 0
        page = {"limit": _IDS_PAGE}
        while rows := await self._session.query(_IDS.format(collection), page | {"offset": offset}):
            for first in range(0, len(rows), _PAGE):
                found += await self._session.look_through(
                    _DOCUMENTS.format(collection),
                    {"ids": [row["_id"] for row in rows[first : first + _PAGE]]},
                    partial(fault_of, collection),
                )
                if len(found) >= _MOST:
                    return found[:_MOST]
            offset += len(rows)
        return found
