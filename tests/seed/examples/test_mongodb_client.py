"""The example runs, and its functions do what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from seed.examples import mongodb_client as example
from tests.helpers.programs import run
from tests.seed.mongo.small_set import put, small_set


@pytest.fixture(scope="module")
def settings(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """A small data set; whoever changes it puts it right again."""
    made = new_database()
    with open_database(made) as database:
        put(database)
    return made


@pytest.fixture
def filled(settings: MongoSettings) -> Iterator[MongoDatabase]:
    with open_database(settings) as database:
        yield database


def counts(database: MongoDatabase) -> dict[str, int]:
    names = database.list_collection_names(filter={"type": "collection"})
    ours = [name for name in names if not name.startswith("system.")]
    return {name: database[name].count_documents({}) for name in ours}


def test_it_runs_with_the_settings_of_dotenv(
    filled: MongoDatabase, settings: MongoSettings, tmp_path: Path
) -> None:
    before = counts(filled)
    tmp_path.joinpath(".env").write_text(
        f"MONGODB_CONNECTION_STRING='{settings.uri}'\nMONGODB_DATABASE={settings.database}\n"
    )
    ended = run("seed.examples.mongodb_client", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert "created: True\nonce more: False\nchanged: True\nread: (206) 555-0101\n" in ended.out
    assert "deleted: True None\n" in ended.out and "written: 3 1\n" in ended.out
    assert counts(filled) == before


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "Set MONGODB_CONNECTION_STRING in the environment or in .env."),
        ({"MONGODB_CONNECTION_STRING": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1"}, ":1"),
        ({"MONGODB_CONNECTION_STRING": "nonsense://x"}, "nvalid URI"),
    ],
)
def test_what_is_wrong_is_a_line(variables: dict[str, str], sentence: str, tmp_path: Path) -> None:
    ended = run("seed.examples.mongodb_client", variables=variables, folder=tmp_path)
    assert ended.code == 1 and sentence in ended.err and "Traceback" not in ended.err


def test_pipelines(filled: MongoDatabase) -> None:
    known = small_set()["orders"][7]
    found = example.order_with_items(filled, known["order_id"])
    assert found is not None and len(found["items"]) == known["item_count"]
    sold = [one for one in small_set()["orders"] if one["status"] != "cancelled"]
    by_store = example.sales_by_store(filled, "2024", "2027")
    assert sum(one["orders"] for one in by_store) == len(sold)
    money = sum(one["subtotal"] - one["discount_total"] for one in sold)
    assert sum(one["revenue"] for one in by_store) == pytest.approx(money)
    low = [
        one["stock_level"]
        for one in small_set()["inventory"]
        if one["store_id"] == "store_seattle" and one["stock_level"] <= one["reorder_threshold"]
    ]
    rows = example.low_stock(filled, "store_seattle", 1_000)
    assert [one["on_hand"] for one in rows] == sorted(low)


def test_vectors(filled: MongoDatabase) -> None:
    one = small_set()["product_embeddings"][3]
    (first, cosine), *others = example.products_like(filled, one["description_embedding"], 4)
    assert first == one["product_id"] and cosine == pytest.approx(1, abs=1e-4)
    assert len(others) == 3 and all(other < cosine for _, other in others)


def test_a_movement_and_its_item_change_together(filled: MongoDatabase) -> None:
    item = next(one for one in small_set()["inventory"] if one["stock_level"] > 3)
    key = {"inventory_id": item["inventory_id"]}
    try:
        assert not example.take_from_stock(filled, item["inventory_id"], 100_000)
        assert filled["stock_movements"].count_documents(key) == 0
        assert example.take_from_stock(filled, item["inventory_id"], 2)
        now = filled["inventory"].find_one(key)
        assert now is not None and now["stock_delta"] == -2
        (on_hand,) = filled["inventory_on_hand"].find(key)
        assert on_hand["on_hand"] == item["stock_level"] - 2
    finally:
        filled["stock_movements"].delete_many(key)
        filled["inventory"].update_one(key, {"$unset": {"stock_delta": ""}})
