"""Reading the stock ledger: the history of an item, and the proof that a store adds up."""

from __future__ import annotations

from app.data.stock.movements import ITEM
from app.data.store.reading import entities
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.reading import whole
from app.domain.documents.stock import to_item, to_movement
from app.domain.entities import StockItem
from app.domain.stock import Discrepancy, Ledger, Proof, ledger
from connector_config.schema.collections import INVENTORY, ditto_id

# In the order of the index: else Ditto sorts all that an item ever moved.
MOVEMENTS = (
    "SELECT * FROM stock_movements USE INDEX 'history_item' WHERE inventory_id = :inventory_id "
    "ORDER BY at DESC, movement_id DESC LIMIT :limit"
)
_MOVED = (
    "SELECT SUM(quantity) AS total, COUNT(*) AS count FROM stock_movements "
    "WHERE inventory_id = :inventory_id"
)
_PAGE = 1_000
_END = "\U0010ffff"
_PROOF_ITEMS = (
    "SELECT inventory_id, stock_delta FROM inventory WHERE store_id = :store_id "
    f"AND inventory_id > :after ORDER BY inventory_id LIMIT {_PAGE}"
)
# Ditto gives one row, without a group, where there is nothing to group.
_PROOF_MOVED = (
    "SELECT inventory_id, SUM(quantity) AS total, COUNT(*) AS count FROM stock_movements "
    "WHERE store_id = :store_id AND inventory_id > :after AND inventory_id <= :last "
    "GROUP BY inventory_id"
)


async def history(unit: UnitOfWork, item: StockItem, limit: int) -> Ledger:
    """An item as it is stored, its newest movements, and the sum of all of them."""
    key = {"store_id": item.store_id, "inventory_id": item.inventory_id}
    of_item = {"inventory_id": item.inventory_id}
    stored = await unit.query(ITEM, {"id": ditto_id(INVENTORY, key)})
    rows = await unit.query(MOVEMENTS, {**of_item, "limit": limit})
    moved = (await unit.query(_MOVED, of_item))[0]
    return ledger(
        to_item(stored[0]) if stored else item,
        entities(rows, to_movement),
        whole(moved.get("total")) or 0,
        int(moved["count"]),
    )


async def check(unit: UnitOfWork, store_id: str) -> Proof:
    """Compare every item of a store with the sum of its movements, 1,000 items at a time."""
    wrong: list[Discrepancy] = []
    items = movements = 0
    after = ""
    while after != _END:
        page = await unit.query(_PROOF_ITEMS, {"store_id": store_id, "after": after})
        # The last window is open: movements of what is not stocked count as well.
        last = page[-1]["inventory_id"] if len(page) == _PAGE else _END
        window = {"store_id": store_id, "after": after, "last": last}
        moved = [row for row in await unit.query(_PROOF_MOVED, window) if row["count"]]
        deltas = {row["inventory_id"]: _sum(row.get("stock_delta")) for row in page}
        totals = {row["inventory_id"]: _sum(row.get("total")) for row in moved}
        for item in sorted(deltas.keys() | totals.keys()):
            delta, total = deltas.get(item, 0), totals.get(item, 0)
            if delta != total:
                wrong.append(Discrepancy(item, delta, total))
        items += len(page)
        movements += sum(int(row["count"]) for row in moved)
        after = last
    return Proof(items, movements, tuple(wrong))


def _sum(stored: object) -> int | None:
    """A sum as it is stored, 0 where there is none; None for what is no whole number."""
    return 0 if stored is None else whole(stored)
