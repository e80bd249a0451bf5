"""Views for analysts."""

from __future__ import annotations

from typing import Any, Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import INVENTORY, PRODUCTS, STOCK_MOVEMENTS, STORES

INVENTORY_ON_HAND: Final = "inventory_on_hand"


def on_hand_pipeline() -> list[dict[str, Any]]:
    """The pipeline on `inventory` for the stock on hand of each item, with its product and store.

    On hand is `stock_level` and the sum of the item's movements. That sum is what devices keep in
    the COUNTER `stock_delta`; the movements are immutable, so they are what can be trusted.
    """
    moved: list[dict[str, Any]] = [
        {"$match": {"deleted": False}},
        {"$group": {"_id": None, "n": {"$sum": "$quantity"}}},
    ]
    low = {"$lte": ["$on_hand", "$reorder_threshold"]}
    return [
        {"$match": {"deleted": False}},
        _look_up(STOCK_MOVEMENTS, "inventory_id", "inventory_id", "moved", moved),
        _look_up(PRODUCTS, "product_id", "_id", "product", []),
        _look_up(STORES, "store_id", "_id", "store", []),
        {"$set": {"moved": {"$ifNull": [{"$first": "$moved.n"}, 0]}}},
        {"$set": {"on_hand": {"$add": ["$stock_level", "$moved"]}}},
        {
            "$project": {
                "store_id": 1,
                "store_name": {"$first": "$store.store_name"},
                "inventory_id": 1,
                "product_id": 1,
                "sku": {"$first": "$product.sku"},
                "product_name": {"$first": "$product.product_name"},
                "location": 1,
                "stock_level": 1,
                "moved": 1,
                "on_hand": 1,
                "reorder_threshold": 1,
                "low": low,
            }
        },
    ]


def ensure_views(database: MongoDatabase) -> list[str]:
    """Make the views, or bring them up to date; returns the names of those that changed.

    Raises UserError when a collection has the name of a view.
    """
    pipeline = on_hand_pipeline()
    there = next(iter(database.list_collections(filter={"name": INVENTORY_ON_HAND})), None)
    if there is None:
        database.create_collection(INVENTORY_ON_HAND, viewOn=INVENTORY, pipeline=pipeline)
        return [INVENTORY_ON_HAND]
    if there.get("type") != "view":
        raise UserError(
            f"{database.name} has a collection named {INVENTORY_ON_HAND}, where the view of that "
            "name belongs: rename it."
        )
    options = there.get("options", {})
    if options.get("viewOn") == INVENTORY and options.get("pipeline") == pipeline:
        return []
    database.command("collMod", INVENTORY_ON_HAND, viewOn=INVENTORY, pipeline=pipeline)
    return [INVENTORY_ON_HAND]


def _look_up(
    collection: str, field: str, foreign: str, name: str, pipeline: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "$lookup": {
            "from": collection,
            "localField": field,
            "foreignField": foreign,
            "as": name,
            "pipeline": pipeline,
        }
    }
