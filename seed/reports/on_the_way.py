"""Goods that are on their way to stores: ordered at suppliers, or shipped by another store."""

from __future__ import annotations

from typing import Any

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from seed.reports.report import count
from seed.reports.shops import Shops
from seed.reports.sold import NOT_DELETED, Pipeline, entries

Units = dict[tuple[str, str], int]
"""Units by store and product."""


def on_the_way(database: MongoDatabase, shops: Shops) -> Units:
    """The units that are on their way to these stores."""
    found: Units = {}
    for collection, stages in (
        (names.REPLENISHMENTS, from_suppliers(shops)),
        (names.TRANSFERS, from_stores(shops)),
    ):
        for one in database[collection].aggregate(stages):
            key = one["_id"].get("store"), one["_id"].get("product")
            found[key] = found.get(key, 0) + count(one["units"])
    return found


def from_suppliers(shops: Shops) -> Pipeline:
    """The pipeline on `replenishments`: ordered, and neither there nor given up."""
    query = {
        **shops.filter(),
        "ordered_at": {"$type": "string"},
        "cancelled_at": None,
        "closed_at": None,
        **NOT_DELETED,
    }
    ordered = _lines("$lines", {"$sum": ["$$line.v.quantity"]})
    return _left(query, "$store_id", [ordered, _received()])


def from_stores(shops: Shops) -> Pipeline:
    """The pipeline on `transfers`: shipped, and neither there nor gone back nor missing."""
    query = {**shops.filter("to_store_id"), **NOT_DELETED}
    shipped = _steps("$shipments", {"$sum": ["$$line.v"]})
    returned = _steps("$returns", {"$subtract": [0, {"$sum": ["$$line.v.quantity"]}]})
    return _left(query, "$to_store_id", [shipped, returned, _received()])


def _left(query: dict[str, Any], store: str, amounts: list[dict[str, Any]]) -> Pipeline:
    """Adds amounts up by paper and product; what is left of each paper counts for its store."""
    return [
        {"$match": query},
        {"$project": {"store": store, "each": {"$concatArrays": amounts}}},
        {"$unwind": "$each"},
        {
            "$group": {
                "_id": {"paper": "$_id", "store": "$store", "product": "$each.product"},
                "units": {"$sum": "$each.units"},
            }
        },
        {"$match": {"units": {"$gt": 0}}},
        {
            "$group": {
                "_id": {"store": "$_id.store", "product": "$_id.product"},
                "units": {"$sum": "$units"},
            }
        },
    ]


def _received() -> dict[str, Any]:
    came = {"$sum": ["$$line.v.received", "$$line.v.missing"]}
    return _steps("$receipts", {"$subtract": [0, came]})


def _steps(path: str, units: dict[str, Any]) -> dict[str, Any]:
    """The lines of the steps in a map, without those that were undone."""
    return {
        "$reduce": {
            "input": {
                "$filter": {
                    "input": entries(path),
                    "as": "step",
                    "cond": {"$ne": ["$$step.v.undone", True]},
                }
            },
            "initialValue": [],
            "in": {"$concatArrays": ["$$value", _lines("$$this.v.lines", units)]},
        }
    }


def _lines(path: str, units: dict[str, Any]) -> dict[str, Any]:
    return {
        "$map": {
            "input": entries(path),
            "as": "line",
            "in": {"product": "$$line.k", "units": units},
        }
    }
