"""Reports of the stock: on hand is the opening level and all movements, never the level alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import ceil
from typing import Any, Final, Literal, get_args

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.wording import counted
from seed.reports.on_the_way import on_the_way
from seed.reports.report import Column, Report, Row, count, money
from seed.reports.shops import Shops, last_days
from seed.reports.sold import Pipeline, lines_sold, look_up

MOST_ROWS: Final = 1_000
SALES_DAYS: Final = 28
LEAD_DAYS: Final = 7
SLOW_DAYS: Final = 90

ValueBy = Literal["store", "category", "product"]
VALUE_BYS: Final[tuple[ValueBy, ...]] = get_args(ValueBy)

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
    stages = [*items(query), *_named(), {"$sort": _BY_NAME}, {"$limit": limit + 1}]
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
        *_named(),
    ]
    low = list(database[names.INVENTORY].aggregate(stages, allowDiskUse=True))
    sold = _sold(database, shops, SALES_DAYS, today)
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
    stages = [*items({**shops.filter()}), {"$match": {"on_hand": {"$gt": 0}}}, *_named()]
    here = list(database[names.INVENTORY].aggregate(stages, allowDiskUse=True))
    sold = _sold(database, shops, days, today)
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
        *_named(),
        {"$sort": {"on_hand": 1, **_BY_NAME}},
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


def items(query: Mapping[str, Any]) -> Pipeline:
    """The pipeline on `inventory` for items with what `moved` and is `on_hand`.

    The query is about fields that movements have too: `store_id` and `product_id`.
    """
    alive = {**query, "deleted": False}
    moved = [{"$match": alive}, {"$project": {"_id": 0, "inventory_id": 1, "quantity": 1}}]
    return [
        {"$match": alive},
        {"$project": {"_id": 0, "inventory_id": 1, "item": "$$ROOT"}},
        {"$unionWith": {"coll": names.STOCK_MOVEMENTS, "pipeline": moved}},
        {
            "$group": {
                "_id": "$inventory_id",
                "item": {"$max": "$item"},
                "moved": {"$sum": "$quantity"},
            }
        },
        {"$match": {"item": {"$type": "object"}}},
        {
            "$replaceWith": {
                "$mergeObjects": [
                    "$item",
                    {"moved": "$moved", "on_hand": {"$sum": ["$item.stock_level", "$moved"]}},
                ]
            }
        },
    ]


def value_stages(by: ValueBy) -> Pipeline:
    """The stages behind `items` that add up what they are worth."""
    key = {"store": "$its.store_id", "category": "$of.category_id", "product": "$_id"}[by]
    sums = {
        "units": {"$sum": "$its.on_hand"},
        "cost": {"$sum": {"$multiply": ["$its.on_hand", {"$sum": ["$of.cost"]}]}},
        "price": {"$sum": {"$multiply": ["$its.on_hand", {"$sum": ["$of.base_price"]}]}},
        "below_zero": {"$sum": {"$cond": [{"$lt": ["$its.on_hand", 0]}, 1, 0]}},
    }
    item = {"store_id": "$store_id", "on_hand": "$on_hand"}
    name = [look_up(names.CATEGORIES, "_id", "in", "category_name")] if by == "category" else []
    named = {"category": {"$first": "$in.category_name"}, "product": "$name"}.get(by, "$_id")
    first = {"name": {"$first": "$of.product_name"}} if by == "product" else {}
    return [
        # A product is looked up once, however many stores have it.
        {"$group": {"_id": "$product_id", "its": {"$push": item}}},
        look_up(names.PRODUCTS, "_id", "of", "cost", "base_price", "category_id", "product_name"),
        {"$set": {"of": {"$first": "$of"}}},
        {"$unwind": "$its"},
        {"$group": {"_id": key, **sums, **first}},
        *name,
        {"$set": {"name": named}},
    ]


def product_named(database: MongoDatabase, name: str) -> str:
    """The id of the product with this SKU or id; raises UserError where there is none."""
    wanted = name.strip()
    query = {"$or": [{"sku": wanted.upper()}, {"sku": wanted}, {"product_id": wanted}]}
    found = database[names.PRODUCTS].find_one(query, {"_id": 1})
    if found is None:
        raise UserError(f"There is no product {name[:40]!r}: give its SKU, such as HND-HAMMER-001.")
    return str(found["_id"])


_BY_NAME: Final = {"store_id": 1, "product_name": 1, "_id": 1}


def _named() -> Pipeline:
    """Stages that give an item the names and the cost of its product."""
    of_product = {"sku": "$of.sku", "product_name": "$of.product_name", "cost": "$of.cost"}
    return [
        # A product is looked up once, however many stores have it.
        {"$group": {"_id": "$product_id", "its": {"$push": "$$ROOT"}}},
        look_up(names.PRODUCTS, "_id", "of", "sku", "product_name", "cost"),
        {"$set": {"of": {"$first": "$of"}}},
        {"$unwind": "$its"},
        {"$replaceWith": {"$mergeObjects": ["$its", of_product]}},
    ]


def _item(shops: Shops, one: Document) -> dict[str, Any]:
    return {
        "store": shops.names.get(one["store_id"], one["store_id"]),
        "sku": str(one.get("sku") or ""),
        "product": str(one.get("product_name") or one["product_id"]),
        "place": place_text(one.get("location")),
    }


def place_text(place: object) -> str:
    """Where an item stands, such as `3B-12`."""
    if not isinstance(place, Mapping):
        return ""
    shelf = f"{place.get('aisle') or ''}{place.get('shelf') or ''}"
    return f"{shelf}-{place['bin']}" if place.get("bin") else shelf


def _sold(
    database: MongoDatabase, shops: Shops, days: int, today: date
) -> dict[tuple[str, str], Document]:
    """What was sold of each item in so many days, the last of which is `today`."""
    key = {"store": "$store_id", "product": "$product_id"}
    stages = lines_sold(shops, last_days(days, today), key)
    found = database[names.ORDER_ITEMS].aggregate(stages, allowDiskUse=True)
    return {(one["_id"].get("store"), one["_id"].get("product")): one for one in found}


def _cut(rows: list[Any], limit: int) -> list[str]:
    return [f"Only the first {limit:,} are shown."] if len(rows) > limit else []
