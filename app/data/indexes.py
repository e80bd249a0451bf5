"""The local indexes behind the app's queries; they live on the device and are never synced."""

from __future__ import annotations

from app.data.session import Session

INDEXES = {
    "inventory.inventory_product": (
        "CREATE INDEX IF NOT EXISTS inventory_product ON inventory (product_id)"
    ),
    "inventory.inventory_store_place": (
        "CREATE INDEX IF NOT EXISTS inventory_store_place "
        "ON inventory (store_id, location.aisle, location.shelf)"
    ),
    "stock_movements.movements_item": (
        "CREATE INDEX IF NOT EXISTS movements_item ON stock_movements (inventory_id, at DESC)"
    ),
    "stock_movements.movements_device": (
        "CREATE INDEX IF NOT EXISTS movements_device ON stock_movements (device_id, at DESC)"
    ),
    "stock_movements.movements_store": (
        "CREATE INDEX IF NOT EXISTS movements_store ON stock_movements (store_id)"
    ),
}
"""By the id that Ditto gives an index, collection and name; other fields need another name."""


async def ensure_indexes(session: Session) -> None:
    """Create what is missing; one query when nothing is."""
    there = {row["_id"] for row in await session.query("SELECT _id FROM system:indexes")}
    for index, statement in INDEXES.items():
        if index not in there:
            await session.query(statement)
