"""An edit that somebody made knowing another one is never lost to that one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.domain.entities import Place
from connector_config.link import outgoing
from connector_config.link.answers import Answers
from connector_config.link.inbox import Inbox
from connector_config.link.outgoing import Sender
from connector_config.mongodb.connection import Document, MongoDatabase, MongoSettings
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ditto_id
from connector_config.schema.instants import to_iso
from connector_config.store.outbox import pending_rows, text_of
from tests.helpers.link import (
    SEATTLE,
    LinkedDevice,
    customer_document,
    equal,
    item_document,
    live_devices,
    now,
    prepare,
)
from tests.helpers.waiting import PATIENCE

_NOTE = "UPDATE inventory SET notes = :text, updated_at = :at WHERE inventory_id = :id"
_CUSTOMER = "INSERT INTO customers DOCUMENTS (:document)"
_ONE = "SELECT * FROM customers WHERE customer_id = :id"
_PHONED = "SELECT * FROM customers WHERE customer_id = :id AND phone = '(206) 555-0001'"
_EARLY, _LATE = "2001-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"


def _held(method: Any, until: asyncio.Event) -> Any:
    async def waits(*args: Any, **named: Any) -> Any:
        await until.wait()
        return await method(*args, **named)

    return waits


async def _note(one: LinkedDevice, item: Document, text: str) -> None:
    arguments = {"text": text, "at": to_iso(now()), "id": item["inventory_id"]}
    await one.session.write(lambda unit: unit.update(INVENTORY, _NOTE, arguments))


async def _until(database: MongoDatabase, holds: Document) -> None:
    async with asyncio.timeout(PATIENCE):
        while not database[INVENTORY].count_documents(holds):
            await asyncio.sleep(0.01)


async def _until_seen(one: LinkedDevice, item: Document, text: str) -> None:
    key = text_of(ditto_id(INVENTORY, item))
    async with asyncio.timeout(PATIENCE):
        while (await one.documents(INVENTORY))[key]["notes"] != text:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("how", ["cut off", "told of first", "told of the one before again"])
async def test_a_second_edit_is_not_lost_to_an_older_one_with_a_later_clock(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    key = {"inventory_id": hammer["inventory_id"]}
    told, answered, acknowledged, sent = (asyncio.Event() for _ in range(4))
    acknowledge = Answers.acknowledge

    async def acknowledge_and_wait(*args: Any) -> None:
        await answered.wait()
        await acknowledge(*args)
        acknowledged.set()
        await sent.wait()

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(Inbox, "receive", _held(Inbox.receive, told))
        monkeypatch.setattr(Answers, "acknowledge", acknowledge_and_wait)
        # Somebody with a later clock changed something else of it.
        later = {"reorder_threshold": 6, "updated_at": _LATE}
        database[INVENTORY].update_one(key, {"$set": later})
        await _note(ann, hammer, "First")
        await _until(database, key | {"notes": "First"})
        await _note(ann, hammer, "Second")
        if how == "told of first":
            told.set()
            async with asyncio.timeout(PATIENCE):
                while (rows := await pending_rows(ann.peer.store, 1)) and (
                    not rows[0].base or rows[0].base["notes"] != "First"
                ):
                    await asyncio.sleep(0.01)
        else:
            if how != "cut off":
                answered.set()
                await acknowledged.wait()
            await ann.disconnect()
            monkeypatch.setattr(Sender, "send", _held(Sender.send, sent))
            told.set()
            ann.connect()
            if how != "cut off":
                await ann.live()
                before = ann.state.last_exchange
                await ann.until(lambda: ann.state.last_exchange != before, "what was told before")
        answered.set()
        sent.set()
        await equal(database, ann)
    stored = database[INVENTORY].find_one(key)
    assert stored and stored["notes"] == "Second"


async def test_what_is_told_again_after_a_new_start_does_not_beat_what_came_after_it(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    key = {"inventory_id": hammer["inventory_id"]}
    told, sent = asyncio.Event(), asyncio.Event()
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(Inbox, "receive", _held(Inbox.receive, told))
        later = {"reorder_threshold": 6, "updated_at": _LATE}
        database[INVENTORY].update_one(key, {"$set": later})
        await _note(ann, hammer, "First")
        await ann.delivered()
        # Nothing waits any more, and the stream has told of neither change when it ends.
        await ann.disconnect()
        await _note(ann, hammer, "Second")
        monkeypatch.setattr(Sender, "send", _held(Sender.send, sent))
        told.set()
        ann.connect()
        await ann.live()
        before = ann.state.last_exchange
        await ann.until(lambda: ann.state.last_exchange != before, "what was told before")
        sent.set()
        await equal(database, ann)
        await ann.told()
    stored = database[INVENTORY].find_one(key)
    assert stored and stored["notes"] == "Second"


async def test_what_comes_while_the_outbox_is_read_is_not_sent_as_news(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    key = {"inventory_id": hammer["inventory_id"]}
    read, go_on = asyncio.Event(), asyncio.Event()

    async def read_and_wait(*args: Any) -> Any:
        rows = await pending_rows(*args)
        if rows:
            read.set()
            await go_on.wait()
        return rows

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(outgoing, "pending_rows", read_and_wait)
        await ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor)
        await read.wait()
        # Somebody's first note comes in; the second one is only in MongoDB by the time of sending.
        database[INVENTORY].update_one(key, {"$set": {"notes": "First", "updated_at": _EARLY}})
        await _until_seen(ann, hammer, "First")
        monkeypatch.setattr(Inbox, "receive", _held(Inbox.receive, told := asyncio.Event()))
        database[INVENTORY].update_one(key, {"$set": {"notes": "Second", "updated_at": _EARLY}})
        go_on.set()
        await _until(database, key | {"location.aisle": "9"})
        told.set()
        await equal(database, ann)
    stored = database[INVENTORY].find_one(key)
    assert stored and stored["notes"] == "Second"


async def test_an_answer_does_not_beat_what_was_written_knowing_it(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    key = {"inventory_id": hammer["inventory_id"]}
    posting, post, posted = asyncio.Event(), Sender._post, asyncio.Event()
    held = _held(post, posted)

    async def say_and_wait(*args: Any) -> Any:
        posting.set()
        return await held(*args)

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor)
        await ann.delivered()
        monkeypatch.setattr(Sender, "_post", say_and_wait)
        await ann.stock.move(await ann.item(hammer), Place("8", "Y", "2"), ann.actor)
        await posting.wait()
        database[INVENTORY].update_one(key, {"$set": {"notes": "First", "updated_at": _LATE}})
        await _until_seen(ann, hammer, "First")
        await _note(ann, hammer, "Second")
        posted.set()
        await equal(database, ann)
    stored = database[INVENTORY].find_one(key)
    assert stored and stored["notes"] == "Second"


@pytest.mark.parametrize("told_first", [False, True])
async def test_an_insert_without_an_answer_reverts_nobody(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told_first: bool,
) -> None:
    prepare(database)
    document = customer_document(SEATTLE, 50) | {"updated_at": to_iso(now())}
    key = {"_id": mongo_id(CUSTOMERS, document)}
    edit = "UPDATE customers SET {field} = :value, updated_at = :at WHERE customer_id = :id"

    async def write(who: LinkedDevice, field: str, value: str) -> None:
        parameters = {"value": value, "at": to_iso(now()), "id": document["customer_id"]}
        await who.session.write(
            lambda unit: unit.update(CUSTOMERS, edit.format(field=field), parameters)
        )

    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        never = asyncio.Event()
        receive = Inbox.receive

        async def held(inbox: Inbox, *args: Any, **named: Any) -> Any:
            if inbox._ditto is ann.peer:
                await never.wait()
            return await receive(inbox, *args, **named)

        # Ann's computer is shut between MongoDB's commit and its answer.
        monkeypatch.setattr(Answers, "acknowledge", _held(Answers.acknowledge, never))
        monkeypatch.setattr(Inbox, "receive", held)
        await ann.session.write(lambda unit: unit.insert(CUSTOMERS, _CUSTOMER, document))
        async with asyncio.timeout(PATIENCE):
            while database[CUSTOMERS].find_one(key) is None:
                await asyncio.sleep(0.01)
        await ann.disconnect()
        monkeypatch.undo()
        async with asyncio.timeout(PATIENCE):
            while not await bob.session.query(_ONE, {"id": document["customer_id"]}):
                await asyncio.sleep(0.01)
        await write(bob, "phone", "(206) 555-0001")
        await bob.delivered()
        await write(ann, "email", "ann@example.org")
        if told_first:
            send = asyncio.Event()
            monkeypatch.setattr(Sender, "send", _held(Sender.send, send))
        ann.connect()
        if told_first:
            async with asyncio.timeout(PATIENCE):
                while not await ann.session.query(_PHONED, {"id": document["customer_id"]}):
                    await asyncio.sleep(0.01)
            send.set()
        await ann.live()
        await ann.delivered()
        await equal(database, ann, bob)
    stored = database[CUSTOMERS].find_one(key)
    assert stored is not None
    assert (stored["phone"], stored["email"]) == ("(206) 555-0001", "ann@example.org")


_COUNTED = "UPDATE inventory SET last_counted = :at WHERE inventory_id = :id"


async def test_a_time_that_was_read_before_a_later_one_came_gives_way_here_too(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    item, key = hammer["inventory_id"], text_of(ditto_id(INVENTORY, hammer))
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        late = {"last_counted": "2026-11-20T09:00:00.289Z"}
        database[INVENTORY].update_one({"inventory_id": item}, {"$set": late})
        async with asyncio.timeout(PATIENCE):
            while (await ann.documents(INVENTORY))[key].get("last_counted") != late["last_counted"]:
                await asyncio.sleep(0.01)
        # The clock was read, and then the store was busy with what came.
        early = {"at": "2026-11-20T09:00:00.251Z", "id": item}
        await ann.session.write(lambda unit: unit.update(INVENTORY, _COUNTED, early))
        await ann.delivered()
        await equal(database, ann)
        assert (await ann.documents(INVENTORY))[key]["last_counted"] == late["last_counted"]
