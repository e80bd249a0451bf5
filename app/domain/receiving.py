"""Goods receipts: goods that came in at one time, with or without a paper that announced them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.domain.documents.parts import signed
from app.domain.entities import Actor, Reason
from app.domain.errors import UPDATE_FIRST, InvalidInputError, PaperError
from app.domain.papers import Change, Patch, Posting, Signature, movement_id, undo_step
from app.domain.purchase_orders import PurchaseOrder
from app.domain.transfers import Transfer
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import GOODS_RECEIPTS, REPLENISHMENTS, TRANSFERS

Paper = Transfer | PurchaseOrder


class ReceiptKind(Enum):
    """What a receipt is against; `UNKNOWN` is what a newer version of the program wrote."""

    TRANSFER = "transfer"
    PURCHASE_ORDER = "replenishment"
    FREE = "free"
    UNKNOWN = "unknown"


class ReceiptState(Enum):
    """How far a receipt is."""

    DRAFT = "draft"
    POSTED = "posted"
    UNDONE = "undone"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A product of a receipt: `damaged` of the `received` units, `missing` beside them."""

    product_id: str
    sku: str
    name: str
    expected: int = 0
    received: int = 0
    damaged: int = 0
    missing: int = 0
    note: str = ""

    @property
    def short(self) -> int:
        """Units that are still to come: expected, and neither here nor given up."""
        return max(self.expected - self.received - self.missing, 0)

    @property
    def over(self) -> int:
        """Units that are here, but were not expected."""
        return max(self.received - self.expected, 0)


@dataclass(frozen=True, slots=True)
class GoodsReceipt:
    """Goods that came in at one time; only the device of `signature` writes the receipt."""

    store_id: str
    receipt_id: str
    number: str
    kind: ReceiptKind
    paper_id: str
    paper_number: str
    supplier: str
    note: str
    signature: Signature
    lines: tuple[ReceiptLine, ...]
    state: ReceiptState
    posted_at: str

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "receipt_id": self.receipt_id}

    @property
    def waits_for_paper(self) -> bool:
        """Whether the receipt names a paper that has not been seen on this device yet."""
        return self.is_announced and not self.paper_id

    @property
    def is_announced(self) -> bool:
        """Whether the receipt is against a paper."""
        return self.kind in (ReceiptKind.TRANSFER, ReceiptKind.PURCHASE_ORDER)


def paper_id(paper: Paper) -> str:
    """The id of a paper that goods are received against."""
    return paper.transfer_id if isinstance(paper, Transfer) else paper.purchase_order_id


def expected(paper: Paper | None) -> Mapping[str, int]:
    """Units on their way by product id, as far as this device knows."""
    if isinstance(paper, Transfer):
        return {line.product_id: line.in_transit for line in paper.lines}
    return {line.product_id: line.outstanding for line in paper.lines} if paper else {}


def post(receipt: GoodsReceipt, paper: Paper | None, actor: Actor, at: str) -> Change:
    """Take the goods in; an empty change when the receipt is posted already.

    Raises PaperError on another device than the receipt's or for one that was discarded, and
    InvalidInputError for lines that make no sense.
    """
    if receipt.state in (ReceiptState.POSTED, ReceiptState.UNDONE):
        return Change()
    if receipt.state is ReceiptState.DISCARDED:
        raise PaperError("This receipt was discarded: begin a new one.")
    _refuse_unknown(receipt)
    if receipt.signature.device_id != actor.device.device_id:
        raise PaperError(
            f"This receipt belongs to {receipt.signature.device_name or 'another device'}: "
            "post it there, or begin one of your own."
        )
    lines = [line for line in receipt.lines if line.received or line.missing]
    if not lines:
        raise InvalidInputError("received", "Say how many arrived of at least one product.")
    for line in lines:
        if min(line.received, line.damaged, line.missing) < 0 or line.damaged > line.received:
            raise InvalidInputError(
                "damaged", f"{line.name}: no more can be damaged than were received."
            )
    awaited = expected(paper)
    fields: stored.GoodsReceiptChange = {
        "posted_at": at,
        "lines": {one.product_id: {"expected": awaited.get(one.product_id, 0)} for one in lines},
    }
    if paper is not None:
        fields["paper_id"] = paper_id(paper)
    change = _patch(receipt, fields) + Change(postings=tuple(_postings(receipt)))
    return change if paper is None else change + _entry(receipt, paper, signed(actor, at))


def link(receipt: GoodsReceipt, paper: Paper) -> Change:
    """Tell a paper of a receipt that it does not know, as when the goods came before the paper."""
    if receipt.state not in (ReceiptState.POSTED, ReceiptState.UNDONE):
        return Change()
    known = next((one for one in paper.receipts if one.receipt_id == receipt.receipt_id), None)
    if known and (known.undone or receipt.state is ReceiptState.POSTED):
        return Change()
    change = Change()
    if receipt.paper_id != paper_id(paper):
        change = _patch(receipt, {"paper_id": paper_id(paper)})
    signature = receipt.signature
    signs: stored.Signed = {
        "at": receipt.posted_at,
        "who": signature.who,
        "device_id": signature.device_id,
        "device_name": signature.device_name,
    }
    return change + _entry(receipt, paper, signs)


def undo(receipt: GoodsReceipt, paper: Paper | None, at: str) -> Change:
    """Take a posted receipt back, line by line; an empty change when that was done already."""
    if receipt.state is not ReceiptState.POSTED:
        return Change()
    _refuse_unknown(receipt)
    change = _patch(receipt, {"undone_at": at}) + Change(
        postings=tuple(
            undo_posting(one, receipt.signature.device_id, receipt.posted_at)
            for one in _postings(receipt)
        )
    )
    return change if paper is None else change + _note_receipt(paper, receipt, {"undone": True})


def discard(receipt: GoodsReceipt, at: str) -> Change:
    """Throw a draft away; raises PaperError when it was posted."""
    if receipt.state is ReceiptState.DISCARDED:
        return Change()
    if receipt.state is not ReceiptState.DRAFT:
        raise PaperError("This receipt is posted: undo it instead.")
    return _patch(receipt, {"discarded_at": at})


def set_lines(receipt: GoodsReceipt, lines: Mapping[str, stored.GoodsReceiptLine]) -> Change:
    """Set what arrived, as lines are stored; raises PaperError where the receipt is no draft."""
    if receipt.state is not ReceiptState.DRAFT:
        raise PaperError("This receipt is finished: begin another one for more goods.")
    return _patch(receipt, {"lines": dict(lines)})


def _refuse_unknown(receipt: GoodsReceipt) -> None:
    if receipt.kind is ReceiptKind.UNKNOWN:
        raise PaperError(f"What receipt {receipt.number} is for cannot be told: {UPDATE_FIRST}.")


def undo_posting(posting: Posting, device_id: str, effective_at: str) -> Posting:
    """The counter-movement of what a device posted."""
    undone = movement_id(posting.step, device_id)
    return Posting(
        posting.store_id,
        posting.product_id,
        Reason.UNDO,
        -posting.quantity,
        undo_step(undone),
        {**posting.reference, "undoes": undone, "undone_reason": posting.reason.value},
        effective_at=effective_at,
    )


def _postings(receipt: GoodsReceipt) -> list[Posting]:
    reason = Reason.TRANSFER_IN if receipt.kind is ReceiptKind.TRANSFER else Reason.RECEIVED
    reference = {"receipt": receipt.receipt_id, "number": receipt.number}
    if receipt.paper_number:
        reference[receipt.kind.value] = receipt.paper_number
    postings = []
    for line in receipt.lines:
        step = f"receipt/{receipt.receipt_id}/{line.product_id}"
        if line.received:
            postings.append(
                Posting(
                    receipt.store_id,
                    line.product_id,
                    reason,
                    line.received,
                    step,
                    reference,
                    note=line.note,
                )
            )
        if line.damaged:
            postings.append(
                Posting(
                    receipt.store_id,
                    line.product_id,
                    Reason.DAMAGED,
                    -line.damaged,
                    f"{step}/damaged",
                    reference,
                    note=line.note,
                )
            )
    return postings


def _entry(receipt: GoodsReceipt, paper: Paper, signs: stored.Signed) -> Change:
    entry: stored.PaperReceipt = {
        "at": signs["at"],
        "who": signs["who"],
        "device_id": signs["device_id"],
        "device_name": signs["device_name"],
        "number": receipt.number,
        "lines": {
            line.product_id: {
                "received": line.received,
                "damaged": line.damaged,
                "missing": line.missing,
            }
            for line in receipt.lines
            if line.received or line.missing
        },
    }
    if receipt.state is ReceiptState.UNDONE:
        entry["undone"] = True
    return _note_receipt(paper, receipt, entry)


def _note_receipt(
    paper: Paper, receipt: GoodsReceipt, entry: stored.PaperReceipt | stored.ReceiptUndone
) -> Change:
    """Write into a paper what it knows of a receipt."""
    collection = TRANSFERS if isinstance(paper, Transfer) else REPLENISHMENTS
    fields: stored.ReceiptsChange = {"receipts": {receipt.receipt_id: entry}}
    return Change(patches=(Patch(collection, {**paper.key, **fields}),))


def _patch(receipt: GoodsReceipt, fields: stored.GoodsReceiptChange) -> Change:
    return Change(patches=(Patch(GOODS_RECEIPTS, {**receipt.key, **fields}),))
