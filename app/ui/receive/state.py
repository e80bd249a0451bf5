"""The state of the Receive screen."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.receiving import GoodsReceipt, Paper
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.receive.arrivals import Arrival
from app.ui.receive.lines import ReceiptRow


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """The arrivals, None before the first answer, and the open `receipt` with its `paper`.

    `chosen` is the product that was worked on last, `revision` counts how often one was.
    """

    arrivals: tuple[Arrival, ...] | None = None
    receipt: GoodsReceipt | None = None
    paper: Paper | None = None
    rows: tuple[ReceiptRow, ...] = ()
    editable: bool = False
    chosen: str = ""
    revision: int = 0
    message: Message = NO_MESSAGE
