"""Changes for which a worker has no screen, written through the app's unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from app.data.selling.orders import write_placed
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.carts import Cart
from app.domain.documents.customers import to_customer
from app.domain.documents.stock import to_item, to_product, to_store
from app.domain.entities import Actor
from app.domain.order_placing import place
from app.domain.shop_days import compact, on_paper
from connector_config.schema.collections import CUSTOMERS, INVENTORY
from connector_config.schema.instants import to_iso

Key = Mapping[str, str]

_ITEM: Final = "SELECT * FROM inventory WHERE _id = :id"
_CUSTOMER: Final = "SELECT * FROM customers WHERE _id = :id"
_PRODUCT: Final = "SELECT * FROM products WHERE _id = :id"
_STORE: Final = "SELECT * FROM stores WHERE _id = :id"
_NOTE: Final = "UPDATE inventory SET notes = :text, updated_at = :at WHERE _id = :id"
_RENAME: Final = "UPDATE customers SET first_name = :text, updated_at = :at WHERE _id = :id"


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
    cart_id: str,
    customer: Key,
    lines: Sequence[tuple[Key, int]],
    now: datetime,
) -> None:
    """Take an order as the app does, without asking who may: a worker has no screen for it."""

    async def work(unit: UnitOfWork) -> None:
        who = to_customer(await _one(unit, _CUSTOMER, customer))
        store = to_store(await _one(unit, _STORE, actor.profile.store_id))
        cart = Cart(cart_id, store.store_id, to_iso(now), who, day=compact(now, store.zone))
        for item, quantity in lines:
            stocked = to_item(await _one(unit, _ITEM, item))
            cart = cart.add(to_product(await _one(unit, _PRODUCT, stocked.product_id)), quantity)
        placed = place(cart, store, actor, to_iso(now), on_paper(now, store.zone))
        # An order is a promise to a customer, whatever the shelf says.
        await write_placed(unit, placed, actor, to_iso(now), allow_negative=True)

    await session.write(work)


async def _one(unit: UnitOfWork, dql: str, document_id: object) -> dict[str, Any]:
    return (await unit.query(dql, {"id": document_id}))[0]
