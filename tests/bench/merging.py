"""Merging two customers with 500 orders: until the card has the sums of both."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from app.data.selling.bought import BoughtRepository
from app.data.selling.customers import CustomerRepository
from app.data.selling.merging import MergingRepository
from app.data.store.session import Session
from app.domain.customers import Customer
from app.domain.entities import Actor, Device, Profile, Role
from connector_config.schema.collections import ORDER_ITEMS, ORDERS, ditto_id
from tests.bench.report import Figure
from tests.bench.stores import STORE

_ORDERS = 500
_LINES = 3
_ACTOR = Actor(Profile(STORE, Role.MANAGER, "Maya"), Device("device-bench", "bench"))


async def measure_merge(session: Session, one: Customer, other: Customer) -> Figure:
    """Give two customers so many orders, merge them, and read what both bought."""
    for number in range(_ORDERS):
        await _order(session, (one, other)[number % 2], number)

    def now() -> datetime:
        return datetime.now(UTC)

    started = perf_counter()
    await MergingRepository(session, now).merge(one, other, _ACTOR)
    kept = await CustomerRepository(session, now).get(STORE, one.customer_id)
    assert kept is not None
    bought = await BoughtRepository(session).of(kept)
    took = perf_counter() - started
    assert bought.count == _ORDERS
    return Figure(f"merge two customers with {_ORDERS} orders", "s", took, limit=1)


async def _order(session: Session, customer: Customer, number: int) -> None:
    key = {"store_id": STORE, "order_id": f"merge_{number:04}"}
    at = f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000Z"
    common = {"customer_id": customer.customer_id, "created_at": at, "deleted": False}
    order = {"order_date": at, "total": 9.99, "status": "completed", "updated_at": at}
    await session.query(
        "INSERT INTO orders DOCUMENTS (:one)",
        {"one": {"_id": ditto_id(ORDERS, key), **key, **common, **order}},
    )
    lines = [
        {**key, **common, "order_item_id": f"merge_{number:04}_{line}", "quantity": 1}
        | {"product_id": f"p{line + number % 7}", "product_name": f"Product {line}"}
        for line in range(_LINES)
    ]
    documents = [{"_id": ditto_id(ORDER_ITEMS, line), **line} for line in lines]
    await session.query("INSERT INTO order_items DOCUMENTS (:all)", {"all": documents})
