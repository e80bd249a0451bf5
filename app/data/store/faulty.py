"""All faulty documents of this device, for whoever has to see to them."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from app.data.store.session import Session
from app.domain.documents.faults import fault_of
from app.domain.errors import FaultyDocumentError
from connector_config.schema.collections import synced

_MOST: Final = 200
# Documents by their ids: a page by their order has Ditto look through all of them, 2 seconds for
# 100,000, so there are few such pages, and nothing but ids on them.
_IDS: Final = "SELECT _id FROM {} ORDER BY _id LIMIT :limit OFFSET :offset"
_DOCUMENTS: Final = "SELECT * FROM {} USE IDS LIST :ids"
_IDS_PAGE: Final = 50_000
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
        while True:
            page = {"limit": _IDS_PAGE, "offset": offset}
            rows = await self._session.query(_IDS.format(collection), page)
            for first in range(0, len(rows), _PAGE):
                found += await self._session.look_through(
                    _DOCUMENTS.format(collection),
                    {"ids": [row["_id"] for row in rows[first : first + _PAGE]]},
                    partial(fault_of, collection),
                )
                if len(found) >= _MOST:
                    return found[:_MOST]
            if len(rows) < _IDS_PAGE:
                return found
            offset += len(rows)
