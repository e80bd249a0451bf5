"""`zava-seed forget`: who it is, what stays, and that it asks before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import CUSTOMERS, ORDERS
from connector_config.schema.forgotten import PERSONAL, REMOVED
from seed.cli import main
from tests.helpers.link import AT, customer_document, put

DAY = date(2026, 12, 31)
STORE = "store_seattle"


@pytest.fixture
def people(database: MongoDatabase) -> MongoDatabase:
    """Ann, who was two customers, and a third one before; Bob; and an order of each."""
    for number in range(5):
        put(database, CUSTOMERS, customer_document(STORE, number))
        order = {"order_id": f"o{number}", "store_id": "store_tacoma", "order_date": AT}
        named = {"customer_name": f"Ann {number}", "customer_email": f"c{number}@{STORE}.example"}
        its = {"customer_id": f"c-{STORE}-{number}", "total": 10.0, "updated_at": AT}
        put(database, ORDERS, {**order, **named, **its})
    change(database, 1, deleted=True, merged_into=f"c-{STORE}-0")
    change(database, 2, deleted=True, email=f" C0@{STORE}.example")
    return database


def change(database: MongoDatabase, number: int, **values: Any) -> None:
    database[CUSTOMERS].update_one({"customer_id": f"c-{STORE}-{number}"}, {"$set": values})


def everything(database: MongoDatabase) -> list[Any]:
    return [list(database[name].find().sort("_id")) for name in (CUSTOMERS, ORDERS)]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a person types when asked."""
    given: list[str] = []
    monkeypatch.setattr("builtins.input", lambda _: given.pop(0) if given else _end())
    yield given


def _end() -> str:
    raise EOFError


@pytest.mark.parametrize("who", [f"c-{STORE}-1", f"c0@{STORE}.example", f"C0@{STORE}.Example"])
def test_the_whole_person_is_forgotten_and_nobody_else(
    people: MongoDatabase, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(people)
    assert main(["forget", who, "--dry-run"], DAY) == 0
    assert everything(people) == before
    assert "3 orders stay; 3 of them say whose it is" in capsys.readouterr().out
    assert main(["forget", who, "--yes"], DAY) == 0
    gone = [f"c-{STORE}-{number}" for number in range(3)]
    for one in people[CUSTOMERS].find({"customer_id": {"$in": gone}}):
        assert {one.get(name, "") for name in PERSONAL} == {""}
        assert one["deleted"] is True
        assert one["forgotten_at"] == one["updated_at"] > AT
    for one in people[ORDERS].find({"customer_id": {"$in": gone}}):
        assert (one["customer_name"], one["customer_email"]) == (REMOVED, "")
        assert (one["total"], one["updated_at"] > AT) == (10.0, True)
    assert people[CUSTOMERS].count_documents({"forgotten_at": {"$exists": True}}) == 3
    assert people[ORDERS].count_documents({"customer_name": REMOVED}) == 3
    assert "3 customers; 3 orders stay" in capsys.readouterr().out
    assert main(["forget", f"c-{STORE}-0"], DAY) == 0
    assert "already" in capsys.readouterr().out


def test_it_asks_before(
    people: MongoDatabase, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(people)
    for typed in (["yes"], []):
        answers[:] = typed
        assert main(["forget", f"c-{STORE}-3"], DAY) == 1
        assert "Nothing was changed" in capsys.readouterr().err
    assert everything(people) == before
    answers[:] = [f"c-{STORE}-3"]
    assert main(["forget", f"c-{STORE}-3"], DAY) == 0
    assert everything(people) != before


def test_what_is_not_clear_is_said(
    people: MongoDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(people)
    for who, sentence in (("nobody@example.com", "the address"), ("cust_x", "the id")):
        assert main(["forget", who, "--yes"], DAY) == 1
        assert f"No customer has {sentence} {who}" in capsys.readouterr().err
    change(people, 4, email=f"C3@{STORE}.example")
    assert main(["forget", f"c3@{STORE}.example", "--yes"], DAY) == 1
    assert f"Several customers have the address c3@{STORE}" in capsys.readouterr().err
    change(people, 4, email=f"c4@{STORE}.example")
    assert everything(people) == before


def test_what_came_late_is_forgotten_by_the_same_command(people: MongoDatabase) -> None:
    assert main(["forget", f"c-{STORE}-0", "--yes"], DAY) == 0
    change(people, 0, phone="(206) 555-0147", deleted=False)
    people[ORDERS].update_one({"order_id": "o1"}, {"$set": {"customer_name": "Ann"}})
    assert main(["forget", f"c-{STORE}-1", "--yes"], DAY) == 0
    assert people[CUSTOMERS].count_documents({"phone": "", "deleted": True}) == 3
    assert people[ORDERS].count_documents({"customer_name": REMOVED}) == 3


def test_an_archive_of_before_brings_nobody_back(people: MongoDatabase, tmp_path: Path) -> None:
    archive = str(tmp_path / "before")
    names = ["--collections", "customers", "orders"]
    assert main(["export", archive, *names], DAY) == 0
    assert main(["forget", f"c-{STORE}-0", "--yes"], DAY) == 0
    change(people, 3, first_name="Somebody")
    people[ORDERS].delete_many({"order_id": {"$in": ["o0", "o3"]}})
    assert main(["import", archive], DAY) == 0
    assert people[CUSTOMERS].count_documents({"forgotten_at": {"$gt": ""}, "email": ""}) == 3
    assert people[CUSTOMERS].count_documents({"first_name": "Ann"}) == 2
    assert people[ORDERS].count_documents({}) == 5
    assert people[ORDERS].count_documents({"customer_name": REMOVED, "customer_email": ""}) == 3
