"""The steps of a transfer, each as a change of papers and of stock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from app.domain.documents.parts import signed
from app.domain.entities import Actor, Reason
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import Change, PaperReceipt, Patch, Posting
from app.domain.transfers import Return, Shipment, Transfer
from connector_config.schema import paper_documents as stored
from connector_config.schema.collections import TRANSFERS

_RETURN = uuid.UUID("c7d1d1a0-8e1e-4f7a-9a5e-0a7c2c9b3e55")


def request_line(transfer: Transfer, product_id: str, line: stored.TransferLine) -> Change:
    """Set the line of a product, as it is stored; raises PaperError where something was shipped."""
    if transfer.shipments:
        raise PaperError("Some of it was shipped: request the rest with a new transfer.")
    return _patch(transfer, {"lines": {product_id: line}})


def pick(transfer: Transfer, quantities: Mapping[str, int], actor: Actor) -> Change:
    """Set how many units of each product are put aside in all."""
    _only(transfer.from_store_id, actor, "picks")
    return _patch(transfer, {"picked": dict(quantities)})


def cancel(transfer: Transfer, at: str) -> Change:
    """Ship no more of a transfer; what is on its way stays on its way."""
    return _patch(transfer, {"cancelled_at": at})


def ship(
    transfer: Transfer, shipment_id: str, quantities: Mapping[str, int], actor: Actor, at: str
) -> Change:
    """Ship `quantities` units by product; an empty change when the paper has the shipment already.

    Raises PaperError when this is not the sending store, InvalidInputError for no units at all.
    """
    if any(one.shipment_id == shipment_id for one in transfer.shipments):
        return Change()
    _only(transfer.from_store_id, actor, "ships")
    lines = {product_id: quantity for product_id, quantity in quantities.items() if quantity > 0}
    if not lines:
        raise InvalidInputError("quantity", "Say how many of which product to ship.")
    shipment: stored.Shipment = {**signed(actor, at), "lines": lines}
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
    """Take back what has not arrived of a shipment; an empty change when that was done already.

    Raises PaperError when this is not the sending store or all of it has arrived.
    """
    if any(one.shipment_id == shipment_id for one in transfer.returns):
        return Change()
    _only(transfer.from_store_id, actor, "cancels")
    back = transfer.can_cancel(shipment_id)
    if not back:
        raise PaperError("Nothing of that shipment is on its way: there is nothing to take back.")
    return_id = str(uuid.uuid5(_RETURN, f"{shipment_id}|{actor.device.device_id}"))
    entry: stored.Return = {
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
    for returned in transfer.returns:
        if returned.signature.device_id != device_id:
            continue
        revised: dict[str, stored.RevisedLine] = {}
        for product_id, line in returned.lines.items():
            quantity = granted[product_id].get(returned.return_id, line.quantity)
            if quantity != line.quantity:
                revision = line.revision + 1
                revised[product_id] = {"quantity": quantity, "revision": revision}
                difference = quantity - line.quantity
                posting = _back(
                    transfer,
                    returned.return_id,
                    product_id,
                    difference,
                    revision,
                    returned.signature.at,
                )
                change += Change(postings=(posting,))
        if revised:
            change += _patch(transfer, {"returns": {returned.return_id: {"lines": revised}}})
    return change


def _granted(transfer: Transfer, product_id: str) -> dict[str, int]:
    """What of each return can have come back, in units by return id.

    The steps are gone through by their time: a return gets what is left of its shipment and what is
    on its way at that moment. What the other store has received later than that, and could not
    have, is taken from the latest returns: goods in hands are the better witness. Returns whose
    shipment has not arrived here are left out.

    A return follows its shipment whatever the clocks of the two devices say. A receipt names no
    shipment and keeps its time: before one shipment or after it, it leaves the same.
    """
    on_the_way = 0
    of_shipment: dict[str, int] = {}
    granted: dict[str, int] = {}
    steps: list[Shipment | PaperReceipt | Return] = []
    steps += [*transfer.shipments, *transfer.receipts, *transfer.returns]
    shipped_at = {one.shipment_id: one.signature.at for one in transfer.shipments}
    for step in sorted(steps, key=lambda one: _in_order_of_time(one, shipped_at)):
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


def _in_order_of_time(
    step: Shipment | PaperReceipt | Return, shipped_at: Mapping[str, str]
) -> tuple[str, int, str, str]:
    at = step.signature.at
    if isinstance(step, Shipment):
        return at, 0, at, step.shipment_id
    if isinstance(step, PaperReceipt):
        return at, 1, at, step.receipt_id
    # Made on a device whose clock is behind the shipper's, it would come before its shipment.
    return max(at, shipped_at.get(step.shipment_id, "")), 2, at, step.return_id


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


def _patch(transfer: Transfer, fields: stored.TransferChange) -> Change:
    return Change(patches=(Patch(TRANSFERS, {**transfer.key, **fields}),))


def _only(store_id: str, actor: Actor, what: str) -> None:
    if actor.profile.store_id != store_id:
        raise PaperError(f"Only the store that sends {what}: sign in there to do it.")
