"""The link begins again whatever happened, and compares anew where it would never come further."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

from connector_config.link import failures, link
from connector_config.link.inbox import Inbox
from connector_config.link.state import Phase
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, new_async_client
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ditto_id
from tests.helpers.link import (
    SEATTLE,
    LinkedDevice,
    customer_document,
    device,
    equal,
    item_document,
    live_devices,
    prepare,
    put,
)

_HAMMER = item_document(SEATTLE, 1)
_SOME = customer_document(SEATTLE, 1)
_COMPARES = "everything is being compared"


def _set(database: MongoDatabase, collection: str, document: dict[str, Any], **fields: Any) -> None:
    database[collection].update_one({"_id": mongo_id(collection, document)}, {"$set": fields})


async def _says(one: LinkedDevice, words: str) -> None:
    await one.until(lambda: any(words in state.reason for state in one.states), words)


async def test_an_event_that_is_too_large_to_be_told_is_made_up_for_by_comparing(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        # Of an item the event has what was set beside the whole document: 18 MB.
        _set(database, INVENTORY, _HAMMER, notes="x" * 9_000_000)
        await _says(ann, _COMPARES)
        put(database, CUSTOMERS, customer_document(SEATTLE, 8))
        await ann.until(lambda: ann.state.parked == 1 and ann.state.phase is Phase.LIVE, "live")
        rows = await ann.session.query("SELECT reason FROM local_link_parked")
        assert "9.0 MB" in rows[0]["reason"]
        key = {"id": ditto_id(CUSTOMERS, customer_document(SEATTLE, 8))}
        assert await ann.session.query("SELECT _id FROM customers WHERE _id = :id", key)
        _set(database, INVENTORY, _HAMMER, notes="")
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await equal(database, ann)


async def test_what_fails_three_times_at_the_same_position_is_made_up_for_by_comparing(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with device(tmp_path / "a", mongo_settings) as ann:
        ann.connect()
        await ann.live()
        await ann.disconnect()
        _set(database, CUSTOMERS, _SOME, phone="(206) 555-0177")
        # A failure of which nobody knows what it means; the first one may be before what is news.
        fault = {"failCommands": ["getMore"], "errorCode": 2}
        with MongoClient[dict[str, Any]](mongo_settings.uri) as client:
            fail = {"configureFailPoint": "failCommand", "mode": {"times": 4}, "data": fault}
            client.admin.command(fail)
            ann.connect()
            await _says(ann, _COMPARES)
            client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
        await ann.live()
        await equal(database, ann)


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), ValueError()])
async def test_it_begins_again_after_an_exception_of_any_kind(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    prepare(database)
    left = 2
    receive = Inbox.receive

    async def fails(*arguments: Any, **named: Any) -> None:
        nonlocal left
        if left:
            left -= 1
            raise error
        await receive(*arguments, **named)

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(Inbox, "receive", fails)
        _set(database, CUSTOMERS, _SOME, phone="(206) 555-0177")
        await _says(ann, f"begins again ({type(error).__name__})")
        await equal(database, ann)
        await ann.live()
        assert not any(_COMPARES in state.reason for state in ann.states)


async def test_a_client_that_cannot_be_made_is_made_later(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(database)

    def fails(settings: MongoSettings) -> Any:
        monkeypatch.setattr(link, "new_async_client", make)
        raise OSError("no more files")

    make = new_async_client
    monkeypatch.setattr(link, "new_async_client", fails)
    async with device(tmp_path / "a", mongo_settings) as ann:
        ann.connect()
        await ann.live()
        await equal(database, ann)


async def test_what_is_parked_is_known_by_what_0_1_0_wrote(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    key = ditto_id(CUSTOMERS, _SOME)
    row = {"collection": CUSTOMERS, "direction": "in", "reason": "no", "at": "2026-11-20"}
    async with device(tmp_path / "a", mongo_settings) as ann:
        old = {"_id": {"collection": CUSTOMERS, "document": key}, **row}
        await ann.session.query("INSERT INTO local_link_parked DOCUMENTS (:row)", {"row": old})
        ann.connect()
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await equal(database, ann)


def test_a_server_that_is_away_is_no_reason_to_compare() -> None:
    known = failures.Failures(MongoSettings("mongodb://127.0.0.1/"))
    for _ in range(9):
        assert not known.compares(AutoReconnect("gone"), {"at": 1})
        assert not known.compares(OperationFailure("not primary", 10107), {"at": 1})
        assert not known.compares(OperationFailure("not allowed", 13), {"at": 1})
    assert [known.compares(TypeError(), {"at": at}) for at in (1, 2, 1, 1, 1, 1)] == [
        False,
        False,
        False,
        False,
        True,
        False,
    ]
