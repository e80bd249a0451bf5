"""The papers that announce goods to a store: transfers to it, and its orders at suppliers."""

from __future__ import annotations

from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.purchase_orders import to_purchase_order
from app.domain.documents.transfers import to_transfer
from app.domain.receiving import GoodsReceipt, Paper, ReceiptKind

_TRANSFER = "SELECT * FROM transfers WHERE to_store_id = :store_id AND transfer_id = :paper_id"
_TRANSFER_NUMBER = "SELECT * FROM transfers WHERE to_store_id = :store_id AND number = :number"
_PURCHASE_ORDER = (
    "SELECT * FROM replenishments WHERE store_id = :store_id AND replenishment_id = :paper_id"
)
_PURCHASE_ORDER_NUMBER = (
    "SELECT * FROM replenishments WHERE store_id = :store_id AND number = :number"
)


async def paper_of(unit: UnitOfWork, receipt: GoodsReceipt) -> Paper | None:
    """The paper of a receipt; None where it has none or the paper is not on this device."""
    if not receipt.is_announced:
        return None
    if not receipt.paper_id:
        return await with_number(unit, receipt.store_id, receipt.paper_number)
    parameters = {"store_id": receipt.store_id, "paper_id": receipt.paper_id}
    if receipt.kind is ReceiptKind.TRANSFER:
        return next((to_transfer(row) for row in await unit.query(_TRANSFER, parameters)), None)
    rows = await unit.query(_PURCHASE_ORDER, parameters)
    return next((to_purchase_order(row) for row in rows), None)


async def with_number(unit: UnitOfWork, store_id: str, number: str) -> Paper | None:
    """The transfer to a store, or its purchase order, with a number; None where neither is here."""
    if not (number := number.strip()):
        # One from the back office may have none either: it is of no receipt for that.
        return None
    parameters = {"store_id": store_id, "number": number}
    for row in await unit.query(_TRANSFER_NUMBER, parameters):
        return to_transfer(row)
    for row in await unit.query(_PURCHASE_ORDER_NUMBER, parameters):
        return to_purchase_order(row)
    return None
