"""The local indexes behind the app's queries; they live on the device and are never synced."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

# WORKAROUND: all fields of an index have one direction, because Ditto 5.2.0.dev0 reads an index of
# mixed directions in the wrong order where the ORDER BY asks for just that order.
INDEXES = {
    "product_codes.codes_of_product": (
        "CREATE INDEX IF NOT EXISTS codes_of_product ON product_codes (product_id)"
    ),
    "local_made.made_newest": "CREATE INDEX IF NOT EXISTS made_newest ON local_made (number DESC)",
    "inventory.inventory_product": (
        "CREATE INDEX IF NOT EXISTS inventory_product ON inventory (product_id)"
    ),
    "inventory.inventory_store_place": (
        "CREATE INDEX IF NOT EXISTS inventory_store_place "
        "ON inventory (store_id, location.aisle, location.shelf)"
    ),
    "inventory.inventory_changed": (
        "CREATE INDEX IF NOT EXISTS inventory_changed ON inventory (last_updated DESC)"
    ),
    "stock_movements.history_item": (
        "CREATE INDEX IF NOT EXISTS history_item "
        "ON stock_movements (inventory_id DESC, at DESC, movement_id DESC)"
    ),
    # Without the store, of which a device holds one or few: Ditto walks on through all that is
    # equal in the first field of an index, unless the rest of it is the order that is asked for.
    "stock_movements.history_time": (
        "CREATE INDEX IF NOT EXISTS history_time ON stock_movements (at DESC, movement_id DESC)"
    ),
    "stock_movements.history_of_device": (
        "CREATE INDEX IF NOT EXISTS history_of_device "
        "ON stock_movements (device_id DESC, at DESC, movement_id DESC)"
    ),
    "stock_movements.history_of_reason": (
        "CREATE INDEX IF NOT EXISTS history_of_reason "
        "ON stock_movements (reason DESC, at DESC, movement_id DESC)"
    ),
    "stock_movements.history_of_person": (
        "CREATE INDEX IF NOT EXISTS history_of_person "
        "ON stock_movements (who DESC, at DESC, movement_id DESC)"
    ),
    # Both directions of what a list is sorted by: Ditto 5.2.0.dev0 reads no index backwards, and
    # sorting 100,000 documents takes 1.5 seconds, after every change.
    "stock_movements.history_oldest": (
        "CREATE INDEX IF NOT EXISTS history_oldest ON stock_movements (at, movement_id)"
    ),
    "stock_movements.history_most_in": (
        "CREATE INDEX IF NOT EXISTS history_most_in "
        "ON stock_movements (quantity DESC, at DESC, movement_id DESC)"
    ),
    "stock_movements.history_most_out": (
        "CREATE INDEX IF NOT EXISTS history_most_out ON stock_movements (quantity, at, movement_id)"
    ),
    "customers.customers_first_name": (
        "CREATE INDEX IF NOT EXISTS customers_first_name "
        "ON customers (primary_store_id, first_name)"
    ),
    "customers.customers_last_name": (
        "CREATE INDEX IF NOT EXISTS customers_last_name ON customers (primary_store_id, last_name)"
    ),
    "customers.customers_email": (
        "CREATE INDEX IF NOT EXISTS customers_email ON customers (primary_store_id, email)"
    ),
    "customers.customers_phone": (
        "CREATE INDEX IF NOT EXISTS customers_phone ON customers (primary_store_id, phone)"
    ),
    "customers.customers_newest": (
        "CREATE INDEX IF NOT EXISTS customers_newest ON customers (updated_at DESC)"
    ),
    # Of few: who is another one, and who is forgotten.
    "customers.customers_merged": (
        "CREATE INDEX IF NOT EXISTS customers_merged ON customers (merged_into)"
    ),
    "customers.customers_forgotten": (
        "CREATE INDEX IF NOT EXISTS customers_forgotten ON customers (forgotten_at)"
    ),
    "orders.orders_customer": (
        "CREATE INDEX IF NOT EXISTS orders_customer "
        "ON orders (customer_id DESC, order_date DESC, order_id DESC)"
    ),
    # One for each filter of the orders; each gives them in the order of time.
    "orders.orders_store": (
        "CREATE INDEX IF NOT EXISTS orders_store "
        "ON orders (store_id DESC, order_date DESC, order_id DESC)"
    ),
    "orders.orders_status": (
        "CREATE INDEX IF NOT EXISTS orders_status "
        "ON orders (status DESC, order_date DESC, order_id DESC)"
    ),
    "orders.orders_who": (
        "CREATE INDEX IF NOT EXISTS orders_who ON orders (who DESC, order_date DESC, order_id DESC)"
    ),
    "orders.orders_time": (
        "CREATE INDEX IF NOT EXISTS orders_time ON orders (order_date DESC, order_id DESC)"
    ),
    "orders.orders_oldest": (
        "CREATE INDEX IF NOT EXISTS orders_oldest ON orders (order_date, order_id)"
    ),
    "orders.orders_largest": (
        "CREATE INDEX IF NOT EXISTS orders_largest "
        "ON orders (total DESC, order_date DESC, order_id DESC)"
    ),
    "orders.orders_smallest": (
        "CREATE INDEX IF NOT EXISTS orders_smallest ON orders (total, order_date, order_id)"
    ),
    "orders.orders_customers_up": (
        "CREATE INDEX IF NOT EXISTS orders_customers_up "
        "ON orders (customer_name, order_date, order_id)"
    ),
    "orders.orders_customers_down": (
        "CREATE INDEX IF NOT EXISTS orders_customers_down "
        "ON orders (customer_name DESC, order_date DESC, order_id DESC)"
    ),
    "orders.orders_changed": (
        "CREATE INDEX IF NOT EXISTS orders_changed ON orders (updated_at DESC)"
    ),
    "orders.orders_number": ("CREATE INDEX IF NOT EXISTS orders_number ON orders (number)"),
    "order_items.order_lines": ("CREATE INDEX IF NOT EXISTS order_lines ON order_items (order_id)"),
    "order_items.sold_at": ("CREATE INDEX IF NOT EXISTS sold_at ON order_items (created_at)"),
    "stocktake_counts.counts_of": (
        "CREATE INDEX IF NOT EXISTS counts_of ON stocktake_counts (stocktake_id DESC, at DESC)"
    ),
}
"""By the id that Ditto gives an index, collection and name; other fields need another name."""

# Of mixed directions: with it, the newest movements of one item were its oldest.
_FORMER: Final = {
    "stock_movements.movements_item": "DROP INDEX IF EXISTS movements_item ON stock_movements"
}


async def ensure_indexes(query: Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]) -> None:
    """Create the indexes that are missing and drop former ones; takes one query where none is.

    `query` runs a statement. A fill makes them too: on a store full of orders it takes seconds that
    a start has not.
    """
    there = {row["_id"] for row in await query("SELECT _id FROM system:indexes")}
    statements = [its for index, its in _FORMER.items() if index in there]
    statements += [its for index, its in INDEXES.items() if index not in there]
    for statement in statements:
        await query(statement)
