"""Reports of orders: one with its lines, and what was cancelled or came back."""

from __future__ import annotations

from typing import Any

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from seed.reports.report import Column, Report, Row, count, money
from seed.reports.shops import Period, Shops
from seed.reports.sold import NOT_DELETED, SUMS, Pipeline, came_back, look_up


def order(database: MongoDatabase, shops: Shops, number: str) -> Report:
    """An order with its lines, by its id or the number that people know it by."""
    found = order_named(database, shops, number)
    returned = _returned(found)
    rows: list[Row] = [
        {
            "sku": str(one.get("sku") or ""),
            "product": str(one.get("product_name") or ""),
            "quantity": count(one.get("quantity")),
            "unit_price": money(one.get("unit_price")),
            "discount": money(one.get("discount_amount")),
            "line_total": money(one.get("line_total")),
            "returned": returned.get(str(one["_id"]), 0),
        }
        for one in found["items"]
    ]
    return Report(
        f"Order {found.get('number') or found['order_id']}",
        [
            Column("sku", "SKU"),
            Column("product", "Product"),
            Column("quantity", "Units", "number"),
            Column("unit_price", "Price", "money"),
            Column("discount", "Discount", "money"),
            Column("line_total", "Sum", "money"),
            Column("returned", "Came back", "number"),
        ],
        rows,
        {
            "Order": found["order_id"],
            "Placed (UTC)": found.get("order_date"),
            "Store": found.get("store_name"),
            "Customer": found.get("customer_name"),
            "Status": found.get("status"),
            "Subtotal": money(found.get("subtotal")),
            "Discount": money(found.get("discount_total")),
            "Tax": money(found.get("tax")),
            "Total": money(found.get("total")),
        },
    )


def returns(
    database: MongoDatabase, shops: Shops, period: Period | None, limit: int = 50
) -> Report:
    """What came back, by product, and the orders that were cancelled, by the day of the sale."""
    found = database[names.ORDERS].aggregate([*came_back(shops, period), *by_product(limit)])
    rows: list[Row] = [
        {
            "sku": str(one.get("sku") or ""),
            "product": str(one.get("product_name") or one["_id"]),
            "orders": count(one["orders"]),
            "units": -count(one["units"]),
            "damaged": count(one["damaged"]),
            "refund": -money(one["money"]),
        }
        for one in found
    ]
    cancelled = _sums(database, cancelled_stages(shops, period))
    whole = _sums(database, [*came_back(shops, period), *came_back_sums()])
    return Report(
        f"Returns of {shops.title}, {period.text if period else 'all days'}",
        [
            Column("sku", "SKU"),
            Column("product", "Product"),
            Column("orders", "Orders", "number"),
            Column("units", "Units", "number"),
            Column("damaged", "Damaged", "number"),
            Column("refund", "Given back", "money"),
        ],
        rows,
        {
            "Orders with returns": count(whole.get("orders")),
            "Units": -count(whole.get("units")),
            "Given back": -money(whole.get("money")),
            "Cancelled orders": count(cancelled.get("orders")),
            "Cancelled, before tax": money(cancelled.get("money")),
        },
        ["Amounts are before tax.", *shops.notes],
    )


def order_stages(query: dict[str, Any]) -> Pipeline:
    """The pipeline on `orders` for one order with its `items` in the order of the receipt."""
    lines = [
        {"$match": NOT_DELETED},
        {"$sort": {"line_number": 1, "sku": 1, "_id": 1}},
    ]
    return [
        {"$match": query},
        {"$limit": 1},
        {
            "$lookup": {
                "from": names.ORDER_ITEMS,
                "localField": "order_id",
                "foreignField": "order_id",
                "as": "items",
                "pipeline": lines,
            }
        },
    ]


def order_named(database: MongoDatabase, shops: Shops, number: str) -> Document:
    """An order of these stores with its items; raises UserError where there is none."""
    wanted = number.strip()
    queries = ({"order_id": wanted}, {"number": {"$in": sorted({wanted, wanted.upper()})}})
    for query in queries:
        stages = order_stages({**query, **shops.filter()})
        for one in database[names.ORDERS].aggregate(stages):
            return one
    raise UserError(f"There is no order {number[:60]!r} of {shops.title}: give its whole number.")


def cancelled_stages(shops: Shops, period: Period | None) -> Pipeline:
    """The pipeline on `orders` that adds up what was cancelled."""
    query = {**shops.within(period, "order_date"), "status": "cancelled", **NOT_DELETED}
    sums = {"subtotal": {"$sum": "$subtotal"}, "discount": {"$sum": "$discount_total"}}
    return [
        {"$match": query},
        {"$group": {"_id": None, "orders": {"$sum": 1}, **sums}},
        {"$project": {"orders": 1, "money": {"$subtract": ["$subtotal", "$discount"]}}},
    ]


def by_product(limit: int) -> Pipeline:
    """The stages behind `came_back` that add it up by product."""
    return [
        {
            "$group": {
                "_id": {"product": "$product_id", "order": "$order_id"},
                **SUMS,
                "damaged": {"$sum": "$damaged"},
            }
        },
        {
            "$group": {
                "_id": "$_id.product",
                "orders": {"$sum": 1},
                **SUMS,
                "damaged": {"$sum": "$damaged"},
            }
        },
        {"$sort": {"money": 1, "_id": 1}},
        {"$limit": limit},
        look_up(names.PRODUCTS, "_id", "of", "sku", "product_name"),
        {"$set": {"sku": {"$first": "$of.sku"}, "product_name": {"$first": "$of.product_name"}}},
    ]


def came_back_sums() -> Pipeline:
    """The stages behind `came_back` that add up all of it."""
    return [
        {"$group": {"_id": "$order_id", **SUMS}},
        {"$group": {"_id": None, "orders": {"$sum": 1}, **SUMS}},
    ]


def _sums(database: MongoDatabase, stages: Pipeline) -> Document:
    return next(iter(database[names.ORDERS].aggregate(stages)), {})


def _returned(order: Document) -> dict[str, int]:
    """Units that came back, by line."""
    found: dict[str, int] = {}
    for one in _values(order.get("returns")):
        lines = one.get("lines") if isinstance(one, dict) else None
        for item_id, line in (lines if isinstance(lines, dict) else {}).items():
            if isinstance(line, dict):
                found[item_id] = found.get(item_id, 0) + count(line.get("quantity"))
    return found


def _values(value: object) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []
