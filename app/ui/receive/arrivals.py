"""Rows of what is on its way to a store, is being taken in, and came in lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.purchase_orders import PurchaseOrder
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind, ReceiptState, expected, paper_id
from app.domain.transfers import Transfer
from app.ui.core.formats import counted, local_day

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row: `subject` is the paper or receipt that it opens, `at` the stored time of `when`."""

    key: str
    number: str
    what: str
    when: str
    units: int
    state: str
    tone: str
    subject: GoodsReceipt | Paper
    at: str = ""


def arrivals(
    receipts: Sequence[GoodsReceipt],
    papers: Sequence[Paper],
    stores: Mapping[str, str],
    device_id: str,
    now: str,
) -> tuple[Arrival, ...]:
    """The rows: drafts, then what is expected with the oldest first, then what came in lately.

    `stores` has the names of the stores by id; `now` is a stored time.
    """
    shown = [one for one in receipts if one.state is not ReceiptState.DISCARDED]
    drafts = [one for one in shown if one.state is ReceiptState.DRAFT]
    done = [one for one in shown if one.state is not ReceiptState.DRAFT]
    begun = {one.paper_number for one in drafts if one.signature.device_id == device_id}
    awaited = [one for one in papers if is_awaited(one) and one.number not in begun]
    awaited.sort(key=lambda one: one.signature.at)
    rows = [_receipt(one, device_id) for one in drafts]
    rows += [_paper(one, stores, now) for one in awaited]
    rows += [_receipt(one, device_id) for one in done]
    return tuple(rows[:SHOWN])


def is_awaited(paper: Paper) -> bool:
    """Whether goods are expected of a paper."""
    if isinstance(paper, PurchaseOrder):
        return paper.state.is_open
    return paper.in_transit > 0


def origin(paper: Paper, stores: Mapping[str, str]) -> str:
    """Where goods come from, such as `Transfer from Tacoma`."""
    if isinstance(paper, Transfer):
        return f"Transfer from {stores.get(paper.from_store_id, paper.from_store_id)}"
    return f"Order at {paper.supplier}" if paper.supplier else "Order at a supplier"


def against(receipt: GoodsReceipt) -> str:
    """The paper of a receipt in words, such as `Transfer TR-SEA-3F2A-0001`."""
    if receipt.kind is ReceiptKind.FREE:
        return "Without a paper"
    if receipt.kind is ReceiptKind.UNKNOWN:
        return f"Unknown to this version {receipt.paper_number}".strip()
    kind = "Transfer" if receipt.kind is ReceiptKind.TRANSFER else "Order"
    return f"{kind} {receipt.paper_number}"


def _receipt(receipt: GoodsReceipt, device_id: str) -> Arrival:
    states = {
        ReceiptState.DRAFT: ("Go on", "warn"),
        ReceiptState.POSTED: ("Received", "ok"),
        ReceiptState.UNDONE: ("Undone", ""),
    }
    state, tone = states[receipt.state]
    signature = receipt.signature
    if receipt.state is ReceiptState.DRAFT and signature.device_id != device_id:
        state, tone = "Begun elsewhere", ""
    if receipt.state is ReceiptState.POSTED and receipt.waits_for_paper:
        state, tone = "Paper to come", "warn"
    at = local_day(receipt.posted_at or signature.at)
    return Arrival(
        receipt.receipt_id,
        receipt.number,
        against(receipt),
        f"{at}, {signature.who}" if signature.who else at,
        sum(line.received for line in receipt.lines),
        state,
        tone,
        receipt,
        receipt.posted_at or signature.at,
    )


def _paper(paper: Paper, stores: Mapping[str, str], now: str) -> Arrival:
    state, tone = "Expected", ""
    if isinstance(paper, PurchaseOrder):
        lines = sum(one.outstanding > 0 for one in paper.lines)
        at = paper.expected_at
        when = f"Due {local_day(at)}, {counted(lines, 'line')}"
        if paper.is_overdue(now):
            state, tone = "Overdue", "danger"
    else:
        at = paper.shipments[-1].signature.at if paper.shipments else ""
        when = f"Shipped {local_day(at)}" if at else ""
    if any(not one.undone for one in paper.receipts):
        state = f"{state}, part is here"
    units = sum(expected(paper).values())
    return Arrival(
        paper_id(paper), paper.number, origin(paper, stores), when, units, state, tone, paper, at
    )
