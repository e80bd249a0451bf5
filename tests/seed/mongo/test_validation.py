"""The validation, held against a database that is right and then damaged in every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from bson import Decimal128

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.documents import SHAPES
from seed.data_set import MONGO_DATA_SET
from seed.mongo.index_list import INDEXES
from seed.mongo.indexes import create_indexes
from seed.mongo.validation.codes import check_codes
from seed.mongo.validation.documents import check_documents
from seed.mongo.validation.links import (
    COPIES,
    LINKS,
    UNIQUE,
    check_copy,
    check_link,
    check_unique,
)
from seed.mongo.validation.report import Outcome
from seed.mongo.validation.sums import check_customers, check_sums
from seed.mongo.validation.zones import check_zones
from tests.seed.mongo.small_set import FIRST, LAST, Documents, put, small_set


@pytest.fixture(scope="module")
def content() -> Mapping[str, Documents]:
    """What the database holds."""
    return small_set()


@pytest.fixture(scope="module")
def right(new_database: Callable[[], MongoSettings]) -> Iterator[MongoDatabase]:
    """A database with nothing wrong; whoever damages it repairs it."""
    with open_database(new_database()) as database:
        put(database)
        yield database


def check(database: MongoDatabase, *collections: str) -> set[tuple[str, str]]:
    """What fails in the documents of the named collections, and between them and others.

    What two other collections say of each other is as right as it was: one test looks at all.
    """
    found: list[Outcome] = []
    for name in collections:
        found += check_documents(database, name, FIRST, LAST)
    for name, fields in UNIQUE:
        if name in collections:
            found += check_unique(database, name, fields)
    for link in LINKS:
        if {link.child, link.parent} & {*collections}:
            found += check_link(database, link)
    for copy in COPIES:
        if {copy.child, copy.parent} & {*collections}:
            found += check_copy(database, copy)
    found += check_codes(database) + check_customers(database) + check_sums(database)
    found += check_zones(database)
    return {(one.collection, one.check) for one in found if one.passed is False}


@dataclass(frozen=True)
class Damage:
    """A change of one document of a collection, and every check that must fail then."""

    collection: str
    change: Mapping[str, Any]
    fails: set[str]
    also: set[tuple[str, str]] = field(default_factory=set)
    drop: str = ""

    def __str__(self) -> str:
        return f"{self.collection}-{'-'.join(self.change)}-{'-'.join(sorted(self.fails))}"


_NAMED = {"customers": "customer_id", "products": "product_id"}

REMOVED = object()
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

DAMAGES = [
    # Fields and types, as the shapes have them
    Damage("stores", {"is_online": REMOVED}, {"required"}),
    Damage("stores", {"location.city": REMOVED}, {"required"}),
    Damage("customers", {"phone": REMOVED}, {"required"}),
    Damage("categories", {"created_at": REMOVED}, {"required"}),
    Damage("product_types", {"type_name": REMOVED}, {"required"}),
    Damage("products", {"product_description": REMOVED}, {"required"}),
    Damage("product_embeddings", {"source": REMOVED}, {"required"}),
    Damage("product_embeddings", {"image_embedding": REMOVED}, {"required"}),
    Damage("inventory", {"reorder_threshold": REMOVED}, {"required"}),
    Damage("orders", {"status": REMOVED}, {"required"}),
    Damage("order_items", {"discount_percent": REMOVED}, {"required", "discount"}),
    Damage("orders", {"surprise": 1}, {"unknown"}),
    Damage("inventory", {"location.row": "7"}, {"unknown"}),
    Damage("stores", {"store_name": 5}, {"types"}, {("orders", "copy_store_name")}),
    Damage("stores", {"location": "Seattle"}, {"types"}),
    Damage("stores", {"time_zone": "Mars/Base"}, {"time_zone"}),
    Damage("stores", {"time_zone": 7}, {"types"}),
    Damage("stores", {"returns_on": "Friday"}, {"returns_on"}),
    Damage("stores", {"approvals": {"discount_percent": -1}}, {"approvals"}),
    Damage("stores", {"approvals": {"below_zero": "yes"}}, {"types"}),
    Damage("stores", {"location.latitude": "47"}, {"types"}),
    Damage("customers", {"first_name": ["Ada"]}, {"types"}),
    Damage("products", {"specifications": {"sizes": ["S", "M"]}}, {"types"}),
    Damage("product_embeddings", {"source": None}, {"types"}),
    Damage("product_embeddings", {"image_embedding.7": "0.5"}, {"types"}),
    Damage("inventory", {"stock_level": 4.5}, {"types"}),
    Damage("inventory", {"stock_level": Decimal128("4")}, {"types"}),
    Damage("inventory", {"location.bin": 7}, {"types"}),
    Damage("orders", {"customer_email": ["a@example.com"]}, {"types", "copy_customer_email"}),
    Damage("orders", {"tax": Decimal128("1.00")}, {"types", "formula", "sum_total"}),
    Damage("order_items", {"sku": [1]}, {"types", "copy_sku_product_name"}),
    Damage(
        "order_items",
        {"quantity": "2"},
        {"types", "line_total", "discount"},
        {("orders", "sum_subtotal")},
    ),
    Damage("order_items", {"deleted": 0}, {"types", "deleted"}),
    Damage("categories", {"seasonal_multipliers": [1.0] * 12}, {"maps"}),
    Damage("stores", {"location": ["Seattle"]}, {"maps"}),
    Damage("products", {"specifications": [{"size": 1}]}, {"maps"}),
    Damage("inventory", {"location": []}, {"maps"}),
    # Ids and times
    Damage("stores", {"rls_user_id": "f47ac10b"}, {"uuids"}),
    Damage("inventory", {"inventory_id": "not a UUID"}, {"uuids", "ids"}),
    Damage("order_items", {"order_item_id": UNKNOWN_ID}, {"ids"}),
    Damage("products", {"product_id": "prod_other"}, {"ids"}),
    Damage("orders", {"order_date": "2025-02-29T10:00:00.000Z"}, {"instants"}),
    Damage("orders", {"updated_at": "2025-12-31T10:00:00Z"}, {"instants"}),
    Damage("customers", {"updated_at": "2026-01-01 10:00:00"}, {"instants"}),
    Damage("inventory", {"last_counted": "2025-13-01T10:00:00.000Z"}, {"instants"}),
    Damage("inventory", {"last_updated": "2025-12-01T10:00:00.000+01:00"}, {"instants"}),
    Damage("products", {"updated_at": "2001-01-01T10:00:00.000Z"}, {"order_of_times"}),
    Damage("orders", {"order_date": "2023-12-31T23:59:59.999Z"}, {"period"}),
    Damage("orders", {"order_date": "2026-01-01T00:00:00.000Z"}, {"period"}),
    Damage("products", {"deleted": True}, {"deleted"}),
    Damage("orders", {"deleted": True}, {"deleted"}),
    # Uniqueness
    Damage("products", {"sku": "first"}, {"unique_sku"}, drop="sku_1"),
    Damage("products", {"product_name": "first"}, {"unique_product_name"}),
    Damage("customers", {"email": "first"}, {"unique_email"}, drop="email_1"),
    Damage(
        "customers",
        {"customer_id": "first"},
        {"unique_customer_id"},
        drop="customer_id_1",
    ),
    Damage(
        "stores",
        {"store_name": "first"},
        {"unique_store_name"},
        {("orders", "copy_store_name")},
        drop="store_name_1",
    ),
    Damage("stores", {"rls_user_id": "first"}, {"unique_rls_user_id"}, drop="rls_user_id_1"),
    Damage(
        "categories", {"category_name": "first"}, {"unique_category_name"}, drop="category_name_1"
    ),
    Damage("inventory", {"product_id": "first"}, {"unique_store_id_product_id"}),
    # References
    Damage("customers", {"primary_store_id": "store_gone"}, {"reference_primary_store_id"}),
    Damage("product_types", {"category_id": "cat_gone"}, {"reference_category_id"}),
    Damage("products", {"category_id": "cat_gone"}, {"reference_category_id"}),
    Damage("products", {"type_id": "type_gone"}, {"reference_type_id"}),
    Damage(
        "product_embeddings",
        {"product_id": "prod_gone"},
        {"reference_product_id", "ids"},
        {("products", "has_product_embeddings")},
    ),
    Damage(
        "product_codes",
        {"product_id": "prod_gone"},
        {"reference_product_id"},
        {("products", "has_product_codes")},
    ),
    Damage("inventory", {"store_id": "store_gone"}, {"reference_store_id"}),
    Damage("inventory", {"product_id": "prod_gone"}, {"reference_product_id"}),
    Damage(
        "orders",
        {"customer_id": "cust_gone"},
        {"reference_customer_id"},
        {("order_items", "copy_store_id_customer_id")},
    ),
    Damage(
        "orders",
        {"store_id": "store_gone"},
        {"reference_store_id"},
        {("order_items", "copy_store_id_customer_id")},
    ),
    Damage(
        "order_items",
        {"order_id": "order_gone"},
        {"reference_order_id"},
        {("orders", "has_order_items")},
    ),
    Damage("order_items", {"product_id": "prod_gone"}, {"reference_product_id"}),
    Damage("order_items", {"store_id": "store_gone"}, {"copy_store_id_customer_id"}),
    Damage("order_items", {"customer_id": "cust_gone"}, {"copy_store_id_customer_id"}),
    # What is repeated
    Damage("orders", {"customer_name": "Somebody Else"}, {"copy_customer_name"}),
    Damage("orders", {"customer_email": "else@example.com"}, {"copy_customer_email"}),
    Damage("orders", {"store_name": "Zava Retail Nowhere"}, {"copy_store_name"}),
    Damage("order_items", {"sku": "HND-OTHER-001"}, {"copy_sku_product_name"}),
    Damage("order_items", {"product_name": "Another thing"}, {"copy_sku_product_name"}),
    # Money and numbers
    Damage("products", {"base_price": 1.0}, {"price"}),
    Damage("products", {"gross_margin_percent": 32.9}, {"margin"}),
    Damage("products", {"cost": -1.0}, {"money", "price"}),
    Damage("orders", {"tax": 1.005}, {"money", "formula", "sum_total"}),
    Damage("orders", {"total": 1.0}, {"formula", "sum_total"}),
    Damage("orders", {"subtotal": 1.0}, {"formula", "sum_subtotal"}),
    Damage("orders", {"discount_total": 99.0}, {"formula", "sum_discount_total"}),
    Damage("orders", {"item_count": 9}, {"sum_lines"}),
    Damage("orders", {"item_count": 0}, {"sum_lines", "lines"}),
    Damage("orders", {"status": "lost"}, {"status"}),
    Damage("order_items", {"line_total": 0.01}, {"line_total"}, {("orders", "sum_total")}),
    Damage(
        "order_items",
        {"discount_amount": 0.01, "discount_percent": 50},
        {"line_total", "discount"},
        {("orders", "sum_discount_total")},
    ),
    Damage(
        "order_items",
        {"unit_price": -1.0},
        {"money", "line_total", "discount"},
        {("orders", "sum_subtotal")},
    ),
    Damage("order_items", {"discount_percent": 101}, {"discount", "percent"}),
    Damage(
        "order_items",
        {"quantity": 0},
        {"quantity", "line_total", "discount"},
        {("orders", "sum_subtotal")},
    ),
    Damage("inventory", {"stock_level": -1}, {"stock"}),
    # Codes
    Damage("product_codes", {"units": 0}, {"units"}),
    Damage("product_codes", {"units": 1_000_001}, {"units"}),
    Damage("product_codes", {"units": "12"}, {"types"}),
    Damage("product_codes", {"kind": "qr"}, {"kind", "check_digit"}),
    Damage("product_codes", {"kind": "upc"}, {"check_digit"}),
    Damage("product_codes", {"code": "4006381333932"}, {"check_digit"}),
    Damage("product_codes", {"code": "4006381333932", "kind": "own"}, set()),
    Damage("product_codes", {"code": "", "kind": "own"}, {"code"}),
    Damage("product_codes", {"code": "x" * 81, "kind": "own"}, {"code"}),
    Damage(
        "product_codes",
        {"code": "first", "product_id": "first"},
        {"twice"},
        {("products", "has_product_codes")},
    ),
    Damage("product_codes", {"deleted": True}, set()),
    # The rest
    Damage("categories", {"seasonal_multipliers.jan": 0}, {"months"}),
    Damage("categories", {"seasonal_multipliers.feb": REMOVED}, {"months"}),
    Damage("customers", {"phone": "206-555-0101"}, {"phone"}),
    Damage("customers", {"phone": "(212) 555-01012"}, {"phone"}),
    Damage("customers", {"email": "nobody"}, {"email"}),
    Damage("product_embeddings", {"image_embedding": [0.5] * 511}, {"dimensions"}),
    Damage("product_embeddings", {"description_embedding": [0.5] * 512}, {"dimensions"}),
    Damage("product_embeddings", {"source": "elsewhere"}, {"source"}),
]


@pytest.mark.parametrize("case", DAMAGES, ids=str)
def test_each_damage_is_found(
    case: Damage, right: MongoDatabase, content: Mapping[str, Documents]
) -> None:
    collection = right[case.collection]
    victim = _victim(case.collection, content)
    change = {
        name: content[case.collection][0][name] if value == "first" else value
        for name, value in case.change.items()
    }
    kept = {name: value for name, value in change.items() if value is not REMOVED}
    lost = {name: "" for name, value in change.items() if value is REMOVED}
    update = {**({"$set": kept} if kept else {}), **({"$unset": lost} if lost else {})}
    try:
        if case.drop:
            collection.drop_index(case.drop)
        collection.update_one({"_id": victim["_id"]}, update)

        found = check(right, case.collection)
    finally:
        collection.replace_one({"_id": victim["_id"]}, victim)
        if case.drop:
            list(create_indexes(right, [i for i in INDEXES if i.collection == case.collection]))

    assert found == {(case.collection, name) for name in case.fails} | case.also


@pytest.mark.parametrize("name", MONGO_DATA_SET)
def test_what_holds_everywhere_is_checked_in_each_collection(
    right: MongoDatabase, content: Mapping[str, Documents], name: str
) -> None:
    collection, victim = right[name], content[name][0]
    wrong = {**victim, "deleted": "no", "surprise": 1, "updated_at": "0"}
    expected = {"types", "deleted", "unknown", "instants", "order_of_times", "ids"}
    if name == "customers":
        wrong["_id"] = "no ObjectId"
    else:
        wrong[COLLECTIONS[name].id_fields[-1]] = "x"
        expected |= {"uuids"} if name in ("inventory", "order_items", "product_codes") else set()
    if name in ("customers", "product_codes"):
        # Whoever corrects a code deletes one.
        expected.remove("deleted")
    collection.delete_one({"_id": victim["_id"]})
    try:
        collection.insert_one(wrong)
        found = check_documents(right, name, FIRST, LAST)
    finally:
        collection.delete_one({"_id": wrong["_id"]})
        collection.insert_one(dict(victim))

    assert {one.check for one in found if one.passed is False} == expected


def test_nothing_is_found_where_nothing_is_wrong(right: MongoDatabase) -> None:
    assert check(right, *SHAPES) == set()


def test_a_failure_counts_all_and_names_three(
    right: MongoDatabase, content: Mapping[str, Documents]
) -> None:
    ids = [order["_id"] for order in content["orders"][:5]]
    right["orders"].update_many({"_id": {"$in": ids}}, {"$unset": {"status": "", "tax": ""}})
    try:
        (found,) = [
            one for one in check_documents(right, "orders", FIRST, LAST) if one.check == "required"
        ]
    finally:
        for order in content["orders"][:5]:
            right["orders"].replace_one({"_id": order["_id"]}, order)

    assert (found.passed, found.number) == (False, 10)
    assert len(found.examples) == 3
    assert set(found.examples) <= set(ids)
    assert found.detail == "tax (5), status (5)"


def test_a_line_that_is_gone_is_missed(
    right: MongoDatabase, content: Mapping[str, Documents]
) -> None:
    several = next(order for order in content["orders"] if order["item_count"] > 1)
    line = next(line for line in content["order_items"] if line["order_id"] == several["_id"])
    right["order_items"].delete_one({"_id": line["_id"]})
    try:
        found = {one.check: one for one in check_sums(right) if one.passed is False}
    finally:
        right["order_items"].insert_one(dict(line))

    assert {"sum_lines", "sum_subtotal", "sum_total"} <= found.keys()
    assert found["sum_lines"].examples == (several["_id"],)


@pytest.mark.parametrize(
    ("collection", "key", "fails"),
    [
        ("stores", "primary_store_id", ("customers", "reference_primary_store_id")),
        ("stores", "store_id", ("inventory", "reference_store_id")),
        ("stores", "store_id", ("orders", "reference_store_id")),
        ("customers", "customer_id", ("orders", "reference_customer_id")),
        ("categories", "category_id", ("products", "reference_category_id")),
        ("product_types", "type_id", ("products", "reference_type_id")),
        ("products", "product_id", ("inventory", "reference_product_id")),
        ("products", "product_id", ("order_items", "reference_product_id")),
        ("products", "product_id", ("product_embeddings", "reference_product_id")),
        ("products", "product_id", ("product_codes", "reference_product_id")),
        ("orders", "order_id", ("order_items", "reference_order_id")),
        ("product_embeddings", "product_id", ("products", "has_product_embeddings")),
    ],
)
def test_whoever_needs_a_document_that_is_gone_is_found(
    right: MongoDatabase,
    content: Mapping[str, Documents],
    collection: str,
    key: str,
    fails: tuple[str, str],
) -> None:
    dependent = content[fails[0]][0][key]
    gone = next(
        one for one in content[collection] if dependent in (one["_id"], one.get("customer_id"))
    )
    right[collection].delete_one({"_id": gone["_id"]})
    try:
        found = check(right, collection)
    finally:
        right[collection].insert_one(dict(gone))

    assert fails in found


@pytest.mark.parametrize(
    ("parent", "child", "key"),
    [
        ("categories", "products", "category_id"),
        ("product_types", "products", "type_id"),
        ("products", "inventory", "product_id"),
        ("stores", "inventory", "store_id"),
    ],
)
def test_a_parent_without_children_is_found(
    right: MongoDatabase,
    content: Mapping[str, Documents],
    parent: str,
    child: str,
    key: str,
) -> None:
    lonely = content[parent][-1]
    children = [one for one in content[child] if one[key] == lonely["_id"]]
    right[child].delete_many({key: lonely["_id"]})
    try:
        found = check(right, child)
    finally:
        right[child].insert_many([dict(one) for one in children])

    assert (parent, f"has_{child}") in found


def test_movements_of_devices_are_checked_too(
    right: MongoDatabase, content: Mapping[str, Documents]
) -> None:
    item = content["inventory"][0]
    movement = {
        "_id": UNKNOWN_ID,
        "movement_id": "x",
        "store_id": "store_gone",
        "inventory_id": UNKNOWN_ID,
        "product_id": item["product_id"],
        "quantity": "three",
        "created_at": "1",
        "updated_at": "0",
        "deleted": True,
        "surprise": 1,
    }
    right["stock_movements"].insert_one(movement)
    try:
        found = check(right, "stock_movements")
    finally:
        right["stock_movements"].delete_many({})

    fails = {"required", "types", "ids", "uuids", "instants", "order_of_times", "deleted"}
    fails |= {"unknown", "reference_inventory_id", "reference_store_id"}
    assert found == {("stock_movements", name) for name in fails}


def _victim(collection: str, content: Mapping[str, Documents]) -> dict[str, Any]:
    """A document that a change damages in one way only.

    Customers and products that nobody names, and the only line of an order, with a discount.
    """
    bought = {name: {line[name] for line in content["order_items"]} for name in _NAMED.values()}
    single = {order["order_id"] for order in content["orders"] if order["item_count"] == 1}
    for document in content[collection][1:]:
        if collection in _NAMED and document[_NAMED[collection]] in bought[_NAMED[collection]]:
            continue
        if collection == "order_items" and not (
            document["order_id"] in single and document["discount_percent"]
        ):
            continue
        return document
    raise AssertionError(f"The data set has no {collection} to damage.")


def test_a_store_without_a_time_zone_is_named_and_no_fault(right: MongoDatabase) -> None:
    (before,) = check_zones(right)
    assert (before.passed, before.detail) == (True, "")
    stores = list(right["stores"].find())
    try:
        right["stores"].update_many({}, {"$unset": {"time_zone": ""}})
        (found,) = check_zones(right)
    finally:
        for one in stores:
            right["stores"].replace_one({"_id": one["_id"]}, one)
    assert (found.passed, found.number) == (True, 0)
    assert found.detail.startswith(f"{len(stores)} stores without")
    assert found.examples[0] == "store_bellevue"
