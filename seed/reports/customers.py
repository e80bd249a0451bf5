"""Reports of customers: what they spent, how often, when last, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.emails import email_forms
from seed.reports.report import Column, Report, Row, count, money
from seed.reports.sales import COUNTED
from seed.reports.shops import Period, Shops, last_days
from seed.reports.sold import COUNTS, NOT_DELETED, PAID, Pipeline, look_up, orders_sold, revenue

NEW_DAYS: Final = 90
YEAR_DAYS: Final = 365

SEGMENTS: Final = ("new", "regular", "occasional", "lapsed", "without orders")
_SEGMENTS_NOTE: Final = (
    f"New: the first order in the last {NEW_DAYS} days; regular: two or more orders in the last "
    f"{YEAR_DAYS} days; occasional: one; lapsed: none any more."
)
_FAVOURITES: Final = 5


def customers(
    database: MongoDatabase,
    shops: Shops,
    period: Period | None,
    today: date,
    segment: str | None = None,
    limit: int = 20,
) -> Report:
    """The customers who spent most, with their segment; of one segment only, if it is named."""
    if segment is not None and segment not in SEGMENTS[:-1]:
        raise UserError(
            f"There is no segment {segment[:40]!r}: name one of {', '.join(SEGMENTS[:-1])}."
        )
    if segment is not None and period is not None:
        raise UserError("A segment is about all orders: leave out the days, or the segment.")
    sold = orders_sold(shops, period)
    stages = [
        {"$match": sold},
        *by_customer(shops, today, last={"$max": "$order_date"}),
        *([] if segment is None else [{"$match": {"segment": segment}}]),
        {"$sort": {"money": -1, "_id": 1}},
        {"$limit": limit},
    ]
    found = list(database[names.ORDERS].aggregate(stages, allowDiskUse=True))
    # Which segment somebody is in, the orders of some days do not tell.
    of = found if period is None else _all_orders(database, shops, found, today)
    segment_of = {one["_id"]: one["segment"] for one in of}
    name_of = _names(database, sold, found)
    rows: list[Row] = [
        {
            "customer_id": str(one["_id"]),
            "customer": str(name_of.get(one["_id"]) or ""),
            "orders": count(one["orders"]),
            "spent": money(one["money"]),
            "last_order": str(one.get("last") or "")[:10],
            "segment": segment_of.get(one["_id"]),
        }
        for one in found
    ]
    when = period.text if period else "all days"
    return Report(
        f"Customers of {shops.title} who spent most, {when}",
        [
            Column("customer_id", "Id"),
            Column("customer", "Customer"),
            Column("orders", "Orders", "number"),
            Column("spent", "Spent", "money"),
            Column("last_order", "Last order"),
            Column("segment", "Segment"),
        ],
        rows,
        notes=[COUNTED, _SEGMENTS_NOTE, *shops.notes],
    )


def segments(database: MongoDatabase, shops: Shops, today: date) -> Report:
    """How many customers each segment has, and what they spent in all."""
    known = {
        "coll": names.CUSTOMERS,
        "pipeline": [
            {"$match": {**shops.filter("primary_store_id"), **NOT_DELETED}},
            {"$project": {"_id": "$customer_id", "known": {"$literal": 1}}},
        ],
    }
    stages = [
        {"$match": orders_sold(shops, None)},
        *by_customer(shops, today),
        {"$unionWith": known},
        {
            "$group": {
                "_id": "$_id",
                "orders": {"$sum": "$orders"},
                "money": {"$sum": "$money"},
                "segment": {"$max": "$segment"},
            }
        },
        {
            "$group": {
                "_id": {"$ifNull": ["$segment", SEGMENTS[-1]]},
                "customers": {"$sum": 1},
                "orders": {"$sum": "$orders"},
                "money": {"$sum": "$money"},
            }
        },
    ]
    found = {one["_id"]: one for one in database[names.ORDERS].aggregate(stages, allowDiskUse=True)}
    rows: list[Row] = []
    for name in SEGMENTS:
        one = found.get(name, {})
        people, spent = count(one.get("customers")), money(one.get("money"))
        rows.append(
            {
                "segment": name,
                "customers": people,
                "orders": count(one.get("orders")),
                "spent": spent,
                "average": money(spent / people) if people else None,
            }
        )
    return Report(
        f"Customers of {shops.title} by segment",
        [
            Column("segment", "Segment"),
            Column("customers", "Customers", "number"),
            Column("orders", "Orders", "number"),
            Column("spent", "Spent", "money"),
            Column("average", "Each", "money"),
        ],
        rows,
        {"Customers": sum(row["customers"] for row in rows)},
        [COUNTED, _SEGMENTS_NOTE, *shops.notes],
    )


def customer(database: MongoDatabase, shops: Shops, who: str) -> Report:
    """A customer by e-mail or id: spent, orders, last order and favourite products."""
    person = customer_named(database, who)
    query = {"customer_id": person["customer_id"], **shops.filter(), **COUNTS, **NOT_DELETED}
    sums: Document = next(
        iter(
            database[names.ORDERS].aggregate(
                [
                    {"$match": query},
                    {"$group": {"_id": None, **PAID, "last": {"$max": "$order_date"}}},
                    {"$project": {"orders": 1, "last": 1, "money": revenue()}},
                ]
            )
        ),
        {},
    )
    rows: list[Row] = [
        {
            "sku": one.get("sku") or "",
            "product": one.get("product_name") or str(one["_id"]),
            "orders": count(one["orders"]),
            "units": count(one["units"]),
        }
        for one in database[names.ORDERS].aggregate([{"$match": query}, *favourites(_FAVOURITES)])
    ]
    orders, spent = count(sums.get("orders")), money(sums.get("money"))
    return Report(
        f"Customer {person.get('first_name', '')} {person.get('last_name', '')}".strip(),
        [
            Column("sku", "SKU"),
            Column("product", "Favourite product"),
            Column("orders", "Orders", "number"),
            Column("units", "Units", "number"),
        ],
        rows,
        {
            "Id": person["customer_id"],
            "Spent": spent,
            "Orders": orders,
            "Average order": money(spent / orders) if orders else None,
            "Last order (UTC)": sums.get("last"),
        },
        [COUNTED],
    )


def by_customer(shops: Shops, today: date, **more: Any) -> Pipeline:
    """The stages behind a match on `orders` that give each customer's sums and segment.

    `more` are further accumulators; each takes its time with every order.
    """
    new, year = (_since(shops, days, today) for days in (NEW_DAYS, YEAR_DAYS))
    recent = {"$sum": {"$cond": [{"$gte": ["$order_date", year]}, 1, 0]}}
    segment = {
        "$switch": {
            "branches": [
                {"case": {"$gte": ["$first", new]}, "then": SEGMENTS[0]},
                {"case": {"$gte": ["$recent", 2]}, "then": SEGMENTS[1]},
                {"case": {"$eq": ["$recent", 1]}, "then": SEGMENTS[2]},
            ],
            "default": SEGMENTS[3],
        }
    }
    return [
        {
            "$group": {
                "_id": "$customer_id",
                **PAID,
                "first": {"$min": "$order_date"},
                "recent": recent,
                **more,
            }
        },
        {
            "$project": {
                "orders": 1,
                "money": revenue(),
                "segment": segment,
                **dict.fromkeys(more, 1),
            }
        },
    ]


def favourites(most: int) -> Pipeline:
    """The stages behind a match on `orders` that give the products bought most often."""
    return [
        {
            "$lookup": {
                "from": names.ORDER_ITEMS,
                "localField": "order_id",
                "foreignField": "order_id",
                "as": "line",
                "pipeline": [
                    {"$match": NOT_DELETED},
                    {"$project": {"product_id": 1, "quantity": 1}},
                ],
            }
        },
        {"$unwind": "$line"},
        {
            "$group": {
                "_id": "$line.product_id",
                "orders": {"$sum": 1},
                "units": {"$sum": "$line.quantity"},
            }
        },
        {"$sort": {"orders": -1, "units": -1, "_id": 1}},
        {"$limit": most},
        look_up(names.PRODUCTS, "_id", "of", "sku", "product_name"),
        {"$set": {"sku": {"$first": "$of.sku"}, "product_name": {"$first": "$of.product_name"}}},
    ]


def customer_named(database: MongoDatabase, who: str) -> Document:
    """The customer of this e-mail address or id; raises UserError where there is none."""
    wanted = who.strip()
    addresses: Sequence[str] = sorted({wanted, *email_forms(wanted)})
    query: dict[str, Any] = {
        "$or": [{"customer_id": wanted}, {"email": {"$in": addresses}}],
    }
    # Somebody who moved to another store is two documents, one of them deleted.
    found = database[names.CUSTOMERS].find(query).sort([("deleted", 1), ("updated_at", -1)])
    person = next(iter(found.limit(1)), None)
    if person is None:
        raise no_customer(who)
    return person


def no_customer(who: str) -> UserError:
    """The error for a customer who is not there."""
    return UserError(f"There is no customer {who[:60]!r}: give the whole e-mail address or id.")


def _names(
    database: MongoDatabase, sold: dict[str, Any], found: Sequence[Document]
) -> dict[object, object]:
    """The names of a few customers, as their orders have them."""
    stages = [
        {"$match": {"customer_id": {"$in": [one["_id"] for one in found]}, **sold}},
        {"$group": {"_id": "$customer_id", "name": {"$max": "$customer_name"}}},
    ]
    return {one["_id"]: one["name"] for one in database[names.ORDERS].aggregate(stages)}


def _all_orders(
    database: MongoDatabase, shops: Shops, found: Sequence[Document], today: date
) -> list[Document]:
    query = {"customer_id": {"$in": [one["_id"] for one in found]}, **orders_sold(shops, None)}
    stages = [{"$match": query}, *by_customer(shops, today)]
    return list(database[names.ORDERS].aggregate(stages))


def _since(shops: Shops, days: int, today: date) -> str:
    """When so many days began; where the clocks differ, by that of the first store."""
    store = next(iter(shops.names))
    first = Shops({store: ""}, {store: shops.zones[store]}, everything=False)
    start: str = first.within(last_days(days, today), "at")["at"]["$gte"]
    return start
