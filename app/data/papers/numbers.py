"""Papers by the number that is printed on them."""

from __future__ import annotations

from typing import Final

from app.data.store.session import Session
from app.domain.paper_numbers import PaperKind
from app.domain.scans import ScannedPaper
from connector_config.schema.collections import (
    GOODS_RECEIPTS,
    REPLENISHMENTS,
    STOCKTAKES,
    TRANSFERS,
)

_FIND: Final = {
    PaperKind.TRANSFER: "SELECT transfer_id AS id, from_store_id AS store_id, to_store_id "
    f"FROM {TRANSFERS} WHERE number = :number LIMIT 1",
    PaperKind.PURCHASE_ORDER: "SELECT replenishment_id AS id, store_id "
    f"FROM {REPLENISHMENTS} WHERE number = :number LIMIT 1",
    PaperKind.GOODS_RECEIPT: "SELECT receipt_id AS id, store_id "
    f"FROM {GOODS_RECEIPTS} WHERE number = :number LIMIT 1",
    PaperKind.STOCKTAKE: "SELECT stocktake_id AS id, store_id "
    f"FROM {STOCKTAKES} WHERE number = :number LIMIT 1",
}


class PaperNumbers:
    """The papers of one store, on the embedded store."""

    def __init__(self, session: Session, store_id: str) -> None:
        self._session = session
        self._store_id = store_id

    async def find(self, paper: ScannedPaper) -> str | None:
        """The id of the store's paper with a number, if this device has it."""
        for row in await self._session.query(_FIND[paper.kind], {"number": paper.number}):
            found = row.get("id")
            if self._store_id in (row.get("store_id"), row.get("to_store_id")):
                return found if isinstance(found, str) else None
        return None
