"""Takes back what this device settled where another device settled the same sale apart from it."""

from __future__ import annotations

from typing import Final

from app.data.selling import orders
from app.data.store.reading import entities
from app.data.store.unit_of_work import UnitOfWork
from app.domain import order_steps, transfer_steps
from app.domain.documents.oversell import to_settlements
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor
from app.domain.errors import FaultyDocumentError, PaperError
from app.domain.orders import OrderStatus
from app.domain.oversell import Settlement, mark_taken_back, superfluous
from app.domain.papers import Change
from connector_config.schema.collections import TRANSFERS, ditto_id

_CASES: Final = "SELECT * FROM oversell_cases WHERE updated_at >= :since LIMIT 500"
_TRANSFER: Final = "SELECT * FROM transfers WHERE _id = :id"


async def taking_back(unit: UnitOfWork, actor: Actor, since: str, at: str) -> Change:
    """The change that takes back this device's superfluous settlements; empty without any."""
    change = Change()
    for row in await unit.query(_CASES, {"since": since}):
        settlements = next(iter(entities([row], to_settlements)), ())
        for settlement in superfluous(settlements, actor.device.device_id):
            try:
                back = await taken_back(unit, settlement, actor, at)
            except (PaperError, FaultyDocumentError):
                # It cannot be read, has not arrived whole, or somebody went on with it: it stays,
                # and costs two small reads, and no write, each time that its case is looked at.
                continue
            change += back + mark_taken_back(settlement, at)
    return change


async def taken_back(unit: UnitOfWork, settlement: Settlement, actor: Actor, at: str) -> Change:
    """What a settlement made, taken back; raises PaperError where somebody went on with it."""
    change = Change()
    if settlement.transfer_id:
        key = {
            "from_store_id": settlement.from_store_id,
            "to_store_id": settlement.store_id,
            "transfer_id": settlement.transfer_id,
        }
        rows = await unit.query(_TRANSFER, {"id": ditto_id(TRANSFERS, key)})
        if not rows:
            raise PaperError("The transfer is not on this device: it stays.")
        transfer = to_transfer(rows[0])
        if transfer.shipments:
            raise PaperError(f"Transfer {transfer.number} is on its way: it stays.")
        change += transfer_steps.cancel(transfer, at)
    if settlement.new_order_id:
        key = {"store_id": settlement.store_id, "order_id": settlement.new_order_id}
        swapped = await orders.load(unit, key)
        if swapped.status not in (OrderStatus.PENDING, OrderStatus.CANCELLED):
            raise PaperError(f"Order {swapped.title} is {swapped.status.value}: it stays.")
        if swapped.status is OrderStatus.PENDING:
            note = "Its customer was helped on another device"
            change += order_steps.cancel(swapped, actor, at, note)
    # Goods that two devices took back of one order are taken out by its own rules: see
    # `order_steps.settle`.
    return change
