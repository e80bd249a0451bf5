"""The parts of pipelines that say what was sold for good."""

from __future__ import annotations

from typing import Any, Final

from bson.min_key import MinKey

from connector_config.schema import collections as names
from seed.mongo.index_list import CAME_BACK
from seed.reports.shops import Period, Shops

Pipeline = list[dict[str, Any]]

# In a form for which no index is used: nearly all are in the one on `deleted`.
NOT_DELETED: Final[dict[str, Any]] = {"deleted": {"$not": {"$type": "bool", "$eq": True}}}

SUMS: Final[dict[str, Any]] = {"units": {"$sum": "$units"}, "money": {"$sum": "$money"}}
"""Fields of a `$group` of lines that were sold or came back."""

# A returned order that does not say what came back is as if it had never been.
_UNSAID: Final[dict[str, Any]] = {"status": "returned", "returns": {"$in": [None, {}]}}
COUNTS: Final[dict[str, Any]] = {"$nor": [{"status": "cancelled"}, _UNSAID]}


def entries(path: str) -> dict[str, Any]:
    """The entries of a map of a document, none where it is something else."""
    return {
        "$objectToArray": {"$cond": [{"$eq": [{"$type": path}, "object"]}, path, {"$literal": {}}]}
    }


_OF_RETURN: Final[dict[str, Any]] = {
    "$sum": {
        "$map": {"input": entries("$$this.v.lines"), "as": "line", "in": "$$line.v.refund"},
    }
}
REFUNDED: Final[dict[str, Any]] = {
    # Of nearly all orders nothing came back.
    "$cond": [
        {"$eq": [{"$type": "$returns"}, "object"]},
        {
            "$reduce": {
                "input": entries("$returns"),
                "initialValue": 0,
                "in": {"$add": ["$$value", _OF_RETURN]},
            }
        },
        0,
    ]
}
"""What was given back of an order before tax."""

PAID: Final[dict[str, Any]] = {
    "orders": {"$sum": 1},
    "subtotal": {"$sum": "$subtotal"},
    "discount": {"$sum": "$discount_total"},
    "refunded": {"$sum": REFUNDED},
}
"""Fields of a `$group` of orders; what was paid for goods is made of them by `revenue`."""


def revenue(path: str = "") -> dict[str, Any]:
    """What remains of the sums of `PAID`."""
    return {
        "$subtract": [f"${path}subtotal", {"$add": [f"${path}discount", f"${path}refunded"]}],
    }


def orders_sold(shops: Shops, period: Period | None) -> dict[str, Any]:
    """The query on `orders` for those that count."""
    return {**shops.within(period, "order_date"), **COUNTS, **NOT_DELETED}


def lines_sold(
    shops: Shops, period: Period | None, key: object, products: list[str] | None = None
) -> Pipeline:
    """The pipeline on `order_items` for what was sold: `units` and `money` by a key.

    The key is made of `product_id`, `store_id` and `created_at` of a line. Lines of orders that do
    not count, and what came back of others, come as negative amounts, so that only those few orders
    have to be looked up. A line was made with its order.
    """
    of_products = {} if products is None else {"product_id": {"$in": products}}
    # WORKAROUND: MongoDB 6.0.5 ends with a segmentation fault when it explains a `$group` within
    # what is put together.
    by_key = {"$set": {"_id": key}}
    # The lines are added up first: what is put together first is read in the slow way.
    return [
        {"$match": {**shops.within(period, "created_at"), **of_products, **NOT_DELETED}},
        {
            "$group": {
                "_id": key,
                "units": {"$sum": "$quantity"},
                "money": {"$sum": "$line_total"},
            }
        },
        _and([*_gone(shops, period, of_products), by_key]),
        _and([*came_back(shops, period, of_products), by_key]),
        {"$group": {"_id": "$_id", **SUMS}},
    ]


def came_back(
    shops: Shops, period: Period | None, of_products: dict[str, Any] | None = None
) -> Pipeline:
    """The pipeline on `orders` for what came back of orders that count, as negative amounts.

    Such a line has the time of its order as `created_at`.
    """
    # Without a time the index of these few orders, which begins with it, would not be used.
    when = shops.within(period, "order_date") if period else _at_any_time(shops)
    query = {**when, **CAME_BACK, **NOT_DELETED}
    return [
        {"$match": {"$and": [query, {"status": {"$ne": "cancelled"}}]}},
        {"$set": {"created_at": "$order_date", "each": entries("$returns")}},
        {"$unwind": "$each"},
        {
            "$project": {
                "order_id": 1,
                "store_id": 1,
                "created_at": 1,
                "line": entries("$each.v.lines"),
            }
        },
        {"$unwind": "$line"},
        *_lines_of("line.k", "_id", of_products or {}, "order_id", "created_at", "line"),
        {
            "$project": {
                "_id": 0,
                "order_id": 1,
                "store_id": 1,
                "created_at": 1,
                "product_id": "$item.product_id",
                "units": _minus("line.v.quantity"),
                "money": _minus("line.v.refund"),
                "damaged": "$line.v.damaged",
            }
        },
    ]


def _at_any_time(shops: Shops) -> dict[str, Any]:
    return {**shops.filter(), "order_date": {"$gte": MinKey()}}


def _gone(shops: Shops, period: Period | None, of_products: dict[str, Any]) -> Pipeline:
    query = {
        **shops.within(period, "order_date"),
        "status": {"$in": ["cancelled", "returned"]},
        **NOT_DELETED,
    }
    return [
        {"$match": {"$and": [query, {"$or": [{"status": "cancelled"}, _UNSAID]}]}},
        *_lines_of("order_id", "order_id", of_products, "order_date"),
        {
            "$project": {
                "_id": 0,
                "store_id": 1,
                "created_at": "$order_date",
                "product_id": "$item.product_id",
                "units": _minus("item.quantity"),
                "money": _minus("item.line_total"),
            }
        },
    ]


def _and(pipeline: Pipeline) -> dict[str, Any]:
    return {"$unionWith": {"coll": names.ORDERS, "pipeline": pipeline}}


def _lines_of(local: str, foreign: str, of_products: dict[str, Any], *kept: str) -> Pipeline:
    """Stages that give an `item` for each line whose field `foreign` is that at `local`."""
    fields = ("product_id", "quantity", "line_total", "deleted")
    kept = ("store_id", *kept, *(f"item.{one}" for one in fields))
    return [
        # A pipeline of its own for each, an `$unwind` at once, or anything but a `$match` before it
        # takes several times as long.
        {
            "$lookup": {
                "from": names.ORDER_ITEMS,
                "localField": local,
                "foreignField": foreign,
                "as": "item",
            }
        },
        {"$project": dict.fromkeys(kept, 1)},
        {"$unwind": "$item"},
        {
            "$match": {
                "item.deleted": {"$ne": True},
                **{f"item.{name}": query for name, query in of_products.items()},
            }
        },
    ]


def _minus(path: str) -> dict[str, Any]:
    """The value with its sign turned; what is no number counts for nothing."""
    return {"$subtract": [0, {"$sum": [f"${path}"]}]}


def look_up(collection: str, field: str, name: str, *fields: str) -> dict[str, Any]:
    """The `$lookup` of the document whose `_id` a field holds, with some of its fields."""
    return {
        "$lookup": {
            "from": collection,
            "localField": field,
            "foreignField": "_id",
            "as": name,
            "pipeline": [{"$project": dict.fromkeys(fields, 1)}],
        }
    }
