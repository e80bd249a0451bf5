"""Reports of the stock: on hand is the opening level and all movements, never the level alone."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any, Final

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.wording import counted
from seed.reports.items import (
    BY_NAME,
    ValueBy,
    items,
    named,
    place_text,
    product_named,
    units_sold,
    value_stages,
)
from seed.reports.on_the_way import on_the_way
from seed.reports.report import Column, Report, Row, count, money
from seed.reports.shops import Shops

MOST_ROWS: Final = 1_000
SALES_DAYS: Final = 28
LEAD_DAYS: Final = 7
SLOW_DAYS: Final = 90

_COUNTED: Final = "On hand is the opening level and all movements of the item."
_STORE: Final = Column("store", "Store")
_ITEM: Final = (Column("sku", "SKU"), Column("product", "Product"))
_ON_HAND: Final = Column("on_hand", "On hand", "number")
_PLACE: Final = Column("place", "Place")


def on_hand(
    database: MongoDatabase, shops: Shops, product: str | None = None, limit: int = MOST_ROWS
) -> Report:
    """What is on hand, item by item, of all products or of one (its SKU or id)."""
    query = shops.filter() | (
        {} if product is None else {"product_id": product_named(database, product)}
    )
    stages = [*items(query), *named(), {"$sort": BY_NAME}, {"$limit": limit + 1}]
    rows = [
        {
            **_item(shops, one),
            "opening": count(one.get("stock_level")),
            "moved": count(one["moved"]),
            "on_hand": count(one["on_hand"]),
            "reorder_point": count(one.get("reorder_threshold")),
        }
        for one in database[names.INVENTORY].aggregate(stages, allowDiskUse=True)
    ]
    return Report(
        f"On hand, {shops.title}",
        [
            _STORE,
            *_ITEM,
            _PLACE,
            Column("opening", "Opening", "number"),
            Column("moved", "Moved", "number"),
            _ON_HAND,
            Column("reorder_point", "Reorder point", "number"),
        ],
        rows[:limit],
        notes=[_COUNTED, *_cut(rows, limit)],
    )


def stock_value(database: MongoDatabase, shops: Shops, by: ValueBy = "store") -> Report:
    """What the stock is worth, at cost and at today's price.

    Where more was sold than was there, the missing units count with a minus.
    """
    found = database[names.INVENTORY].aggregate(
        [*items(shops.filter()), *value_stages(by)], allowDiskUse=True
    )
    rows: list[Row] = [
        {
            by: shops.names.get(str(one["_id"])) or one.get("name") or str(one["_id"]),
            "units": count(one["units"]),
            "cost": money(one["cost"]),
            "price": money(one["price"]),
            "below_zero": count(one["below_zero"]),
        }
        for one in found
    ]
    rows.sort(key=lambda row: (-row["cost"], row[by]))
    total = {name: sum(row[name] for row in rows) for name in ("units", "cost", "price")}
    return Report(
        f"Stock value by {by}, {shops.title}",
        [
            Column(by, by.capitalize()),
            Column("units", "Units", "number"),
            Column("cost", "At cost", "money"),
            Column("price", "At price", "money"),
            Column("below_zero", "Items below zero", "number"),
        ],
        rows,
        {
            "Units": total["units"],
            "At cost": money(total["cost"]),
            "At price": money(total["price"]),
        },
        [_COUNTED],
    )


def reorder(database: MongoDatabase, shops: Shops, today: date, limit: int = MOST_ROWS) -> Report:
    """What is at or below its reorder point, worst first, and how many units to order.

    That is up to the reorder point, and what sells until the order is here, less what is on its
    way: as the app's Reorder screen reckons.
    """
    stages = [
        *items(shops.filter()),
        {"$match": {"$expr": {"$lte": ["$on_hand", "$reorder_threshold"]}}},
        *named(),
    ]
    low = list(database[names.INVENTORY].aggregate(stages, allowDiskUse=True))
    sold = units_sold(database, shops, SALES_DAYS, today)
    coming = on_the_way(database, shops)
    rows: list[Row] = []
    for one in low:
        units = count(sold.get((one["store_id"], one["product_id"]), {}).get("units"))
        on_way = coming.get((one["store_id"], one["product_id"]), 0)
        point, here = count(one.get("reorder_threshold")), count(one["on_hand"])
        rows.append(
            {
                **_item(shops, one),
                "on_hand": here,
                "reorder_point": point,
                "sold": units,
                "on_the_way": on_way,
                "order": max(point + ceil(units * LEAD_DAYS / SALES_DAYS) - here - on_way, 0),
            }
        )
    rows.sort(key=lambda row: (row["on_hand"] - row["reorder_point"], row["store"], row["sku"]))
    return Report(
        f"What to reorder, {shops.title}",
        [
            _STORE,
            *_ITEM,
            _PLACE,
            _ON_HAND,
            Column("reorder_point", "Reorder point", "number"),
            Column("sold", f"Sold in {SALES_DAYS} days", "number"),
            Column("on_the_way", "On the way", "number"),
            Column("order", "Order", "number"),
        ],
        rows[:limit],
        {"Items": len(rows)},
        [
            _COUNTED,
            f"The order is up to the reorder point and the sales of {LEAD_DAYS} days, less what is "
            "on its way.",
            *_cut(rows, limit),
            *shops.notes,
        ],
    )


def slow_movers(
    database: MongoDatabase,
    shops: Shops,
    today: date,
    days: int = SLOW_DAYS,
    most: int = 0,
    limit: int = 50,
) -> Report:
    """What lies there and sold at most `most` units in so many days, the most money first."""
    stages = [*items({**shops.filter()}), {"$match": {"on_hand": {"$gt": 0}}}, *named()]
    here = list(database[names.INVENTORY].aggregate(stages, allowDiskUse=True))
    sold = units_sold(database, shops, days, today)
    rows: list[Row] = []
    for one in here:
        units = count(sold.get((one["store_id"], one["product_id"]), {}).get("units"))
        if units <= most:
            left = count(one["on_hand"])
            rows.append(
                {
                    **_item(shops, one),
                    "on_hand": left,
                    "sold": units,
                    "cost": money(left * money(one.get("cost"))),
                }
            )
    rows.sort(key=lambda row: (-row["cost"], row["store"], row["sku"]))
    total = sum(row["cost"] for row in rows)
    return Report(
        f"Slow movers, {shops.title}",
        [
            _STORE,
            *_ITEM,
            _PLACE,
            _ON_HAND,
            Column("sold", f"Sold in {counted(days, 'day')}", "number"),
            Column("cost", "At cost", "money"),
        ],
        rows[:limit],
        {"Items": len(rows), "At cost": money(total)},
        [_COUNTED, *_cut(rows, limit), *shops.notes],
    )


def oversold(database: MongoDatabase, shops: Shops, limit: int = MOST_ROWS) -> Report:
    """Items of which more was sold than was there, the worst first."""
    stages = [
        *items(shops.filter()),
        {"$match": {"on_hand": {"$lt": 0}}},
        *named(),
        {"$sort": {"on_hand": 1, **BY_NAME}},
        {"$limit": limit + 1},
    ]
    rows = [
        {
            **_item(shops, one),
            "on_hand": count(one["on_hand"]),
            "moved_at": str(one.get("last_updated") or ""),
        }
        for one in database[names.INVENTORY].aggregate(stages, allowDiskUse=True)
    ]
    columns = [_STORE, *_ITEM, _PLACE, _ON_HAND, Column("moved_at", "Last moved (UTC)")]
    notes = [_COUNTED, *_cut(rows, limit)]
    return Report(f"Oversold, {shops.title}", columns, rows[:limit], notes=notes)


def _item(shops: Shops, one: Document) -> dict[str, Any]:
    return {
        "store": shops.names.get(one["store_id"], one["store_id"]),
        "sku": str(one.get("sku") or ""),
        "product": str(one.get("product_name") or one["product_id"]),
        "place": place_text(one.get("location")),
    }


def _cut(rows: list[Any], limit: int) -> list[str]:
    return [f"Only the first {limit:,} are shown."] if len(rows) > limit else []
