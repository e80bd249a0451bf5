"""Two devices and a MongoDB, joined by the link."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.data.stock.feed import StockFeed
from app.data.stock.stock import DittoStockRepository, ShelfSummary
from app.domain.entities import Place, Reason, StockItem
from connector_config.link import link as link_module
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import INVENTORY
from connector_config.schema.instants import to_iso
from tests.helpers.doors import look_at_doors
from tests.helpers.link import (
    SEATTLE,
    TACOMA,
    device,
    equal,
    item_document,
    live_devices,
    now,
    prepare,
    wanted_of,
)
from tests.helpers.stock_room import Heard
from tests.helpers.waiting import PATIENCE

_NOTE = "UPDATE inventory SET notes = :text, updated_at = :at WHERE inventory_id = :id"


@pytest.fixture(autouse=True)
def no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """The link does not look for what nobody woke it for: nothing here comes by that."""
    monkeypatch.setattr(link_module, "_LOOK_SECONDS", 10 * PATIENCE)


async def test_what_is_written_goes_out_at_once_and_in_any_order(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        async with asyncio.timeout(PATIENCE):
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


async def test_the_latest_time_of_a_stock_change_stays_in_whatever_order_they_were_stored(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    hammer = item_document(SEATTLE, 1)
    early, middle, late = (datetime(2026, 11, 21, 9, minute, tzinfo=UTC) for minute in (1, 2, 3))
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        await ann.disconnect()
        for at in (late, early):
            stock = DittoStockRepository(ann.session, lambda at=at: at, StockFeed(ann.session))  # type: ignore[misc]
            await stock.adjust(await ann.item(hammer), 1, Reason.FOUND, ann.actor)
        await ann.stock.move(await ann.item(hammer), Place("9", "Z", "1"), ann.actor)
        between = {"$set": {"last_updated": to_iso(middle)}}
        database[INVENTORY].update_one({"_id": hammer["inventory_id"]}, between)
        ann.connect()
        await equal(database, ann, bob)
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


async def test_figures_follow_what_the_link_stores_and_read_nothing_else(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(database)
    hammer, saw = item_document(SEATTLE, 1), item_document(SEATTLE, 2)
    mine, its = {"_id": hammer["inventory_id"]}, hammer["inventory_id"]
    async with live_devices(tmp_path, mongo_settings, "ann", "bob") as (ann, bob):
        low, shelves = Heard[list[StockItem]](), Heard[list[ShelfSummary]]()
        stop = [bob.stock.watch_low(SEATTLE, low), bob.stock.watch_shelves(SEATTLE, shelves)]
        assert its not in {one.inventory_id for one in await low.first()}
        items = sum(one.items for one in await shelves.first())
        wholes: list[str] = []

        def look(query: str, _: Any) -> None:
            if "FROM inventory" in query and query.endswith("LIMIT 400000"):
                wholes.append(query)

        look_at_doors(monkeypatch, look)
        item = await ann.item(hammer)
        await ann.stock.adjust(item, -item.on_hand, Reason.LOST, ann.actor)
        await low.until(lambda found: its in {one.inventory_id for one in found})
        await ann.stock.move(item, Place("99", "Z", "1"), ann.actor)
        await shelves.until(lambda found: ("99", "Z") in {(one.aisle, one.shelf) for one in found})
        # The back office sets what is its own, and takes an item away.
        later = {"stock_level": item.stock_level + 500, "updated_at": to_iso(now())}
        database[INVENTORY].update_one(mine, {"$set": later})
        await low.until(lambda found: its not in {one.inventory_id for one in found})
        database[INVENTORY].delete_one({"_id": saw["inventory_id"]})
        await shelves.until(lambda found: sum(one.items for one in found) == items - 1)
        # Longer than it takes to find out that nobody told of a change.
        await asyncio.sleep(0.3)
        assert wholes == []
        for cancel in stop:
            cancel()


async def test_whenever_it_is_cancelled_it_leaves_nothing_behind(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with device(tmp_path / "a", mongo_settings) as ann:
        await ann.disconnect()
        for moments in range(12):
            ann.connect()
            for _ in range(moments):
                await asyncio.sleep(0)
            await ann.disconnect()
            assert ann.session.peer.store.observers == (), moments
