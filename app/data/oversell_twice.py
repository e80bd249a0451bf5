"""What this device has to take back because somebody else settled the same sale, apart from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.data import orders
from app.data.unit_of_work import UnitOfWork
from app.domain import order_steps, transfer_steps
from app.domain.entities import Actor, Reason
from app.domain.errors import PaperError
from app.domain.orders import Order, OrderStatus
from app.domain.oversell import Settlement, marked, superfluous, to_settlements
from app.domain.papers import Change, Patch, Posting, movement_id, undo_step
from app.domain.transfers import to_transfer
from connector_config.collections import ORDERS, STOCK_MOVEMENTS, TRANSFERS, ditto_id

_CASES: Final = "SELECT * FROM oversell_cases WHERE updated_at >= :since LIMIT 500"
_TRANSFER: Final = "SELECT * FROM transfers WHERE _id = :id"
_MOVEMENTS: Final = "SELECT * FROM stock_movements USE IDS LIST :ids"


async def due(unit: UnitOfWork, actor: Actor, since: str, at: str) -> Change:
    """What taking it back writes; empty when nothing is to do."""
    change = Change()
    for row in await unit.query(_CASES, {"since": since}):
        for one in superfluous(to_settlements(row), actor.device.device_id):
            try:
                back = await _taken_back(unit, one, actor, at)
            except PaperError:
                # It has not arrived whole, or somebody went on with it: it stays.
                continue
            change += back + Change((marked(one, "taken_back_at", at),))
    return change


async def _taken_back(unit: UnitOfWork, one: Settlement, actor: Actor, at: str) -> Change:
    change = Change()
    if one.transfer_id:
        key = {
            "from_store_id": one.from_store_id,
            "to_store_id": one.store_id,
            "transfer_id": one.transfer_id,
        }
        rows = await unit.query(_TRANSFER, {"id": ditto_id(TRANSFERS, key)})
        if rows and not (transfer := to_transfer(rows[0])).shipments:
            change += transfer_steps.cancel(transfer, at)
    if one.new_order_id:
        swapped = await orders.load(unit, _key(one, one.new_order_id))
        if swapped.status is not OrderStatus.CANCELLED:
            note = "Its customer was helped on another device"
            change += order_steps.cancel(swapped, actor, at, note)
    if one.return_id:
        order = await orders.load(unit, _key(one, one.order_id))
        change += await _undo_return(unit, order, one.return_id, actor.device.device_id, at)
    return change


async def _undo_return(
    unit: UnitOfWork, order: Order, return_id: str, device_id: str, at: str
) -> Change:
    back = next((one for one in order.returns if one.return_id == return_id), None)
    if back is None:
        return Change()
    steps = [f"order/{order.order_id}/return/{return_id}/{item_id}" for item_id in back.lines]
    ids = [
        ditto_id(STOCK_MOVEMENTS, {"store_id": order.store_id, "movement_id": made})
        for made in (movement_id(step, device_id) for step in steps)
    ]
    postings = [_undo(row) for row in await unit.query(_MOVEMENTS, {"ids": ids})]
    fields = {**order.key, "returns": {return_id: {"undone": True}}, "updated_at": at}
    return Change((Patch(ORDERS, fields),), tuple(postings))


def _undo(row: Mapping[str, Any]) -> Posting:
    return Posting(
        row["store_id"],
        row["product_id"],
        Reason.UNDO,
        -int(row["quantity"]),
        undo_step(row["movement_id"]),
        {
            **row["reference"],
            "undoes": row["movement_id"],
            "undone_reason": row["reason"],
        },
        inventory_id=row["inventory_id"],
        note="Taken back on two devices at once",
    )


def _key(one: Settlement, order_id: str) -> dict[str, str]:
    return {"store_id": one.store_id, "order_id": order_id}
