"""How a cart becomes an order, as data: see `app.domain.papers` for how steps work."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from app.domain.carts import Cart, CartLine
from app.domain.documents.orders import new_history
from app.domain.documents.parts import signed
from app.domain.entities import Actor, Reason, Store
from app.domain.errors import InvalidInputError
from app.domain.orders import OrderStatus
from app.domain.papers import Posting
from app.domain.pricing import PricedLine
from connector_config.schema import order_documents as stored

_ITEM: Final = uuid.UUID("b0a3a7cb-2a56-4c3b-8b43-5d0f6c1a9e77")


@dataclass(frozen=True, slots=True)
class Placed:
    """The documents that placing a cart writes, and what it takes out of the stock."""

    order: stored.NewOrder
    items: tuple[stored.NewOrderItem, ...]
    postings: tuple[Posting, ...]


def place(cart: Cart, store: Store, actor: Actor, at: str, local: str) -> Placed:
    """Make an order of a cart: its documents, and what leaves the stock.

    `local` is the time as the customer's receipt says it. Raises InvalidInputError for a cart that
    is not ready.
    """
    customer = cart.customer
    if not cart.lines:
        raise InvalidInputError("lines", "Put a product into the cart first.")
    if customer is None:
        raise InvalidInputError("customer", "Choose the customer first.")
    if not store.may_sell:
        raise InvalidInputError("store", store.fault)
    priced = cart.priced(store.tax_percent)
    signature = signed(actor, at)
    order: stored.NewOrder = {
        "order_id": cart.order_id,
        "store_id": cart.store_id,
        "customer_id": customer.customer_id,
        "number": cart.number,
        "order_date": at,
        "placed_local": local,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "store_name": store.stored_name,
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
        "history": new_history(cart.order_id, OrderStatus.PENDING, actor, at),
        "returns": {},
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
    items, postings = [], []
    for number, (line, one) in enumerate(zip(cart.lines, priced.lines, strict=True), 1):
        item_id = str(uuid.uuid5(_ITEM, f"{cart.cart_id}|{line.product_id}"))
        items.append(_item(order, item_id, number, line, one))
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


def refuse_stale(cart: Cart) -> None:
    """Raise InvalidInputError where more comes off than there is to pay for by now."""
    for doubt in cart.doubts:
        if doubt.is_too_much:
            raise doubt.error


def _item(
    order: stored.NewOrder, item_id: str, number: int, line: CartLine, priced: PricedLine
) -> stored.NewOrderItem:
    return {
        "order_item_id": item_id,
        "order_id": order["order_id"],
        "store_id": order["store_id"],
        "customer_id": order["customer_id"],
        "line_number": number,
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
        "deleted": False,
        "created_at": order["created_at"],
        "updated_at": order["updated_at"],
    }
