"""What the screen that receives goods shows."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receiving import GoodsReceipt, Paper
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.receive.arrivals import Arrival
from app.ui.receive.lines import ReceiptRow


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """`arrivals` is None before the first answer; `receipt` is the one that is open.

    `paper` has announced its goods; `chosen` is the product that was worked on last, and `revision`
    counts how often one was.
    """

    arrivals: tuple[Arrival, ...] | None = None
    receipt: GoodsReceipt | None = None
    paper: Paper | None = None
    rows: tuple[ReceiptRow, ...] = ()
    editable: bool = False
    chosen: str = ""
    revision: int = 0
    message: Message = NO_MESSAGE
