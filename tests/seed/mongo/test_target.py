"""Ids, batches, and inserts that may be repeated."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from pymongo import ASCENDING
from pymongo.errors import NotPrimaryError, OperationFailure, PyMongoError

from connector_config.errors import UserError
from connector_config.mongodb import connection
from connector_config.mongodb.connection import (
    Document,
    MongoDatabase,
    MongoSettings,
    open_database,
)
from connector_config.mongodb.mapping import mongo_id
from connector_config.mongodb.server import (
    Member,
    find_mongod,
    free_port,
    initiate,
    running,
    stop,
)
from connector_config.schema.collections import COLLECTIONS
from seed.commands import generate
from seed.mongo import target
from seed.mongo.target import Batch, batches, write
from tests.helpers.mongodb import SMALL


def stores(numbers: range) -> Iterator[dict[str, Any]]:
    return ({"store_id": f"s{number}", "number": number} for number in numbers)


def put(database: MongoDatabase, numbers: range, *, look_first: bool = False) -> list[int]:
    heard: list[int] = []
    content = batches("stores", stores(numbers), 10)
    write(database, content, lambda name, size, at: heard.append(size), look_first=look_first)
    return heard


def there(database: MongoDatabase) -> list[int]:
    return sorted(found["number"] for found in database["stores"].find())


def fail_inserts(database: MongoDatabase, times: int, **data: Any) -> None:
    """Let the next inserts of this package fail in the way that `data` says."""
    database.client.admin.command(
        "configureFailPoint",
        "failCommand",
        mode={"times": times},
        data={"failCommands": ["insert"], "appName": "zava", **data},
    )


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_id_follows_from_the_business_id(name: str) -> None:
    field = COLLECTIONS[name].id_fields[-1]
    identity = mongo_id(name, {field: "abc", "other": 1})
    if name == "customers":
        assert isinstance(identity, ObjectId)
        assert identity == mongo_id(name, {field: "abc", "other": 2})
        assert identity != mongo_id(name, {field: "abd"})
    else:
        assert identity == "abc"


@pytest.mark.parametrize("document", [{}, {"store_id": ""}, {"store_id": 1}, {"store_id": None}])
def test_no_business_id(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stores needs 'store_id' as a non-empty text"):
        mongo_id("stores", document)


@given(st.integers(0, 50), st.integers(1, 20))
def test_batches_lose_nothing(number: int, size: int) -> None:
    found = list(batches("stores", stores(range(number)), size))
    assert [d["number"] for batch in found for d in batch.documents] == list(range(number))
    assert all(len(batch.documents) == size for batch in found[:-1])
    assert all(0 < len(batch.documents) <= size for batch in found)


def test_write_tells_of_each_batch_in_order(database: MongoDatabase) -> None:
    assert put(database, range(25)) == [10, 10, 5]
    assert there(database) == list(range(25))


@pytest.mark.parametrize("look_first", [False, True])
def test_what_is_there_stays_as_it_is(database: MongoDatabase, look_first: bool) -> None:
    put(database, range(5, 12))
    database["stores"].update_one({"_id": "s7"}, {"$set": {"mine": True}})
    assert put(database, range(25), look_first=look_first) == [10, 10, 5]
    assert there(database) == list(range(25))
    assert database["stores"].find_one({"_id": "s7"}) == {
        "_id": "s7",
        "store_id": "s7",
        "number": 7,
        "mine": True,
    }


@pytest.mark.parametrize(
    "data",
    [
        {"closeConnection": True},
        {"errorCode": 11602},
        {"errorCode": 10107},
        {"errorCode": 189, "errorLabels": []},
        # Carried out, but the server cannot say so.
        {"writeConcernError": {"code": 91, "errmsg": "shutting down"}},
    ],
)
def test_what_passes_is_waited_for(database: MongoDatabase, data: dict[str, Any]) -> None:
    fail_inserts(database, 3, **data)
    assert put(database, range(25)) == [10, 10, 5]
    assert there(database) == list(range(25))


def test_what_does_not_pass_is_raised_at_once(database: MongoDatabase) -> None:
    fail_inserts(database, 1, errorCode=13)
    with pytest.raises(OperationFailure, match="fail"):
        put(database, range(25))


def test_there_is_an_end_to_waiting(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "RETRY_SECONDS", 0.6)
    fail_inserts(database, 1_000, errorCode=10107, errorLabels=[])
    try:
        with pytest.raises(NotPrimaryError):
            put(database, range(25))
    finally:
        database.client.admin.command("configureFailPoint", "failCommand", mode="off")


def test_a_server_that_died_is_given_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    least = generate._LOOK_SECONDS + target._LEAST_SECONDS
    assert target.GONE_SECONDS + least <= connection.GIVE_UP_SECONDS
    asked_ms = connection._ASK_MS + connection._NAME_LOOKUP_MS + connection._NEW_PRIMARY_MS
    assert asked_ms / 1_000 <= connection.GIVE_UP_SECONDS
    # As long as it is there, it may be slow.
    monkeypatch.setattr(connection, "_NEW_PRIMARY_MS", 2_000)
    for name, seconds in (("_TRY_SECONDS", 2.0), ("_LEAST_SECONDS", 0.5), ("GONE_SECONDS", 2.5)):
        monkeypatch.setattr(target, name, seconds)
    insert, failed = target._insert_new, set()

    def insert_new(database: MongoDatabase, name: str, documents: list[Document]) -> None:
        try:
            insert(database, name, documents)
        except PyMongoError:
            failed.add(documents[0]["number"])
            raise

    monkeypatch.setattr(target, "_insert_new", insert_new)
    member = Member(find_mongod(), tmp_path / "server", free_port(), arguments=SMALL)
    settings = MongoSettings(f"mongodb://{member.address}/?replicaSet=rs0")
    with running(member) as process:
        initiate([member])

        def content() -> Iterator[Batch]:
            for number, batch in enumerate(batches("stores", stores(range(100)), 10)):
                if number == 3:
                    # Before that: a batch that is under way fails while it stops.
                    failed.clear()
                    stop(process)
                yield batch

        with (
            pytest.raises(UserError, match=r"start the server|check the network"),
            open_database(settings) as database,
        ):
            write(database, content(), lambda name, size, at: None)
    # Not once more for the batch that was ready.
    assert len(failed) <= 1


def test_who_stops_does_not_wait_for_the_end_of_waiting(database: MongoDatabase) -> None:
    fail_inserts(database, 1_000, errorCode=10107, errorLabels=[])
    waits = threading.Event()

    def content() -> Iterator[Batch]:
        yield from batches("stores", stores(range(10)), 10)
        assert waits.wait(10)
        raise ValueError("no more")

    started = time.monotonic()
    try:
        with pytest.raises(ValueError, match="no more"):
            write(database, content(), lambda name, size, at: None, on_waiting=waits.set)
    finally:
        database.client.admin.command("configureFailPoint", "failCommand", mode="off")
    assert time.monotonic() - started < target.RETRY_SECONDS / 2


def test_another_document_with_the_same_unique_value(database: MongoDatabase) -> None:
    database["stores"].create_index([("number", ASCENDING)], unique=True)
    database["stores"].insert_one({"_id": "other", "number": 3})
    with pytest.raises(UserError, match="Another document of stores has the same number already"):
        put(database, range(25))


def test_an_error_while_making_documents_comes_through(database: MongoDatabase) -> None:
    def broken() -> Iterator[Batch]:
        yield from batches("stores", stores(range(10)), 10)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write(database, broken(), lambda name, size, at: None)
    assert set(there(database)) <= set(range(10))


def test_documents_are_made_no_further_ahead_than_a_few_batches(database: MongoDatabase) -> None:
    written = ahead = made = 0

    def content() -> Iterator[Batch]:
        nonlocal made, ahead
        for batch in batches("stores", stores(range(200)), 10):
            made += 1
            ahead = max(ahead, made - written)
            yield batch

    def on_written(name: str, size: int, at: float) -> None:
        nonlocal written
        written += 1

    write(database, content(), on_written)
    assert (made, written) == (20, 20)
    assert ahead <= 4
