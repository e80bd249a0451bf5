"""What the rehearsal undoes: the newest change of a device that can be undone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.data.store.session import Session
from app.domain.entities import Movement, Place, Reason
from app.rehearsal.undoable import newest_undoable
from tests.helpers.shared import copied
from tests.helpers.stock_room import ANN, BOB, SEATTLE, StockRoom


@pytest.fixture
async def room(demo_template: Path, tmp_path: Path) -> AsyncIterator[StockRoom]:
    """The stock of a demo store."""
    with copied(demo_template, tmp_path / "data") as folder:
        session = await Session.open(folder)
        yield StockRoom(session)
        await session.close()


async def newest(
    room: StockRoom, device_id: str = "device-ann", store_id: str = SEATTLE
) -> Movement | None:
    return await newest_undoable(room.repositories.history, store_id, device_id)


async def test_each_undo_takes_back_the_change_before_until_there_is_none(room: StockRoom) -> None:
    first, second = await room.items(limit=2)
    found = await room.stock.adjust(first, 1, Reason.FOUND, ANN)
    moved = await room.stock.move(second, Place("1", "A"), ANN)
    last = await room.stock.adjust(first, 1, Reason.FOUND, ANN)
    await room.stock.adjust(first, 1, Reason.FOUND, BOB)
    for expected in (last, moved, found):
        assert await newest(room) == expected
        await room.stock.undo(expected, ANN)
    assert await newest(room) is None
    assert await newest(room, "device-bob", "store_tacoma") is None
    assert await newest(room, "device-bob") is not None


async def test_what_another_device_undid_is_passed_over(room: StockRoom) -> None:
    item = await room.item()
    kept = await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    # More than a page of what was undone.
    for _ in range(60):
        await room.stock.undo(await room.stock.adjust(item, 1, Reason.FOUND, ANN), BOB)
    assert await newest(room) == kept
    await room.stock.undo(kept, BOB)
    assert await newest(room) is None
