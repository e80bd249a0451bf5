"""`zava-seed indexes` against a real MongoDB."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import TEXT
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.schema.collections import COLLECTIONS
from seed.cli import main
from seed.mongo.index_list import INDEXES, Index
from seed.mongo.indexes import (
    State,
    compare_indexes,
    create_indexes,
    create_vector_index,
    drop_indexes,
)
from tests.helpers.mongodb import let_commands_use

TODAY = date(2026, 11, 21)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["indexes", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def states(database: MongoDatabase) -> Counter[State]:
    return Counter(outcome.state for outcome in compare_indexes(database))


def test_the_list_has_what_the_documents_ask_for() -> None:
    assert len(INDEXES) >= 44
    assert len({(index.collection, index.name) for index in INDEXES}) == len(INDEXES)
    assert {index.collection for index in INDEXES} == set(COLLECTIONS)
    by_fields = {(i.collection, " ".join(f for f, _ in i.keys)): i for i in INDEXES}
    for wanted in ("customers customer_id", "customers email", "products sku", "orders order_id"):
        of, fields = wanted.split()
        assert by_fields[of, fields].unique
    for name, collection in COLLECTIONS.items():
        assert (name, "deleted") in by_fields, "the soft delete of every collection"
        # What makes the Ditto id must be unique, alone or together.
        assert any(
            index.unique and {field for field, _ in index.keys} <= set(collection.id_fields)
            for index in INDEXES
            if index.collection == name
        ), name
    assert sum(index.is_text for index in INDEXES) == 1


def test_create_again_and_drop(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, tmp_path: Path
) -> None:
    database["orders"].create_index("of_somebody_else")
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert f"{len(INDEXES)} indexes in {database.name}: {len(INDEXES)} created.\n" in out
    assert "created        products.sku_1, unique\n" in out
    assert "created        inventory_on_hand, a view\n" in out
    assert database.list_collection_names(filter={"type": "view"}) == ["inventory_on_hand"]
    assert states(database) == {State.THERE: len(INDEXES)}
    for index in INDEXES:
        [found] = [
            found
            for found in database[index.collection].list_indexes()
            if found["name"] == index.name
        ]
        assert bool(found.get("unique")) == index.unique
        if not index.is_text:
            assert list(found["key"].items()) == list(index.keys)

    code, out, _ = run(capsys)
    assert code == 0
    assert f"{len(INDEXES)} already there.\n" in out and "created  " not in out

    code, out, _ = run(capsys, "--drop")
    assert code == 0
    assert f"{len(INDEXES)} dropped.\n" in out
    assert states(database) == {State.MISSING: len(INDEXES)}
    assert set(database["orders"].index_information()) == {"_id_", "of_somebody_else_1"}


@pytest.fixture(scope="module")
def complete(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """Those of a database with every index, which the tests leave so."""
    settings = new_database()
    with open_database(settings) as database:
        list(create_indexes(database))
    return settings


@pytest.fixture
def indexed(
    complete: MongoSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MongoDatabase]:
    """That database, opened, and in the environment too."""
    let_commands_use(complete, monkeypatch, tmp_path)
    with open_database(complete) as database:
        yield database


@pytest.mark.parametrize(
    ("collection", "keys", "options"),
    [
        ("products", [("sku", 1)], {}),
        ("products", [("sku", 1)], {"unique": True, "sparse": True}),
        ("orders", [("status", 1)], {"unique": True}),
        ("orders", [("order_date", 1)], {"name": "order_date_-1"}),
        ("customers", [("email", 1)], {"unique": True}),
        ("orders", [("status", 1)], {"expireAfterSeconds": 3600}),
        ("products", [("product_name", TEXT)], {}),
    ],
)
def test_one_that_differs_is_told_and_can_be_made_anew(
    capsys: pytest.CaptureFixture[str],
    indexed: MongoDatabase,
    collection: str,
    keys: list[tuple[str, Any]],
    options: dict[str, Any],
) -> None:
    list(drop_indexes(indexed, [one for one in INDEXES if one.collection == collection]))
    indexed[collection].create_index(keys, **options)
    code, out, _ = run(capsys)
    assert code == 1
    assert out.count("different      ") == 1
    assert f"different      {collection}." in out
    assert "zava-seed indexes --drop" in out

    assert run(capsys, "--drop")[0] == 0
    code, out, _ = run(capsys)
    assert code == 0
    assert states(indexed) == {State.THERE: len(INDEXES)}


def test_documents_that_contradict_are_one_sentence(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase
) -> None:
    database["products"].insert_many([{"product_id": n, "sku": "A"} for n in range(2)])
    code, _, err = run(capsys)
    assert code == 1
    assert "Two documents of products have the same sku, so no unique index" in err
    assert err.count("\n") == 1


def test_a_customer_may_move_to_another_store(database: MongoDatabase) -> None:
    list(create_indexes(database, [i for i in INDEXES if i.collection == "customers"]))
    database["customers"].insert_many(
        [
            {"customer_id": "1", "email": "a@b.c", "deleted": True},
            {"customer_id": "2", "email": "a@b.c", "deleted": False},
        ]
    )
    with pytest.raises(OperationFailure):
        database["customers"].insert_one({"customer_id": "3", "email": "a@b.c", "deleted": False})


def test_the_text_search_finds_words_of_the_name_first(database: MongoDatabase) -> None:
    list(create_indexes(database, [index for index in INDEXES if index.is_text]))
    database["products"].insert_many(
        [
            {"_id": 1, "product_name": "Saw", "product_description": "Cuts what a drill cannot."},
            {"_id": 2, "product_name": "Cordless Drill", "product_description": "20 V."},
            {"_id": 3, "product_name": "Paint", "product_description": "White."},
        ]
    )
    found = database["products"].find(
        {"$text": {"$search": "drill"}}, {"score": {"$meta": "textScore"}}
    )
    assert [d["_id"] for d in found.sort([("score", {"$meta": "textScore"})])] == [2, 1]


def test_the_vector_definition(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "--vector-file", str(tmp_path / "v.json"))
    assert code == 0
    assert f"The definition of the vector index is in {tmp_path / 'v.json'}.\n" in out
    definition = json.loads((tmp_path / "v.json").read_text())
    assert definition["collectionName"] == "product_embeddings"
    assert definition["type"] == "vectorSearch"
    vectors = [field for field in definition["fields"] if field["type"] == "vector"]
    assert [(v["path"], v["numDimensions"], v["similarity"]) for v in vectors] == [
        ("image_embedding", 512, "cosine"),
        ("description_embedding", 1536, "cosine"),
    ]
    # Only Atlas can make it; whoever runs the tests there has it made.
    if create_vector_index(database) is None:
        assert out.splitlines()[-1].startswith("This server has no vector search")


def test_a_definition_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, tmp_path: Path
) -> None:
    code, _, err = run(capsys, "--vector-file", str(tmp_path / "none" / "v.json"))
    assert code == 1
    assert "cannot be written to" in err and "--vector-file" in err
    assert err.count("\n") == 1


def test_a_read_only_user(
    capsys: pytest.CaptureFixture[str],
    read_only_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", read_only_settings.uri)
    code, _, err = run(capsys)
    assert code == 1
    assert "may not do that" in err
    assert err.count("\n") == 1


def test_every_index_says_what_it_serves() -> None:
    assert all(index.serves for index in INDEXES)
    assert Index("a", (("b", 1), ("c", -1)), "x").name == "b_1_c_-1"
