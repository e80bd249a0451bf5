"""The tools of `zava-mcp customer-sales`: goods, where they are, customers and their orders.

They know nothing of the protocol. Each is a method whose docstring an assistant reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from connector_config.distance import Position, kilometres
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.emails import email_forms
from seed.mcp_servers.answers import MOST_ROWS, Answer, answer, of_report
from seed.mcp_servers.asking import Asking, Question
from seed.mcp_servers.times import current_time
from seed.mongo.search import all_products, rank
from seed.question_vectors import embed
from seed.reports.items import items, place_text
from seed.reports.orders import order as order_report
from seed.reports.report import count, money
from seed.reports.shops import Shops, read_shops

_MOST_NEAR: Final = 5
_SHORTEST_PREFIX: Final = 2
_DIGITS: Final = re.compile(r"\D")

Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Text = Annotated[str, Field(min_length=1, max_length=300)]


class CustomerSales:
    """The tools; what a person may see is looked up at each question."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def tools(self) -> list[Any]:
        """The methods that are tools."""
        return [
            self.find_products,
            self.search_by_meaning,
            self.product_availability,
            self.find_customer,
            self.customer_orders,
            self.order,
            self.current_time,
        ]

    def find_products(self, text: Text, limit: Limit = 20) -> Answer:
        """Find products by name, SKU or scanned code, misspelt too: price, and units on hand here
        and in all stores. For a need in people's own words use search_by_meaning.
        """
        with self._asking.question() as its:
            found = _by_code(its.database, text)
            if not found:
                found = _by_words(its.database, text, limit)
            return _products(its, f"Products called {text}", found[:limit], {})

    def search_by_meaning(self, question: Text, limit: Limit = 10) -> Answer:
        """Find products for a need in people's own words, such as "something to hang heavy pictures
        on drywall". `like` is the cosine, up to 1; below 0.3 it is a guess.
        """
        with self._asking.question() as its:
            found = rank(its.database, question, all_products(its.database), embed, MOST_ROWS)
            shown = _products(its, f"Products for: {question}", found.both[:limit], found.cosines)
            shown["notes"] = [*found.remarks, *shown["notes"]]
            return shown

    def product_availability(
        self, product: Text, near: Annotated[str | None, Field(max_length=80)] = None
    ) -> Answer:
        """Which stores have a product, and where it stands there. `product` is a SKU, a code or
        words (then the best five); `near` is a store or city by which the stores are sorted.
        """
        with self._asking.question() as its:
            ids = _by_code(its.database, product)
            if not ids:
                ids = _by_words(its.database, product, _MOST_NEAR)
            start = None if near is None else _position(its.database, near)
            shops = read_shops(its.database)
            places = _positions(its.database)
            goods = _goods(its.database, ids)
            rows: list[dict[str, Any]] = []
            for one in _stock(its.database, ids):
                where = places.get(one["store_id"])
                product_of = goods.get(one["product_id"], {})
                rows.append(
                    {
                        "sku": product_of.get("sku"),
                        "product": product_of.get("product_name"),
                        "store": shops.names.get(one["store_id"], one["store_id"]),
                        "on_hand": count(one["on_hand"]),
                        "place": place_text(one.get("location")),
                        "km": None if not (start and where) else round(kilometres(start, where), 1),
                    }
                )
            rank = {goods.get(one, {}).get("sku"): number for number, one in enumerate(ids)}
            far = float("inf")
            rows.sort(
                key=lambda row: (
                    rank.get(row["sku"], 0),
                    row["on_hand"] <= 0,
                    far if row["km"] is None else row["km"],
                    -row["on_hand"],
                )
            )
            notes = [] if rows else [_nothing(product)]
            return answer(f"Stores that have: {product}", rows, notes)

    def find_customer(self, text: Text, limit: Limit = 10) -> Answer:
        """Find a customer of your stores by name, e-mail address or telephone number. A worker sees
        no contact data.
        """
        with self._asking.question() as its:
            scope = its.person.filter(names.CUSTOMERS)
            query = {"$and": [scope, _customer_query(text), {"deleted": {"$ne": True}}]}
            stages: list[dict[str, Any]] = [
                {"$match": query},
                {"$sort": {"last_name": 1, "first_name": 1, "_id": 1}},
                {"$limit": limit + 1},
            ]
            hidden = its.person.hidden(names.CUSTOMERS)
            rows = [
                {
                    "customer_id": one.get("customer_id"),
                    "name": f"{one.get('first_name', '')} {one.get('last_name', '')}".strip(),
                    "email": None if "email" in hidden else one.get("email"),
                    "phone": None if "phone" in hidden else one.get("phone"),
                    "store_id": one.get("primary_store_id"),
                    "since": str(one.get("created_at"))[:10],
                }
                for one in its.database[names.CUSTOMERS].aggregate(stages)
            ]
            notes = [] if len(rows) <= limit else [f"Only the first {limit} are here."]
            if not rows:
                notes.append(f"No customer of your stores is called {text}.")
            return answer(f"Customers called {text}", rows[:limit], notes)

    def customer_orders(self, customer: Text, limit: Limit = 20) -> Answer:
        """The orders of a customer in your stores, newest first, by customer id or e-mail."""
        with self._asking.question() as its:
            person = _customer(its, customer)
            query = {
                **its.person.filter(names.ORDERS),
                "customer_id": person["customer_id"],
                "deleted": {"$ne": True},
            }
            found = its.database[names.ORDERS].find(query).sort("order_date", -1).limit(limit + 1)
            rows = [
                {
                    "order_id": one["order_id"],
                    "number": one.get("number"),
                    "placed": one.get("order_date"),
                    "store": one.get("store_name"),
                    "status": one.get("status"),
                    "lines": count(one.get("item_count")),
                    "total": money(one.get("total")),
                }
                for one in found
            ]
            name = f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()
            notes = ["Totals are with tax; times are UTC."]
            if len(rows) > limit:
                notes.append(f"Only the newest {limit} are here.")
            return answer(f"Orders of {name}", rows[:limit], notes)

    def order(self, number: Text) -> Answer:
        """An order of your stores with its lines, by its id or the number on the receipt."""
        with self._asking.question() as its:
            return of_report(order_report(its.database, its.shops(), number))

    def current_time(self) -> Answer:
        """The date and time, UTC and by the clocks of your stores, and who you are."""
        return current_time(self._asking)


def _no_meaning(source: str, text: str) -> list[float] | None:
    return None


def _by_words(database: MongoDatabase, text: str, limit: int) -> list[str]:
    return rank(database, text, all_products(database), _no_meaning, limit).words[:limit]


def _by_code(database: MongoDatabase, text: str) -> list[str]:
    """The products with this SKU, id or code."""
    wanted = text.strip()
    spellings = sorted({wanted, wanted.upper(), wanted.lower()})
    query = {"$or": [{"sku": {"$in": spellings}}, {"product_id": {"$in": spellings}}]}
    found = [
        str(one["_id"])
        for one in database[names.PRODUCTS]
        .find({**query, "deleted": {"$ne": True}}, {"_id": 1})
        .limit(MOST_ROWS)
    ]
    codes = database[names.PRODUCT_CODES].find(
        {"code": {"$in": spellings}, "deleted": {"$ne": True}}, {"product_id": 1}
    )
    return found or sorted({str(one.get("product_id")) for one in codes.limit(MOST_ROWS)})


def _products(its: Question, title: str, ids: list[str], like: Mapping[str, float]) -> Answer:
    goods = _goods(its.database, ids)
    own = its.shops()
    here: dict[str, int] = {}
    everywhere: dict[str, int] = {}
    for one in _stock(its.database, ids):
        key, left = one["product_id"], count(one["on_hand"])
        everywhere[key] = everywhere.get(key, 0) + left
        if one["store_id"] in own.names:
            here[key] = here.get(key, 0) + left
    rows = [
        {
            "sku": its_product.get("sku"),
            "product": its_product.get("product_name"),
            "category": its_product.get("category_id"),
            "price": money(its_product.get("base_price")),
            "on_hand_here": here.get(one, 0),
            "on_hand_all": everywhere.get(one, 0),
            **({"like": round(like[one], 2)} if one in like else {}),
        }
        for one in ids
        if (its_product := goods.get(one)) is not None
    ]
    return answer(title, rows, [] if rows else [_nothing(title)])


def _nothing(what: str) -> str:
    return f"Nothing was found for: {what}. Try other words, or search_by_meaning."


def _goods(database: MongoDatabase, ids: list[str]) -> dict[str, dict[str, Any]]:
    fields = dict.fromkeys(("sku", "product_name", "category_id", "base_price"), 1)
    found = database[names.PRODUCTS].find({"product_id": {"$in": ids}}, fields)
    return {str(one["_id"]): one for one in found}


def _stock(database: MongoDatabase, ids: list[str]) -> list[dict[str, Any]]:
    stages = items({"product_id": {"$in": ids}})
    return list(database[names.INVENTORY].aggregate(stages))


def _positions(database: MongoDatabase) -> dict[str, Position]:
    found = database[names.STORES].find({"deleted": {"$ne": True}}, {"location": 1})
    places: dict[str, Position] = {}
    for one in found:
        place = one.get("location")
        if isinstance(place, dict):
            north, east = place.get("latitude"), place.get("longitude")
            if isinstance(north, int | float) and isinstance(east, int | float):
                places[str(one["_id"])] = (float(north), float(east))
    return places


def _position(database: MongoDatabase, near: str) -> Position | None:
    shops: Shops = read_shops(database, [near])
    return _positions(database).get(next(iter(shops.names)))


def _customer_query(text: str) -> dict[str, Any]:
    wanted = text.strip()
    if "@" in wanted:
        return {"email": {"$in": sorted({wanted, *email_forms(wanted)})}}
    digits = _DIGITS.sub("", wanted)
    if len(digits) >= 7 and not any(char.isalpha() for char in wanted):
        return {"$or": _phones(wanted, digits)}
    if wanted.startswith("cust_"):
        return {"customer_id": wanted}
    words = wanted.split()
    if len(wanted) < _SHORTEST_PREFIX:
        raise UserError("Give at least two letters of a name, an e-mail address or a number.")
    first, last = _begins(words[0]), _begins(words[-1])
    if len(words) == 1:
        return {"$or": [{"last_name": last}, {"first_name": first}]}
    return {
        "$or": [
            {"last_name": last, "first_name": first},
            {"last_name": first, "first_name": last},
        ]
    }


def _begins(word: str) -> dict[str, Any]:
    return {"$regex": f"^{re.escape(word)}", "$options": "i"}


def _phones(text: str, digits: str) -> list[dict[str, Any]]:
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        parse,
    )

    found: list[dict[str, Any]] = [{"phone": text}]
    try:
        number = parse(text, "US")
    except NumberParseException:
        return found
    return [
        *found,
        {"phone_e164": format_number(number, PhoneNumberFormat.E164)},
        {"phone": format_number(number, PhoneNumberFormat.NATIONAL)},
    ]


def _customer(its: Question, who: str) -> dict[str, Any]:
    wanted = who.strip()
    query = {
        "$or": [{"customer_id": wanted}, {"email": {"$in": sorted({wanted, *email_forms(wanted)})}}]
    }
    scoped = {"$and": [its.person.filter(names.CUSTOMERS), query]}
    found = its.database[names.CUSTOMERS].find(scoped).sort([("deleted", 1), ("updated_at", -1)])
    for one in found.limit(1):
        return one
    raise UserError(
        f"There is no customer {who[:60]!r} of your stores: look with find_customer first."
    )
