"""The rules between documents: references, uniqueness, sums over lines, copied names.

A reference is followed by grouping both collections by the key that they share, which is one pass
over each, where a look-up would be one query for each document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from seed.mongo.validation.documents import Pipeline, examples
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome


@dataclass(frozen=True, slots=True)
class Link:
    """`field` of a child is the `_id` of a parent; `childless` parents are an error or not."""

    child: str
    field: str
    parent: str
    childless: bool = False


LINKS: Final = (
    Link(names.CUSTOMERS, "primary_store_id", names.STORES, childless=True),
    Link(names.PRODUCT_TYPES, "category_id", names.CATEGORIES),
    Link(names.PRODUCTS, "category_id", names.CATEGORIES),
    Link(names.PRODUCTS, "type_id", names.PRODUCT_TYPES),
    Link(names.PRODUCT_CODES, "product_id", names.PRODUCTS),
    Link(names.PRODUCT_EMBEDDINGS, "product_id", names.PRODUCTS),
    Link(names.INVENTORY, "store_id", names.STORES),
    Link(names.INVENTORY, "product_id", names.PRODUCTS),
    Link(names.STOCK_MOVEMENTS, "store_id", names.STORES, childless=True),
    Link(names.STOCK_MOVEMENTS, "inventory_id", names.INVENTORY, childless=True),
)

# Business ids repeat the `_id`, which the server keeps unique; the rule `ids` sees to that.
UNIQUE: Final = (
    (names.STORES, ("store_name",)),
    (names.STORES, ("rls_user_id",)),
    (names.CATEGORIES, ("category_name",)),
    (names.PRODUCTS, ("sku",)),
    (names.PRODUCTS, ("product_name",)),
    (names.CUSTOMERS, ("customer_id",)),
    (names.CUSTOMERS, ("email",)),
    (names.INVENTORY, ("store_id", "product_id")),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """Fields of a child that repeat fields of the parent whose `_id` is its `key`."""

    child: str
    key: str
    parent: str
    fields: tuple[str, ...]


COPIES: Final = (
    Copy(names.ORDERS, "store_id", names.STORES, ("store_name",)),
    Copy(names.ORDER_ITEMS, "product_id", names.PRODUCTS, ("sku", "product_name")),
)


def check_link(database: MongoDatabase, link: Link) -> list[Outcome]:
    """Check that every child has its parent and, where it must, every parent a child."""
    parents: Pipeline = [{"$group": {"_id": "$_id", "parents": {"$sum": 1}}}]
    by_key: Pipeline = [
        {"$group": {"_id": f"${link.field}", "children": {"$sum": 1}}},
        {"$unionWith": {"coll": link.parent, "pipeline": parents}},
        {
            "$group": {
                "_id": "$_id",
                "children": {"$sum": "$children"},
                "parents": {"$sum": "$parents"},
            }
        },
        {"$match": {"$or": [{"parents": 0}, {"children": 0}]}},
        {
            "$facet": {
                "orphans": [
                    {"$match": {"parents": 0}},
                    # A missing field counts as null.
                    {"$group": {"_id": None, "n": {"$sum": "$children"}, "ids": examples("$_id")}},
                ],
                "childless": [
                    {"$match": {"children": 0}},
                    {"$group": {"_id": None, "n": {"$sum": 1}, "ids": examples("$_id")}},
                ],
            }
        },
    ]
    found = _first(database, link.child, by_key)
    orphans, childless = _facet(found, "orphans"), _facet(found, "childless")
    pointing = {link.field: {"$in": orphans["ids"]}}
    outcomes = [
        outcome(
            link.child,
            f"reference_{link.field}",
            f"{link.field} is one of {link.parent}",
            orphans["n"],
            _ids(database, link.child, pointing) if orphans["n"] else [],
            f"not there: {_listed(orphans['ids'])}",
        )
    ]
    if not link.childless:
        title = f"each has {link.child.replace('_', ' ')} ({link.field})"
        check = f"has_{link.child}"
        outcomes.append(outcome(link.parent, check, title, childless["n"], childless["ids"]))
    return outcomes


def check_unique(database: MongoDatabase, collection: str, fields: Sequence[str]) -> list[Outcome]:
    """Check that no two documents agree in all of some fields."""
    key = {field: f"${field}" for field in fields}
    found = _first(
        database,
        collection,
        [
            {"$group": {"_id": key, "n": {"$sum": 1}}},
            {"$match": {"n": {"$gt": 1}}},
            {"$group": {"_id": None, "n": {"$sum": 1}, "keys": examples("$_id")}},
        ],
    )
    name = "_".join(fields)
    title = f"{' and '.join(fields)} {'is' if len(fields) == 1 else 'together are'} unique"
    keys = found.get("keys", [])
    queries = [{field: one.get(field) for field in fields} for one in keys]
    ids = [_id for query in queries for _id in _ids(database, collection, query)]
    twice = _listed([" at ".join(str(value) for value in one.values()) for one in keys])
    return [
        outcome(collection, f"unique_{name}", title, found.get("n", 0), ids, f"repeated: {twice}")
    ]


def check_copy(database: MongoDatabase, copy: Copy) -> list[Outcome]:
    """Check that the parent is there, and that the fields repeated from it are equal."""
    key = {"key": f"${copy.key}", **{field: f"${field}" for field in copy.fields}}
    different = [{"$ne": [f"$_id.{field}", f"$parent.{field}"]} for field in copy.fields]
    count = {"_id": None, "n": {"$sum": "$n"}, "ids": examples("$_id")}
    pipeline: Pipeline = [
        {"$group": {"_id": key, "n": {"$sum": 1}}},
        {
            "$lookup": {
                "from": copy.parent,
                "localField": "_id.key",
                "foreignField": "_id",
                "as": "parent",
            }
        },
        {"$set": {"parent": {"$first": "$parent"}}},
        {"$match": {"$expr": {"$or": different}}},
        {
            "$facet": {
                "orphans": [{"$match": {"parent": None}}, {"$group": count}],
                "different": [{"$match": {"parent": {"$ne": None}}}, {"$group": count}],
            }
        },
    ]
    found = _first(database, copy.child, pipeline)
    orphans, changed = _facet(found, "orphans"), _facet(found, "different")

    def ids(group: dict[str, Any]) -> list[object]:
        queries = [
            {copy.key: one.get("key"), **{field: one.get(field) for field in copy.fields}}
            for one in group["ids"]
        ]
        return [_id for query in queries for _id in _ids(database, copy.child, query)]

    missing = _listed([one.get("key") for one in orphans["ids"]])
    fields = " and ".join(copy.fields)
    return [
        outcome(
            copy.child,
            f"reference_{copy.key}",
            f"{copy.key} is one of {copy.parent}",
            orphans["n"],
            ids(orphans),
            f"not there: {missing}",
        ),
        outcome(
            copy.child,
            f"copy_{'_'.join(copy.fields)}",
            f"{fields} as in {copy.parent}",
            changed["n"],
            ids(changed),
        ),
    ]


def _ids(database: MongoDatabase, collection: str, query: dict[str, Any]) -> list[object]:
    """The ids of a few documents that a query finds."""
    found = database[collection].find(query, {"_id": 1}, limit=MOST_EXAMPLES)
    return [document["_id"] for document in found]


def _first(database: MongoDatabase, collection: str, pipeline: Pipeline) -> dict[str, Any]:
    return next(iter(database[collection].aggregate(pipeline, allowDiskUse=True)), {})


def _facet(found: dict[str, Any], name: str) -> dict[str, Any]:
    groups = found.get(name) or [{"n": 0, "ids": []}]
    group: dict[str, Any] = groups[0]
    return group


def _listed(values: Sequence[object]) -> str:
    return ", ".join("(none)" if value is None else str(value) for value in values)
