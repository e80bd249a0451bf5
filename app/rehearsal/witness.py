"""The evidence of a request: what it wrote, told by the unit of work."""

from __future__ import annotations

from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Any, Final

from app.data.store.session import Session
from app.data.store.unit_of_work import Touched, Written
from app.domain.receiving import GoodsReceipt
from app.domain.stocktake import Stocktake
from app.domain.transfers import Transfer
from connector_config.schema.collections import CUSTOMERS, STOCK_MOVEMENTS, synced

Evidence = dict[str, Any]

# Of customers and items, an edit leaves evidence of its own.
_TOUCHED: Final = {
    one.name: f"SELECT * FROM {one.name} USE IDS LIST :ids"
    for one in synced("papers", "ledger", "sales")
    if one.name != CUSTOMERS
}
# Requests are carried out side by side, each in a task of its own.
_written: ContextVar[list[Touched]] = ContextVar("written")


class Witness:
    """Sees the writes of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.on_written(_note)

    async def done(self, work: Awaitable[Any]) -> Evidence:
        """Do the work; returns what it wrote.

        `movements`, `papers` (collection and document), and the `key` and the `number` of the paper
        that it is about.
        """
        touched: list[Touched] = []
        _written.set(touched)
        paper = await work
        written: Evidence = {"movements": [], "papers": []}
        for name in dict.fromkeys(one.collection for one in touched):
            if name not in _TOUCHED:
                continue
            ids = [one.document_id for one in touched if one.collection == name]
            for row in await self._session.query(_TOUCHED[name], {"ids": ids}):
                document = {field: value for field, value in row.items() if field != "_id"}
                if name == STOCK_MOVEMENTS:
                    written["movements"].append(document)
                else:
                    written["papers"].append((name, document))
        if isinstance(paper, (Transfer, GoodsReceipt, Stocktake)):
            written |= {"key": paper.key, "number": paper.number}
        return written

    async def of_sale(self, work: Awaitable[None]) -> Evidence:
        """Take an order; returns its `movements`, and new `documents` by collection."""
        written = await self.done(work)
        documents: dict[str, list[Any]] = {}
        for name, document in written.pop("papers"):
            documents.setdefault(name, []).append(document)
        return written | {"documents": documents}


def _note(written: Written) -> None:
    # Writes that are not about papers leave other evidence.
    if (touched := _written.get(None)) is not None:
        touched += written.touched
