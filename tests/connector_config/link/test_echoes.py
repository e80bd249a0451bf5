"""What MongoDB tells a device of its own changes, and what it tells beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from app.domain.entities import Reason
from connector_config.link.answers import Answers
from connector_config.link.inbox import Inbox
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import INVENTORY
from connector_config.schema.instants import to_iso
from tests.helpers.link import SEATTLE, equal, item_document, live_devices, now, prepare
from tests.helpers.waiting import PATIENCE

_NOTE = "UPDATE inventory SET notes = :text, updated_at = :at WHERE inventory_id = :id"
_HAMMER = item_document(SEATTLE, 1)
_KEY = {"inventory_id": _HAMMER["inventory_id"]}


async def test_what_came_between_a_commit_and_its_repetition_is_no_older_than_ours(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """MongoDB answers a commit that is repeated, as after a step-down, with its newest time."""
    prepare(database)
    told, written, answered = (asyncio.Event() for _ in range(3))
    acknowledge, receive = Answers.acknowledge, Inbox.receive
    commit = AsyncClientSession.commit_transaction
    theirs = {"notes": "Theirs", "updated_at": "2099-01-01T00:00:00.000Z"}

    async def acknowledge_later(*args: Any) -> None:
        await written.wait()
        await acknowledge(*args)
        answered.set()

    async def receive_later(*args: Any, **named: Any) -> None:
        await told.wait()
        await receive(*args, **named)

    async def commit_twice(session: AsyncClientSession) -> None:
        await commit(session)
        if written.is_set():
            database[INVENTORY].update_one(_KEY, {"$set": theirs})
            await commit(session)

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(Answers, "acknowledge", acknowledge_later)
        monkeypatch.setattr(Inbox, "receive", receive_later)
        monkeypatch.setattr(AsyncClientSession, "commit_transaction", commit_twice)
        arguments = {"text": "Ours", "at": to_iso(now()), "id": _HAMMER["inventory_id"]}
        await ann.session.write(lambda unit: unit.update(INVENTORY, _NOTE, arguments))
        async with asyncio.timeout(PATIENCE):
            while not database[INVENTORY].count_documents({"notes": "Ours"}):
                await asyncio.sleep(0.01)
        # Of the next transaction the change stream tells that nothing changed but the stock.
        await ann.stock.adjust(await ann.item(_HAMMER), 3, Reason.FOUND, ann.actor)
        written.set()
        await answered.wait()
        await ann.delivered()
        told.set()
        await equal(database, ann)
        await ann.told()
    stored = database[INVENTORY].find_one(_KEY)
    assert stored and stored["notes"] == "Theirs"


async def test_what_beats_a_change_whose_commit_did_not_come_through_is_taken(
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A transaction that a step-down ends is run anew, and finds what others wrote meanwhile."""
    prepare(database)
    commit, acknowledge, receive = (
        AsyncClientSession.commit_transaction,
        Answers.acknowledge,
        Inbox.receive,
    )
    theirs = {"notes": "Theirs", "updated_at": "2099-01-01T00:00:00.000Z"}
    ended, answered = asyncio.Event(), asyncio.Event()

    async def end_the_first(session: AsyncClientSession) -> None:
        if not ended.is_set():
            ended.set()
            await session.abort_transaction()
            database[INVENTORY].update_one(_KEY, {"$set": theirs})
            label = {"errorLabels": ["TransientTransactionError"]}
            raise OperationFailure("NoSuchTransaction", 251, label)
        await commit(session)

    async def acknowledged(*args: Any) -> None:
        await acknowledge(*args)
        answered.set()

    async def receive_later(*args: Any, **named: Any) -> None:
        await answered.wait()
        await receive(*args, **named)

    async with live_devices(tmp_path, mongo_settings, "ann") as (ann,):
        monkeypatch.setattr(AsyncClientSession, "commit_transaction", end_the_first)
        monkeypatch.setattr(Answers, "acknowledge", acknowledged)
        monkeypatch.setattr(Inbox, "receive", receive_later)
        arguments = {"text": "Ours", "at": to_iso(now()), "id": _HAMMER["inventory_id"]}
        await ann.session.write(lambda unit: unit.update(INVENTORY, _NOTE, arguments))
        await answered.wait()
        assert ended.is_set()
        await equal(database, ann)
    stored = database[INVENTORY].find_one(_KEY)
    assert stored and stored["notes"] == "Theirs"
