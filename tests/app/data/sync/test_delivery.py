"""What waits is counted and named, and what left is known with its time, also after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.data.store.session import Session
from app.data.store.unit_of_work import Touched, UnitOfWork, Written
from app.data.sync.delivery import Delivery, Outbox
from app.data.sync.mesh import Mesh
from app.data.sync.network import PeerSeen, Seen
from app.data.sync.presence import introduction
from app.domain.entities import Device, Profile, Role
from connector_config.schema.collections import INVENTORY, ORDERS, STOCK_MOVEMENTS, ditto_id
from connector_config.store.local_only import DELIVERED, OUTBOX, PARKED
from connector_config.store.outbox import row_id
from tests.helpers.two_stores import NOW, SEATTLE, TACOMA, document, now
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    folder: Path = tmp_path_factory.mktemp("delivery")
    session = await Session.open(folder, now)
    yield session
    await session.close()


@pytest_asyncio.fixture(loop_scope="module")
async def outbox(session: Session) -> AsyncIterator[Outbox]:
    for name in (OUTBOX, PARKED, DELIVERED, ORDERS, STOCK_MOVEMENTS, INVENTORY):
        await session.query(f"EVICT FROM {name}")
    outbox = Outbox(session, "MongoDB", now)
    await outbox.open()
    yield outbox
    await outbox.close()


async def write(session: Session, *collections: str, name: str = "a") -> dict[str, Any]:
    """Documents written together, as the app does; the `_id` of each by collection."""
    documents = {one: document(one, SEATTLE, name) for one in collections}

    async def work(unit: UnitOfWork) -> None:
        for one, its in documents.items():
            await unit.insert(one, f"INSERT INTO {one} DOCUMENTS (:document)", its)

    await session.write(work)
    return {one: ditto_id(one, its) for one, its in documents.items()}


async def edit(session: Session, order: Any) -> None:
    """An order is changed here."""
    statement = "UPDATE orders SET note = 'later' WHERE _id = :id"
    assert await session.write(lambda unit: unit.update(ORDERS, statement, {"id": order})) == 1


async def leave(session: Session, collection: str, document_id: Any) -> None:
    """The link has delivered it."""
    await session.query(
        f"EVICT FROM {OUTBOX} WHERE _id = :id", {"id": row_id(collection, document_id)}
    )


def far(key: str, commit: int, *, is_ditto_server: bool = False) -> dict[str, Any]:
    """How far somebody has come, as Ditto tells it."""
    documents = {"sync_session_status": "Connected", "synced_up_to_local_commit_id": commit}
    return {"_id": key, "is_ditto_server": is_ditto_server, "documents": documents}


def of(store_id: str, role: Role = Role.WORKER) -> dict[str, str]:
    """What somebody of a store tells the others."""
    return introduction(Profile(store_id, role, "Ben"), store_id, Device("device-2", "tablet"))


def nearby(metadata: dict[str, str]) -> PeerSeen:
    """A device nearby that tells this of itself."""
    return PeerSeen("nearby", "tablet", ("AccessPoint",), metadata)


def answer(session: Session, monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> None:
    """Let Ditto tell this of how far the others have come."""
    query = session.query

    async def instead(dql: str, parameters: Any = None) -> list[dict[str, Any]]:
        return list(rows) if "system:data_sync_info" in dql else await query(dql, parameters)

    monkeypatch.setattr(session, "query", instead)


async def test_a_change_of_stock_counts_once(session: Session, outbox: Outbox):
    assert outbox.pending == 0
    ids = await write(session, STOCK_MOVEMENTS, INVENTORY)
    await until(lambda: outbox.pending == 1, "the change")
    await write(session, STOCK_MOVEMENTS, name="b")
    await until(lambda: outbox.pending == 2, "the second change")
    for name, its in ids.items():
        await leave(session, name, its)
    await until(lambda: outbox.pending == 1, "the first to leave")


async def test_stock_alone_is_never_called_delivered(session: Session, outbox: Outbox):
    ids = await write(session, STOCK_MOVEMENTS, INVENTORY)
    await leave(session, STOCK_MOVEMENTS, ids[STOCK_MOVEMENTS])
    await until(lambda: len(outbox.page) == 1, "the movement to leave")
    assert outbox.pending == 1


async def test_it_knows_what_became_of_a_document_and_when(session: Session, outbox: Outbox):
    ids = await write(session, STOCK_MOVEMENTS)
    movement = ids[STOCK_MOVEMENTS]
    await until(lambda: outbox.page, "the row")
    assert await outbox.deliveries_of(STOCK_MOVEMENTS, [movement]) == [Delivery(False)]
    await leave(session, STOCK_MOVEMENTS, movement)
    await until(lambda: outbox.pending == 0, "it to leave")
    delivered = Delivery(True, NOW, "MongoDB")
    assert await outbox.deliveries_of(STOCK_MOVEMENTS, [movement]) == [delivered]
    again = Outbox(session, "MongoDB", now)
    await again.open()
    assert await again.deliveries_of(STOCK_MOVEMENTS, [movement]) == [delivered]
    await again.close()


async def test_what_nobody_saw_leave_is_delivered_without_a_time(outbox: Outbox):
    elsewhere = {"store_id": SEATTLE, "movement_id": "long ago"}
    assert await outbox.deliveries_of(STOCK_MOVEMENTS, [elsewhere]) == [Delivery(True)]
    assert await outbox.deliveries_of(STOCK_MOVEMENTS, []) == []


async def test_what_is_refused_is_not_delivered_and_says_why(session: Session, outbox: Outbox):
    ids = await write(session, ORDERS)
    await until(lambda: outbox.page, "the row")
    (row,) = await session.query(f"SELECT * FROM {OUTBOX}")

    async def park(unit: UnitOfWork) -> None:
        parked = {**row, "reason": "Not a number.", "direction": "out"}
        await unit.update(PARKED, f"INSERT INTO {PARKED} DOCUMENTS (:row)", {"row": parked})
        await unit.update(OUTBOX, f"EVICT FROM {OUTBOX} WHERE _id = :id", {"id": row["_id"]})

    await session.tidy(park)
    await until(lambda: outbox.pending == 0, "it to be refused")
    assert await outbox.deliveries_of(ORDERS, [ids[ORDERS]]) == [Delivery(False)]
    assert await session.query(f"SELECT * FROM {DELIVERED}") == []
    assert [(one.collection, one.refused) for one in outbox.page] == [(ORDERS, "Not a number.")]


@pytest.mark.parametrize("named", [True, False], ids=["now", "by 0.1.0"])
async def test_what_cannot_come_in_says_why_and_waits_for_nobody(
    session: Session, outbox: Outbox, named: bool
):
    row = {
        "_id": row_id(ORDERS, "o1"),
        "collection": ORDERS,
        "direction": "in",
        "reason": "Not a number.",
        "at": "2026-11-20T08:00:00.000Z",
        **({"document_id": "o1"} if named else {}),
    }
    await session.query(f"INSERT INTO {PARKED} DOCUMENTS (:row)", {"row": row})
    again = Outbox(session, "MongoDB", now)
    await again.open()
    assert [(one.document_id, one.refused) for one in again.page] == [("o1", "Not a number.")]
    assert await again.deliveries_of(ORDERS, ["o1"]) == [Delivery(True)]
    await again.close()


async def test_times_of_deliveries_are_kept_for_a_while_only(session: Session, outbox: Outbox):
    for days, name in ((89, "young"), (91, "old")):
        at = (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        row = {"_id": name, "document_id": name, "at": at, "destination": "MongoDB"}
        await session.query(f"INSERT INTO {DELIVERED} DOCUMENTS (:row)", {"row": row})
    again = Outbox(session, "MongoDB", now)
    await again.open()
    assert [row["_id"] for row in await session.query(f"SELECT _id FROM {DELIVERED}")] == ["young"]
    await again.close()


async def test_by_ditto_it_left_when_somebody_came_as_far_as_its_commit(
    session: Session, outbox: Outbox
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, "licence", None)
    await write(session, ORDERS)
    await until(lambda: outbox.pending == 1, "the row")
    await mesh._deliver(lambda _: 0)
    (stamp,) = mesh._stamps.values()
    assert stamp.commit > 0
    await mesh._deliver(lambda _: stamp.commit - 1)
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    # Written again meanwhile: what counts is the later commit.
    (waiting,) = outbox.waiting
    mesh._on_written(Written([Touched(ORDERS, waiting.document_id)]))
    await mesh._deliver(lambda _: stamp.commit)
    (later,) = mesh._stamps.values()
    assert later.commit > stamp.commit
    await mesh._deliver(lambda _: later.commit)
    await until(lambda: outbox.pending == 0, "its delivery")
    assert mesh._stamps == {}


async def test_an_edit_after_the_stamp_waits_for_a_stamp_of_its_own(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, "licence", None)
    cancel = session.on_written(mesh._on_written)
    ids = await write(session, ORDERS)
    await until(lambda: outbox.pending == 1, "the row")
    stamp, stamps = session.stamp, list[int]()

    async def edited_meanwhile(dql: str, parameters: Any) -> int:
        stamps.append(await stamp(dql, parameters))
        await edit(session, ids[ORDERS])
        return stamps[-1]

    with monkeypatch.context() as during:
        during.setattr(session, "stamp", edited_meanwhile)
        await mesh._deliver(lambda _: 0)
    await until(lambda: "note" in outbox.waiting[0].changed, "the edit")
    await mesh._deliver(lambda _: stamps[0])
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    (later,) = mesh._stamps.values()
    await mesh._deliver(lambda _: later.commit)
    assert await session.query(f"SELECT _id FROM {OUTBOX}") == []
    cancel()


async def test_an_edit_just_before_its_row_is_taken_out_keeps_the_row(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, "licence", None)
    cancel = session.on_written(mesh._on_written)
    ids = await write(session, ORDERS)
    await until(lambda: outbox.pending == 1, "the row")
    await mesh._deliver(lambda _: 0)
    (stamp,) = mesh._stamps.values()
    tidy = session.tidy

    async def edited_before(work: Any) -> Any:
        await edit(session, ids[ORDERS])
        return await tidy(work)

    with monkeypatch.context() as during:
        during.setattr(session, "tidy", edited_before)
        await mesh._deliver(lambda _: stamp.commit)
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    await until(lambda: "note" in outbox.waiting[0].changed, "the edit")
    await mesh._deliver(lambda _: stamp.commit)
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    (later,) = mesh._stamps.values()
    await mesh._deliver(lambda _: later.commit)
    assert await session.query(f"SELECT _id FROM {OUTBOX}") == []
    cancel()


async def test_a_device_that_does_not_ask_for_a_document_does_not_have_it(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, "licence", None)
    await write(session, ORDERS)
    await until(lambda: outbox.pending == 1, "the row")
    answer(session, monkeypatch, far("nearby", 10**6))
    # Nobody known, one that has not said who it is (or not which store), one of another store.
    older = {"store": "Seattle", "role": Role.WORKER.label}
    for peers in ((), (nearby({}),), (nearby(older),), (nearby(of(TACOMA)),)):
        mesh._on_seen(Seen(peers))
        await mesh._look()
        await mesh._look()
        assert await session.query(f"SELECT _id FROM {OUTBOX}")
    # How far it came it came with the documents of the other store.
    mesh._on_seen(Seen((nearby(of(SEATTLE)),)))
    await mesh._look()
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    await mesh._look()
    assert await session.query(f"SELECT _id FROM {OUTBOX}") == []


async def test_what_everybody_asks_for_any_device_has(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, "licence", None)
    await write(session, INVENTORY)
    await until(lambda: outbox.waiting, "the row")
    answer(session, monkeypatch, far("nearby", 10**6))
    mesh._on_seen(Seen((nearby({}),)))
    await mesh._look()
    await mesh._look()
    assert await session.query(f"SELECT _id FROM {OUTBOX}") == []


async def test_in_ditto_cloud_is_what_the_server_has_not_what_a_device_nearby_has(
    session: Session, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
):
    mesh = Mesh(session, outbox, now, lambda _: None, lambda *_: None, None, "https://x.example")
    await write(session, ORDERS)
    await until(lambda: outbox.pending == 1, "the row")
    answer(session, monkeypatch, far("nearby", 10**6), far("cloud", 0, is_ditto_server=True))
    await mesh._look()
    await mesh._look()
    assert await session.query(f"SELECT _id FROM {OUTBOX}")
    answer(session, monkeypatch, far("nearby", 0), far("cloud", 10**6, is_ditto_server=True))
    await mesh._look()
    assert await session.query(f"SELECT _id FROM {OUTBOX}") == []


async def test_an_eviction_is_no_change_of_this_device(session: Session, outbox: Outbox):
    heard: list[Any] = []
    cancel = session.on_written(heard.append)
    await session.tidy(lambda unit: unit.update(ORDERS, "EVICT FROM orders", {}))
    assert heard == []
    cancel()
    assert outbox.pending == 0
