"""The state of the Reorder screen."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.reorder.lines import OrderRow


@dataclass(frozen=True, slots=True)
class ReorderState:
    """The orders, newest first, None before the first answer; `paper` is the open one.

    `now`, a stored time, says what is overdue; `chosen` is the product that was worked on last, and
    `revision` counts how often one was.
    """

    orders: tuple[PurchaseOrder, ...] | None = None
    now: str = ""
    paper: PurchaseOrder | None = None
    rows: tuple[OrderRow, ...] = ()
    chosen: str = ""
    revision: int = 0
    message: Message = NO_MESSAGE

    @property
    def editable(self) -> bool:
        """Whether lines can still be changed."""
        return self.paper is not None and self.paper.state is PurchaseOrderState.DRAFT
