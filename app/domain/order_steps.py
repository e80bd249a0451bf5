"""What can be done with an order, as data: see `app.domain.papers` for how steps work."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.domain.carts import Cart, CartLine
from app.domain.documents.parts import signed
from app.domain.entities import Actor, Reason, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import ORDERS, Order, OrderLine, OrderStatus, ReturnLine
from app.domain.papers import Change, Patch, Posting, movement_id
from app.domain.pricing import NOTHING, PricedLine, refund

_ITEM: Final = uuid.UUID("b0a3a7cb-2a56-4c3b-8b43-5d0f6c1a9e77")


@dataclass(frozen=True, slots=True)
class Placed:
    """What placing a cart writes."""

    order: dict[str, Any]
    items: tuple[dict[str, Any], ...]
    postings: tuple[Posting, ...]


def place(cart: Cart, store: Store, actor: Actor, at: str, local: str) -> Placed:
    """A cart as an order: the documents, and what leaves the stock.

    `local` is the time as the customer's receipt says it. Raises InvalidInputError for a cart that
    is not ready.
    """
    customer = cart.customer
    if not cart.lines:
        raise InvalidInputError("lines", "Put a product into the cart first.")
    if customer is None:
        raise InvalidInputError("customer", "Choose the customer first.")
    priced = cart.priced(store.tax_percent)
    stamps = {"deleted": False, "created_at": at, "updated_at": at}
    shared = {
        "order_id": cart.order_id,
        "store_id": cart.store_id,
        "customer_id": customer.customer_id,
    }
    signature = signed(actor, at)
    order = {
        **shared,
        "number": cart.number,
        "order_date": at,
        "placed_local": local,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "store_name": store.name,
        "item_count": len(cart.lines),
        "subtotal": float(priced.subtotal),
        "tax": float(priced.tax),
        "tax_percent": float(store.tax_percent),
        "discount_total": float(priced.discount),
        "total": float(priced.total),
        "status": OrderStatus.PENDING.value,
        "who": signature["who"],
        "device_id": signature["device_id"],
        "device_name": signature["device_name"],
        "offline": actor.offline,
        "history": _entry(cart.order_id, OrderStatus.PENDING, actor, at),
        "returns": {},
        **stamps,
    }
    items, postings = [], []
    for number, (line, one) in enumerate(zip(cart.lines, priced.lines, strict=True), 1):
        item_id = str(uuid.uuid5(_ITEM, f"{cart.cart_id}|{line.product_id}"))
        item = _item(line, one) | shared | stamps
        items.append(item | {"order_item_id": item_id, "line_number": number})
        step = f"order/{cart.order_id}/{item_id}"
        postings.append(
            Posting(
                cart.store_id,
                line.product_id,
                Reason.SOLD,
                -line.quantity,
                step,
                {"order": cart.order_id, "number": cart.number},
            )
        )
    return Placed(order, tuple(items), tuple(postings))


def complete(order: Order, actor: Actor, at: str) -> Change:
    """The customer has the goods; nothing when that was said already."""
    if order.status is OrderStatus.COMPLETED:
        return Change()
    if order.status is not OrderStatus.PENDING:
        raise PaperError(f"Order {order.title} is {order.status.value}: nothing is handed over.")
    return _step(order, OrderStatus.COMPLETED, actor, at)


def cancel(order: Order, actor: Actor, at: str, note: str = "") -> Change:
    """Take the whole order back: its goods are in stock again, its money is given back.

    Nothing when it is cancelled already; raises PaperError where some of it came back before, or
    where not all of its lines are here.
    """
    if order.status is OrderStatus.CANCELLED:
        return Change()
    _refuse_parts(order)
    if order.returns:
        raise PaperError("Some of it came back already: return the rest instead.")
    units = {line.item_id: (line.quantity, 0) for line in order.lines}
    return_id = movement_id(f"order/{order.order_id}/cancel", actor.device.device_id)
    back = _take_back(order, return_id, units, actor, at, note, cancelled=True)
    return _step(order, OrderStatus.CANCELLED, actor, at) + back


def take_back(
    order: Order,
    return_id: str,
    units: Mapping[str, tuple[int, int]],
    actor: Actor,
    at: str,
    note: str = "",
) -> Change:
    """Units that come back, by line: how many, and how many of them are damaged.

    `return_id` is a UUID made when the person began: the same one comes back once. Raises
    InvalidInputError for more than was bought, and PaperError for an order that was cancelled, or
    of which not all lines are here.
    """
    if any(one.return_id == return_id for one in order.returns):
        return Change()
    if order.status is OrderStatus.CANCELLED:
        raise PaperError("This order is cancelled: nothing of it can come back.")
    _refuse_parts(order)
    wanted = {item_id: one for item_id, one in units.items() if one[0]}
    if not wanted:
        raise InvalidInputError("quantity", "Say how many come back of at least one product.")
    for line in order.lines:
        quantity, damaged = wanted.get(line.item_id, (0, 0))
        if not 0 <= quantity <= line.left:
            raise InvalidInputError(
                "quantity",
                f"{line.name}: at most {line.left:,} of {line.quantity:,} can come back.",
            )
        if not 0 <= damaged <= quantity:
            raise InvalidInputError(
                "damaged", f"{line.name}: no more can be damaged than come back."
            )
    change = _take_back(order, return_id, wanted, actor, at, note)
    rest = sum(line.left for line in order.lines) - sum(one[0] for one in wanted.values())
    return change if rest else _step(order, OrderStatus.RETURNED, actor, at) + change


def _refuse_parts(order: Order) -> None:
    # What is not known of it could never be taken back afterwards.
    if order.missing:
        raise PaperError(
            f"Order {order.title} has not arrived whole, {order.missing:,} of its lines are "
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
    for one in order.returns:
        revised = {}
        for item_id in one.lines.keys() & left.keys():
            line = one.lines[item_id]
            quantity = min(line.quantity, left[item_id])
            left[item_id] -= quantity
            if quantity == line.quantity or one.signature.device_id != device_id:
                continue
            damaged = min(line.damaged, quantity)
            revised[item_id] = {"quantity": quantity, "damaged": damaged}
            postings = _moves(
                order,
                one.return_id,
                item_id,
                products[item_id],
                (Reason.CORRECTION, quantity - line.quantity + line.damaged - damaged),
                f"/{quantity}",
                "Taken back on two devices at once",
            )
            change += Change(postings=tuple(postings))
        if revised:
            entry = {"returns": {one.return_id: {"lines": revised}}}
            change += Change((Patch(ORDERS, {**order.key, **entry}),))
    return change


def refunds(order: Order, units: Mapping[str, tuple[int, int]]) -> dict[str, ReturnLine]:
    """What is given back for units of lines, by line; the last units of a line take the rest."""
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
    cancelled: bool = False,
) -> Change:
    given = refunds(order, units)
    entry = {
        **signed(actor, at),
        "cancelled": cancelled,
        "note": note,
        "lines": {
            item_id: {
                "quantity": one.quantity,
                "damaged": one.damaged,
                "refund": float(one.refund),
                "tax": float(one.tax),
            }
            for item_id, one in given.items()
        },
    }
    patch = Patch(ORDERS, {**order.key, "returns": {return_id: entry}, "updated_at": at})
    postings = []
    for line in order.lines:
        if one := given.get(line.item_id):
            came = _moves(
                order,
                return_id,
                line.item_id,
                line.product_id,
                (Reason.RETURNED, one.quantity),
                "",
                note,
            )
            # It came back, and cannot be sold again: both are true.
            broken = _moves(
                order,
                return_id,
                line.item_id,
                line.product_id,
                (Reason.DAMAGED, -one.damaged),
                "/damaged",
                note,
            )
            postings += [*came, *broken]
    return Change((patch,), tuple(postings))


def _moves(
    order: Order,
    return_id: str,
    item_id: str,
    product_id: str,
    moved: tuple[Reason, int],
    part: str,
    note: str,
) -> list[Posting]:
    """The movement of a part of a return; none where nothing moves."""
    reason, quantity = moved
    if not quantity:
        return []
    step = f"order/{order.order_id}/return/{return_id}/{item_id}{part}"
    reference = {"order": order.order_id, "number": order.title, "return": return_id}
    return [Posting(order.store_id, product_id, reason, quantity, step, reference, note=note)]


def _step(order: Order, status: OrderStatus, actor: Actor, at: str) -> Change:
    history = _entry(order.order_id, status, actor, at)
    fields = {**order.key, "status": status.value, "history": history, "updated_at": at}
    return Change((Patch(ORDERS, fields),))


def _entry(order_id: str, status: OrderStatus, actor: Actor, at: str) -> dict[str, Any]:
    key = movement_id(f"order/{order_id}/{status.value}", actor.device.device_id)
    return {key: {**signed(actor, at), "status": status.value}}


def _item(line: CartLine, priced: PricedLine) -> dict[str, Any]:
    return {
        "product_id": line.product_id,
        "sku": line.sku,
        "product_name": line.name,
        "quantity": line.quantity,
        "unit_price": float(line.unit_price),
        "discount_percent": line.discount.percent,
        "line_discount": float(priced.line_discount),
        "order_discount": float(priced.order_discount),
        "discount_amount": float(priced.discount),
        "line_total": float(priced.total),
        "tax_amount": float(priced.tax),
    }
