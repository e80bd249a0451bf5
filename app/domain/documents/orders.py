"""Orders and their lines as stored."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.domain.documents.parts import dollars, signed, to_signature
from app.domain.documents.reading import member, sound
from app.domain.entities import Actor
from app.domain.orders import Order, OrderLine, OrderReturn, OrderStatus, OrderStep, ReturnLine
from app.domain.papers import Document, movement_id
from app.domain.pricing import NOTHING, spread
from connector_config.schema import order_documents as stored
from connector_config.schema.collections import ORDER_ITEMS, ORDERS


def new_history(
    order_id: str, status: OrderStatus, actor: Actor, at: str
) -> dict[str, stored.OrderStep]:
    """A history entry for a status, under the one key that this device can make for it."""
    key = movement_id(f"order/{order_id}/{status.value}", actor.device.device_id)
    return {key: {**signed(actor, at), "status": status.value}}


def to_order(document: Document, items: Sequence[Document]) -> Order:
    """An order document and the documents of its lines as an entity.

    A line that is faulty makes the order faulty: without it the sums are not what was agreed.
    """
    document = sound(ORDERS, document, "store_id", "order_id")
    items = [sound(ORDER_ITEMS, one, "order_item_id") for one in items]
    returns = _returns(document)
    tax = dollars(document.get("tax"))
    ordered = sorted(items, key=lambda one: (one.get("line_number") or 0, one["order_item_id"]))
    totals = [dollars(one.get("line_total")) for one in ordered]
    # Of orders from before only the whole tax is known.
    shares = spread(tax, totals)
    lines = tuple(
        _line(one, total, share, returns)
        for one, total, share in zip(ordered, totals, shares, strict=True)
    )
    steps = _steps(document)
    missing = max(int(document.get("item_count") or 0) - len(lines), 0)
    rate = document.get("tax_percent")
    return Order(
        store_id=document["store_id"],
        order_id=document["order_id"],
        number=document.get("number") or "",
        customer_id=document.get("customer_id") or "",
        customer_name=document.get("customer_name") or "",
        customer_email=document.get("customer_email") or "",
        store_name=document.get("store_name") or "",
        order_date=document.get("order_date") or "",
        placed_local=document.get("placed_local") or "",
        subtotal=dollars(document.get("subtotal")),
        discount=dollars(document.get("discount_total")),
        tax=tax,
        total=dollars(document.get("total")),
        tax_percent=None if rate is None else Decimal(str(rate)),
        status=_status(document, steps, returns, () if missing else lines),
        signature=to_signature(document),
        lines=lines,
        steps=steps,
        returns=returns,
        missing=missing,
    )


def _line(
    item: Document, total: Decimal, share: Decimal, returns: Sequence[OrderReturn]
) -> OrderLine:
    item_id = item["order_item_id"]
    back = [one.lines[item_id] for one in returns if item_id in one.lines]
    tax = item.get("tax_amount")
    return OrderLine(
        item_id=item_id,
        product_id=item.get("product_id") or "",
        sku=item.get("sku") or "",
        name=item.get("product_name") or "",
        quantity=int(item.get("quantity") or 0),
        unit_price=dollars(item.get("unit_price")),
        discount_percent=int(item.get("discount_percent") or 0),
        discount=dollars(item.get("discount_amount")),
        total=total,
        tax=share if tax is None else dollars(tax),
        returned=sum(one.quantity for one in back),
        refunded=sum((one.refund for one in back), NOTHING),
        tax_refunded=sum((one.tax for one in back), NOTHING),
    )


def _returns(document: Document) -> tuple[OrderReturn, ...]:
    found = [
        OrderReturn(
            return_id=return_id,
            cancelled=bool(entry.get("cancelled")),
            note=entry.get("note") or "",
            signature=to_signature(entry),
            lines={
                item_id: ReturnLine(
                    int(line.get("quantity") or 0),
                    int(line.get("damaged") or 0),
                    dollars(line.get("refund")),
                    dollars(line.get("tax")),
                )
                for item_id, line in (entry.get("lines") or {}).items()
            },
            store_id=entry.get("store_id") or "",
            store_name=entry.get("store_name") or "",
        )
        for return_id, entry in (document.get("returns") or {}).items()
    ]
    return tuple(sorted(found, key=lambda one: (one.signature.at, one.return_id)))


def _steps(document: Document) -> tuple[OrderStep, ...]:
    found = [
        OrderStep(member(entry["status"], OrderStatus), to_signature(entry))
        for entry in (document.get("history") or {}).values()
        # Its parts come one by one.
        if entry.get("status")
    ]
    # What happened in the same millisecond happened in the order of the statuses.
    order = list(OrderStatus)
    return tuple(sorted(found, key=lambda one: (one.signature.at, order.index(one.status))))


def _status(
    document: Document,
    steps: Sequence[OrderStep],
    returns: Sequence[OrderReturn],
    lines: Sequence[OrderLine],
) -> OrderStatus:
    stored = member(document.get("status") or "pending", OrderStatus)
    reached = {one.status for one in steps} | {stored}
    if OrderStatus.CANCELLED in reached or any(one.cancelled for one in returns):
        return OrderStatus.CANCELLED
    if OrderStatus.RETURNED in reached or (lines and not any(line.left for line in lines)):
        return OrderStatus.RETURNED
    if stored is OrderStatus.UNKNOWN:
        return stored
    return OrderStatus.COMPLETED if OrderStatus.COMPLETED in reached else OrderStatus.PENDING
