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
from connector_config.schema.documents import MONTHS, TYPE_OF_CATEGORY
from seed.mongo.validation.documents import Pipeline, examples
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome
from seed.mongo.validation.rules import IMPORTED, IS_IMPORTED, Expression


@dataclass(frozen=True, slots=True)
class Link:
    """`field` of a child is the `_id` of a parent; `childless` parents are an error or not.

    `may` says by an expression which parents may be childless where others may not.
    """

    child: str
    field: str
    parent: str
    childless: bool = False
    may: Expression = False


# Of a file of one's own: the goods may be in another category by now.
_CATEGORY_OF_IMPORT: Final = {
    "$and": [{"$eq": [f"$seasonal_multipliers.{month}", 1]} for month in MONTHS]
}
_TYPE_OF_IMPORT: Final = {
    "$regexMatch": {"input": {"$toString": "$_id"}, "regex": f"^{TYPE_OF_CATEGORY}"}
}


LINKS: Final = (
    Link(names.STAFF, "store_id", names.STORES, childless=True),
    Link(names.CUSTOMERS, "primary_store_id", names.STORES, childless=True),
    Link(names.PRODUCT_TYPES, "category_id", names.CATEGORIES),
    Link(names.PRODUCTS, "category_id", names.CATEGORIES, may=_CATEGORY_OF_IMPORT),
    Link(names.PRODUCTS, "type_id", names.PRODUCT_TYPES, may=_TYPE_OF_IMPORT),
    Link(names.PRODUCT_CODES, "product_id", names.PRODUCTS, may=IS_IMPORTED),
    Link(names.PRODUCT_EMBEDDINGS, "product_id", names.PRODUCTS, may=IS_IMPORTED),
    Link(names.INVENTORY, "store_id", names.STORES),
    Link(names.INVENTORY, "product_id", names.PRODUCTS),
    Link(names.STOCK_MOVEMENTS, "store_id", names.STORES, childless=True),
    Link(names.STOCK_MOVEMENTS, "inventory_id", names.INVENTORY, childless=True),
    Link(names.DAY_CLOSINGS, "store_id", names.STORES, childless=True),
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
_UNIQUE_AMONG: Final[dict[tuple[str, tuple[str, ...]], dict[str, Any]]] = {
    # The address of somebody who was deleted may be another's by now.
    (names.CUSTOMERS, ("email",)): {"deleted": {"$ne": True}},
    # A shop may import two sizes under one name.
    (names.PRODUCTS, ("product_name",)): {"$nor": [IMPORTED]},
}


@dataclass(frozen=True, slots=True)
class Copy:
    """Fields of a child that repeat fields of the parent whose `_id` is its `key`.

    `taken` is a field that only a child has that was taken on a device.
    """

    child: str
    key: str
    parent: str
    fields: tuple[str, ...]
    taken: str


COPIES: Final = (
    Copy(names.ORDERS, "store_id", names.STORES, ("store_name",), "number"),
    Copy(names.ORDER_ITEMS, "product_id", names.PRODUCTS, ("sku", "product_name"), "line_number"),
)


def check_link(database: MongoDatabase, link: Link, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check that every child has its parent and, where it must, every parent a child."""
    owing = {"$sum": {"$cond": [link.may, 0, 1]}}
    parents: Pipeline = [{"$group": {"_id": "$_id", "parents": {"$sum": 1}, "owing": owing}}]
    ids = examples("$_id", most)
    by_key: Pipeline = [
        {"$group": {"_id": f"${link.field}", "children": {"$sum": 1}}},
        {"$unionWith": {"coll": link.parent, "pipeline": parents}},
        {
            "$group": {
                "_id": "$_id",
                "children": {"$sum": "$children"},
                "parents": {"$sum": "$parents"},
                "owing": {"$sum": "$owing"},
            }
        },
        {"$match": {"$or": [{"parents": 0}, {"children": 0, "owing": {"$gt": 0}}]}},
        {
            "$facet": {
                "orphans": [
                    {"$match": {"parents": 0}},
                    # A missing field counts as null.
                    {"$group": {"_id": None, "n": {"$sum": "$children"}, "ids": ids}},
                ],
                "childless": [
                    {"$match": {"children": 0}},
                    {"$group": {"_id": None, "n": {"$sum": 1}, "ids": ids}},
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
            _ids(database, link.child, pointing, most) if orphans["n"] else [],
            f"not there: {_listed(orphans['ids'])}",
            most,
        )
    ]
    if not link.childless:
        title = f"each has {link.child.replace('_', ' ')} ({link.field})"
        check = f"has_{link.child}"
        outcomes.append(
            outcome(link.parent, check, title, childless["n"], childless["ids"], most=most)
        )
    return outcomes


def check_unique(
    database: MongoDatabase,
    collection: str,
    fields: Sequence[str],
    *,
    most: int = MOST_EXAMPLES,
) -> list[Outcome]:
    """Check that no two documents agree in all of some fields."""
    key = {field: f"${field}" for field in fields}
    among = _UNIQUE_AMONG.get((collection, tuple(fields)), {})
    found = _first(
        database,
        collection,
        [
            {"$match": among},
            {"$group": {"_id": key, "n": {"$sum": 1}}},
            {"$match": {"n": {"$gt": 1}}},
            {"$group": {"_id": None, "n": {"$sum": 1}, "keys": examples("$_id", most)}},
        ],
    )
    name = "_".join(fields)
    title = f"{' and '.join(fields)} {'is' if len(fields) == 1 else 'together are'} unique"
    keys = found.get("keys", [])
    queries = [among | {field: one.get(field) for field in fields} for one in keys]
    ids = [_id for query in queries for _id in _ids(database, collection, query, most)]
    twice = _listed([" at ".join(str(value) for value in one.values()) for one in keys])
    return [
        outcome(
            collection, f"unique_{name}", title, found.get("n", 0), ids, f"repeated: {twice}", most
        )
    ]


def newest(taken: str) -> dict[str, Any]:
    """An accumulator for the time of the newest document that no device made.

    What a device took may repeat what it knew then: a change had not reached it.
    """
    return {"$max": {"$cond": [{"$gt": [f"${taken}", None]}, None, "$created_at"]}}


def check_copy(database: MongoDatabase, copy: Copy, *, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Check that the parent is there, and that the fields repeated from it are equal.

    What was made before the parent was changed repeats it as it was then.
    """
    key = {"key": f"${copy.key}", **{field: f"${field}" for field in copy.fields}}
    different = [{"$ne": [f"$_id.{field}", f"$parent.{field}"]} for field in copy.fields]
    changed_at = "$parent.updated_at"
    as_it_is = {
        "$or": [
            {"$lte": [changed_at, "$parent.created_at"]},
            {"$gt": ["$newest", changed_at]},
        ]
    }
    count = {"_id": None, "n": {"$sum": "$n"}, "ids": examples("$_id", most)}
    pipeline: Pipeline = [
        {"$group": {"_id": key, "n": {"$sum": 1}, "newest": newest(copy.taken)}},
        {
            "$lookup": {
                "from": copy.parent,
                "localField": "_id.key",
                "foreignField": "_id",
                "as": "parent",
            }
        },
        {"$set": {"parent": {"$first": "$parent"}}},
        {"$match": {"$expr": {"$and": [{"$or": different}, as_it_is]}}},
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
        return [_id for query in queries for _id in _ids(database, copy.child, query, most)]

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
            most,
        ),
        outcome(
            copy.child,
            f"copy_{'_'.join(copy.fields)}",
            f"{fields} as in {copy.parent}",
            changed["n"],
            ids(changed),
            most=most,
        ),
    ]


def _ids(
    database: MongoDatabase, collection: str, query: dict[str, Any], most: int
) -> list[object]:
    """The ids of a few documents that a query finds."""
    found = database[collection].find(query, {"_id": 1}, limit=most)
    return [document["_id"] for document in found]


def _first(database: MongoDatabase, collection: str, pipeline: Pipeline) -> dict[str, Any]:
    return next(iter(database[collection].aggregate(pipeline, allowDiskUse=True)), {})


def _facet(found: dict[str, Any], name: str) -> dict[str, Any]:
    groups = found.get(name) or [{"n": 0, "ids": []}]
    group: dict[str, Any] = groups[0]
    return group


def _listed(values: Sequence[object]) -> str:
    return ", ".join("(none)" if value is None else str(value) for value in values)
