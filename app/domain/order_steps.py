"""What can be done with an order, as data: see `app.domain.papers` for how steps work."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.domain.documents.orders import new_history
from app.domain.documents.parts import signed
from app.domain.entities import Actor, Reason, Store, short
from app.domain.errors import UPDATE_FIRST, InvalidInputError, PaperError
from app.domain.orders import Order, OrderLine, OrderStatus, ReturnLine
from app.domain.papers import Change, Patch, Posting, movement_id
from app.domain.pricing import NOTHING, refund
from connector_config.schema import order_documents as stored
from connector_config.schema.collections import ORDERS
from connector_config.wording import number


def complete(order: Order, actor: Actor, at: str) -> Change:
    """Note that the customer has the goods; an empty change when that was noted already."""
    if order.status is OrderStatus.COMPLETED:
        return Change()
    _refuse_unknown(order)
    if order.status is not OrderStatus.PENDING:
        raise PaperError(f"Order {order.title} is {order.status.value}: nothing is handed over.")
    return _step(order, OrderStatus.COMPLETED, actor, at)


def taking_store(order: Order, here: Store, cancels: bool = False) -> Store | None:
    """The store into whose stock goods come that are taken back `here`; None for the order's own.

    Goods are where they come back. Those of an order that is cancelled before it was handed over
    never left.
    """
    stayed = cancels and order.status is OrderStatus.PENDING
    return None if stayed or here.store_id == order.store_id else here


def cancel(
    order: Order, actor: Actor, at: str, note: str = "", into: Store | None = None
) -> Change:
    """Take the whole order back: its goods are in stock again, its money is given back.

    The goods go `into` another store's stock, or that of the order's own. The change is empty when
    the order is cancelled already. Raises PaperError where some of it came back before, or where
    not all of its lines are here.
    """
    if order.status is OrderStatus.CANCELLED:
        return Change()
    _refuse_unknown(order)
    _refuse_parts(order)
    if order.returns:
        raise PaperError("Some of it came back already: return the rest instead.")
    units = {line.item_id: (line.quantity, 0) for line in order.lines}
    return_id = movement_id(f"order/{order.order_id}/cancel", actor.device.device_id)
    back = _take_back(order, return_id, units, actor, at, note, into, cancelled=True)
    return _step(order, OrderStatus.CANCELLED, actor, at) + back


def take_back(
    order: Order,
    return_id: str,
    units: Mapping[str, tuple[int, int]],
    actor: Actor,
    at: str,
    note: str = "",
    into: Store | None = None,
) -> Change:
    """Take units back; `units` has how many and how many are damaged, by id of the line.

    They go `into` another store's stock, or that of the order's own. `return_id` is a UUID made
    when the person began: the same one comes back once. Raises InvalidInputError for more than was
    bought, and PaperError for an order that was cancelled, or of which not all lines are here.
    """
    if any(one.return_id == return_id for one in order.returns):
        return Change()
    if order.status is OrderStatus.CANCELLED:
        raise PaperError("This order is cancelled: nothing of it can come back.")
    _refuse_unknown(order)
    _refuse_parts(order)
    wanted = {item_id: one for item_id, one in units.items() if one[0]}
    if not wanted:
        raise InvalidInputError("quantity", "Say how many come back of at least one product.")
    for line in order.lines:
        quantity, damaged = wanted.get(line.item_id, (0, 0))
        if not 0 <= quantity <= line.left:
            raise InvalidInputError(
                "quantity",
                f"{line.name}: at most {number(line.left)} of {number(line.quantity)} "
                "can come back.",
            )
        if not 0 <= damaged <= quantity:
            raise InvalidInputError(
                "damaged", f"{line.name}: no more can be damaged than come back."
            )
    change = _take_back(order, return_id, wanted, actor, at, note, into)
    rest = sum(line.left for line in order.lines) - sum(one[0] for one in wanted.values())
    return change if rest else _step(order, OrderStatus.RETURNED, actor, at) + change


def _refuse_unknown(order: Order) -> None:
    if order.status is OrderStatus.UNKNOWN:
        raise PaperError(f"How far order {order.title} is cannot be told: {UPDATE_FIRST}.")


def _refuse_parts(order: Order) -> None:
    # What is not known of it could never be taken back afterwards.
    if order.missing:
        raise PaperError(
            f"Order {order.title} has not arrived whole, {number(order.missing)} of its lines "
            "missing: wait until the sync is done, then do it again."
        )


def settle(order: Order, device_id: str) -> Change:
    """Let this device's returns shrink to what can have come back.

    Goods come back once. Where devices that did not see each other took the same ones back, the
    returns are gone through by their time, and those that come too late are corrected, each by its
    maker and by nobody else. The money is left alone: whether it was given back twice, only a
    person knows.
    """
    change = Change()
    left = {line.item_id: line.quantity for line in order.lines}
    products = {line.item_id: line.product_id for line in order.lines}
    for returned in order.returns:
        revised: dict[str, stored.RevisedItem] = {}
        for item_id in returned.lines.keys() & left.keys():
            line = returned.lines[item_id]
            quantity = min(line.quantity, left[item_id])
            left[item_id] -= quantity
            if quantity == line.quantity or returned.signature.device_id != device_id:
                continue
            damaged = min(line.damaged, quantity)
            revised[item_id] = {"quantity": quantity, "damaged": damaged}
            postings = _moves(
                order,
                returned.store_id,
                returned.return_id,
                item_id,
                products[item_id],
                (Reason.CORRECTION, quantity - line.quantity + line.damaged - damaged),
                f"/{quantity}",
                "Taken back on two devices at once",
            )
            change += Change(postings=tuple(postings))
        if revised:
            change += _patch(order, {"returns": {returned.return_id: {"lines": revised}}})
    return change


def refunds(order: Order, units: Mapping[str, tuple[int, int]]) -> dict[str, ReturnLine]:
    """What is given back for units of lines, by id of the line; its last units take the rest."""
    return {
        line.item_id: ReturnLine(
            units[line.item_id][0],
            units[line.item_id][1],
            _refund(line, line.total - line.refunded, units[line.item_id][0]),
            _refund(line, line.tax - line.tax_refunded, units[line.item_id][0]),
        )
        for line in order.lines
        if line.item_id in units
    }


def _refund(line: OrderLine, left: Decimal, units: int) -> Decimal:
    # Two devices at once may have given a cent too much.
    return refund(max(left, NOTHING), line.left, units)


def _take_back(
    order: Order,
    return_id: str,
    units: Mapping[str, tuple[int, int]],
    actor: Actor,
    at: str,
    note: str,
    into: Store | None,
    cancelled: bool = False,
) -> Change:
    given = refunds(order, units)
    taken: stored.TakenInto = {}
    if into is not None:
        taken = {"store_id": into.store_id, "store_name": into.stored_name}
    entry: stored.OrderReturn = {
        **signed(actor, at),
        **taken,
        "cancelled": cancelled,
        "note": note,
        "lines": {
            item_id: {
                "quantity": part.quantity,
                "damaged": part.damaged,
                "refund": float(part.refund),
                "tax": float(part.tax),
            }
            for item_id, part in given.items()
        },
    }
    store_id = into.store_id if into is not None else ""
    if into is not None:
        # In the ledger of a store whose devices may not have the order.
        note = note or f"An order of {short(order.store_name)}"
    postings = []
    for line in order.lines:
        if part := given.get(line.item_id):
            came = _moves(
                order,
                store_id,
                return_id,
                line.item_id,
                line.product_id,
                (Reason.RETURNED, part.quantity),
                "",
                note,
            )
            # It came back, and cannot be sold again: both are true.
            broken = _moves(
                order,
                store_id,
                return_id,
                line.item_id,
                line.product_id,
                (Reason.DAMAGED, -part.damaged),
                "/damaged",
                note,
            )
            postings += [*came, *broken]
    return _patch(order, {"returns": {return_id: entry}}) + Change(postings=tuple(postings))


def _moves(
    order: Order,
    store_id: str,
    return_id: str,
    item_id: str,
    product_id: str,
    moved: tuple[Reason, int],
    part: str,
    note: str,
) -> list[Posting]:
    """The movement of a part of a return; none where nothing moves.

    It is one of a store's stock, of the order's where `store_id` is empty.
    """
    reason, quantity = moved
    if not quantity:
        return []
    step = f"order/{order.order_id}/return/{return_id}/{item_id}{part}"
    reference = {"order": order.order_id, "number": order.title, "return": return_id}
    if store_id:
        # By which the order is found from the store that took the goods in.
        reference["order_store"] = order.store_id
    at = store_id or order.store_id
    return [Posting(at, product_id, reason, quantity, step, reference, note=note)]


def _step(order: Order, status: OrderStatus, actor: Actor, at: str) -> Change:
    history = new_history(order.order_id, status, actor, at)
    return _patch(order, {"status": status.value, "history": history})


def _patch(order: Order, fields: stored.OrderChange) -> Change:
    return Change(patches=(Patch(ORDERS, {**order.key, **fields}),))
