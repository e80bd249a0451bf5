"""Goods receipts, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.data.papers import announced, papers
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import receiving as steps
from app.domain.documents.papers import new_paper
from app.domain.documents.receipts import to_receipt
from app.domain.entities import Actor, Product
from app.domain.errors import PaperError
from app.domain.papers import Change, ReceivedLine
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind, ReceiptState
from app.domain.transfers import Transfer
from connector_config.schema.collections import GOODS_RECEIPTS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_ALL = "SELECT * FROM goods_receipts WHERE store_id = :store_id ORDER BY created_at DESC LIMIT 200"
_ONE = "SELECT * FROM goods_receipts WHERE _id = :id"
_UNKNOWN = (
    "SELECT * FROM goods_receipts WHERE store_id = :store_id AND kind != 'free' "
    "AND posted_at > '' AND (paper_id = '' OR undone_at > '') ORDER BY created_at DESC LIMIT 200"
)


class ReceivingRepository:
    """What comes in at a store; a receipt is written by the device that began it.

    A step that was done already does nothing and gives the receipt as it is.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch_all(self, store_id: str, on_receipts: Callable[[list[GoodsReceipt]], None]) -> Cancel:
        """The newest receipts, at most 200, newest first."""
        return self._session.watch(
            _ALL,
            {"store_id": store_id},
            lambda rows: on_receipts([to_receipt(row) for row in rows]),
        )

    def watch(self, receipt: GoodsReceipt, on_receipt: Callable[[GoodsReceipt], None]) -> Cancel:
        """One receipt as it is filled in."""

        def on_rows(rows: list[Row]) -> None:
            if rows:
                on_receipt(to_receipt(rows[0]))

        return self._session.watch(_ONE, {"id": ditto_id(GOODS_RECEIPTS, receipt.key)}, on_rows)

    async def find_paper(self, store_id: str, number: str) -> Paper | None:
        """The transfer or the order with this number, if this device has it."""
        return await self._session.read(lambda unit: announced.with_number(unit, store_id, number))

    async def paper_of(self, receipt: GoodsReceipt) -> Paper | None:
        """The paper of a receipt, if it has one and this device has it."""
        return await self._session.read(lambda unit: announced.paper_of(unit, receipt))

    async def begin(
        self,
        actor: Actor,
        paper: Paper | None = None,
        kind: ReceiptKind = ReceiptKind.FREE,
        paper_number: str = "",
    ) -> GoodsReceipt:
        """A draft against a paper; or against a number that this device has not seen yet, with its
        kind; or against nothing.
        """
        at = to_iso(self._now())
        return await self._session.write(
            lambda unit: _begin(unit, actor, at, paper, kind, paper_number)
        )

    async def set_line(
        self,
        receipt: GoodsReceipt,
        product: Product,
        received: int,
        damaged: int = 0,
        missing: int = 0,
        note: str = "",
    ) -> GoodsReceipt:
        """Fill in what arrived of a product: `damaged` of the `received` units."""
        line = _line(product, received, damaged, missing, note)
        return await self._set_lines(receipt, {product.product_id: line})

    async def fill_in(
        self, receipt: GoodsReceipt, lines: Mapping[str, tuple[Product, int]]
    ) -> GoodsReceipt:
        """Fill in how many arrived of several products at once, by product id."""
        return await self._set_lines(receipt, {key: _line(*one) for key, one in lines.items()})

    async def _set_lines(
        self, receipt: GoodsReceipt, lines: Mapping[str, dict[str, Any]]
    ) -> GoodsReceipt:
        async def work(unit: UnitOfWork) -> GoodsReceipt:
            stored = to_receipt(await papers.load(unit, GOODS_RECEIPTS, receipt.key))
            if stored.state is not ReceiptState.DRAFT:
                raise PaperError("This receipt is finished: begin another one for more goods.")
            fields = {**receipt.key, "lines": lines}
            await papers.merge(unit, GOODS_RECEIPTS, fields, to_iso(self._now()))
            return to_receipt(await papers.load(unit, GOODS_RECEIPTS, receipt.key))

        return await self._session.write(work)

    async def post(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Take the goods in, all lines in one transaction; raises PaperError, InvalidInputError."""
        at = to_iso(self._now())
        return await self._step(
            receipt, actor, at, lambda one, paper: steps.post(one, paper, actor, at)
        )

    async def take_in(
        self,
        actor: Actor,
        lines: Sequence[tuple[Product, ReceivedLine]],
        transfer: Transfer | None = None,
        number: str = "",
    ) -> GoodsReceipt:
        """Receive goods of a transfer, or of the number of one that this device has not seen yet:
        a receipt begun, filled and posted in one transaction; raises like `post`.
        """
        at = to_iso(self._now())
        stored = {
            product.product_id: _line(product, line.received, line.damaged, line.missing)
            for product, line in lines
        }

        async def work(unit: UnitOfWork) -> GoodsReceipt:
            kind = ReceiptKind.TRANSFER
            begun = await _begin(unit, actor, at, transfer, kind, number, lines=stored)
            await papers.apply(
                unit, steps.post(begun, await announced.paper_of(unit, begun), actor, at), actor, at
            )
            return to_receipt(await papers.load(unit, GOODS_RECEIPTS, begun.key))

        return await self._session.write(work)

    async def undo(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Take a posted receipt back, line by line."""
        at = to_iso(self._now())
        return await self._step(receipt, actor, at, lambda one, paper: steps.undo(one, paper, at))

    async def discard(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Throw a draft away."""
        at = to_iso(self._now())
        return await self._step(receipt, actor, at, lambda one, _: steps.discard(one, at))

    async def link_papers(self, store_id: str) -> int:
        """Tell papers that arrived since of their receipts; how many. Safe to call at any time."""

        async def due(unit: UnitOfWork) -> Change:
            change = Change()
            for row in await unit.query(_UNKNOWN, {"store_id": store_id}):
                receipt = to_receipt(row)
                paper = await announced.paper_of(unit, receipt)
                change += steps.link(receipt, paper) if paper else Change()
            return change

        async def work(unit: UnitOfWork) -> int:
            patches, at = (await due(unit)).patches, to_iso(self._now())
            for patch in patches:
                await papers.merge(unit, patch.collection, patch.document, at)
            return len(patches)

        # Looked at first, so that a quiet store is never locked for writing.
        return await self._session.write(work) if await self._session.read(due) else 0

    async def _step(
        self,
        receipt: GoodsReceipt,
        actor: Actor,
        at: str,
        step: Callable[[GoodsReceipt, Paper | None], Change],
    ) -> GoodsReceipt:
        async def work(unit: UnitOfWork) -> GoodsReceipt:
            stored = to_receipt(await papers.load(unit, GOODS_RECEIPTS, receipt.key))
            await papers.apply(
                unit, step(stored, await announced.paper_of(unit, stored)), actor, at
            )
            return to_receipt(await papers.load(unit, GOODS_RECEIPTS, receipt.key))

        return await self._session.write(work)


def _line(
    product: Product, received: int, damaged: int = 0, missing: int = 0, note: str = ""
) -> dict[str, Any]:
    return papers.snapshot(product, received, "received") | {
        "expected": 0,
        "damaged": damaged,
        "missing": missing,
        "note": note,
    }


async def _begin(
    unit: UnitOfWork,
    actor: Actor,
    at: str,
    paper: Paper | None,
    kind: ReceiptKind,
    paper_number: str,
    lines: Mapping[str, Mapping[str, object]] | None = None,
) -> GoodsReceipt:
    if paper is not None:
        is_transfer = isinstance(paper, Transfer)
        kind = ReceiptKind.TRANSFER if is_transfer else ReceiptKind.PURCHASE_ORDER
        paper_number = paper.number
    number = await papers.next_number(unit, "GR", GOODS_RECEIPTS, actor)
    document = new_paper(actor, at, number) | {
        "store_id": actor.profile.store_id,
        "receipt_id": str(uuid.uuid4()),
        "kind": kind.value,
        "paper_id": "" if paper is None else steps.paper_id(paper),
        "paper_number": paper_number.strip(),
        "supplier": "",
        "lines": dict(lines or {}),
    }
    await papers.insert(unit, GOODS_RECEIPTS, document)
    return to_receipt(document)
