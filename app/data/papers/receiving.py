"""Goods receipts, on the embedded store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.data.papers import announced, papers
from app.data.papers.table import PaperTable
from app.data.staff import word
from app.data.stock import usual
from app.data.store.reading import entities, note
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import receiving as steps
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.papers import new_paper
from app.domain.documents.receipts import new_receipt, new_receipt_line, to_receipt
from app.domain.entities import Actor, Product
from app.domain.errors import FaultyDocumentError
from app.domain.papers import Change, ReceivedLine
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind, ReceiptState
from app.domain.rights import Right, check
from app.domain.transfers import Transfer
from app.domain.unusual import Asked
from connector_config.schema.collections import GOODS_RECEIPTS
from connector_config.schema.instants import to_iso
from connector_config.schema.paper_documents import GoodsReceiptLine

Cancel = Callable[[], None]

_UNKNOWN = (
    "SELECT * FROM goods_receipts WHERE store_id = :store_id AND kind != 'free' "
    "AND posted_at > '' AND (paper_id = '' OR undone_at > '') ORDER BY created_at DESC LIMIT 200"
)


class ReceivingRepository:
    """The goods receipts of a store; each is written by the device that began it.

    A step that was done already does nothing and returns the receipt as it is.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._table = PaperTable(session, GOODS_RECEIPTS, to_receipt)

    def watch_all(self, store_id: str, on_receipts: Callable[[list[GoodsReceipt]], None]) -> Cancel:
        """The newest receipts, at most 200, newest first."""
        return self._table.watch_newest(store_id, on_receipts)

    def watch(self, receipt: GoodsReceipt, on_receipt: Callable[[GoodsReceipt], None]) -> Cancel:
        """One receipt, now and after every change."""
        return self._table.watch(receipt, on_receipt)

    async def with_id(self, receipt_id: str) -> GoodsReceipt | None:
        """The receipt with an id, however old; None where this device has none."""
        return await self._table.find("receipt_id", receipt_id)

    async def with_number(self, store_id: str, number: str) -> GoodsReceipt | None:
        """The receipt of a store with a number, however old; None where this device has none."""
        found = await self._table.find("number", number)
        return found if found is not None and found.store_id == store_id else None

    async def find_paper(self, store_id: str, number: str) -> Paper | None:
        """The transfer or the purchase order with this number; None where this device has none."""
        return await self._session.read(lambda unit: announced.with_number(unit, store_id, number))

    async def paper_of(self, receipt: GoodsReceipt) -> Paper | None:
        """The paper of a receipt; None where it has none or the paper is not on this device."""
        return await self._session.read(lambda unit: announced.paper_of(unit, receipt))

    async def begin(
        self,
        actor: Actor,
        paper: Paper | None = None,
        kind: ReceiptKind = ReceiptKind.FREE,
        paper_number: str = "",
    ) -> GoodsReceipt:
        """Begin a draft against a paper, against the number of an unseen one, or against nothing.

        `kind` is the kind of a paper that this device has not seen yet.
        """
        check(actor, Right.RECEIVE)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> GoodsReceipt:
            begun = await _begin(unit, actor, at, paper, kind, paper_number)
            unit.note(_made(begun, Kind.RECEIPT_BEGUN, actor))
            return begun

        return await self._session.write(work)

    async def set_line(
        self,
        receipt: GoodsReceipt,
        product: Product,
        received: int,
        actor: Actor,
        damaged: int = 0,
        missing: int = 0,
        note: str = "",
    ) -> GoodsReceipt:
        """Set what arrived of a product.

        `damaged` of the `received` units, `missing` beside them.
        """
        check(actor, Right.RECEIVE)
        line = new_receipt_line(product, ReceivedLine(received, damaged, missing), note)
        return await self._set_lines(receipt, {product.product_id: line})

    async def fill_in(
        self, receipt: GoodsReceipt, lines: Mapping[str, tuple[Product, int]], actor: Actor
    ) -> GoodsReceipt:
        """Set what arrived of several products at once, by product id."""
        check(actor, Right.RECEIVE)
        filled = {
            product_id: new_receipt_line(product, ReceivedLine(received))
            for product_id, (product, received) in lines.items()
        }
        return await self._set_lines(receipt, filled)

    async def post(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Take the goods in, all lines in one transaction.

        Raises PaperError, InvalidInputError, and WordNeededError for so many that the store wants a
        manager's word.
        """
        check(actor, Right.RECEIVE)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork, stored: GoodsReceipt) -> None:
            await _take_in(unit, stored, actor, at)
            unit.note(_made(stored, Kind.RECEIPT, actor))

        return await self._table.step(receipt, work)

    async def take_in(
        self,
        actor: Actor,
        lines: Sequence[tuple[Product, ReceivedLine]],
        transfer: Transfer | None = None,
        number: str = "",
    ) -> GoodsReceipt:
        """Begin, fill in and post a receipt in one transaction; raises like `post`.

        It is of a transfer, or of the number of one that this device has not seen yet.
        """
        check(actor, Right.RECEIVE)
        at = to_iso(self._now())
        filled = {product.product_id: new_receipt_line(product, came) for product, came in lines}

        async def work(unit: UnitOfWork) -> GoodsReceipt:
            kind = ReceiptKind.TRANSFER
            begun = await _begin(unit, actor, at, transfer, kind, number, lines=filled)
            await _take_in(unit, begun, actor, at)
            unit.note(_made(begun, Kind.RECEIPT, actor))
            return await self._table.load(unit, begun.key)

        return await self._session.write(work)

    async def undo(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Take a posted receipt back, line by line."""
        check(actor, Right.RECEIVE)
        at = to_iso(self._now())
        return await self._step(receipt, actor, at, lambda one, paper: steps.undo(one, paper, at))

    async def discard(self, receipt: GoodsReceipt, actor: Actor) -> GoodsReceipt:
        """Throw a draft away."""
        check(actor, Right.RECEIVE)
        at = to_iso(self._now())
        return await self._step(
            receipt, actor, at, lambda one, _: steps.discard(one, at), Kind.RECEIPT_DISCARDED
        )

    async def link_papers(self, store_id: str) -> int:
        """Tell papers that arrived since of their receipts; returns how many.

        It is safe to call at any time.
        """

        async def due(unit: UnitOfWork) -> Change:
            change = Change()
            rows = await unit.query(_UNKNOWN, {"store_id": store_id})
            for receipt in entities(rows, to_receipt):
                try:
                    paper = await announced.paper_of(unit, receipt)
                except FaultyDocumentError as fault:
                    note(fault)
                    continue
                change += steps.link(receipt, paper) if paper else Change()
            return change

        async def work(unit: UnitOfWork) -> int:
            patches = (await due(unit)).patches
            await papers.merge_all(unit, patches, to_iso(self._now()))
            return len(patches)

        # Looked at first, so that a quiet store is never locked for writing.
        return await self._session.write(work) if await self._session.read(due) else 0

    async def _step(
        self,
        receipt: GoodsReceipt,
        actor: Actor,
        at: str,
        step: Callable[[GoodsReceipt, Paper | None], Change],
        kind: Kind | None = None,
    ) -> GoodsReceipt:
        async def work(unit: UnitOfWork, stored: GoodsReceipt) -> None:
            paper = await announced.paper_of(unit, stored)
            await papers.apply(unit, step(stored, paper), actor, at)
            if kind is not None:
                unit.note(_made(stored, kind, actor))

        return await self._table.step(receipt, work)

    async def _set_lines(
        self, receipt: GoodsReceipt, lines: Mapping[str, GoodsReceiptLine]
    ) -> GoodsReceipt:
        at = to_iso(self._now())
        return await self._table.edit(
            receipt, lambda one: steps.set_lines(one, lines), at, receipt.store_id
        )


def _made(receipt: GoodsReceipt, kind: Kind, actor: Actor) -> NewlyMade:
    key = {**receipt.key, "number": receipt.number}
    return NewlyMade(kind, receipt.store_id, key, actor.device.device_id)


async def _take_in(unit: UnitOfWork, receipt: GoodsReceipt, actor: Actor, at: str) -> None:
    """Post a receipt; raises WordNeededError for so many that the store wants a word."""
    paper = await announced.paper_of(unit, receipt)
    awaited = steps.expected(paper)
    units = [
        Asked(one.product_id, one.name, one.received, awaited.get(one.product_id, 0))
        for one in (receipt.lines if receipt.state is ReceiptState.DRAFT else ())
    ]
    by = await word.approved(unit, actor, await usual.asked_of(unit, actor, units))
    await papers.apply(unit, steps.post(receipt, paper, by, at), by, at)


async def _begin(
    unit: UnitOfWork,
    actor: Actor,
    at: str,
    paper: Paper | None,
    kind: ReceiptKind,
    paper_number: str,
    lines: Mapping[str, GoodsReceiptLine] | None = None,
) -> GoodsReceipt:
    if paper is not None:
        is_transfer = isinstance(paper, Transfer)
        kind = ReceiptKind.TRANSFER if is_transfer else ReceiptKind.PURCHASE_ORDER
        paper_number = paper.number
    number = await papers.next_number(unit, "GR", GOODS_RECEIPTS, actor)
    document = new_receipt(
        new_paper(actor, at, number),
        str(uuid.uuid4()),
        actor.profile.store_id,
        kind,
        "" if paper is None else steps.paper_id(paper),
        paper_number.strip(),
        lines or {},
    )
    await papers.insert(unit, GOODS_RECEIPTS, document)
    return to_receipt(document)
