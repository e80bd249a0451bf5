"""Reports of what was sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from connector_config.errors import UserError
from connector_config.mongodb.connection import Document, MongoDatabase
from connector_config.schema import collections as names
from seed.reports.report import Column, Report, Row, change, count, money
from seed.reports.shops import Period, Shops
from seed.reports.sold import PAID, SUMS, Pipeline, lines_sold, look_up, orders_sold, revenue

By = Literal["day", "month", "store", "category", "type", "product"]
Each = Literal["store", "category"]
Rank = Literal["revenue", "units"]

MOST_ROWS: Final = 1_000
COUNTED: Final = (
    "Revenue is what was paid for goods before tax, less what was given back; cancelled orders "
    "count for nothing, returned goods are taken off on the day of the sale."
)
_FORMS: Final[Mapping[str, str]] = {"day": "%Y-%m-%d", "month": "%Y-%m"}
_TITLES: Final[Mapping[str, str]] = {
    "day": "Day",
    "month": "Month",
    "store": "Store",
    "category": "Category",
    "type": "Type",
    "product": "Product",
}


def sales(
    database: MongoDatabase,
    shops: Shops,
    period: Period,
    by: By,
    category: str | None = None,
    limit: int = MOST_ROWS,
) -> Report:
    """What was sold by day, month, store, category, type or product, beside the year before.

    By day, month and store it counts orders; otherwise, and of a `category`, units.
    """
    of_lines = category is not None or by in ("category", "type", "product")
    products = None if category is None else products_of(database, category)

    def sums(period: Period) -> dict[str, dict[str, Any]]:
        collection, stages = (
            (names.ORDER_ITEMS, by_line(shops, period, by, products))
            if of_lines
            else (names.ORDERS, by_order(shops, period, by))
        )
        found = database[collection].aggregate(stages, allowDiskUse=True)
        return {str(one["_id"]): one for one in found}

    now, before = sums(period), sums(period.year_before())
    amount = "units" if of_lines else "orders"
    rows: list[Row] = []
    for key in now.keys() | {_year_after(by, key) for key in before}:
        its, other = now.get(key, {}), before.get(_year_back(by, key), {})
        then = money(other.get("money"))
        rows.append(
            {
                by: its.get("name") or other.get("name") or _named(shops, by, key),
                amount: count(its.get(amount)),
                "revenue": money(its.get("money")),
                "year_before": then,
                "change": change(money(its.get("money")), then),
            }
        )
    in_time = by in _FORMS
    rows.sort(key=lambda row: row[by] if in_time else (-row["revenue"], row[by]))
    total, earlier = sum(row["revenue"] for row in rows), sum(row["year_before"] for row in rows)
    of = f" of {category}" if category else ""
    return Report(
        f"Sales{of} by {by} of {shops.title}, {period.text}",
        [
            Column(by, _TITLES[by]),
            Column(amount, amount.capitalize(), "number"),
            Column("revenue", "Revenue", "money"),
            Column("year_before", "Year before", "money"),
            Column("change", "Change", "percent"),
        ],
        rows[:limit],
        {"Revenue": money(total), "Year before": money(earlier)},
        [COUNTED, f"The year before is {period.year_before().text}.", *shops.notes],
    )


def top_products(
    database: MongoDatabase,
    shops: Shops,
    period: Period | None,
    category: str | None = None,
    each: Each | None = None,
    rank: Rank = "revenue",
    limit: int = 20,
) -> Report:
    """The products that sold best; with `each`, so many of each store or of each category."""
    products = None if category is None else products_of(database, category)
    stages = best(shops, period, products, each, rank, limit)
    found = database[names.ORDER_ITEMS].aggregate(stages, allowDiskUse=True)
    rows: list[Row] = [
        {
            **({} if each is None else {each: _each_name(shops, each, one)}),
            "sku": one.get("sku") or "",
            "product": one.get("product_name") or one["product_id"],
            "category": one.get("category_name") or "",
            "units": count(one["units"]),
            "revenue": money(one["money"]),
        }
        for one in found
    ]
    if each is not None:
        rows.sort(key=lambda row: (row[each], -row[rank]))
    columns = [
        Column("sku", "SKU"),
        Column("product", "Product"),
        Column("category", "Category"),
        Column("units", "Units", "number"),
        Column("revenue", "Revenue", "money"),
    ]
    if each is not None:
        columns = [Column(each, _TITLES[each]), *(one for one in columns if one.name != each)]
    of = f" of {category}" if category else ""
    per = f" of each {each}" if each else ""
    when = period.text if period else "all days"
    title = f"Top products{of} by {rank}{per}, {shops.title}, {when}"
    return Report(title, columns, rows, notes=[COUNTED, *shops.notes])


def by_order(shops: Shops, period: Period, by: By) -> Pipeline:
    """The pipeline on `orders` that gives the sums by day, month or store."""
    match = {"$match": orders_sold(shops, period)}
    if by == "store":
        grouped: Pipeline = [{"$group": {"_id": "$store_id", **PAID}}]
    else:
        again = {name: {"$sum": f"${name}"} for name in PAID}
        grouped = [
            {"$group": {"_id": shops.hour("order_date", period), **PAID}},
            {"$group": {"_id": shops.shown("$_id", _FORMS[by]), **again}},
        ]
    return [match, *grouped, {"$project": {"orders": 1, "money": revenue()}}]


def by_line(shops: Shops, period: Period, by: By, products: list[str] | None) -> Pipeline:
    """The pipeline on `order_items` that gives the sums by anything, named."""
    if by == "store":
        return lines_sold(shops, period, "$store_id", products)
    if by in _FORMS:
        return [
            *lines_sold(shops, period, shops.hour("created_at", period), products),
            {"$group": {"_id": shops.shown("$_id", _FORMS[by]), **SUMS}},
        ]
    product = [
        *lines_sold(shops, period, "$product_id", products),
        look_up(names.PRODUCTS, "_id", "of", "product_name", "category_id", "type_id"),
        {"$set": {"of": {"$first": "$of"}}},
    ]
    if by == "product":
        return [*product, {"$project": {"units": 1, "money": 1, "name": "$of.product_name"}}]
    collection, name = (
        (names.CATEGORIES, "category_name")
        if by == "category"
        else (names.PRODUCT_TYPES, "type_name")
    )
    return [
        *product,
        {"$group": {"_id": f"$of.{by}_id", **SUMS}},
        look_up(collection, "_id", "of", name),
        {"$project": {"units": 1, "money": 1, "name": {"$first": f"$of.{name}"}}},
    ]


def best(
    shops: Shops,
    period: Period | None,
    products: list[str] | None,
    each: Each | None,
    rank: Rank,
    limit: int,
) -> Pipeline:
    """The pipeline on `order_items` that gives the products that sold best, named."""
    order = {("money" if rank == "revenue" else "units"): -1, "product_id": 1}
    product = [
        look_up(names.PRODUCTS, "product_id", "of", "sku", "product_name", "category_id"),
        {"$set": {"of": {"$first": "$of"}}},
    ]
    category = [
        look_up(names.CATEGORIES, "of.category_id", "in", "category_name"),
        {
            "$project": {
                "product_id": 1,
                "store_id": 1,
                "units": 1,
                "money": 1,
                "sku": "$of.sku",
                "product_name": "$of.product_name",
                "category_name": {"$first": "$in.category_name"},
            }
        },
    ]
    by_store = each == "store"
    key = {"product": "$product_id", "store": "$store_id"} if by_store else "$product_id"
    product_id = "$_id.product" if by_store else "$_id"
    grouped: Pipeline = [
        *lines_sold(shops, period, key, products),
        # What all came back did not sell.
        {"$match": {"units": {"$gt": 0}}},
        {"$set": {"product_id": product_id, "store_id": "$_id.store"}},
    ]
    if each is None:
        return [*grouped, {"$sort": order}, {"$limit": limit}, *product, *category]
    # The category of a product has to be known before the best of each can be taken.
    of_category = each == "category"
    return [
        *grouped,
        *(product if of_category else []),
        {"$sort": order},
        {
            "$group": {
                "_id": "$of.category_id" if of_category else "$store_id",
                "all": {"$push": "$$ROOT"},
            }
        },
        {"$project": {"all": {"$slice": ["$all", limit]}}},
        {"$unwind": "$all"},
        {"$replaceWith": "$all"},
        *([] if of_category else product),
        *category,
    ]


def category_named(database: MongoDatabase, name: str) -> Document:
    """The category of a name or an id; raises UserError for an unknown one."""
    found = list(database[names.CATEGORIES].find({"deleted": {"$ne": True}}).sort("_id").limit(500))
    wanted = name.strip().casefold()
    for one in found:
        if wanted in (str(one["_id"]).casefold(), str(one.get("category_name")).casefold()):
            return one
    known = ", ".join(str(one.get("category_name")) for one in found[:20])
    raise UserError(f"There is no category {name[:40]!r}: name one of {known}.")


def products_of(database: MongoDatabase, category: str) -> list[str]:
    """The ids of all products of a category; raises UserError for an unknown one."""
    query = {"category_id": category_named(database, category)["_id"]}
    return [str(one["_id"]) for one in database[names.PRODUCTS].find(query, {"_id": 1})]


def _named(shops: Shops, by: By, key: str) -> str:
    return shops.names.get(key, key) if by == "store" else key


def _each_name(shops: Shops, each: Each, one: Mapping[str, Any]) -> str:
    if each == "store":
        return shops.names.get(str(one.get("store_id")), str(one.get("store_id")))
    return str(one.get("category_name") or "")


def _year_back(by: By, key: str) -> str:
    return _by_years(by, key, -1)


def _year_after(by: By, key: str) -> str:
    return _by_years(by, key, 1)


def _by_years(by: By, key: str, years: int) -> str:
    if by not in _FORMS or not key[:4].isdigit():
        return key
    return f"{int(key[:4]) + years:04}{key[4:]}"
