"""Starting a receipt: against a paper or its number, or without one; a begun one goes on."""

from __future__ import annotations

from app.data.papers.receiving import ReceivingRepository
from app.domain.entities import Actor
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind
from app.ui.receive.arrivals import is_awaited
from app.ui.receive.closed import ClosedPaper, closed_paper
from app.ui.receive.papers import StorePapers

_KINDS = {"TR-": ReceiptKind.TRANSFER, "PO-": ReceiptKind.PURCHASE_ORDER}

Started = tuple[GoodsReceipt, Paper | None]
"""A receipt and the paper that announced its goods."""


def names_a_paper(number: str) -> bool:
    """Whether a number looks like a paper's, seen here or not."""
    return number[:3] in _KINDS


class ReceiptStart:
    """Finds the receipt that somebody wants to fill in, or begins it."""

    def __init__(self, receiving: ReceivingRepository, papers: StorePapers, actor: Actor) -> None:
        self._receiving = receiving
        self._papers = papers
        self._actor = actor

    async def against(self, paper: Paper | None) -> Started:
        """The receipt against a paper: the draft of this device if there is one, else a new one."""
        draft = self._draft_of(paper.number) if paper is not None else None
        return draft or await self._begin(paper), paper

    async def with_number(self, number: str, anyway: bool) -> Started | ClosedPaper | None:
        """The receipt for a number of a receipt or a paper.

        None for a paper that was not seen here, a ClosedPaper for one whose goods nobody expects;
        `anyway` begins a receipt against either.
        """
        store_id = self._actor.profile.store_id
        receipt = await self._receiving.with_number(store_id, number) or self._draft_of(number)
        if receipt is not None:
            return receipt, await self._receiving.paper_of(receipt)
        paper = await self._receiving.find_paper(store_id, number)
        if paper is None and not anyway:
            return None
        if paper is not None and not anyway and not is_awaited(paper):
            return closed_paper(paper)
        return await self._begin(paper, number), paper

    async def _begin(self, paper: Paper | None, unseen: str = "") -> GoodsReceipt:
        kind = _KINDS.get(unseen[:3], ReceiptKind.FREE)
        receipt = await self._receiving.begin(self._actor, paper, kind, unseen)
        self._papers.add(receipt)
        return receipt

    def _draft_of(self, number: str) -> GoodsReceipt | None:
        return self._papers.draft_of(number, self._actor.device.device_id)
