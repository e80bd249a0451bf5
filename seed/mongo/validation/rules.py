"""The rules for each document on its own, beyond its shape: money, ids, ranges, formulas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS, MongoId
from connector_config.schema.documents import MONTHS, SHAPES
from connector_config.schema.forgotten import PERSONAL
from seed.catalogue_files import GROSS_MARGIN_PERCENT
from seed.embeddings import DESCRIPTION_DIMENSIONS, IMAGE_DIMENSIONS
from seed.mongo.validation.schema import DAY, Rule, Schema, money_fields, rules_of

Expression = Any

# Sums of amounts with two decimals differ by less than this from what they would be exactly.
HALF_A_CENT: Final = 0.005
_BIT: Final = 1e-6

# Of the US, with a country code, or with the zero of another country's own numbers.
_PHONE: Final = r"^(?:(?:\(\d{3}\) \d{3}-\d{4}|[+0][0-9][0-9 ()./-]{4,24})(?: ext\. \d{1,7})?)?\z"
_EMAIL: Final = r"^[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+\z"
_OWN_EMAIL: Final = {
    "anyOf": [
        {"properties": {"email": {"pattern": _EMAIL}}},
        {"required": ["forgotten_at"], "properties": {"email": {"enum": [""]}}},
    ]
}
_PERSONAL_LEFT: Final = [
    {"deleted": {"$ne": True}},
    *({name: {"$exists": True, "$ne": ""}} for name in PERSONAL),
]
_SOURCE: Final = r"^(?:local(?::[\w-]+)?|original|azure:.+)\z"
_SHA256: Final = r"^[0-9a-f]{64}\z"
# Empty where somebody has none, or none any more.
_BADGE: Final = r"^(?:[0-9a-f]{64})?\z"
_ARGON2ID: Final = r"^(?:\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+)?\z"
_PERSON: Final = {"minLength": 1, "maxLength": 80}
_ROLES: Final = ("worker", "rep", "manager")
_CODE_KINDS: Final = ("ean", "upc", "gtin14", "own")
_CODE: Final = {"minLength": 1, "maxLength": 80}
_MOST_UNITS: Final = 1_000_000
# By the app: a person, a customer, a code that was corrected, a count that was withdrawn.
_MAY_BE_DELETED: Final = {names.STAFF, names.CUSTOMERS, names.PRODUCT_CODES, names.STOCKTAKE_COUNTS}
_STATUSES: Final = ("pending", "completed", "cancelled", "returned")


def rules(collection: str, first_day: date, last_day: date) -> list[Rule]:
    """All rules for the documents of a collection; orders lie from one day to the other (UTC)."""
    shape = SHAPES[collection]
    return [
        *rules_of(shape),
        *_for_all(collection),
        *(rule for field in money_fields(shape) for rule in _money(field)),
        *_BY_COLLECTION.get(collection, ()),
        *(_orders(first_day, last_day) if collection == names.ORDERS else ()),
    ]


def number(field: str) -> Expression:
    """The number in a field, 0 for anything else: arithmetic on a text ends an aggregation."""
    return {"$cond": [{"$isNumber": f"${field}"}, f"${field}", 0]}


def _for_all(collection: str) -> Iterator[Rule]:
    if collection not in _MAY_BE_DELETED:
        yield Rule("deleted", "nothing is deleted", "deleted", _field("deleted", enum=[False]))
    # A missing field is less than everything, and no business of this rule.
    swapped = [{"$lt": ["$updated_at", "$created_at"]}, {"$gt": ["$updated_at", None]}]
    title = "nothing changed before it was made"
    yield Rule("order_of_times", title, "updated_at", wrong=_wrong({"$and": swapped}))
    place = COLLECTIONS[collection]
    if place.mongo_id is MongoId.OBJECT_ID:
        yield Rule("ids", "_id is an ObjectId", "_id", _field("_id", bsonType="objectId"))
    else:
        field = place.id_fields[-1]
        title = f"{field} repeats the _id, so it is unique"
        yield Rule("ids", title, field, wrong=_wrong({"$ne": ["$_id", f"${field}"]}))


def _money(field: str) -> Iterator[Rule]:
    title = "money has two decimals and is not negative"
    yield Rule("money", title, field, _field(field, minimum=0))
    cents = {"$ne": [f"${field}", {"$round": [number(field), 2]}]}
    yield Rule("money", title, field, wrong=_wrong({"$and": [{"$isNumber": f"${field}"}, cents]}))


def _orders(first_day: date, last_day: date) -> Iterator[Rule]:
    # Instants sort as texts.
    span = {"$gte": f"{first_day}T", "$lt": f"{last_day}T~"}
    title = f"orders lie from {first_day} to {last_day}"
    yield Rule("period", title, "order_date", wrong={"order_date": {"$not": span}})


def _field(name: str, **schema: Any) -> Schema:
    return {"properties": {name: schema}}


def _wrong(expression: Expression) -> dict[str, Any]:
    return {"$expr": expression}


def _where(condition: Expression, left: Expression, right: Expression, by: float) -> dict[str, Any]:
    apart = {"$gte": [{"$abs": {"$subtract": [left, right]}}, by]}
    return _wrong({"$and": [condition, apart]})


def _apart(left: Expression, right: Expression, by: float) -> dict[str, Any]:
    return _wrong({"$gte": [{"$abs": {"$subtract": [left, right]}}, by]})


_MONTHS: Final = {
    "required": list(MONTHS),
    "properties": {month: {"minimum": 0, "exclusiveMinimum": True} for month in MONTHS},
    "additionalProperties": False,
}
# Without a percent, such a line may be any amount of dollars cheaper.
_TAKEN_ON_DEVICE: Final = {"$isNumber": "$line_discount"}
_OFF_THE_LINE: Final = {
    "$cond": [_TAKEN_ON_DEVICE, number("line_discount"), number("discount_amount")]
}
_GROSS: Final = {"$multiply": [number("quantity"), number("unit_price")]}
# Half up: what is rounded is never further away than half a cent.
_ROUNDED: Final = HALF_A_CENT + _BIT

IMPORTED: Final[dict[str, Any]] = {"image_url": "", "specifications": {}}
"""What only a product has that a shop imported from a file of its own."""
IS_IMPORTED: Final[Expression] = {
    "$and": [{"$eq": [f"${field}", {"$literal": value}]} for field, value in IMPORTED.items()]
}
# What a shop imported, also over what was there, is sold at prices of its own.
_OWN_PRICE: Final = {"$or": [IS_IMPORTED, {"$gt": ["$updated_at", "$created_at"]}]}
_RECKONED_MARGIN: Final = {
    "$cond": [
        {"$gt": [number("base_price"), 0]},
        {
            "$divide": [
                {"$multiply": [100, {"$subtract": [number("base_price"), number("cost")]}]},
                number("base_price"),
            ]
        },
        0,
    ]
}

_LIMITS: Final = {
    name: {"minimum": 0} for name in ("discount_percent", "count_units", "count_value")
}

_BY_COLLECTION: Final[dict[str, list[Rule]]] = {
    names.STORES: [
        Rule(
            "returns_on",
            "returns count on the day of the sale or of the return",
            "returns_on",
            _field("returns_on", enum=["sale", "return"]),
        ),
        Rule(
            "approvals",
            "what needs a manager's word begins at 0 or above",
            "approvals",
            _field("approvals", properties=_LIMITS),
        ),
    ],
    names.CATEGORIES: [
        Rule(
            "months",
            "seasonal multipliers have jan to dec, all positive",
            "seasonal_multipliers",
            _field("seasonal_multipliers", **_MONTHS),
        )
    ],
    names.STAFF: [
        Rule("name", "a person has a name", "name", _field("name", **_PERSON)),
        Rule("role", "a role is one of three", "role", _field("role", enum=list(_ROLES))),
        Rule("pin", "PINs are argon2id hashes", "pin_hash", _field("pin_hash", pattern=_ARGON2ID)),
        Rule("badge", "badges are hashes", "badge_hash", _field("badge_hash", pattern=_BADGE)),
    ],
    names.CUSTOMERS: [
        Rule("email", "e-mail addresses look like one", "email", _OWN_EMAIL),
        Rule(
            "forgotten",
            "nothing personal is left of a customer who is forgotten",
            "forgotten_at",
            wrong={"forgotten_at": {"$gt": ""}, "$or": _PERSONAL_LEFT},
        ),
        Rule(
            "phone",
            "phones are (XXX) XXX-XXXX or foreign ones, or empty",
            "phone",
            _field("phone", pattern=_PHONE),
        ),
    ],
    names.PRODUCTS: [
        Rule(
            "price",
            "base_price is cost / 0.67, or a price of one's own",
            "base_price",
            wrong=_where(
                {"$not": _OWN_PRICE},
                number("base_price"),
                {"$divide": [number("cost"), 0.67]},
                _ROUNDED,
            ),
        ),
        Rule(
            "margin",
            "the margin is 33 %, or that of a price of one's own",
            "gross_margin_percent",
            wrong=_where(
                {"$isNumber": "$gross_margin_percent"},
                number("gross_margin_percent"),
                {"$cond": [_OWN_PRICE, _RECKONED_MARGIN, float(GROSS_MARGIN_PERCENT)]},
                _ROUNDED,
            ),
        ),
    ],
    names.PRODUCT_CODES: [
        Rule("kind", "a code is of a kind", "kind", _field("kind", enum=list(_CODE_KINDS))),
        Rule(
            "units",
            f"units are 1 to {_MOST_UNITS:,}",
            "units",
            _field("units", minimum=1, maximum=_MOST_UNITS),
        ),
        Rule("code", "a code has 1 to 80 characters", "code", _field("code", **_CODE)),
    ],
    names.PRODUCT_EMBEDDINGS: [
        *(
            Rule(
                "dimensions",
                f"vectors have {IMAGE_DIMENSIONS} and {DESCRIPTION_DIMENSIONS:,} numbers",
                field,
                _field(field, minItems=size, maxItems=size),
            )
            for field, size in (
                ("image_embedding", IMAGE_DIMENSIONS),
                ("description_embedding", DESCRIPTION_DIMENSIONS),
            )
        ),
        *(
            Rule("source", "says who made the vectors, of which text", field, schema)
            for field, schema in (
                ("source", _field("source", pattern=_SOURCE)),
                ("text_hash", _field("text_hash", pattern=_SHA256)),
            )
        ),
    ],
    names.INVENTORY: [
        Rule("stock", "stock is not negative", field, _field(field, minimum=0))
        for field in ("stock_level", "reorder_threshold")
    ],
    names.ORDERS: [
        Rule("status", "status is one of four", "status", _field("status", enum=list(_STATUSES))),
        Rule("lines", "an order has a line", "item_count", _field("item_count", minimum=1)),
        Rule(
            "formula",
            "total is subtotal - discount_total + tax",
            "total",
            wrong=_apart(
                {"$add": [number("total"), number("discount_total")]},
                {"$add": [number("subtotal"), number("tax")]},
                HALF_A_CENT,
            ),
        ),
    ],
    names.DAY_CLOSINGS: [
        Rule("day", "a closed day is a day", "day", _field("day", pattern=f"^{DAY}\\z")),
    ],
    names.ORDER_ITEMS: [
        Rule("quantity", "at least one is sold", "quantity", _field("quantity", minimum=1)),
        Rule(
            "percent",
            "discounts are 0 to 100 %",
            "discount_percent",
            _field("discount_percent", minimum=0, maximum=100),
        ),
        Rule(
            "discount",
            "discount_amount is its percent of quantity x unit_price",
            "discount_amount",
            wrong=_where(
                {"$not": {"$and": [_TAKEN_ON_DEVICE, {"$eq": [number("discount_percent"), 0]}]}},
                _OFF_THE_LINE,
                {"$multiply": [_GROSS, number("discount_percent"), 0.01]},
                _ROUNDED,
            ),
        ),
        Rule(
            "discount_parts",
            "discount_amount is line_discount and order_discount",
            "line_discount",
            wrong=_where(
                _TAKEN_ON_DEVICE,
                number("discount_amount"),
                {"$add": [number("line_discount"), number("order_discount")]},
                HALF_A_CENT,
            ),
        ),
        Rule(
            "line_total",
            "line_total is quantity x unit_price - discount_amount",
            "line_total",
            wrong=_apart(
                {"$add": [number("line_total"), number("discount_amount")]}, _GROSS, HALF_A_CENT
            ),
        ),
    ],
}
