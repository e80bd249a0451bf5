"""`zava-seed validate` as a whole: counts, indexes, the view, the report and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import ASCENDING
from pymongo.collection import Collection

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.cli import main
from seed.data_set import MONGO_DATA_SET
from seed.mongo.index_list import VECTOR_FIELDS
from seed.mongo.indexes import create_indexes
from seed.mongo.validation import run as run_module
from seed.mongo.validation.counts import Expected, check_counts
from seed.mongo.validation.queries import (
    COMMON_QUERIES,
    check_indexes,
    check_queries,
    check_vector_index,
    check_view,
    stages,
)
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome
from seed.mongo.validation.run import validate
from seed.mongo.views import INVENTORY_ON_HAND, ensure_views
from tests.helpers.mongodb import let_commands_use
from tests.seed.mongo.small_set import CUSTOMERS, FIRST, LAST, ORDERS, put, small_set

PERIOD = ("--from", str(FIRST), "--to", str(LAST))


@pytest.fixture(scope="module")
def settings(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """A database with nothing wrong; whoever damages it repairs it."""
    made = new_database()
    with open_database(made) as database:
        put(database)
    return made


@pytest.fixture
def right(
    settings: MongoSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MongoDatabase]:
    """That database, which the commands use too."""
    let_commands_use(settings, monkeypatch, tmp_path)
    with open_database(settings) as database:
        yield database


def failing(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return {one.collection: one for one in outcomes if one.passed is False}


def counts(database: MongoDatabase, expected: Expected | None = None) -> dict[str, Outcome]:
    held = {name: database[name].count_documents({}) for name in MONGO_DATA_SET}
    return failing(check_counts(database, held, expected or Expected()))


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["validate", "--json", *PERIOD, *arguments])
    return code, json.loads(capsys.readouterr().out)


# The command


def test_a_right_database_passes(right: MongoDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = ("--customers", str(CUSTOMERS), "--orders", str(ORDERS))

    code, report = run_json(capsys, *numbers)

    assert [one for one in report["outcomes"] if one["passed"] is False] == []
    assert code == 0
    assert report["passed"] is True
    assert report["failed"] == 0
    assert report["database"] == right.name
    assert report["counts"] == {name: len(documents) for name, documents in small_set().items()}
    assert report["documents"] == sum(report["counts"].values())
    assert report["checks"] == len(report["outcomes"]) > 150
    # Only Atlas has vector search.
    (left_out,) = [one for one in report["outcomes"] if one["passed"] is None]
    assert (left_out["collection"], left_out["check"]) == ("product_embeddings", "vector_index")
    assert report["not_checked"] == 1


def test_no_check_has_the_name_of_another(right: MongoDatabase) -> None:
    report = validate(right, FIRST, LAST)
    found = [(one.collection, one.check) for one in report.outcomes]
    assert len(set(found)) == len(found)


def test_a_damaged_database_fails(right: MongoDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    order = small_set()["orders"][0]
    right["orders"].update_one({"_id": order["_id"]}, {"$set": {"total": 0.5}})
    try:
        code, report = run_json(capsys)
        plain = main(["validate", *PERIOD])
        shown = " ".join(capsys.readouterr().out.split())
    finally:
        right["orders"].replace_one({"_id": order["_id"]}, order)

    assert (code, plain) == (1, 1)
    assert report["passed"] is False
    bad = [one for one in report["outcomes"] if one["passed"] is False]
    assert [(one["collection"], one["check"]) for one in bad] == [
        ("orders", "formula"),
        ("orders", "sum_total"),
    ]
    assert bad[0] == {
        "collection": "orders",
        "check": "formula",
        "title": "total is subtotal - discount_total + tax",
        "passed": False,
        "number": 1,
        "examples": [order["_id"]],
        "detail": "total (1)",
    }
    assert "FAIL" in shown
    assert order["_id"] in shown
    assert "2 failed, 1 not possible here" in shown


def test_a_read_only_user_is_enough(
    right: MongoDatabase,
    replica_set: Any,
    settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_database(replace(settings, uri=replica_set.read_only_uri)) as reader:
        with pytest.raises(Exception, match="not authorized"):
            reader["stores"].insert_one({})
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", replica_set.read_only_uri)

    code, report = run_json(capsys)

    assert [one for one in report["outcomes"] if one["passed"] is False] == []
    assert code == 0


def test_an_empty_database_fails_without_a_traceback(
    mongo_settings: MongoSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = run_json(capsys)

    bad = {(one["collection"], one["check"]) for one in report["outcomes"] if not one["passed"]}
    assert code == 1
    assert {(name, "count") for name in MONGO_DATA_SET if name != "order_items"} <= bad
    assert ("orders", "indexes") in bad
    assert report["documents"] == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--from", "2026-01-01", "--to", "2025-01-01"], "cannot end on 2025-01-01"),
        (["--to", "tomorrow"], "a date is written like"),
        (["--orders", "many"], "the number of orders must be a whole number"),
    ],
)
def test_wrong_arguments_get_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *arguments]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_orders_may_lie_up_to_today(
    right: MongoDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    last = max(order["order_date"] for order in small_set()["orders"])[:10]
    early = main(["validate", "--json"], date.fromisoformat(last))
    on_time = json.loads(capsys.readouterr().out)
    too_early = main(["validate", "--json", "--to", "2025-06-30"], LAST)
    late = json.loads(capsys.readouterr().out)

    assert (early, too_early) == (0, 1)
    assert on_time["failed"] == 0
    assert [one["check"] for one in late["outcomes"] if one["passed"] is False] == ["period"]


def test_progress_is_told_check_by_check(right: MongoDatabase) -> None:
    told: list[tuple[int, int]] = []
    validate(right, FIRST, LAST, on_check=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))


def test_an_error_of_the_server_ends_it(
    right: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[Outcome]:
        raise RuntimeError("broken")

    monkeypatch.setattr(run_module, "check_view", fail)
    with pytest.raises(RuntimeError, match="broken"):
        validate(right, FIRST, LAST)


# Counts


@pytest.mark.parametrize(
    "collection", ["stores", "categories", "product_types", "products", "inventory"]
)
def test_a_document_too_few_or_too_many_is_counted(right: MongoDatabase, collection: str) -> None:
    gone = small_set()[collection][-1]
    right[collection].delete_one({"_id": gone["_id"]})
    try:
        fewer = counts(right)
    finally:
        right[collection].insert_one(dict(gone))
    assert fewer[collection].number == 1

    if collection != "products":
        # One of no product, so that it counts as nobody's.
        right[collection].insert_one({**_other_ids(gone), "_id": "extra"})
        try:
            more = counts(right)
        finally:
            right[collection].delete_one({"_id": "extra"})
        assert more[collection].number == 1


def test_products_that_were_added_are_expected_everywhere(right: MongoDatabase) -> None:
    product, vectors = small_set()["products"][0], small_set()["product_embeddings"][0]
    code = small_set()["product_codes"][0]
    new = {"_id": "prod_new", "product_id": "prod_new"}
    right["products"].insert_one({**product, **new, "sku": "N", "product_name": "N"})
    try:
        lonely = counts(right)
        right["product_codes"].insert_one({**code, **new, "_id": "new", "code_id": "new"})
        right["product_embeddings"].insert_one({**vectors, **new})
        right["inventory"].insert_many(
            [
                {"_id": f"new{n}", "inventory_id": f"new{n}", "store_id": store["_id"]}
                for n, store in enumerate(small_set()["stores"])
            ]
        )
        complete = counts(right)
    finally:
        right["products"].delete_one({"_id": "prod_new"})
        right["product_codes"].delete_one({"_id": "new"})
        right["product_embeddings"].delete_one({"_id": "prod_new"})
        right["inventory"].delete_many({"_id": {"$regex": "^new"}})

    assert {name: one.number for name, one in lonely.items()} == {
        "product_codes": 1,
        "product_embeddings": 1,
        "inventory": 8,
    }
    assert complete == {}


def test_asked_for_numbers_are_exact(right: MongoDatabase) -> None:
    assert counts(right, Expected(CUSTOMERS, ORDERS)) == {}
    found = counts(right, Expected(CUSTOMERS + 3, ORDERS - 1))
    assert {name: one.number for name, one in found.items()} == {"customers": 3, "orders": 1}
    assert found["customers"].detail == f"{CUSTOMERS} documents"


def test_lines_are_one_to_two_and_a_half_an_order(right: MongoDatabase) -> None:
    held = {name: len(documents) for name, documents in small_set().items()}
    few = check_counts(right, {**held, "order_items": ORDERS - 1}, Expected())
    many = check_counts(right, {**held, "order_items": ORDERS * 5 // 2 + 2}, Expected())
    assert failing(few)["order_items"].number == 1
    assert failing(many)["order_items"].number == 2


# Indexes, their use, and the view


@pytest.mark.parametrize(
    ("collection", "name"),
    [("orders", "customer_id_1"), ("products", "sku_1"), ("inventory", "store_id_1_product_id_1")],
)
def test_an_index_that_was_dropped_is_missed(
    right: MongoDatabase, collection: str, name: str
) -> None:
    right[collection].drop_index(name)
    try:
        found = failing(check_indexes(right))
    finally:
        list(create_indexes(right))

    assert found[collection].examples == (f"{name} (missing)",)
    assert len(found) == 1


def test_an_index_that_is_no_longer_unique_is_different(right: MongoDatabase) -> None:
    right["products"].drop_index("sku_1")
    right["products"].create_index([("sku", ASCENDING)])
    try:
        found = failing(check_indexes(right))
    finally:
        right["products"].drop_index("sku_1")
        list(create_indexes(right))

    assert found["products"].examples == ("sku_1 (different)",)


def test_every_common_query_is_slow_without_its_index(right: MongoDatabase) -> None:
    for name in {query.collection for query in COMMON_QUERIES}:
        right[name].drop_indexes()
    try:
        found = failing(check_queries(right))
    finally:
        list(create_indexes(right))

    assert sum(one.number for one in found.values()) == len(COMMON_QUERIES)
    assert all(len(one.examples) <= MOST_EXAMPLES for one in found.values())
    assert "products by words (no text index)" in found["products"].examples
    assert found["product_embeddings"].examples == (
        "the vectors of a product (reads all documents)",
    )


def test_a_sort_in_memory_is_slow(right: MongoDatabase) -> None:
    dropped = ["customer_id_1_deleted_1_order_date_-1", "order_date_-1"]
    for name in dropped:
        right["orders"].drop_index(name)
    try:
        found = failing(check_queries(right))
    finally:
        list(create_indexes(right))

    assert "a customer's orders, newest first (sorts in memory)" in found["orders"].examples


@pytest.mark.parametrize(
    "plan",
    [
        {"stage": "FETCH", "inputStage": {"stage": "IXSCAN"}},
        {"queryPlan": {"stage": "FETCH", "inputStage": {"stage": "IXSCAN"}}, "slotBasedPlan": {}},
        {
            "stage": "SINGLE_SHARD",
            "shards": [{"winningPlan": {"stage": "FETCH", "inputStage": {"stage": "IXSCAN"}}}],
        },
    ],
)
def test_plans_of_every_engine_are_understood(plan: dict[str, Any]) -> None:
    assert {"FETCH", "IXSCAN"} <= set(stages(plan))


def test_without_vector_search_the_vector_index_is_not_checked(right: MongoDatabase) -> None:
    (found,) = check_vector_index(right)
    assert found.passed is None
    assert "no vector search" in found.detail


@pytest.mark.parametrize(
    ("found", "passed", "detail"),
    [
        ([], False, "missing"),
        ([{"latestDefinition": {"fields": [dict(one) for one in VECTOR_FIELDS]}}], True, ""),
        ([{"latestDefinition": {"fields": [dict(VECTOR_FIELDS[0])]}}], False, "different"),
        ([{"status": "BUILDING"}], False, "different"),
    ],
    ids=["missing", "right", "half", "unfinished"],
)
def test_where_vectors_can_be_searched_the_index_is_compared(
    right: MongoDatabase,
    monkeypatch: pytest.MonkeyPatch,
    found: list[dict[str, Any]],
    passed: bool,
    detail: str,
) -> None:
    """As Atlas answers; no mongod can."""
    monkeypatch.setattr(Collection, "list_search_indexes", lambda *_: iter(found))
    (one,) = check_vector_index(right)
    assert (one.passed, one.detail) == (passed, detail)


def test_a_view_that_is_gone_is_missed(right: MongoDatabase) -> None:
    right.drop_collection(INVENTORY_ON_HAND)
    try:
        (found,) = check_view(right)
    finally:
        ensure_views(right)
    assert (found.passed, found.examples) == (False, (INVENTORY_ON_HAND,))


def _other_ids(document: dict[str, Any]) -> dict[str, Any]:
    """The same with other texts, so that no unique index stands in the way."""
    return {
        name: f"{value} again" if isinstance(value, str) and not name.endswith("_at") else value
        for name, value in document.items()
        if name != "product_id"
    }
