"""A device that is apart from MongoDB, though no event tells of it, finds out by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util

from app.domain.entities import Reason
from connector_config.link import digests, self_check, stream
from connector_config.mongodb.connection import (
    MongoDatabase,
    MongoSettings,
    new_async_client,
)
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.schema.scope import Wanted
from tests.helpers.link import (
    AT,
    SEATTLE,
    TACOMA,
    LinkedDevice,
    customer_document,
    differences,
    equal,
    item_document,
    live_devices,
    prepare,
    put,
)

_LATER = "2026-11-20T09:00:00.000Z"
_HAMMER, _SAW = item_document(SEATTLE, 1), item_document(TACOMA, 1)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow each other, and the stream says quickly that there is nothing."""
    monkeypatch.setattr(self_check, "EVERY", timedelta(0))
    monkeypatch.setattr(stream, "_AWAIT_MS", 20)


def _found(one: LinkedDevice) -> dict[str, int]:
    found: dict[str, int] = {}
    seen = None
    for state in one.states:
        if state.compared is not None and state.compared != seen:
            seen = state.compared
            for name, count in seen.found:
                found[name] = found.get(name, 0) + count
    return found


async def _another_look(one: LinkedDevice) -> None:
    """Wait until a look that began after now has ended."""
    for _ in range(2):
        before = one.state.compared
        await one.until(lambda before=before: one.state.compared != before, "a look")


async def _run(device: LinkedDevice, statement: str, **parameters: Any) -> None:
    """Change the store as nobody may: no outbox, no link."""
    with await device.peer.store.execute(statement, parameters):
        pass


@asynccontextmanager
async def _deaf(database: MongoDatabase, one: LinkedDevice) -> AsyncIterator[None]:
    """What is written to MongoDB meanwhile, the stream of this device never tells."""
    await one.disconnect()
    yield
    with database.watch() as later:
        while later.resume_token is None:
            later.try_next()
        token = json_util.dumps(later.resume_token)
    await _run(one, "UPDATE local_link_progress SET token = :t WHERE _id = 'stream'", t=token)
    one.connect()
    await one.live()


def _customer(number: int) -> tuple[dict[str, Any], Any]:
    document = customer_document(SEATTLE, number)
    return ditto_id(CUSTOMERS, document), mongo_id(CUSTOMERS, document)  # type: ignore[return-value]


async def test_what_differs_here_is_mended_and_counted(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await bob.stock.adjust(await bob.item(_HAMMER), 7, Reason.FOUND, bob.actor)
        await ann.until_stock(_HAMMER, 7)
        await _another_look(ann)
        assert _found(ann) == {}
        (movement,) = (await ann.documents(STOCK_MOVEMENTS)).values()
        item = [ditto_id(INVENTORY, _HAMMER)]
        await _run(ann, "EVICT FROM stock_movements WHERE _id = :id", id=movement["_id"])
        less = "UPDATE inventory USE IDS LIST :ids APPLY stock_delta INCREMENT BY -7"
        await _run(ann, less, ids=item)
        change = "UPDATE customers SET phone = '1', updated_at = :at WHERE _id = :id"
        await _run(ann, change, at=_LATER, id=_customer(1)[0])
        await _run(ann, "EVICT FROM customers WHERE _id = :id", id=_customer(2)[0])
        extra = customer_document(SEATTLE, 9)
        extra["_id"] = ditto_id(CUSTOMERS, extra)
        await _run(ann, "INSERT INTO customers DOCUMENTS (:extra)", extra=extra)
        await equal(database, ann, bob)
        await _another_look(ann)
        assert _found(ann) == {CUSTOMERS: 3, STOCK_MOVEMENTS: 1}
        assert _found(bob) == {}


async def test_what_the_stream_never_told_is_found(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await bob.stock.adjust(await bob.item(_SAW), 2, Reason.FOUND, bob.actor)
        await ann.until_stock(_SAW, 2)
        async with _deaf(database, ann):
            edit = {"$set": {"phone": "1", "updated_at": _LATER}}
            database[CUSTOMERS].update_one({"_id": _customer(0)[1]}, edit)
            database[CUSTOMERS].delete_one({"_id": _customer(1)[1]})
            put(database, CUSTOMERS, customer_document(SEATTLE, 7))
            # It stays here as it is: MongoDB has it, and no device can take it.
            number = {"$set": {"store_id": 7, "updated_at": _LATER}}
            database[INVENTORY].update_one({"_id": _HAMMER["inventory_id"]}, number)
            # Of a store whose ledger is not here, the sum comes along.
            await bob.stock.adjust(await bob.item(_SAW), 3, Reason.FOUND, bob.actor)
            await bob.delivered()
        await ann.until(lambda: _found(ann) == {CUSTOMERS: 3, INVENTORY: 1}, "all that differs")
        assert (await ann.item(_HAMMER)).on_hand == 50
        back = {"$set": {"store_id": SEATTLE}}
        database[INVENTORY].update_one({"_id": _HAMMER["inventory_id"]}, back)
        await equal(database, ann, bob, parked_at_most=1)
        await _another_look(ann)
        assert _found(ann) == {CUSTOMERS: 3, INVENTORY: 1}
        assert (await ann.item(_SAW)).stock_delta == 5


async def test_a_movement_made_here_that_mongodb_lacks_is_sent_again(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await ann.stock.adjust(await ann.item(_HAMMER), 7, Reason.FOUND, ann.actor)
        await ann.delivered()
        async with _deaf(database, ann):
            database[STOCK_MOVEMENTS].delete_one({})
            its = {"_id": _HAMMER["inventory_id"]}
            database[INVENTORY].update_one(its, {"$inc": {"stock_delta": -7}})
        await ann.until(lambda: _found(ann), "a find")
        await equal(database, ann)
        assert _found(ann) == {STOCK_MOVEMENTS: 1}
        assert (await ann.item(_HAMMER)).stock_delta == 7


async def test_what_a_person_changes_meanwhile_stays(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    """A difference is merged with what waits here, field by field."""
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        change = "UPDATE inventory SET notes = 'apart', updated_at = :at WHERE _id = :id"
        await _run(ann, change, at=_LATER, id=ditto_id(INVENTORY, _HAMMER))
        await ann.stock.adjust(await ann.item(_HAMMER), -2, Reason.DAMAGED, ann.actor)
        await equal(database, ann)
        item = await ann.item(_HAMMER)
        assert (item.stock_delta, item.on_hand) == (-2, _HAMMER["stock_level"] - 2)


async def test_devices_that_are_busy_find_nothing(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as devices:
        for number in range(12):
            one = devices[number % 2]
            await one.stock.adjust(await one.item(_HAMMER), 1, Reason.FOUND, one.actor)
            edit = {"$set": {"phone": f"{number}", "updated_at": f"2026-11-21T09:00:{number:02}Z"}}
            database[CUSTOMERS].update_one({"_id": _customer(number % 3)[1]}, edit)
            # Sometimes a look begins in between.
            await asyncio.sleep(0.05 * (number % 4))
        await equal(database, *devices)
        for one in devices:
            await _another_look(one)
            assert _found(one) == {}
            assert one.state.compared is not None


async def test_whenever_it_is_cancelled_it_ends(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        for moments in range(0, 40, 8):
            await _run(ann, "EVICT FROM customers WHERE _id = :id", id=_customer(2)[0])
            await _another_look(ann)
            for _ in range(moments):
                await asyncio.sleep(0.001)
            await ann.disconnect()
            ann.connect()
            await ann.live()
        assert not await differences(database, ann)


async def test_a_part_has_the_same_digests_on_both_sides_whatever_stands_in_it(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    database[CUSTOMERS].insert_many(
        [
            {**customer_document(SEATTLE, 20), "updated_at": None},
            {**customer_document(SEATTLE, 21), "updated_at": "yesterday"},
            {**customer_document(SEATTLE, 22), "customer_id": "x"},
            # None of these is on a device.
            {"primary_store_id": SEATTLE, "updated_at": AT},
            {"primary_store_id": SEATTLE, "customer_id": 7, "updated_at": {"a": 1}},
        ]
    )
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await _another_look(ann)
        part = Wanted(CUSTOMERS, "primary_store_id", (SEATTLE,))
        here = await digests.of_device(ann.peer.store, part)
        async with new_async_client(mongo_settings) as client:
            there = await digests.of_mongodb(client[mongo_settings.database], part)
        assert here == there
        assert sum(count for count, _ in here.values()) == 4 + 3
        assert _found(ann) == {}


async def test_a_cancellation_that_pymongo_forgets_ends_it_all_the_same(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking = asyncio.Event()

    async def forgetful(*_: object) -> None:
        looking.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    monkeypatch.setattr(self_check.SelfCheck, "_look", forgetful)
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        async with asyncio.timeout(30):
            await looking.wait()
            ending = asyncio.ensure_future(ann.disconnect())
            done, _ = await asyncio.wait([ending], timeout=20)
            assert done
