"""Two devices and a MongoDB, joined by the link."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.data.stock import DittoStockRepository
from app.domain.entities import Place, Reason
from connector_config.collections import INVENTORY
from connector_config.instants import to_iso
from connector_config.link.inbox import Inbox
from connector_config.link.outbox import pending_rows
from connector_config.link.outgoing import Sender
from connector_config.mongodb.connection import Document, MongoDatabase, MongoSettings
from tests.helpers.link import (
    SEATTLE,
    TACOMA,
    LinkedDevice,
    device,
    equal,
    item_document,
    live_devices,
    now,
    prepare,
    wanted_of,
)

_NOTE = "UPDATE inventory SET notes = :text, updated_at = :at WHERE inventory_id = :id"


async def test_what_is_written_goes_out_at_once_and_in_any_order(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        # Its net under what wakes it is wider than this.
        async with asyncio.timeout(8):
            for number in range(1, 4):
                await ann.stock.adjust(await ann.item(hammer), 2, Reason.FOUND, ann.actor)
                await bob.until_stock(hammer, 2 * number)
            # What is handed over to the link, what it has to read, and both in one moment.
            await asyncio.gather(
                ann.stock.adjust(await ann.item(hammer), -1, Reason.DAMAGED, ann.actor),
                ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor),
                ann.stock.adjust(await ann.item(hammer), -2, Reason.DAMAGED, ann.actor),
            )
            await bob.until_stock(hammer, 3)
            await ann.delivered()
        await equal(database, ann, bob)


def _held(method: Any, until: asyncio.Event) -> Any:
    async def waits(*args: Any, **named: Any) -> Any:
        await until.wait()
        return await method(*args, **named)

    return waits


async def _note(one: LinkedDevice, item: Document, text: str) -> None:
    arguments = {"text": text, "at": to_iso(now()), "id": item["inventory_id"]}
    await one.session.write(lambda unit: unit.update(INVENTORY, _NOTE, arguments))


async def _until_noted(database: MongoDatabase, its: Document, text: str) -> None:
    async with asyncio.timeout(20):
        while not database[INVENTORY].count_documents(its | {"notes": text}):
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
    its = {"inventory_id": hammer["inventory_id"]}
    told, answered, acknowledged, sent = (asyncio.Event() for _ in range(4))
    acknowledge = Sender._acknowledge

    async def acknowledge_and_wait(*args: Any) -> None:
        await answered.wait()
        await acknowledge(*args)
        acknowledged.set()
        await sent.wait()

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(Inbox, "receive", _held(Inbox.receive, told))
        monkeypatch.setattr(Sender, "_acknowledge", acknowledge_and_wait)
        # Somebody with a later clock changed something else of it.
        later = {"reorder_threshold": 6, "updated_at": "2099-01-01T00:00:00.000Z"}
        database[INVENTORY].update_one(its, {"$set": later})
        await _note(ann, hammer, "First")
        await _until_noted(database, its, "First")
        await _note(ann, hammer, "Second")
        if how == "told of first":
            told.set()
            async with asyncio.timeout(20):
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
    stored = database[INVENTORY].find_one(its)
    assert stored and stored["notes"] == "Second"


async def test_the_latest_time_of_a_stock_change_stays_in_whatever_order_they_were_stored(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    early, middle, late = (datetime(2026, 11, 21, 9, minute, tzinfo=UTC) for minute in (1, 2, 3))
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await ann.disconnect()
        for at in (late, early):
            stock = DittoStockRepository(ann.session, lambda at=at: at)  # type: ignore[misc]
            await stock.adjust(await ann.item(hammer), 1, Reason.FOUND, ann.actor)
        await ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor)
        between = {"$set": {"last_updated": to_iso(middle)}}
        database[INVENTORY].update_one({"_id": hammer["inventory_id"]}, between)
        ann.connect()
        await equal(database, ann, bob, seconds=5)
        stored = database[INVENTORY].find_one({"_id": hammer["inventory_id"]})
        assert stored and stored["last_updated"] == to_iso(late)


async def test_two_devices_of_a_store_become_equal_through_mongodb(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with (
        device(tmp_path / "a", mongo_settings) as ann,
        device(tmp_path / "b", mongo_settings, name="bob") as bob,
        device(tmp_path / "c", mongo_settings, wanted_of(TACOMA), "cat") as cat,
    ):
        for one in (ann, bob, cat):
            one.connect()
        await equal(database, ann, bob, cat)
        hammer = item_document(SEATTLE, 1)
        await ann.stock.adjust(await ann.item(hammer), -3, Reason.DAMAGED, ann.actor)
        await bob.stock.adjust(await bob.item(hammer), 5, Reason.FOUND, bob.actor)
        await bob.stock.move(await bob.item(hammer), Place("9", "Z", "1"), bob.actor)
        await equal(database, ann, bob, cat)
        stored = database[INVENTORY].find_one({"_id": hammer["inventory_id"]})
        assert stored and stored["stock_delta"] == 2
        assert (await cat.item(hammer)).on_hand == 52
        assert (await ann.item(hammer)).place == Place("9", "Z", "1")
