"""`zava-seed generate` against a real MongoDB."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from bson import ObjectId

from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import COLLECTIONS
from seed.data_set import mongo_data_set
from seed.mongo import fill as fill_module
from seed.mongo.fill import count_all, fill
from tests.seed.mongo.generating import (
    CONTENT,
    SMALL_SET,
    Documents,
    assert_one_line,
    everything,
    run,
)

pytestmark = pytest.mark.usefixtures("vectors_once")

ROOT = Path(__file__).parents[3]


def test_fill_refuse_and_drop(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, expected: Documents
) -> None:
    code, out, err = run(capsys, *SMALL_SET)
    assert (code, err) == (0, "")
    assert everything(database) == expected
    total = sum(map(len, expected.values()))
    assert "orders: 500\n" in out
    assert re.search(rf"order items +{len(expected['order_items']):,} ", out)
    assert re.search(rf"all +{total:,} ", out)
    assert "is filled.\nNext: zava-seed indexes" in out

    code, _, err = run(capsys, *SMALL_SET)
    assert code == 1
    assert f"holds {total:,} documents already: add --resume" in err
    assert_one_line(err)

    database["orders"].insert_one({"_id": "mine"})
    database["stock_movements"].insert_one({"_id": "of a device"})
    database["something_else"].insert_one({"_id": "stays"})
    code, out, err = run(capsys, *SMALL_SET, "--drop")
    assert (code, err) == (0, "")
    assert out.startswith(f"{total + 2:,} documents dropped.\n")
    assert everything(database) == expected
    assert count_all(database, ("stock_movements", "something_else")) == {
        "stock_movements": 0,
        "something_else": 1,
    }


def test_ids_are_as_the_list_of_collections_says(expected: Documents) -> None:
    for name, documents in expected.items():
        field = COLLECTIONS[name].id_fields[-1]
        for identity, document in documents.items():
            if COLLECTIONS[name].mongo_id.value == "object_id":
                assert isinstance(identity, ObjectId)
            else:
                assert identity == document[field]


def test_resume_adds_what_is_missing_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, expected: Documents
) -> None:
    assert run(capsys, *SMALL_SET)[0] == 0
    gone = sorted(expected["orders"])[100::3]
    database["orders"].delete_many({"_id": {"$in": gone}})
    database["order_items"].delete_many({})
    database["products"].update_one({"sku": "HND-HAMMER-001"}, {"$set": {"product_name": "Mine"}})
    before = everything(database)

    code, out, err = run(capsys, *SMALL_SET, "--resume")
    assert (code, err) == (0, "")
    after = everything(database)
    assert after["products"] == before["products"] != expected["products"]
    assert {**after, "products": expected["products"]} == expected

    database["orders"].insert_one({"_id": "of a device"})
    code, out, _ = run(capsys, *SMALL_SET, "--resume")
    assert code == 0
    assert "1 document of these is not of this data set." in out


@pytest.mark.parametrize("other", [["--seed", "7"], ["--customers", "300"]])
def test_resume_with_other_options_is_refused(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, other: list[str]
) -> None:
    fill(database, CONTENT, lambda *call: None)
    before = count_all(database)
    code, _, err = run(capsys, *SMALL_SET, *other, "--resume")
    assert code == 1
    assert "was filled with other options: repeat the --seed" in err
    assert_one_line(err)
    assert count_all(database) == before


def test_resume_with_more_orders_lets_the_data_set_grow(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase
) -> None:
    fill(database, CONTENT, lambda *call: None)
    assert run(capsys, *SMALL_SET, "--orders", "900", "--resume")[0] == 0
    for part in mongo_data_set(replace(CONTENT, orders=900)):
        found = {d.pop("_id"): d for d in database[part.collection].find()}
        assert found == {mongo_id(part.collection, d): dict(d) for d in part.documents}


def test_resume_of_nothing_fills(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, expected: Documents
) -> None:
    assert run(capsys, *SMALL_SET, "--resume")[0] == 0
    assert everything(database) == expected


def test_the_size_of_batches_changes_nothing(
    database: MongoDatabase, expected: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill_module, "BATCH_SIZE", 97)
    told: dict[str, list[tuple[int, int]]] = {}
    fill(database, CONTENT, lambda name, *numbers: told.setdefault(name, []).append(numbers))
    assert everything(database) == expected
    # Orders and items are written in turns, and each collection is complete once, in the end.
    for name, numbers in told.items():
        assert numbers[-1] == (len(expected[name]),) * 2
        assert all(done < total for done, total in numbers[:-1])


def test_without_orders(capsys: pytest.CaptureFixture[str], database: MongoDatabase) -> None:
    code, _, err = run(capsys, "--customers", "1", "--orders", "0")
    assert (code, err) == (0, "")
    held = count_all(database)
    assert (held["customers"], held["orders"], held["order_items"]) == (1, 0, 0)
    assert database["inventory_on_hand"].count_documents({}) == held["inventory"]


def test_something_that_deletes_meanwhile_is_noticed(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.create_collection("stores", capped=True, size=4096, max=3)
    code, _, err = run(capsys, *SMALL_SET)
    assert code == 1
    assert "stores holds 3 of 8 documents, so something deletes them" in err
    assert "Finish with: zava-seed generate" in err
    assert_one_line(err)


def test_a_read_only_user_gets_one_sentence(
    capsys: pytest.CaptureFixture[str],
    read_only_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", read_only_settings.uri)
    code, _, err = run(capsys, *SMALL_SET)
    assert code == 1
    assert "may not do that: give it the roles readWrite" in err
    assert_one_line(err)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--orders", "-1"], "--orders"),
        (["--orders", "many"], "number of orders must be a whole number from 0"),
        (["--customers", "0"], "number of customers must be a whole number from 1"),
        (["--from", "1.1.2020"], "a date is written like 2026-01-31, not '1.1.2020'"),
        (["--from", "2019-01-01"], "cannot begin before 2020-01-01"),
        (["--from", "2026-05-01", "--to", "2026-04-01"], "2026-05-01"),
        (["--to", "9999-12-31"], "choose an earlier --to"),
        (["--drop", "--resume"], "not allowed with"),
    ],
)
def test_wrong_arguments(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert words in err
    assert err.count("\n") == 1 and err.endswith(".\n")


def test_the_last_day_is_in_it(capsys: pytest.CaptureFixture[str], database: MongoDatabase) -> None:
    days = ("--from", "2026-10-01", "--to", "2026-10-03")
    assert run(capsys, "--customers", "50", "--orders", "300", *days)[0] == 0
    dates = sorted(found["order_date"][:10] for found in database["orders"].find())
    assert sorted(set(dates)) == ["2026-10-01", "2026-10-02", "2026-10-03"]
