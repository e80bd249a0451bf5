"""The first sync of a device that comes late, or that holds something already."""

from __future__ import annotations

from pathlib import Path

from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Place, Reason
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.mongodb.mapping import mongo_id
from connector_config.schema.collections import CUSTOMERS, INVENTORY, STOCK_MOVEMENTS, ditto_id
from seed.mongo.change_streams import enable
from seed.mongo.validation.run import validate
from seed.mongo.views import ensure_views
from tests.helpers.link import (
    SEATTLE,
    TACOMA,
    customer_document,
    device,
    equal,
    item_document,
    prepare,
    wanted_of,
)
from tests.seed.mongo.small_set import FIRST, LAST, small_set

_HAMMER, _SAW = item_document(SEATTLE, 1), item_document(TACOMA, 1)


async def test_a_device_that_comes_late_gets_every_movement_once(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with device(tmp_path / "a", mongo_settings) as ann:
        ann.connect()
        await ann.live()
        for quantity in (5, -2, -4):
            await ann.stock.adjust(await ann.item(_HAMMER), quantity, Reason.FOUND, ann.actor)
        await ann.stock.adjust(await ann.item(_SAW), 7, Reason.FOUND, ann.actor)
        await ann.delivered()
        # It cannot be stored on a device, and keeps nothing else back.
        database[CUSTOMERS].insert_one({"primary_store_id": SEATTLE, "first_name": "No id"})
        async with device(tmp_path / "b", mongo_settings, name="bob") as bob:
            bob.connect()
            await bob.until(lambda: bob.state.parked == 1, "a parked document")
            await bob.live()
            database[CUSTOMERS].delete_one({"first_name": "No id"})
            await equal(database, ann, bob, parked_at_most=1)
            assert await bob.count(STOCK_MOVEMENTS) == 3
            assert [(await bob.item(one)).stock_delta for one in (_HAMMER, _SAW)] == [-1, 7]


async def test_what_is_here_already_is_merged_and_the_rest_comes(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    known = customer_document(SEATTLE, 1)
    later = {"phone": "(206) 555-0177", "updated_at": "2026-11-20T09:00:00.000Z"}
    async with device(tmp_path / "a", mongo_settings) as ann:

        async def work(unit: UnitOfWork) -> None:
            document = {"_id": ditto_id(CUSTOMERS, known), **known, **later}
            await unit.insert(CUSTOMERS, "INSERT INTO customers DOCUMENTS (:document)", document)

        ann.session._outbox_clock = None  # as in mode offline
        await ann.session.write(work)
        ann.connect()
        await ann.live()
        await equal(database, ann)
        assert await ann.count(CUSTOMERS) == 4
    there = database[CUSTOMERS].find_one({"_id": mongo_id(CUSTOMERS, known)})
    assert there and there["phone"] == later["phone"]


async def test_what_devices_wrote_is_right_for_validation_and_analysts(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    for name, documents in small_set().items():
        database[name].insert_many([dict(document) for document in documents])
    ensure_views(database)
    list(enable(database))
    hammer = next(item for item in small_set()[INVENTORY] if item["store_id"] == SEATTLE)
    async with device(tmp_path / "a", mongo_settings, wanted_of(SEATTLE)) as ann:
        ann.connect()
        await ann.live()
        await ann.stock.adjust(await ann.item(hammer), 6, Reason.FOUND, ann.actor)
        await ann.stock.adjust(await ann.item(hammer), -2, Reason.DAMAGED, ann.actor)
        await ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor)
        await ann.delivered()
        failed = validate(database, FIRST, LAST).failed
        # Indexes take longer to make than all the rest.
        assert [one for one in failed if one.check not in ("indexes", "explain")] == []
        (row,) = database["inventory_on_hand"].find({"_id": hammer["inventory_id"]})
        assert row["on_hand"] == (await ann.item(hammer)).on_hand == hammer["stock_level"] + 4
        assert row["location"] == {"aisle": "9", "shelf": "Z", "bin": "1"}
