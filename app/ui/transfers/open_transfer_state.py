"""The state of a transfer's card while a step is under way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.domain.papers import ReceivedLine
from app.domain.transfers import Transfer, TransferLine
from app.ui.core.message import NO_MESSAGE, Message
from app.ui.transfers.words import LogRow, to_ship


class Step(Enum):
    """The step that is being done."""

    REQUEST = "request"
    SHIP = "ship"
    RECEIVE = "receive"
    LOOK = "look"

    @classmethod
    def of(cls, transfer: Transfer, store_id: str) -> Step:
        """The step that a store does next with a transfer."""
        if transfer.from_store_id == store_id and to_ship(transfer):
            return cls.SHIP
        if transfer.to_store_id == store_id and transfer.in_transit:
            return cls.RECEIVE
        return cls.LOOK


@dataclass(frozen=True, slots=True)
class LineRow:
    """A product of the transfer; `now` is what this step does, None where it does nothing."""

    line: TransferLine
    now: ReceivedLine | None
    on_hand: int | None = None


@dataclass(frozen=True, slots=True)
class OpenTransferState:
    """The state; `transfer` is None for a new one, and for an `unseen` number."""

    step: Step = Step.LOOK
    transfer: Transfer | None = None
    unseen: bool = False
    sending: bool = False
    route: str = ""
    waits: str = ""
    rows: tuple[LineRow, ...] = ()
    log: tuple[LogRow, ...] = ()
    may_take_back: bool = False
    may_cancel: bool = False
    message: Message = NO_MESSAGE
