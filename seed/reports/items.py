"""The parts of pipelines about items of the stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from seed.reports.shops import Shops, last_days
from seed.reports.sold import Pipeline, lines_sold, look_up

ValueBy = Literal["store", "category", "product"]
BY_NAME: Final = {"store_id": 1, "product_name": 1, "_id": 1}


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


def named() -> Pipeline:
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


def units_sold(
    database: MongoDatabase, shops: Shops, days: int, today: date
) -> dict[tuple[str, str], Document]:
    """What was sold of each item in so many days, the last of which is `today`."""
    key = {"store": "$store_id", "product": "$product_id"}
    stages = lines_sold(shops, last_days(days, today), key)
    found = database[names.ORDER_ITEMS].aggregate(stages, allowDiskUse=True)
    return {(one["_id"].get("store"), one["_id"].get("product")): one for one in found}


def product_named(database: MongoDatabase, name: str) -> str:
    """The id of the product with this SKU or id; raises UserError where there is none."""
    wanted = name.strip()
    query = {"$or": [{"sku": wanted.upper()}, {"sku": wanted}, {"product_id": wanted}]}
    found = database[names.PRODUCTS].find_one(query, {"_id": 1})
    if found is None:
        raise UserError(f"There is no product {name[:40]!r}: give its SKU, such as HND-HAMMER-001.")
    return str(found["_id"])


def place_text(place: object) -> str:
    """Where an item stands, such as `3B-12`."""
    if not isinstance(place, Mapping):
        return ""
    shelf = f"{place.get('aisle') or ''}{place.get('shelf') or ''}"
    return f"{shelf}-{place['bin']}" if place.get("bin") else shelf
