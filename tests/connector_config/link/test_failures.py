"""What may happen to a link, and that nothing is lost by it."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from bson import json_util
from pymongo import MongoClient
from pymongo.asynchronous.pool import AsyncConnection
from pymongo.errors import OperationFailure

from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Reason
from connector_config.link.state import Phase
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.mapping import mongo_id
from connector_config.mongodb.server import Member, find_mongod, free_port, initiate, running
from connector_config.schema.collections import CUSTOMERS, INVENTORY, STOCK_MOVEMENTS, ditto_id
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
from tests.helpers.mongodb import SMALL
from tests.helpers.programs import start
from tests.helpers.waiting import PATIENCE

_HAMMER = item_document(SEATTLE, 1)
_CUSTOMER = "SELECT * FROM customers WHERE _id = :id"
_INSERT_CUSTOMER = "INSERT INTO customers DOCUMENTS (:document)"
_INSERT_ITEM = "INSERT INTO inventory INITIAL DOCUMENTS (:document)"
_MEND_ITEM = "UPDATE inventory SET notes = 'mended' WHERE inventory_id = :id"
_EDIT_EMAIL = "UPDATE customers SET email = :email WHERE customer_id = :id"


async def _adjust(one: LinkedDevice, quantity: int) -> None:
    await one.stock.adjust(await one.item(_HAMMER), quantity, Reason.FOUND, one.actor)


async def test_without_images_it_does_not_start_and_says_what_to_do(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    database.create_collection(INVENTORY)
    async with device(tmp_path / "a", mongo_settings) as ann:
        ann.connect()
        await ann.until(lambda: ann.state.phase is Phase.REFUSED, "a refusal")
        assert "zava-seed change-streams" in ann.state.reason
        assert INVENTORY in ann.state.reason
        # It comes by itself as soon as that is done.
        prepare(database)
        await ann.live()


async def test_killed_at_any_point_it_loses_nothing_and_counts_nothing_twice(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    chance = random.Random(3)
    arguments = (tmp_path / "a", mongo_settings.uri, mongo_settings.database, "ann")
    async with device(tmp_path / "b", mongo_settings, name="bob") as bob:
        bob.connect()
        with ExitStack() as started:
            # All at once, because Python's start takes most of the time; each waits for its turn.
            workers: list[tuple[Popen[str], Path]] = []
            for number in range(3):
                turn = tmp_path / f"turn {number}"
                worker = started.enter_context(start("tests.helpers.link_worker", *arguments, turn))
                started.callback(worker.kill)
                workers.append((worker, turn))
            for worker, turn in workers:
                turn.touch()
                assert worker.stdout is not None
                assert await asyncio.to_thread(worker.stdout.readline) == "joined\n"
                assert await asyncio.to_thread(worker.stdout.readline) == "wrote\n"
                await asyncio.sleep(chance.random() * 0.4)
                worker.kill()
                worker.wait()
        async with device(tmp_path / "a", mongo_settings) as ann:
            ann.connect()
            await equal(database, ann, bob)
            assert await ann.count(STOCK_MOVEMENTS) >= 6


async def test_what_it_left_open_in_mongodb_when_it_was_killed_ends_with_its_next_start(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    document_id = mongo_id(CUSTOMERS, customer_document(SEATTLE, 1))
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await ann.disconnect()
        with database.client.start_session() as left, pytest.raises(OperationFailure) as ended:
            left.start_transaction()
            database[CUSTOMERS].update_one(
                {"_id": document_id}, {"$set": {"phone": ""}}, session=left
            )
            keep = "UPDATE local_link_progress SET session = :session WHERE _id = 'session'"
            await ann.session.query(keep, {"session": json_util.dumps(left.session_id)})
            ann.connect()
            await ann.live()
            left.commit_transaction()
        assert ended.value.has_error_label("TransientTransactionError")
        await equal(database, ann)


async def test_a_server_that_stops_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long a server is looked for before it counts as gone.
    monkeypatch.setattr("connector_config.mongodb.connection._GONE_MS", 1_000)
    member = Member(find_mongod(), tmp_path / "mongod", free_port(), arguments=SMALL)
    settings = MongoSettings(f"mongodb://{member.address}/?replicaSet=rs0", "zava")
    async with device(tmp_path / "a", settings) as ann:
        with running(member):
            initiate([member])
            with open_database(settings) as database:
                prepare(database)
            ann.connect()
            await ann.live()
        await _adjust(ann, 7)
        await ann.until(lambda: ann.state.phase is Phase.WAITING, "waiting")
        assert "Nothing answers" in ann.state.reason or "lost" in ann.state.reason
        assert await ann.count("local_outbox") == 1
        with running(member):
            initiate([member])
            with open_database(settings) as database:
                await equal(database, ann)
            assert (await ann.item(_HAMMER)).stock_delta == 7
            await ann.disconnect()


@pytest.mark.parametrize("command", ["getMore", "commitTransaction"])
async def test_a_primary_that_steps_down_is_followed(
    command: str, database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        # Not primary any more, and the connection ends.
        fault = {"failCommands": [command], "errorCode": 10107, "closeConnection": False}
        with MongoClient[dict[str, Any]](mongo_settings.uri) as client:
            fail = {"configureFailPoint": "failCommand", "mode": {"times": 3}, "data": fault}
            client.admin.command(fail)
            await _adjust(ann, 4)
            await equal(database, ann, bob)
            client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
        assert (await bob.item(_HAMMER)).stock_delta == 4


async def test_a_connection_from_while_the_server_started_is_given_up(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connections: list[AsyncConnection] = []
    hello = AsyncConnection._hello

    async def remembered(connection: AsyncConnection, *arguments: Any) -> Any:
        connections.append(connection)
        return await hello(connection, *arguments)

    monkeypatch.setattr(AsyncConnection, "_hello", remembered)
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await _adjust(ann, 3)
        await ann.delivered()
        # The driver asks a connection once whether it has sessions, and a server that starts says
        # no: whatever is sent through such a connection later is refused by the driver itself.
        for connection in connections:
            connection.supports_sessions = False
        await _adjust(ann, 4)
        await equal(database, ann)
        assert ann.state.parked == 0


async def test_history_that_is_lost_is_made_up_for_by_comparing_everything(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await bob.disconnect()
        await _adjust(ann, 4)
        await _adjust(bob, 3)
        gone = mongo_id(CUSTOMERS, customer_document(SEATTLE, 0))
        database[CUSTOMERS].delete_one({"_id": gone})
        put(database, CUSTOMERS, customer_document(SEATTLE, 9))
        token = json_util.dumps({"_data": "8200000001000000012B0229296E04"})
        forget = "UPDATE local_link_progress SET token = :token WHERE _id = 'stream'"
        await bob.session.query(forget, {"token": token})
        bob.connect()
        await equal(database, ann, bob)
        assert (await bob.item(_HAMMER)).stock_delta == 7


async def test_changes_that_are_told_again_change_nothing(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        kept = "SELECT token FROM local_link_progress WHERE _id = 'stream'"
        token = (await bob.session.query(kept))[0]["token"]
        for quantity in (4, -2, 5):
            await _adjust(ann, quantity)
        await equal(database, ann, bob)
        await bob.disconnect()
        back = "UPDATE local_link_progress SET token = :token WHERE _id = 'stream'"
        await bob.session.query(back, {"token": token})
        bob.connect()
        await bob.live()
        await _adjust(ann, 1)
        await bob.until_stock(_HAMMER, 8)
        await equal(database, ann, bob)


async def test_a_document_that_cannot_come_in_is_set_aside_and_the_rest_goes_on(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        database[CUSTOMERS].insert_one({"primary_store_id": SEATTLE, "first_name": "No id"})
        put(database, CUSTOMERS, customer_document(SEATTLE, 8))
        await ann.until(lambda: ann.state.parked == 1, "a parked document")
        reasons = await ann.session.query("SELECT reason FROM local_link_parked")
        assert "customer_id" in reasons[0]["reason"]
        key = ditto_id(CUSTOMERS, customer_document(SEATTLE, 8))
        async with asyncio.timeout(PATIENCE):
            while not await ann.session.query(_CUSTOMER, {"id": key}):
                await asyncio.sleep(0.01)


async def test_a_document_that_mongodb_refuses_is_set_aside_and_the_rest_goes_on(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    database[CUSTOMERS].create_index("email", unique=True)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        twin = customer_document(SEATTLE, 7) | {"email": customer_document(SEATTLE, 1)["email"]}

        async def work(unit: UnitOfWork) -> None:
            await unit.insert(CUSTOMERS, _INSERT_CUSTOMER, twin)
            await unit.insert(CUSTOMERS, _INSERT_CUSTOMER, customer_document(SEATTLE, 8))

        await ann.session.write(work)
        await ann.until(lambda: ann.state.parked == 1, "a parked document")
        await ann.delivered()
        other = mongo_id(CUSTOMERS, customer_document(SEATTLE, 8))
        assert database[CUSTOMERS].find_one({"_id": other})
        reasons = await ann.session.query("SELECT reason FROM local_link_parked")
        assert "unique" in reasons[0]["reason"]
        mended = {"email": "mended@x.example", "id": twin["customer_id"]}
        await ann.session.write(lambda unit: unit.update(CUSTOMERS, _EDIT_EMAIL, mended))
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await equal(database, ann)


async def test_work_from_before_the_link_goes_out_with_the_first_sync(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await ann.disconnect()
        ann.session._outbox_clock = None  # as in mode offline
        await _adjust(ann, 6)
        await ann.session.query("EVICT FROM local_link_progress WHERE token != ''")
        await ann.session.query("EVICT FROM local_link_progress WHERE after != ''")
        assert await ann.count("local_outbox") == 0
        ann.connect()
        await ann.live()
        await equal(database, ann)
        stored = database[INVENTORY].find_one({"_id": _HAMMER["inventory_id"]})
        assert stored and stored["stock_delta"] == 6


async def test_what_mongodb_refused_is_tried_again_with_the_next_connection(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    database.command({"collMod": STOCK_MOVEMENTS, "validator": {"reason": "nothing"}})
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await _adjust(ann, 5)
        await ann.until(lambda: ann.state.parked == 1, "a parked movement")
        # Nobody ever edits a movement: without another try it would stay here for good.
        database.command({"collMod": STOCK_MOVEMENTS, "validator": {}})
        await ann.disconnect()
        ann.connect()
        await bob.until_stock(_HAMMER, 5)
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await equal(database, ann, bob)


async def test_an_item_that_is_mended_has_the_sum_of_what_moved_meanwhile(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    database.command({"collMod": INVENTORY, "validator": {"notes": {"$ne": "refused"}}})
    item = item_document(SEATTLE, 77, 0) | {"notes": "refused"}
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await ann.disconnect()
        await ann.session.write(lambda unit: unit.insert(INVENTORY, _INSERT_ITEM, item))
        await ann.stock.adjust(await ann.item(item), 5, Reason.FOUND, ann.actor)
        ann.connect()
        await ann.until(lambda: ann.state.parked == 1, "a parked item")
        await ann.delivered()
        assert database[STOCK_MOVEMENTS].count_documents({}) == 1
        parameters = {"id": item["inventory_id"]}
        await ann.session.write(lambda unit: unit.update(INVENTORY, _MEND_ITEM, parameters))
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await ann.delivered()
        await ann.stock.adjust(await ann.item(item), 2, Reason.FOUND, ann.actor)
        await ann.delivered()
        stored = database[INVENTORY].find_one({"_id": item["inventory_id"]})
        assert stored is not None
        assert stored["stock_delta"] == 7
        await equal(database, ann)


@pytest.mark.parametrize("name", [INVENTORY, STOCK_MOVEMENTS])
async def test_what_could_not_come_in_is_refused_no_longer_once_it_is_mended(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path, name: str
) -> None:
    prepare(database)
    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        await _adjust(ann, 1)
        await ann.delivered()
        movement = database[STOCK_MOVEMENTS].find_one({})
        assert movement is not None
        other = "11111111-0000-4000-8000-000000000001"
        broken, field, mended = {
            INVENTORY: (item_document(SEATTLE, 77), "reorder_threshold", 5),
            STOCK_MOVEMENTS: (
                {**movement, "_id": other, "movement_id": other, "device_id": "another"},
                "quantity",
                2,
            ),
        }[name]
        put(database, name, {**broken, field: float("nan")})
        await ann.until(lambda: ann.state.parked == 1, "a parked document")
        its = {"_id": mongo_id(name, broken)}
        database[name].update_one(its, {"$set": {field: mended}})
        if name == STOCK_MOVEMENTS:
            hammer = {"_id": mongo_id(INVENTORY, _HAMMER)}
            database[INVENTORY].update_one(hammer, {"$inc": {"stock_delta": mended}})
        await ann.until(lambda: ann.state.parked == 0, "nothing parked")
        await equal(database, ann)
