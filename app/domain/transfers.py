"""Transfers between stores: what each step does, and what follows from the steps so far.

Of every line, at any moment and on any device:

    shipped = returned + received + missing + in transit - over

The sending store writes `picked`, shipments and returns, the receiving store receipts; nothing is
written by both, and all amounts are sums over entries, so halves that happen apart merge.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.domain.entities import Actor, Reason
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import (
    TRANSFERS,
    Change,
    Document,
    PaperReceipt,
    Patch,
    Posting,
    Signature,
    arrived,
    signed,
    to_receipts,
    to_signature,
)

_RETURN = uuid.UUID("c7d1d1a0-8e1e-4f7a-9a5e-0a7c2c9b3e55")


class TransferState(Enum):
    """How far a transfer is; follows from its steps."""

    REQUESTED = "requested"
    PICKING = "picking"
    IN_TRANSIT = "in transit"
    PART_RECEIVED = "partly received"
    RECEIVED = "received"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in (TransferState.RECEIVED, TransferState.CANCELLED)


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A product of a transfer with all its amounts, in units; `noted` is missing as noted."""

    product_id: str
    sku: str
    name: str
    requested: int = 0
    picked: int = 0
    shipped: int = 0
    returned: int = 0
    received: int = 0
    damaged: int = 0
    noted: int = 0

    @property
    def missing(self) -> int:
        """Given up, and neither arrived nor came back after all."""
        return min(self.noted, max(self.shipped - self.returned - self.received, 0))

    @property
    def in_transit(self) -> int:
        """Left the sender and is still expected."""
        return max(self.shipped - self.returned - self.received - self.missing, 0)

    @property
    def over(self) -> int:
        """Arrived although it was never shipped, as far as this device knows."""
        return max(self.received + self.returned - self.shipped, 0)

    @property
    def to_ship(self) -> int:
        """Still to leave the sender: what was picked, or else requested, less what is gone."""
        return max((self.picked or self.requested) - (self.shipped - self.returned), 0)


@dataclass(frozen=True, slots=True)
class Shipment:
    """What left in one go; units by product."""

    shipment_id: str
    signature: Signature
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units that went back: `asked` when it was cancelled, `quantity` after all."""

    asked: int
    quantity: int
    revision: int


@dataclass(frozen=True, slots=True)
class Return:
    """A cancelled shipment; `signature` names the one device that writes it."""

    return_id: str
    shipment_id: str
    signature: Signature
    lines: Mapping[str, ReturnedLine]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as far as this device knows it."""

    transfer_id: str
    from_store_id: str
    to_store_id: str
    number: str
    note: str
    signature: Signature
    lines: tuple[TransferLine, ...]
    shipments: tuple[Shipment, ...]
    returns: tuple[Return, ...]
    receipts: tuple[PaperReceipt, ...]
    cancelled: bool

    @property
    def key(self) -> dict[str, str]:
        """The fields of its id."""
        return {
            "from_store_id": self.from_store_id,
            "to_store_id": self.to_store_id,
            "transfer_id": self.transfer_id,
        }

    @property
    def in_transit(self) -> int:
        """Units on their way."""
        return sum(line.in_transit for line in self.lines)

    @property
    def differences(self) -> tuple[TransferLine, ...]:
        """Lines of which some are missing, damaged or too many."""
        return tuple(one for one in self.lines if one.missing or one.damaged or one.over)

    @property
    def state(self) -> TransferState:
        """How far it is."""
        received = any(line.received or line.missing for line in self.lines)
        if self.in_transit:
            return TransferState.PART_RECEIVED if received else TransferState.IN_TRANSIT
        if any(line.to_ship for line in self.lines) and not self.cancelled:
            if received:
                return TransferState.PART_RECEIVED
            picked = any(line.picked for line in self.lines)
            return TransferState.PICKING if picked else TransferState.REQUESTED
        return TransferState.RECEIVED if received else TransferState.CANCELLED

    def line(self, product_id: str) -> TransferLine | None:
        """The line of a product."""
        return next((one for one in self.lines if one.product_id == product_id), None)

    def can_cancel(self, shipment_id: str) -> Mapping[str, int]:
        """What of a shipment would go back, units by product; empty when nothing can."""
        if any(one.shipment_id == shipment_id for one in self.returns):
            return {}
        shipment = next((one for one in self.shipments if one.shipment_id == shipment_id), None)
        if shipment is None:
            return {}
        lines = {line.product_id: line for line in self.lines}
        able = {
            product_id: min(quantity, lines[product_id].in_transit + lines[product_id].missing)
            for product_id, quantity in shipment.lines.items()
        }
        return {product_id: quantity for product_id, quantity in able.items() if quantity > 0}


def to_transfer(document: Document) -> Transfer:
    """A transfer document as an entity, its lines by name; any part but the ids may be missing."""
    shipments = tuple(
        sorted(
            (
                Shipment(key, to_signature(entry), dict(entry.get("lines") or {}))
                for key, entry in (document.get("shipments") or {}).items()
            ),
            key=lambda one: (one.signature.at, one.shipment_id),
        )
    )
    returns = tuple(
        sorted(
            (_to_return(key, entry) for key, entry in (document.get("returns") or {}).items()),
            key=lambda one: (one.signature.at, one.return_id),
        )
    )
    receipts = to_receipts(document)
    stored = document.get("lines") or {}
    picked = document.get("picked") or {}
    products = dict.fromkeys([*stored, *picked])
    for lines_of in (*(one.lines for one in shipments), *(one.lines for one in receipts)):
        products |= dict.fromkeys(lines_of)
    lines = []
    for product_id in products:
        line = stored.get(product_id) or {}
        came = arrived(receipts, product_id)
        lines.append(
            TransferLine(
                product_id=product_id,
                sku=line.get("sku") or "",
                name=line.get("product_name") or product_id,
                requested=int(line.get("requested") or 0),
                picked=int(picked.get(product_id) or 0),
                shipped=sum(one.lines.get(product_id, 0) for one in shipments),
                returned=sum(
                    one.lines[product_id].quantity for one in returns if product_id in one.lines
                ),
                received=came.received,
                damaged=came.damaged,
                noted=came.missing,
            )
        )
    return Transfer(
        transfer_id=document["transfer_id"],
        from_store_id=document["from_store_id"],
        to_store_id=document["to_store_id"],
        number=document.get("number") or "",
        note=document.get("note") or "",
        signature=to_signature(document),
        lines=tuple(sorted(lines, key=lambda one: (one.name, one.product_id))),
        shipments=shipments,
        returns=returns,
        receipts=receipts,
        cancelled=bool(document.get("cancelled_at")),
    )


def request_line(transfer: Transfer, product_id: str, line: Document) -> Change:
    """Ask for a product, as a line is stored."""
    return _patch(transfer, {"lines": {product_id: line}})


def pick(transfer: Transfer, quantities: Mapping[str, int], actor: Actor) -> Change:
    """Put aside so many units by product (all of them, not more of them)."""
    _only(transfer.from_store_id, actor, "picks")
    return _patch(transfer, {"picked": dict(quantities)})


def cancel(transfer: Transfer, at: str) -> Change:
    """Ship no more of it; what is on its way stays on its way."""
    return _patch(transfer, {"cancelled_at": at})


def ship(
    transfer: Transfer, shipment_id: str, quantities: Mapping[str, int], actor: Actor, at: str
) -> Change:
    """Let goods leave; nothing when the shipment is on the paper already.

    Raises PaperError when this is not the sending store, InvalidInputError for no units at all.
    """
    if any(one.shipment_id == shipment_id for one in transfer.shipments):
        return Change()
    _only(transfer.from_store_id, actor, "ships")
    lines = {product_id: quantity for product_id, quantity in quantities.items() if quantity > 0}
    if not lines:
        raise InvalidInputError("quantity", "Say how many of which product to ship.")
    shipment = {**signed(actor, at), "lines": lines}
    reference = _reference(transfer) | {"shipment": shipment_id}
    return _patch(transfer, {"shipments": {shipment_id: shipment}}) + Change(
        postings=tuple(
            Posting(
                transfer.from_store_id,
                product_id,
                Reason.TRANSFER_OUT,
                -quantity,
                f"ship/{shipment_id}/{product_id}",
                reference,
            )
            for product_id, quantity in lines.items()
        )
    )


def cancel_shipment(transfer: Transfer, shipment_id: str, actor: Actor, at: str) -> Change:
    """Take a shipment back in, as far as it has not arrived; nothing when that was done already.

    Raises PaperError when this is not the sending store or all of it has arrived.
    """
    if any(one.shipment_id == shipment_id for one in transfer.returns):
        return Change()
    _only(transfer.from_store_id, actor, "cancels")
    back = transfer.can_cancel(shipment_id)
    if not back:
        raise PaperError("Nothing of that shipment is on its way: there is nothing to take back.")
    return_id = str(uuid.uuid5(_RETURN, f"{shipment_id}|{actor.device.device_id}"))
    entry = {
        **signed(actor, at),
        "shipment_id": shipment_id,
        "lines": {
            product_id: {"asked": quantity, "quantity": quantity, "revision": 0}
            for product_id, quantity in back.items()
        },
    }
    return _patch(transfer, {"returns": {return_id: entry}}) + Change(
        postings=tuple(
            _back(transfer, return_id, product_id, quantity, 0)
            for product_id, quantity in back.items()
        )
    )


def settle_returns(transfer: Transfer, device_id: str) -> Change:
    """Let this device's returns shrink to what can have come back.

    Goods are in one place. When a shipment was cancelled on two devices, or while the other store
    received it, the returns add up to more than there was. `_granted` says what each can have been;
    each is corrected by its maker and by nobody else. A receipt that was undone lets them grow
    again, up to what was asked.
    """
    change = Change()
    granted = {line.product_id: _granted(transfer, line.product_id) for line in transfer.lines}
    for one in transfer.returns:
        if one.signature.device_id != device_id:
            continue
        revised = {}
        for product_id, line in one.lines.items():
            quantity = granted[product_id].get(one.return_id, line.quantity)
            if quantity != line.quantity:
                revision = line.revision + 1
                revised[product_id] = {"quantity": quantity, "revision": revision}
                difference = quantity - line.quantity
                posting = _back(
                    transfer, one.return_id, product_id, difference, revision, one.signature.at
                )
                change += Change(postings=(posting,))
        if revised:
            change += _patch(transfer, {"returns": {one.return_id: {"lines": revised}}})
    return change


def _granted(transfer: Transfer, product_id: str) -> dict[str, int]:
    """What of each return can have come back, in units by return id.

    The steps are gone through by their time: a return gets what is left of its shipment and what is
    on its way at that moment. What the other store has received later than that, and could not
    have, is taken from the latest returns: goods in hands are the better witness. Returns whose
    shipment has not arrived here are left out.
    """
    on_the_way = 0
    of_shipment: dict[str, int] = {}
    granted: dict[str, int] = {}
    steps: list[Shipment | PaperReceipt | Return] = []
    steps += [*transfer.shipments, *transfer.receipts, *transfer.returns]
    for step in sorted(steps, key=_in_order_of_time):
        if isinstance(step, Shipment):
            of_shipment[step.shipment_id] = step.lines.get(product_id, 0)
            on_the_way += of_shipment[step.shipment_id]
        elif isinstance(step, PaperReceipt):
            came = step.lines.get(product_id)
            on_the_way -= came.received if came and not step.undone else 0
        elif product_id in step.lines and step.shipment_id in of_shipment:
            asked = step.lines[product_id].asked
            quantity = max(min(asked, of_shipment[step.shipment_id], on_the_way), 0)
            of_shipment[step.shipment_id] -= quantity
            on_the_way -= quantity
            granted[step.return_id] = quantity
    for return_id in reversed(granted):
        quantity = min(granted[return_id], max(-on_the_way, 0))
        granted[return_id] -= quantity
        on_the_way += quantity
    return granted


def _in_order_of_time(step: Shipment | PaperReceipt | Return) -> tuple[str, int, str]:
    if isinstance(step, Shipment):
        return step.signature.at, 0, step.shipment_id
    if isinstance(step, PaperReceipt):
        return step.signature.at, 1, step.receipt_id
    return step.signature.at, 2, step.return_id


def _to_return(return_id: str, entry: Document) -> Return:
    return Return(
        return_id=return_id,
        shipment_id=entry.get("shipment_id") or "",
        signature=to_signature(entry),
        lines={
            product_id: ReturnedLine(
                int(line.get("asked") or 0),
                int(line.get("quantity") or 0),
                int(line.get("revision") or 0),
            )
            for product_id, line in (entry.get("lines") or {}).items()
        },
    )


def _back(
    transfer: Transfer,
    return_id: str,
    product_id: str,
    quantity: int,
    revision: int,
    effective_at: str | None = None,
) -> Posting:
    return Posting(
        transfer.from_store_id,
        product_id,
        Reason.TRANSFER_BACK,
        quantity,
        f"back/{return_id}/{product_id}/{revision}",
        _reference(transfer) | {"return": return_id},
        effective_at=effective_at,
    )


def _reference(transfer: Transfer) -> dict[str, str]:
    return {"transfer": transfer.transfer_id, "number": transfer.number}


def _patch(transfer: Transfer, fields: dict[str, Any]) -> Change:
    return Change(patches=(Patch(TRANSFERS, {**transfer.key, **fields}),))


def _only(store_id: str, actor: Actor, what: str) -> None:
    if actor.profile.store_id != store_id:
        raise PaperError(f"Only the store that sends {what}: sign in there to do it.")
