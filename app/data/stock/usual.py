"""Whether quantities are so unusual that a store wants a manager's word, within a transaction."""

from __future__ import annotations

from collections.abc import Iterable

from app.data.staff import word
from app.data.stock.ledger import MOVEMENTS
from app.data.stock.movements import ITEMS_OF_PRODUCTS
from app.data.store.reading import entities
from app.data.store.unit_of_work import UnitOfWork
from app.domain import approvals
from app.domain.documents.stock import show_item, to_movement
from app.domain.entities import Actor
from app.domain.unusual import NEWEST, TIMES, Asked, unusual


async def asked_of(unit: UnitOfWork, actor: Actor, asked: Iterable[Asked]) -> list[str]:
    """What of quantities that are about to be posted needs a word."""
    # Fewer are never far from what is usual, so that most changes read nothing.
    many = [one for one in asked if abs(one.quantity) >= TIMES]
    if not many or not (await word.limits_of(unit, actor)).unusual_quantity:
        return []
    parameters = {
        "store_id": actor.profile.store_id,
        "product_ids": sorted({one.product_id for one in many}),
    }
    items = {
        one.product_id: one
        for one in entities(await unit.query(ITEMS_OF_PRODUCTS, parameters), show_item)
    }
    found = []
    for one in many:
        item = items.get(one.product_id)
        newest = {"inventory_id": item.inventory_id, "limit": NEWEST} if item else None
        rows = await unit.query(MOVEMENTS, newest) if newest else []
        if (far := unusual(one, item, entities(rows, to_movement))) is not None:
            found.append(far)
    return approvals.of_unusual(found)
