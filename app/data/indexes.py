"""The local indexes behind the app's queries; they live on the device and are never synced."""

from __future__ import annotations

from app.data.session import Session

INDEXES = (
    "CREATE INDEX IF NOT EXISTS inventory_product ON inventory (product_id)",
    "CREATE INDEX IF NOT EXISTS inventory_store_place "
    "ON inventory (store_id, location.aisle, location.shelf)",
    "CREATE INDEX IF NOT EXISTS movements_item ON stock_movements (inventory_id, at DESC)",
    "CREATE INDEX IF NOT EXISTS movements_device ON stock_movements (device_id, at DESC)",
    "CREATE INDEX IF NOT EXISTS movements_store ON stock_movements (store_id)",
)


async def ensure_indexes(session: Session) -> None:
    """Create what is missing; a few milliseconds when nothing is."""
    for statement in INDEXES:
        await session.query(statement)
