"""The documents of a simulated sale, of a restock and of a return: as a till would write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from random import Random
from typing import Final, NamedTuple

from connector_config.mongodb.connection import Document
from connector_config.schema.instants import to_iso
from connector_config.schema.order_documents import NewOrder, NewOrderItem, OrderReturn, OrderStep
from connector_config.schema.stock_documents import StockMovement
from seed.generators.orders import discount_cents
from seed.generators.streams import uuid4_text

SOLD: Final = "sold"
RECEIVED: Final = "received"
RETURNED: Final = "returned"

_WHO: Final = "Simulation"
DEVICE: Final = "simulation"
_ROLE: Final = "rep"
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Goods(NamedTuple):
    """A product as it is sold today; `cents` is its price."""

    product_id: str
    sku: str
    name: str
    cents: int


class Sold(NamedTuple):
    """A line: what is sold, how many of it, at which discount in percent, from which item."""

    goods: Goods
    quantity: int
    percent: int
    inventory_id: str


class Till(NamedTuple):
    """Where it is sold: the store with its tax in thousandths of a percent and its zone."""

    store_id: str
    name: str
    tax_milli: int
    zone: tzinfo


class Placed(NamedTuple):
    """An order with its lines, and what leaves the stock with it."""

    order: NewOrder
    items: Sequence[NewOrderItem]
    movements: Sequence[StockMovement]


def placed(
    till: Till, customer: Document, lines: Sequence[Sold], now: datetime, draws: Random
) -> Placed:
    """An order that is paid and handed over."""
    at, local = to_iso(now), now.astimezone(till.zone)
    letters = "".join(_LETTERS[int(draws.random() * len(_LETTERS))] for _ in range(9))
    store = till.store_id.removeprefix("store_")
    order_id = f"order_{local:%Y%m%d}_{letters}_{store}"
    number = f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
    customer_id = str(customer["customer_id"])
    items: list[NewOrderItem] = []
    movements: list[StockMovement] = []
    subtotal = discount = tax = 0
    for at_line, (goods, quantity, percent, inventory_id) in enumerate(lines, 1):
        gross = quantity * goods.cents
        off = discount_cents(gross, percent)
        subtotal, discount = subtotal + gross, discount + off
        # Each line's share of the tax: what the order's grows by with it, so that they add up.
        before, tax = tax, (till.tax_milli * (subtotal - discount) + 50_000) // 100_000
        items.append(
            {
                "order_item_id": uuid4_text(draws.getrandbits(128)),
                "order_id": order_id,
                "store_id": till.store_id,
                "customer_id": customer_id,
                "line_number": at_line,
                "product_id": goods.product_id,
                "sku": goods.sku,
                "product_name": goods.name,
                "quantity": quantity,
                "unit_price": goods.cents / 100,
                "discount_percent": percent,
                "discount_amount": off / 100,
                "line_discount": off / 100,
                "order_discount": 0.0,
                "line_total": (gross - off) / 100,
                "tax_amount": (tax - before) / 100,
                "deleted": False,
                "created_at": at,
                "updated_at": at,
            }
        )
        reference = {"order": order_id, "number": number}
        moved = (goods.product_id, inventory_id, -quantity)
        movements.append(movement(till.store_id, *moved, SOLD, reference, at, draws))
    steps: dict[str, OrderStep] = {
        uuid4_text(draws.getrandbits(128)): {
            "at": at,
            "who": _WHO,
            "device_id": DEVICE,
            "device_name": _WHO,
            "status": status,
        }
        for status in ("pending", "completed")
    }
    order: NewOrder = {
        "order_id": order_id,
        "store_id": till.store_id,
        "customer_id": customer_id,
        "number": number,
        "order_date": at,
        "placed_local": f"{local:%-d %b %Y, %H:%M}",
        "customer_name": f"{customer['first_name']} {customer['last_name']}",
        "customer_email": str(customer.get("email") or ""),
        "store_name": till.name,
        "item_count": len(items),
        "subtotal": subtotal / 100,
        "tax": tax / 100,
        "tax_percent": till.tax_milli / 1000,
        "discount_total": discount / 100,
        "total": (subtotal - discount + tax) / 100,
        "status": "completed",
        "who": _WHO,
        "device_id": DEVICE,
        "device_name": _WHO,
        "offline": False,
        "history": steps,
        "returns": {},
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
    return Placed(order, items, movements)


def came_back(item: NewOrderItem, at: str) -> OrderReturn:
    """The entry of an order for a whole line that comes back undamaged."""
    return {
        "at": at,
        "who": _WHO,
        "device_id": DEVICE,
        "device_name": _WHO,
        "cancelled": False,
        "note": "",
        "lines": {
            item["order_item_id"]: {
                "quantity": item["quantity"],
                "damaged": 0,
                "refund": item["line_total"],
                "tax": item["tax_amount"],
            }
        },
    }


def movement(
    store_id: str,
    product_id: str,
    inventory_id: str,
    quantity: int,
    reason: str,
    reference: dict[str, str],
    at: str,
    draws: Random,
) -> StockMovement:
    """One entry of the ledger."""
    return {
        "store_id": store_id,
        "movement_id": uuid4_text(draws.getrandbits(128)),
        "inventory_id": inventory_id,
        "product_id": product_id,
        "reason": reason,
        "quantity": quantity,
        "note": "",
        "who": _WHO,
        "role": _ROLE,
        "device_id": DEVICE,
        "device_name": _WHO,
        "at": at,
        "offline": False,
        "reference": reference,
        "deleted": False,
        "created_at": at,
        "updated_at": at,
    }
