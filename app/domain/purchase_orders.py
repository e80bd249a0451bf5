"""Purchase orders: what a store orders at a supplier, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from app.domain.documents.parts import from_approval
from app.domain.entities import Actor
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import Change, PaperReceipt, Patch, Signature
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import REPLENISHMENTS


class PurchaseOrderState(Enum):
    """How far an order is; follows from its steps."""

    DRAFT = "draft"
    ORDERED = "ordered"
    PART_RECEIVED = "partly received"
    RECEIVED = "received"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether goods are expected."""
        return self in (PurchaseOrderState.ORDERED, PurchaseOrderState.PART_RECEIVED)


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """A product of an order, in units; `unit_cost` in US dollars."""

    product_id: str
    sku: str
    name: str
    quantity: int
    unit_cost: Decimal
    received: int = 0
    damaged: int = 0
    missing: int = 0

    @property
    def outstanding(self) -> int:
        """Units that are still to come."""
        return max(self.quantity - self.received - self.missing, 0)

    @property
    def cost(self) -> Decimal:
        """What the line costs, in US dollars."""
        return self.unit_cost * self.quantity


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """An order at a supplier as far as this device knows it; times as stored."""

    store_id: str
    purchase_order_id: str
    number: str
    supplier: str
    note: str
    signature: Signature
    lines: tuple[PurchaseOrderLine, ...]
    receipts: tuple[PaperReceipt, ...]
    expected_at: str
    ordered_at: str
    cancelled_at: str
    closed_at: str

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {"store_id": self.store_id, "replenishment_id": self.purchase_order_id}

    @property
    def total(self) -> Decimal:
        """What all lines cost, in US dollars."""
        return sum((line.cost for line in self.lines), Decimal("0.00"))

    @property
    def state(self) -> PurchaseOrderState:
        """How far the order is: what arrived says more than what was written."""
        if any(line.received or line.missing for line in self.lines):
            done = self.closed_at or not any(line.outstanding for line in self.lines)
            return PurchaseOrderState.RECEIVED if done else PurchaseOrderState.PART_RECEIVED
        if self.cancelled_at or self.closed_at:
            return PurchaseOrderState.CANCELLED
        return PurchaseOrderState.ORDERED if self.ordered_at else PurchaseOrderState.DRAFT

    def is_overdue(self, now: str) -> bool:
        """Whether goods should have been here by `now`, a stored time."""
        return self.state.is_open and self.expected_at < now


def set_line(paper: PurchaseOrder, product_id: str, line: stored.PurchaseOrderLine) -> Change:
    """Set the line of a product, as it is stored; raises PaperError where the order is no draft."""
    _refuse_ordered(paper)
    return _patch(paper, {"lines": {product_id: line}})


def describe(paper: PurchaseOrder, supplier: str, note: str) -> Change:
    """Set a draft's supplier and note; raises PaperError where the order is no draft."""
    _refuse_ordered(paper)
    return _patch(paper, {"supplier": supplier, "note": note})


def order(paper: PurchaseOrder, actor: Actor, at: str, expected_at: str) -> Change:
    """Send a draft to the supplier; an empty change when that was done already."""
    if paper.state is not PurchaseOrderState.DRAFT:
        return Change()
    if not paper.lines:
        raise InvalidInputError("lines", "Put at least one product on the order.")
    fields: stored.PurchaseOrderChange = {"ordered_at": at, "expected_at": expected_at}
    if actor.granted is not None:
        fields["approved_by"] = from_approval(actor.granted)
    return _patch(paper, fields)


def cancel(paper: PurchaseOrder, at: str) -> Change:
    """Expect no more goods: an order of which nothing came is cancelled, another is closed.

    Raises PaperError when all of it is here.
    """
    if paper.state is PurchaseOrderState.CANCELLED:
        return Change()
    if paper.state is PurchaseOrderState.RECEIVED:
        raise PaperError("All of this order has been received: there is nothing to cancel.")
    if paper.state is PurchaseOrderState.PART_RECEIVED:
        return _patch(paper, {"closed_at": at})
    return _patch(paper, {"cancelled_at": at})


def _refuse_ordered(paper: PurchaseOrder) -> None:
    if paper.state is not PurchaseOrderState.DRAFT:
        raise PaperError("It is ordered already: make another order for more.")


def _patch(paper: PurchaseOrder, fields: stored.PurchaseOrderChange) -> Change:
    return Change(patches=(Patch(REPLENISHMENTS, {**paper.key, **fields}),))
