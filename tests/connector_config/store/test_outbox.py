"""The outbox: rows are written with the change, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Place, Reason
from connector_config.mongodb.connection import MongoSettings
from connector_config.schema.collections import CUSTOMERS, INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import ECHOES, MADE, NUMBERS, OUTBOX, PARKED, PROGRESS
from connector_config.store.outbox import PendingRow, pending_rows
from tests.helpers.link import SEATTLE, LinkedDevice, customer_document, device, item_document, now

_NOWHERE = MongoSettings("mongodb://127.0.0.1:1/", "nothing")
_HAMMER = item_document(SEATTLE, 1)
_INSERT = "INSERT INTO customers DOCUMENTS (:document)"
_INSERT_ITEM = "INSERT INTO inventory DOCUMENTS (:document)"
_EDIT = "UPDATE customers SET phone = :phone WHERE customer_id = :id"


async def _stocked(one: LinkedDevice) -> None:
    await one.session.write(lambda unit: unit.insert(INVENTORY, _INSERT_ITEM, _HAMMER))
    await one.session.query(f"EVICT FROM {OUTBOX} WHERE at > ''")


async def _rows(one: LinkedDevice) -> dict[str, PendingRow]:
    return {row.collection: row for row in await pending_rows(one.peer.store, 100)}


async def test_a_movement_is_sent_and_tells_of_the_stock_it_moved(tmp_path: Path) -> None:
    async with device(tmp_path, _NOWHERE) as ann:
        await _stocked(ann)
        movement = await ann.stock.adjust(await ann.item(_HAMMER), 3, Reason.FOUND, ann.actor)
        rows = await _rows(ann)
        assert set(rows) == {STOCK_MOVEMENTS}
        assert rows[STOCK_MOVEMENTS].document_id["movement_id"] == movement.movement_id
        assert (rows[STOCK_MOVEMENTS].kind, rows[STOCK_MOVEMENTS].base) == ("insert", None)


async def test_an_edit_keeps_the_document_as_it_was_before_the_first_of_them(
    tmp_path: Path,
) -> None:
    async with device(tmp_path, _NOWHERE) as ann:
        await _stocked(ann)
        item = await ann.item(_HAMMER)
        await ann.stock.move(item, Place("7", "B", "1"), ann.actor)
        await ann.stock.move(item, Place("8", "C", "2"), ann.actor)
        row = (await _rows(ann))[INVENTORY]
        assert (row.kind, row.base) == ("update", _HAMMER)
        assert set(row.changed) == {"location", "updated_at"}
        first = row.changed["location"]
        assert first > _HAMMER["updated_at"]
        await ann.stock.move(item, Place("1", "A", "1"), ann.actor)  # where it was
        again = (await _rows(ann))[INVENTORY].changed
        assert set(again) == {"location", "updated_at"}
        assert await ann.count(OUTBOX) == 4  # the item, and three movements


async def test_an_edit_of_what_was_never_sent_is_still_an_insert(tmp_path: Path) -> None:
    customer = customer_document(SEATTLE, 1)
    async with device(tmp_path, _NOWHERE) as ann:
        await ann.session.write(lambda unit: unit.insert(CUSTOMERS, _INSERT, customer))
        edit = {"phone": "(206) 555-0111", "id": customer["customer_id"]}
        await ann.session.write(lambda unit: unit.update(CUSTOMERS, _EDIT, edit))
        row = (await _rows(ann))[CUSTOMERS]
        assert (row.kind, row.base) == ("insert", None)


async def test_what_is_rolled_back_leaves_no_row(tmp_path: Path) -> None:
    async def work(unit: UnitOfWork) -> None:
        await unit.insert(CUSTOMERS, _INSERT, customer_document(SEATTLE, 1))
        raise RuntimeError("stop")

    async with device(tmp_path, _NOWHERE) as ann:
        with pytest.raises(RuntimeError):
            await ann.session.write(work)
        assert await ann.count(OUTBOX) == 0


@pytest.mark.parametrize("clock", [None, now], ids=["other modes", "mode link"])
async def test_rows_are_written_in_mode_link_only(clock: object, tmp_path: Path) -> None:
    session = await Session.open(tmp_path, now if clock else None)
    customer = customer_document(SEATTLE, 1)
    await session.write(lambda unit: unit.insert(CUSTOMERS, _INSERT, customer))
    rows = await session.query(f"SELECT * FROM {OUTBOX}")
    await session.close()
    assert len(rows) == (1 if clock else 0)


async def test_ditto_never_sends_the_local_collections_to_a_peer(tmp_path: Path) -> None:
    async with device(tmp_path, _NOWHERE) as ann:
        shown = await ann.session.query("SHOW USER_COLLECTION_SYNC_SCOPES")
        scopes = shown[0]["user_collection_sync_scopes"]
        local = (OUTBOX, PARKED, ECHOES, PROGRESS, NUMBERS, MADE)
        assert {scopes[name] for name in local} == {"LocalPeerOnly"}
