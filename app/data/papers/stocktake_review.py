"""The review of a stocktake: counts, items and movements, read in few statements."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.data.store.reading import entities, sound_rows
from app.data.store.session import Row
from app.data.store.unit_of_work import UnitOfWork
from app.domain import stocktake as rules
from app.domain.documents.parts import dollars
from app.domain.documents.reading import number
from app.domain.documents.stock import to_item
from app.domain.documents.stocktakes import to_count
from app.domain.entities import StockItem
from app.domain.stocktake import Count, ReviewLine, Stocktake
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id

_COUNTS = (
    "SELECT * FROM stocktake_counts WHERE stocktake_id = :stocktake_id ORDER BY at LIMIT 100000"
)
_STANDING = _COUNTS.replace("ORDER", "AND deleted = false ORDER")
_ITEMS = "SELECT * FROM inventory USE IDS LIST :ids"
_NEWER = (
    "SELECT movement_id, inventory_id, device_id, quantity, at, effective_at, reference "
    "FROM stock_movements USE INDEX 'history_time' WHERE store_id = :store_id AND at >= :since"
)
_NEEDED = ("movement_id", "inventory_id", "device_id", "quantity", "at")
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
    return entities(await unit.query(scope, where), to_item)


async def counts_of(
    unit: UnitOfWork, stocktake_id: str, withdrawn: bool = False
) -> dict[str, list[Count]]:
    """The counts of a stocktake by inventory id, oldest first; with the withdrawn ones if asked."""
    counts: dict[str, list[Count]] = {}
    dql = _COUNTS if withdrawn else _STANDING
    for count in entities(await unit.query(dql, {"stocktake_id": stocktake_id}), to_count):
        counts.setdefault(count.inventory_id, []).append(count)
    return counts


async def newer_than(
    unit: UnitOfWork, store_id: str, since: str
) -> tuple[dict[str, list[Row]], set[str]]:
    """The movements of a store since a time, by inventory id, as `rules.book` reads them.

    Beside them the items that have a faulty one: nobody knows what the book of these has.
    """
    newer: dict[str, list[Row]] = {}
    unclear: set[str] = set()
    for row in await unit.query(_NEWER, {"store_id": store_id, "since": since}):
        if found := sound_rows(STOCK_MOVEMENTS, [row], *_NEEDED):
            newer.setdefault(row["inventory_id"], []).extend(found)
        else:
            unclear.add(str(row.get("inventory_id")))
    return newer, unclear


async def items_of(
    unit: UnitOfWork, store_id: str, inventory_ids: Sequence[str]
) -> dict[str, StockItem]:
    """Items of a store by inventory id."""
    keys = [{"store_id": store_id, "inventory_id": one} for one in inventory_ids]
    ids = [ditto_id(INVENTORY, key) for key in keys]
    rows = await unit.query(_ITEMS, {"ids": ids}) if ids else []
    return {one.inventory_id: one for one in entities(rows, to_item)}


async def review(
    unit: UnitOfWork,
    stocktake: Stocktake,
    covered: Sequence[StockItem] = (),
    with_costs: bool = False,
) -> list[ReviewLine]:
    """A line for each item that is covered or was counted, without those that are faulty."""
    counts = await counts_of(unit, stocktake.stocktake_id)
    items = {item.inventory_id: item for item in covered}
    misplaced = [one for one in counts if one not in items]
    items |= await items_of(unit, stocktake.store_id, misplaced)
    newer: dict[str, list[Row]] = {}
    unclear: set[str] = set()
    if counts:
        since = min(one.at for of_item in counts.values() for one in of_item)
        newer, unclear = await newer_than(unit, stocktake.store_id, since)
    products = sorted({item.product_id for item in items.values()}) if with_costs else []
    rows = await unit.query(_COSTS, {"ids": products}) if products else []
    costs = {row["product_id"]: dollars(number(row.get("cost"))) for row in rows}
    return [
        rules.review_line(
            stocktake,
            item,
            counts.get(item.inventory_id, []),
            newer.get(item.inventory_id, []),
            costs.get(item.product_id, Decimal(0)).quantize(Decimal("0.01")),
        )
        for item in items.values()
        if item.inventory_id not in unclear
    ]
