"""Transfers in words: states, what waits for whom, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.documents.parts import from_iso
from app.domain.papers import PaperReceipt, Signature
from app.domain.transfers import Transfer, TransferState
from app.ui.core.formats import counted, local_clock, local_date, number

TONES = {
    TransferState.REQUESTED: "warn",
    TransferState.PICKING: "warn",
    TransferState.IN_TRANSIT: "warn",
    TransferState.PART_RECEIVED: "warn",
    TransferState.RECEIVED: "ok",
    TransferState.CANCELLED: "",
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """A step of a transfer; `back` is what taking the shipment back would bring, by product."""

    key: str
    text: str
    signature: Signature
    back: Mapping[str, int] = field(default_factory=dict)


def moment(at: str) -> str:
    """A stored time in words, on this computer's clock."""
    when = from_iso(at)
    return f"{local_date(when)}, {local_clock(when)}" if when else ""


def to_ship(transfer: Transfer) -> int:
    """How many units of a transfer still have to be shipped."""
    return 0 if transfer.cancelled else sum(line.to_ship for line in transfer.lines)


def waits(transfer: Transfer, store_id: str, names: Mapping[str, str]) -> tuple[bool, str]:
    """Whether a transfer waits for a store, and the sentence that says for whom and what."""
    sender = names.get(transfer.from_store_id, transfer.from_store_id)
    receiver = names.get(transfer.to_store_id, transfer.to_store_id)
    receiving, sending = transfer.in_transit, to_ship(transfer)
    if receiving and (store_id == transfer.to_store_id or not sending):
        if store_id == transfer.to_store_id:
            return True, f"Receive {counted(receiving, 'unit')}"
        return False, f"{receiver} receives {counted(receiving, 'unit')}"
    if sending:
        if store_id == transfer.from_store_id:
            return True, f"Pick and ship {counted(sending, 'unit')}"
        return False, f"{sender} ships {counted(sending, 'unit')}"
    return False, "Nobody"


def differences(transfer: Transfer) -> str:
    """Words for what is missing, damaged or too many over all lines; empty without any."""
    amounts = (
        (sum(line.missing for line in transfer.lines), "missing"),
        (sum(line.damaged for line in transfer.lines), "damaged"),
        (sum(line.over for line in transfer.lines), "too many"),
    )
    return ", ".join(f"{number(count)} {what}" for count, what in amounts if count)


def log(transfer: Transfer) -> tuple[LogRow, ...]:
    """The steps of a transfer so far, newest first."""
    rows = [
        LogRow(
            shipment.shipment_id,
            f"Shipped {counted(sum(shipment.lines.values()), 'unit')}",
            shipment.signature,
            transfer.can_cancel(shipment.shipment_id),
        )
        for shipment in transfer.shipments
    ]
    rows += [
        LogRow(
            returned.return_id,
            f"Taken back {counted(sum(line.quantity for line in returned.lines.values()), 'unit')}",
            returned.signature,
        )
        for returned in transfer.returns
    ]
    rows += [LogRow(one.receipt_id, _receipt(one), one.signature) for one in transfer.receipts]
    rows.sort(key=lambda one: one.signature.at, reverse=True)
    return (*rows, LogRow(transfer.transfer_id, "Asked for", transfer.signature))


def _receipt(receipt: PaperReceipt) -> str:
    lines = receipt.lines.values()
    text = f"Received {counted(sum(line.received for line in lines), 'unit')}"
    for count, what in (
        (sum(line.missing for line in lines), "missing"),
        (sum(line.damaged for line in lines), "damaged"),
    ):
        text += f", {number(count)} {what}" if count else ""
    text += f" \N{MIDDLE DOT} {receipt.number}" if receipt.number else ""
    return f"{text} \N{MIDDLE DOT} undone" if receipt.undone else text
