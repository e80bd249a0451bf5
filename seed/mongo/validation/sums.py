"""The rules between an order, its lines and its customer, over as many orders as there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from seed.mongo.validation.documents import Pipeline, examples
from seed.mongo.validation.links import newest
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome
from seed.mongo.validation.rules import HALF_A_CENT, Expression, number

# What a line adds and what its order takes away: of an order that is right, nothing is left.
_SUMS: Final[Mapping[str, tuple[Expression, Expression]]] = {
    "lines": ({"$literal": 1}, number("item_count")),
    "subtotal": ({"$multiply": [number("quantity"), number("unit_price")]}, number("subtotal")),
    "discount_total": (number("discount_amount"), number("discount_total")),
    "total": (number("line_total"), {"$subtract": [number("total"), number("tax")]}),
}
MongoCollection = Collection[Document]

_TITLES: Final = {
    "lines": "item_count is the number of lines",
    "subtotal": "subtotal is the sum of quantity x unit_price of the lines",
    "discount_total": "discount_total is the sum of discount_amount of the lines",
    "total": "total is the sum of line_total of the lines, and the tax",
}
# More than the lines of an order, whose number is added to it or taken from it.
_ONE_ORDER: Final = 1_000_000

_SAID_OF_CUSTOMER: Final = {
    "customer_id": "$customer_id",
    "name": "$customer_name",
    "email": "$customer_email",
}

_ADDED: Final = {name: {"$sum": f"${name}"} for name in (*_SUMS, "orders", "items")}


def check_sums(database: MongoDatabase, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check that every line has its order and every order its lines, and that the sums agree."""
    lines = database[names.ORDER_ITEMS]
    found: dict[str, Any] = {}
    if _finds_any(lines, _any_sum_off()):
        found = next(iter(lines.aggregate(_sums_pipeline(most), allowDiskUse=True)), {})

    def result(name: str, collection: str, check: str, title: str) -> Outcome:
        group = (found.get(name) or [{"n": 0, "ids": []}])[0]
        return outcome(collection, check, title, group["n"], group["ids"], most=most)

    return [
        result("orphans", names.ORDER_ITEMS, "reference_order_id", "order_id is one of orders"),
        result(
            "places",
            names.ORDER_ITEMS,
            "copy_store_id_customer_id",
            "store_id and customer_id as in orders",
        ),
        result("childless", names.ORDERS, "has_order_items", "each has order items (order_id)"),
        *(result(name, names.ORDERS, f"sum_{name}", title) for name, title in _TITLES.items()),
    ]


def _finds_any(collection: MongoCollection, pipeline: Pipeline) -> bool:
    """Whether a quick look finds anything wrong; values of a wrong type end it, and are wrong."""
    try:
        return any(collection.aggregate([*pipeline, {"$limit": 1}], allowDiskUse=True))
    except OperationFailure:
        return True


def _any_sum_off() -> Pipeline:
    """Finds orders with which anything is wrong, in two thirds of the time of `_sums_pipeline`.

    It knows nothing of wrong types, and counts lines and orders in one number.
    """
    key = {"$concat": ["$order_id", "/", "$store_id", "/", "$customer_id"]}
    lines = {
        "_id": 0,
        "key": key,
        "lines": {"$literal": 1},
        "subtotal": {"$multiply": ["$quantity", "$unit_price"]},
        "discount_total": "$discount_amount",
        "total": "$line_total",
    }
    heads = {
        "_id": 0,
        "key": key,
        "lines": {"$subtract": [_ONE_ORDER, "$item_count"]},
        "subtotal": {"$multiply": [-1, "$subtotal"]},
        "discount_total": {"$multiply": [-1, "$discount_total"]},
        "total": {"$subtract": ["$tax", "$total"]},
    }
    return [
        {"$project": lines},
        {"$unionWith": {"coll": names.ORDERS, "pipeline": [{"$project": heads}]}},
        {"$group": {"_id": "$key", **{name: {"$sum": f"${name}"} for name in _SUMS}}},
        {
            "$match": {
                "$or": [
                    {"lines": {"$ne": _ONE_ORDER}},
                    *(_off(name) for name in _SUMS if name != "lines"),
                ]
            }
        },
    ]


def _sums_pipeline(most: int) -> Pipeline:
    """Gives one document: for each check none or one of `n` and `ids`.

    Store and customer are part of the key of the first grouping, so that lines of another store or
    customer than their order stand out; the second one brings them together again.
    """
    shared = {"_id": 0, "order_id": 1, "store_id": 1, "customer_id": 1}
    lines = {**shared, "items": {"$literal": 1}} | {name: line for name, (line, _) in _SUMS.items()}
    heads = {**shared, "orders": {"$literal": 1}} | {
        name: {"$multiply": [-1, head]} for name, (_, head) in _SUMS.items()
    }
    key = {"order_id": "$order_id", "store_id": "$store_id", "customer_id": "$customer_id"}
    whole = {"orders": 1, "items": {"$gte": 1}}
    count = {"_id": None, "n": {"$sum": 1}, "ids": examples("$_id", most)}
    return [
        {"$project": lines},
        {"$unionWith": {"coll": names.ORDERS, "pipeline": [{"$project": heads}]}},
        {"$group": {"_id": key, **_ADDED}},
        {"$match": {"$or": [{"orders": {"$ne": 1}}, {"items": 0}, *map(_off, _SUMS)]}},
        {"$group": {"_id": "$_id.order_id", **_ADDED, "places": {"$sum": 1}}},
        {
            "$facet": {
                "orphans": [
                    {"$match": {"orders": 0}},
                    {"$group": {**count, "n": {"$sum": "$items"}}},
                ],
                "places": [
                    {"$match": {"orders": {"$gte": 1}, "places": {"$gt": 1}}},
                    {"$group": count},
                ],
                "childless": [{"$match": {"items": 0}}, {"$group": count}],
                **{
                    name: [{"$match": {**whole, **_off(name)}}, {"$group": count}] for name in _SUMS
                },
            }
        },
    ]


def _off(name: str) -> dict[str, Any]:
    return {name: {"$not": {"$gt": -HALF_A_CENT, "$lt": HALF_A_CENT}}}


def check_customers(database: MongoDatabase, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check that every order has its customer, and repeats the customer's name and e-mail.

    An order that is older than the last change of the customer may have others.
    """
    orders = database[names.ORDERS]
    found: dict[str, Any] = {}
    if _finds_any(orders, _any_customer_off()):
        found = next(iter(orders.aggregate(_customers_pipeline(most), allowDiskUse=True)), {})

    def group(name: str) -> dict[str, Any]:
        groups: Sequence[dict[str, Any]] = found.get(name) or [{"n": 0, "ids": []}]
        return groups[0]

    orphans = group("orphans")
    return [
        outcome(
            names.ORDERS,
            "reference_customer_id",
            "customer_id is one of customers",
            orphans["n"],
            orphans["ids"],
            most=most,
        ),
        outcome(
            names.ORDERS,
            "copy_customer_name",
            "customer_name as in customers (by customer)",
            group("names")["n"],
            group("names")["ids"],
            most=most,
        ),
        outcome(
            names.ORDERS,
            "copy_customer_email",
            "customer_email as in customers (by customer)",
            group("emails")["n"],
            group("emails")["ids"],
            most=most,
        ),
    ]


def _any_customer_off() -> Pipeline:
    """Finds what orders say of customers, and customers do not."""
    name = {"$trim": {"input": {"$concat": ["$first_name", " ", "$last_name"]}}}
    head = {
        "_id": {**_SAID_OF_CUSTOMER, "name": name, "email": "$email"},
        "customers": {"$literal": 1},
    }
    return [
        {"$group": {"_id": _SAID_OF_CUSTOMER}},
        {"$unionWith": {"coll": names.CUSTOMERS, "pipeline": [{"$project": head}]}},
        {"$group": {"_id": "$_id", "customers": {"$sum": "$customers"}}},
        {"$match": {"customers": 0}},
    ]


def _customers_pipeline(most: int) -> Pipeline:
    """Gives one document: for each check none or one of `n` and `ids`."""
    head = {
        "_id": {
            "customer_id": "$customer_id",
            "name": {
                "$trim": {"input": {"$concat": [_text("first_name"), " ", _text("last_name")]}}
            },
            "email": "$email",
        },
        "customers": {"$literal": 1},
        "changed": {"$cond": [{"$gt": ["$updated_at", "$created_at"]}, "$updated_at", None]},
    }
    several = _said_wrongly("name"), _said_wrongly("email")
    count = {"_id": None, "n": {"$sum": 1}, "ids": examples("$_id", most)}
    return [
        {"$group": {"_id": _SAID_OF_CUSTOMER, "orders": {"$sum": 1}, "newest": newest("number")}},
        {"$unionWith": {"coll": names.CUSTOMERS, "pipeline": [{"$project": head}]}},
        {
            "$group": {
                "_id": "$_id.customer_id",
                "customers": {"$sum": "$customers"},
                "orders": {"$sum": "$orders"},
                "said": {
                    "$push": {"name": "$_id.name", "email": "$_id.email", "newest": "$newest"}
                },
                "name": {"$max": _of_customer("name")},
                "email": {"$max": _of_customer("email")},
                "changed": {"$max": "$changed"},
            }
        },
        {"$match": {"$expr": {"$or": [{"$eq": ["$customers", 0]}, *several]}}},
        {
            "$facet": {
                "orphans": [
                    {"$match": {"customers": 0}},
                    {"$group": {**count, "n": {"$sum": "$orders"}}},
                ],
                "names": [
                    {"$match": {"customers": 1, "$expr": several[0]}},
                    {"$group": count},
                ],
                "emails": [
                    {"$match": {"customers": 1, "$expr": several[1]}},
                    {"$group": count},
                ],
            }
        },
    ]


def _of_customer(field: str) -> Expression:
    return {"$cond": [{"$eq": ["$customers", 1]}, f"$_id.{field}", None]}


def _said_wrongly(field: str) -> Expression:
    """Whether an order says what the customer never was, as far as that can be known."""
    wrong = {
        "$and": [
            {"$ne": [f"$$one.{field}", f"${field}"]},
            {"$or": [{"$eq": ["$changed", None]}, {"$gt": ["$$one.newest", "$changed"]}]},
        ]
    }
    return {"$anyElementTrue": [{"$map": {"input": "$said", "as": "one", "in": wrong}}]}


def _text(field: str) -> Expression:
    return {"$cond": [{"$eq": [{"$type": f"${field}"}, "string"]}, f"${field}", ""]}
