"""A customer forgotten on one device while another one is away, through the real link."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config.repositories import Repositories
from app.domain.customers import Customer
from app.domain.entities import Role
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import COLLECTIONS, CUSTOMERS, ORDERS
from connector_config.schema.forgotten import REMOVED
from connector_config.store.local_indexes import ensure_indexes
from connector_config.store.local_only import SYNC_SCOPES
from tests.connector_config.link.test_orders import sold
from tests.helpers.link import AT, SEATTLE, TACOMA, LinkedDevice, device, equal, now, prepare, put
from tests.helpers.waiting import PATIENCE

# Tacoma has another Ann with this number.
TRACES = ("ann number 1", "c1@store_seattle", "555-0199", "zoë")


async def _traces(database: MongoDatabase, *peers: LinkedDevice) -> list[str]:
    """Where anything of the person is left."""
    found = {
        f"{name} in MongoDB"
        for name in COLLECTIONS
        for one in database[name].find({}, {"_id": 0})
        if _names(one)
    }
    for peer in peers:
        for name in (*COLLECTIONS, *SYNC_SCOPES):
            found |= {
                f"{name} of {peer.name}"
                for one in (await peer.documents(name)).values()
                if _names(one)
            }
    return sorted(found)


def _names(document: dict[str, Any]) -> bool:
    text = json.dumps(document, default=str, ensure_ascii=False).lower()
    return any(trace in text.replace("\\\\u00eb", "ë") for trace in TRACES)


async def _person(one: LinkedDevice) -> Customer:
    found = await _its(one).customers.get(SEATTLE, f"c-{SEATTLE}-1")
    assert found is not None
    return found


def _its(one: LinkedDevice) -> Repositories:
    return Repositories(one.session, now, SEATTLE)


@pytest.mark.parametrize("first", ["ann", "bob"])
async def test_a_device_that_was_away_brings_nobody_back(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path, first: str
) -> None:
    prepare(database)
    # Of another store, which none of these devices holds.
    far = {"order_id": "far", "store_id": TACOMA, "customer_id": f"c-{SEATTLE}-1", "total": 5.0}
    named = {"customer_name": "Ann Number 1", "customer_email": f"c1@{SEATTLE}.example"}
    common = {"order_date": AT, "created_at": AT, "updated_at": AT, "deleted": False}
    put(database, ORDERS, {**far, **named, **common, "status": "completed"})
    async with (
        device(tmp_path / "a", mongo_settings) as ann,
        device(tmp_path / "b", mongo_settings, name="bob") as bob,
    ):
        for peer in (ann, bob):
            await ensure_indexes(peer.session.query)
            peer.connect()
        await equal(database, ann, bob)
        ann.actor = replace(ann.actor, profile=replace(ann.actor.profile, role=Role.MANAGER))
        for peer in (ann, bob):
            await peer.disconnect()

        await _its(ann).forgetting.forget(await _person(ann), ann.actor)
        # Later than the wish, and not knowing of it.
        before = await _person(bob)
        await _its(bob).customers.save(
            replace(before, first_name="Zoë", phone="(206) 555-0199"), bob.actor, before
        )
        order = await sold(bob, [(1, 2)], await _person(bob))
        peers = (ann, bob) if first == "ann" else (bob, ann)
        for peer in peers:
            peer.connect()
            await peer.live()
            await peer.delivered()
        async with asyncio.timeout(PATIENCE):
            while not await _forgotten(bob):
                await asyncio.sleep(0.01)
        # As every app that is open does from time to time.
        for peer in (bob, ann):
            await _its(peer).forgetting.tidy()
        await equal(database, ann, bob)
        for peer in (bob, ann):
            await _its(peer).forgetting.tidy()

        assert await _traces(database, ann, bob) == []
        for one in database[ORDERS].find({"customer_id": before.customer_id}):
            assert (one["customer_name"], one["customer_email"]) == (REMOVED, "")
        stored = database[ORDERS].find_one({"_id": order.order_id})
        assert stored and stored["total"] == float(order.total)
        (gone,) = database[CUSTOMERS].find({"forgotten_at": {"$gt": ""}})
        assert (gone["customer_id"], gone["deleted"]) == (before.customer_id, True)


async def _forgotten(one: LinkedDevice) -> bool:
    rows = await one.session.query("SELECT * FROM customers WHERE forgotten_at > ''")
    return bool(rows)


async def test_what_an_older_version_brings_back_is_forgotten_by_whoever_sees_it(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with device(tmp_path, mongo_settings) as ann:
        await ensure_indexes(ann.session.query)
        ann.connect()
        await equal(database, ann)
        ann.actor = replace(ann.actor, profile=replace(ann.actor.profile, role=Role.MANAGER))
        person = await _person(ann)
        await _its(ann).forgetting.forget(person, ann.actor)
        await equal(database, ann)
        # It merges without knowing the wish.
        late = {"first_name": "Zoë", "deleted": False, "updated_at": "2099-01-01T00:00:00.000Z"}
        database[CUSTOMERS].update_one({"customer_id": person.customer_id}, {"$set": late})
        await equal(database, ann)
        assert await _its(ann).customers.get(SEATTLE, person.customer_id) is None
        assert await _its(ann).forgetting.tidy() == 1
        await equal(database, ann)
        assert await _traces(database, ann) == []
