"""Changes for which the app has no screen yet, written through its unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.data.stock import movements
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import to_item, to_product, to_store
from app.domain.entities import Actor, Reason
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ORDER_ITEMS, ORDERS

Key = Mapping[str, str]

_ITEM: Final = "SELECT * FROM inventory WHERE _id = :id"
_CUSTOMER: Final = "SELECT * FROM customers WHERE _id = :id"
_PRODUCT: Final = "SELECT * FROM products WHERE _id = :id"
_STORE: Final = "SELECT * FROM stores WHERE _id = :id"
_NOTE: Final = "UPDATE inventory SET notes = :text, updated_at = :at WHERE _id = :id"
_RENAME: Final = "UPDATE customers SET first_name = :text, updated_at = :at WHERE _id = :id"
_INSERT: Final = {
    ORDERS: "INSERT INTO orders DOCUMENTS (:document)",
    ORDER_ITEMS: "INSERT INTO order_items DOCUMENTS (:document)",
}
_CENT: Final = Decimal("0.01")
_TAX: Final = Decimal("0.10")


async def note(session: Session, item: Key, text: str, at: str) -> str:
    """Write a note about an item; returns the note before."""

    async def work(unit: UnitOfWork) -> str:
        before = await _one(unit, _ITEM, item)
        await unit.update(INVENTORY, _NOTE, {"id": item, "text": text, "at": at})
        return str(before["notes"])

    return await session.write(work)


async def rename(session: Session, customer: Key, first_name: str, at: str) -> str:
    """Change the first name of a customer; returns the name before."""

    async def work(unit: UnitOfWork) -> str:
        before = await _one(unit, _CUSTOMER, customer)
        await unit.update(CUSTOMERS, _RENAME, {"id": customer, "text": first_name, "at": at})
        return str(before["first_name"])

    return await session.write(work)


async def order(
    session: Session,
    actor: Actor,
    order_id: str,
    customer: Key,
    lines: list[tuple[Key, int]],
    at: str,
) -> dict[str, list[dict[str, Any]]]:
    """Take an order, its lines and what they take from the stock; returns the documents."""

    async def work(unit: UnitOfWork) -> dict[str, list[dict[str, Any]]]:
        who = await _one(unit, _CUSTOMER, customer)
        store = to_store(await _one(unit, _STORE, actor.profile.store_id))
        stamps = {"deleted": False, "created_at": at, "updated_at": at}
        shared = {
            "order_id": order_id,
            "store_id": actor.profile.store_id,
            "customer_id": who["customer_id"],
        }
        sold: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        subtotal = Decimal(0)
        for item, quantity in lines:
            stocked = to_item(await _one(unit, _ITEM, item))
            product = to_product(await _one(unit, _PRODUCT, stocked.product_id))
            price = product.price
            subtotal += quantity * price
            line = {
                **shared,
                "order_item_id": str(uuid.uuid4()),
                "product_id": stocked.product_id,
                "sku": product.sku,
                "product_name": product.name,
                "quantity": quantity,
                "unit_price": float(price),
                "discount_percent": 0,
                "discount_amount": 0.0,
                "line_total": float(quantity * price),
                **stamps,
            }
            await unit.insert(ORDER_ITEMS, _INSERT[ORDER_ITEMS], line)
            sold.append(line)
            movement = movements.new_document(stocked, Reason.SOLD, actor, at, -quantity)
            movement["reference"] = {"order": order_id, "number": ""}
            # An order is a promise to a customer, whatever the shelf says.
            await movements.post(unit, movement, allow_negative=True)
            moved.append({**movement})
        tax = (subtotal * _TAX).quantize(_CENT, ROUND_HALF_UP)
        document = {
            **shared,
            "order_date": at,
            "customer_name": f"{who['first_name']} {who['last_name']}",
            "customer_email": who["email"],
            "store_name": store.name,
            "item_count": len(lines),
            "subtotal": float(subtotal),
            "tax": float(tax),
            "discount_total": 0.0,
            "total": float(subtotal + tax),
            "status": "pending",
            **stamps,
        }
        await unit.insert(ORDERS, _INSERT[ORDERS], document)
        return {"orders": [document], "order_items": sold, "stock_movements": moved}

    return await session.write(work)


async def _one(unit: UnitOfWork, dql: str, document_id: object) -> dict[str, Any]:
    return (await unit.query(dql, {"id": document_id}))[0]
