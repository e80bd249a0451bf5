"""Checks that the indexes are there, and that the common queries use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema import collections as names
from seed.mongo.index_list import VECTOR_FIELDS, VECTOR_INDEX_NAME
from seed.mongo.indexes import State, compare_indexes
from seed.mongo.validation.report import Outcome, outcome
from seed.mongo.views import INVENTORY_ON_HAND

_ALIVE: Final = {"deleted": False}

Filter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommonQuery:
    """A query of the data model; `by` names fields whose values come from a stored document.

    It asks the collection, or a `view` of it.
    """

    title: str
    collection: str
    by: tuple[str, ...] = ()
    also: Filter | None = None
    sort: Mapping[str, int] | None = None
    view: str = ""


COMMON_QUERIES: Final = (
    CommonQuery("a customer by e-mail", names.CUSTOMERS, ("email",), _ALIVE),
    CommonQuery("a customer by e-mail, also a deleted one", names.CUSTOMERS, ("email",)),
    CommonQuery("the customers of a store", names.CUSTOMERS, ("primary_store_id",), _ALIVE),
    CommonQuery("a product by SKU", names.PRODUCTS, ("sku",)),
    CommonQuery("the products of a category", names.PRODUCTS, ("category_id",), _ALIVE),
    CommonQuery(
        "products by words", names.PRODUCTS, (), {"$text": {"$search": "cordless drill"}, **_ALIVE}
    ),
    CommonQuery(
        "products by price", names.PRODUCTS, (), {"base_price": {"$gte": 10, "$lte": 20}, **_ALIVE}
    ),
    CommonQuery("the vectors of a product", names.PRODUCT_EMBEDDINGS, ("product_id",)),
    CommonQuery("the stock of a store", names.INVENTORY, ("store_id",), _ALIVE),
    CommonQuery("what stands in an aisle", names.INVENTORY, ("location.aisle",), _ALIVE),
    CommonQuery("a product in a store", names.INVENTORY, ("store_id", "product_id"), _ALIVE),
    CommonQuery("who has a product", names.INVENTORY, ("product_id",), _ALIVE),
    CommonQuery(
        "what has to be reordered",
        names.INVENTORY,
        ("store_id",),
        {"low": True},
        view=INVENTORY_ON_HAND,
    ),
    CommonQuery("an order by its id", names.ORDERS, ("order_id",)),
    CommonQuery("an order by its number", names.ORDERS, ("number",)),
    CommonQuery(
        "a customer's orders, newest first",
        names.ORDERS,
        ("customer_id",),
        _ALIVE,
        {"order_date": -1},
    ),
    CommonQuery(
        "a store's orders, newest first", names.ORDERS, ("store_id",), None, {"order_date": -1}
    ),
    CommonQuery("orders since a day", names.ORDERS, (), {"order_date": {"$gte": "2026"}}),
    CommonQuery("the lines of an order", names.ORDER_ITEMS, ("order_id",), _ALIVE),
    CommonQuery(
        "what was sold since a day", names.ORDER_ITEMS, (), {"created_at": {"$gte": "2026"}}
    ),
    CommonQuery("the sales of a product", names.ORDER_ITEMS, ("product_id",)),
)


def check_indexes(database: MongoDatabase) -> list[Outcome]:
    """Check that each index of the list is there, and as in the list, one outcome a collection."""
    wrong: dict[str, list[str]] = {}
    for index, state in compare_indexes(database):
        bad = wrong.setdefault(index.collection, [])
        if state is not State.THERE:
            bad.append(f"{index.name} ({state.value})")
    return [
        outcome(collection, "indexes", "the indexes are there", len(bad), bad)
        for collection, bad in wrong.items()
    ]


def check_queries(database: MongoDatabase) -> list[Outcome]:
    """Check that no query reads or sorts all documents, by explain, one outcome a collection."""
    slow: dict[str, list[str]] = {}
    for query in COMMON_QUERIES:
        bad = slow.setdefault(query.collection, [])
        reason = _why_slow(database, query)
        if reason:
            bad.append(f"{query.title} ({reason})")
    return [
        outcome(collection, "explain", "the common queries use an index", len(bad), bad)
        for collection, bad in slow.items()
    ]


def check_vector_index(database: MongoDatabase) -> list[Outcome]:
    """Check that the vector index is there, where the server has vector search and lets us look."""
    title = "the vector index is there"
    try:
        found = list(database[names.PRODUCT_EMBEDDINGS].list_search_indexes(VECTOR_INDEX_NAME))
    except OperationFailure:
        remark = "this server has no vector search, or does not let this user look"
        return [
            Outcome(names.PRODUCT_EMBEDDINGS, "vector_index", title, passed=None, detail=remark)
        ]
    fields = found[0].get("latestDefinition", {}).get("fields") if found else None
    right = fields == [dict(field) for field in VECTOR_FIELDS]
    remark = "different" if found else "missing"
    return [
        outcome(
            names.PRODUCT_EMBEDDINGS, "vector_index", title, int(not right), [VECTOR_INDEX_NAME],
            remark,
        )
    ]  # fmt: skip


def check_view(database: MongoDatabase) -> list[Outcome]:
    """Check that the view of the stock on hand is there for analysts."""
    there = database.list_collection_names(filter={"name": INVENTORY_ON_HAND, "type": "view"})
    title = f"the view {INVENTORY_ON_HAND} is there"
    return [outcome(names.INVENTORY, "view", title, int(not there), [INVENTORY_ON_HAND])]


def stages(plan: Any) -> Iterator[str]:
    """The names of all stages of a plan, as `explain` gives it for any engine and any cluster."""
    if isinstance(plan, Mapping):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for value in plan.values():
            yield from stages(value)
    elif isinstance(plan, list):
        for value in plan:
            yield from stages(value)


def _winning_plans(explained: Any) -> Iterator[Any]:
    """The plans that are used, of a collection or of a view.

    Of the other plans that were thought of, it does not matter what they would do.
    """
    if isinstance(explained, Mapping):
        for name, value in explained.items():
            if name == "winningPlan":
                yield value
            else:
                yield from _winning_plans(value)
    elif isinstance(explained, list):
        for value in explained:
            yield from _winning_plans(value)


def _why_slow(database: MongoDatabase, query: CommonQuery) -> str:
    """Empty when the query uses an index; otherwise what it does instead."""
    sample = database[query.collection].find_one({}, dict.fromkeys(query.by, 1)) or {}
    find: dict[str, Any] = {
        "find": query.view or query.collection,
        "filter": {field: sample.get(field) for field in query.by} | dict(query.also or {}),
    }
    if query.sort:
        find["sort"] = dict(query.sort)
    try:
        explained = database.command("explain", find, verbosity="queryPlanner")
    except OperationFailure as error:
        # A text search without its index is not slow but impossible.
        if "text index" in str(error):
            return "no text index"
        raise
    found = set(stages(list(_winning_plans(explained))))
    if "COLLSCAN" in found:
        return "reads all documents"
    if "SORT" in found:
        return "sorts in memory"
    return ""
