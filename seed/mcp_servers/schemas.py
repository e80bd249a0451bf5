"""What a collection holds, for whoever writes a pipeline on it."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, Final, get_args, get_origin, get_type_hints

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.documents import SHAPES
from seed.mcp_servers.people import Person
from seed.mongo.index_list import INDEXES
from seed.mongo.views import INVENTORY_ON_HAND

HINTS: Final = (
    "Instants are UTC texts such as 2026-01-31T08:00:00.000Z and compare as texts: order_date "
    "{$gte: first, $lt: last}. Days of a shop are those of its time_zone.",
    "On hand is inventory_on_hand.on_hand; inventory.stock_level is only the opening level.",
    "Orders with the status cancelled are no sales; goods that came back are in returns.",
    "Join by business ids: orders.order_id, order_items.order_id, products.product_id.",
)
_VALUES: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    names.ORDERS: (("status", names.ORDERS, "status"), ("store_id", names.STORES, "store_id")),
    names.PRODUCTS: (
        ("category_id", names.CATEGORIES, "category_id"),
        ("type_id", names.PRODUCT_TYPES, "type_id"),
    ),
    names.STORES: (("store_name", names.STORES, "store_name"),),
    names.CATEGORIES: (("category_name", names.CATEGORIES, "category_name"),),
    names.STOCK_MOVEMENTS: (("reason", names.STOCK_MOVEMENTS, "reason"),),
}
_STATUSES: Final = ["cancelled", "completed", "pending", "returned"]
_MOST_VALUES: Final = 60


def schema_of(database: MongoDatabase, person: Person, name: str) -> dict[str, Any]:
    """The fields, keys and valid values of a collection; raises UserError for an unknown one."""
    person.filter(name)
    hidden = set(person.hidden(name))
    if name == INVENTORY_ON_HAND:
        return {
            "collection": name,
            "about": "a view: inventory with its movements, the product's and the store's name",
            "fields": _VIEW,
            "keys": ["_id"],
            "values": {},
        }
    fields = _fields(SHAPES[name])
    return {
        "collection": name,
        "about": COLLECTIONS[name].types,
        "fields": {field: kind for field, kind in fields.items() if field not in hidden},
        "keys": indexed(name),
        "values": {
            field: _STATUSES if field == "status" else _distinct(database, person, *where)
            for field, *where in _VALUES.get(name, ())
        },
    }


def indexed(collection: str) -> list[str]:
    """The fields by which a collection is found without reading it whole."""
    keys = (
        [field for field, _ in one.keys]
        for one in INDEXES
        if one.collection == collection and not one.is_text
    )
    return sorted({fields[0] for fields in keys} - {"deleted"})


_VIEW: Final = {
    "store_id": "text",
    "store_name": "text",
    "inventory_id": "text",
    "product_id": "text",
    "sku": "text",
    "product_name": "text",
    "location": "object",
    "stock_level": "number",
    "moved": "number",
    "on_hand": "number",
    "reorder_threshold": "number",
    "low": "boolean",
}


def _distinct(database: MongoDatabase, person: Person, collection: str, field: str) -> list[Any]:
    stages: list[dict[str, Any]] = [
        {"$match": person.filter(collection)},
        {"$group": {"_id": f"${field}"}},
        {"$sort": {"_id": 1}},
        {"$limit": _MOST_VALUES},
    ]
    return [one["_id"] for one in database[collection].aggregate(stages)]


def _fields(shape: Any) -> dict[str, str]:
    return {name: _kind(hint) for name, hint in get_type_hints(shape).items()}


def _kind(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is typing.NotRequired or origin is typing.Required:
        return _kind(get_args(hint)[0])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(sorted({_kind(one) for one in get_args(hint)}))
    if origin is dict:
        return f"object of {_kind(get_args(hint)[1])}"
    if typing.is_typeddict(hint):
        return "{" + ", ".join(get_type_hints(hint)) + "}"
    return {str: "text", int: "integer", float: "number", bool: "boolean"}.get(hint, "value")
