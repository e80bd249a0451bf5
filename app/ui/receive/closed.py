"""Papers whose goods nobody expects here: why that is, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.receiving import Paper, paper_id
from app.domain.transfers import TransferState

_MORE = "What came all the same is taken in without a paper (Ctrl+N)."


@dataclass(frozen=True, slots=True)
class ClosedPaper:
    """What is said of a paper, and where it is shown: `key` is its id on that `screen`.

    `may_come` tells that its goods may be here before the news of them is.
    """

    number: str
    title: str
    text: str
    screen: str
    key: str
    may_come: bool = False


def closed_paper(paper: Paper) -> ClosedPaper:
    """Why nothing is expected of a paper."""
    is_order = isinstance(paper, PurchaseOrder)
    screen = "reorder" if is_order else "transfers"
    number = paper.number
    may_come = False
    match paper.state:
        case PurchaseOrderState.DRAFT:
            title = f"{number} is not ordered yet"
            text = "It is a draft: mark it as ordered, then take in its goods against it."
        case PurchaseOrderState.CANCELLED | TransferState.CANCELLED:
            title = f"{number} was cancelled"
            text = f"Nothing of it is expected. {_MORE}"
        case PurchaseOrderState.RECEIVED | TransferState.RECEIVED:
            receipts = ", ".join(one.number for one in paper.receipts if not one.undone)
            title = f"Nothing more of {number} is expected"
            text = f"It was received{f' with {receipts}' if receipts else ''}. {_MORE}"
        case _:
            title = f"Nothing of {number} is on its way"
            text = (
                "As far as this device knows, nothing was shipped that is not here. Its goods can "
                "be taken in all the same: the news of them comes later."
            )
            may_come = True
    return ClosedPaper(number, title, text, screen, paper_id(paper), may_come)
