"""The review of a stocktake: counts, items and movements, read in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.data.store.session import Row
from app.data.store.unit_of_work import UnitOfWork
from app.domain import stocktake as rules
from app.domain.documents.stock import to_item
from app.domain.documents.stocktakes import to_count
from app.domain.entities import StockItem
from app.domain.stocktake import Count, ReviewLine, Stocktake
from connector_config.schema.collections import INVENTORY, ditto_id

_COUNTS = (
    "SELECT * FROM stocktake_counts WHERE stocktake_id = :stocktake_id ORDER BY at LIMIT 100000"
)
_STANDING = _COUNTS.replace("ORDER", "AND deleted = false ORDER")
_ITEMS = "SELECT * FROM inventory USE IDS LIST :ids"
_NEWER = (
    "SELECT movement_id, inventory_id, device_id, quantity, at, effective_at, reference "
    "FROM stock_movements USE INDEX 'history_time' WHERE store_id = :store_id AND at >= :since"
)
_COSTS = "SELECT product_id, cost FROM products USE IDS LIST :ids"

_STORE = "SELECT * FROM inventory WHERE store_id = :store_id AND deleted = false LIMIT 100000"
_AISLE = _STORE.replace("AND deleted", "AND location.aisle = :aisle AND deleted")
_SHELF = _STORE.replace(
    "AND deleted", "AND location.aisle = :aisle AND location.shelf = :shelf AND deleted"
)


async def covered_by(unit: UnitOfWork, stocktake: Stocktake) -> list[StockItem]:
    """All items that stand where a stocktake counts."""
    scope = _SHELF if stocktake.shelf else _AISLE if stocktake.aisle else _STORE
    where = {
        "store_id": stocktake.store_id,
        "aisle": stocktake.aisle,
        "shelf": stocktake.shelf,
    }
    return [to_item(row) for row in await unit.query(scope, where)]


async def counts_of(
    unit: UnitOfWork, stocktake_id: str, withdrawn: bool = False
) -> dict[str, list[Count]]:
    """The counts of a stocktake by inventory id, oldest first; with the withdrawn ones if asked."""
    counts: dict[str, list[Count]] = {}
    dql = _COUNTS if withdrawn else _STANDING
    for row in await unit.query(dql, {"stocktake_id": stocktake_id}):
        counts.setdefault(row["inventory_id"], []).append(to_count(row))
    return counts


async def newer_than(unit: UnitOfWork, store_id: str, since: str) -> dict[str, list[Row]]:
    """The movements of a store since a time, by inventory id, as `rules.book` reads them."""
    newer: dict[str, list[Row]] = {}
    for row in await unit.query(_NEWER, {"store_id": store_id, "since": since}):
        newer.setdefault(row["inventory_id"], []).append(row)
    return newer


async def items_of(
    unit: UnitOfWork, store_id: str, inventory_ids: Sequence[str]
) -> dict[str, StockItem]:
    """Items of a store by inventory id."""
    keys = [{"store_id": store_id, "inventory_id": one} for one in inventory_ids]
    ids = [ditto_id(INVENTORY, key) for key in keys]
    rows = await unit.query(_ITEMS, {"ids": ids}) if ids else []
    return {row["inventory_id"]: to_item(row) for row in rows}


async def review(
    unit: UnitOfWork,
    stocktake: Stocktake,
    covered: Sequence[StockItem] = (),
    with_costs: bool = False,
) -> list[ReviewLine]:
    """A line for each item that is covered or was counted."""
    counts = await counts_of(unit, stocktake.stocktake_id)
    items = {item.inventory_id: item for item in covered}
    misplaced = [one for one in counts if one not in items]
    items |= await items_of(unit, stocktake.store_id, misplaced)
    newer: dict[str, list[Row]] = {}
    if counts:
        since = min(one.at for of_item in counts.values() for one in of_item)
        newer = await newer_than(unit, stocktake.store_id, since)
    products = sorted({item.product_id for item in items.values()}) if with_costs else []
    rows = await unit.query(_COSTS, {"ids": products}) if products else []
    costs = {row["product_id"]: Decimal(str(row.get("cost") or 0)) for row in rows}
    return [
        rules.review_line(
            stocktake,
            item,
            counts.get(item.inventory_id, []),
            newer.get(item.inventory_id, []),
            costs.get(item.product_id, Decimal(0)).quantize(Decimal("0.01")),
        )
        for item in items.values()
    ]
