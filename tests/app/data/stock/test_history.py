"""The ledger of a store in pages, and what undoing one of it would do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.data.stock import ledger
from app.data.stock.history import HistoryColumn, HistoryFilter, HistoryRepository
from app.domain.documents.stock import to_movement
from app.domain.entities import Movement, Reason
from app.domain.undo import preview
from connector_config.schema.instants import to_iso
from tests.helpers.stock_room import ANN, BOB, SEATTLE, StockRoom

START = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = ("Ann", "Bob", "Cid")


async def fill(room: StockRoom, number: int) -> list[Movement]:
    """A ledger in which several movements share a moment, newest first."""
    random_ = random.Random(5)
    documents: list[dict[str, Any]] = []
    for index in range(number):
        at = to_iso(START + timedelta(minutes=random_.randrange(number // 3)))
        key = {
            "store_id": SEATTLE if index % 5 else "store_tacoma",
            "movement_id": f"m-{index:05}",
        }
        documents.append(
            {
                "_id": key,
                **key,
                "inventory_id": f"item-{random_.randrange(4)}",
                "product_id": "p",
                "reason": random_.choice(("sold", "received", "counted")),
                "quantity": random_.randrange(-9, 10),
                "who": random_.choice(PEOPLE),
                "device_id": random_.choice(("device-a", "device-b")),
                "device_name": "x",
                "at": at,
                "reference": {},
            }
        )
    await room.session.query("INSERT INTO stock_movements DOCUMENTS (:all)", {"all": documents})
    mine = [to_movement(one) for one in documents if one["store_id"] == SEATTLE]
    return sorted(mine, key=lambda one: (one.at, one.movement_id), reverse=True)


async def test_pages_hold_every_movement_once_in_order(room: StockRoom) -> None:
    movements = await fill(room, 400)
    history = HistoryRepository(room.session, room.clock)
    everything = HistoryFilter(SEATTLE)
    for wanted in (
        everything,
        replace(everything, inventory_id="item-1"),
        replace(everything, reason=Reason.SOLD),
        replace(everything, who="Bob"),
        replace(everything, device_id="device-b"),
        replace(everything, reason=Reason.COUNTED, who="Ann", device_id="device-a"),
        replace(everything, since=START + timedelta(minutes=20)),
        replace(
            everything,
            who="Cid",
            since=START + timedelta(minutes=20),
            until=START + timedelta(minutes=60),
        ),
    ):
        expected = [
            movement
            for movement in movements
            if wanted.inventory_id in (None, movement.inventory_id)
            and wanted.reason in (None, movement.reason)
            and wanted.who in (None, movement.who)
            and wanted.device_id in (None, movement.device_id)
            and (wanted.since is None or movement.at >= wanted.since)
            and (wanted.until is None or movement.at <= wanted.until)
        ]
        found: list[Movement] = []
        page = await history.page(wanted, limit=37)
        while page.next is not None:
            assert len(page.movements) == 37
            found += page.movements
            page = await history.page(wanted, page.next, limit=37)
        assert [*found, *page.movements] == expected
    assert await history.people(SEATTLE) == list(PEOPLE)
    assert await history.devices(SEATTLE) == {"device-a": "x", "device-b": "x"}


def hears(
    queue: asyncio.Queue[tuple[list[Movement], bool]],
) -> Callable[[list[Movement], bool], None]:
    return lambda movements, more: queue.put_nowait((movements, more))


@pytest.mark.parametrize(
    ("column", "descending", "value"),
    [
        (HistoryColumn.TIME, False, lambda one: one.at),
        (HistoryColumn.QUANTITY, False, lambda one: one.quantity),
        (HistoryColumn.QUANTITY, True, lambda one: one.quantity),
    ],
)
async def test_all_movements_are_sorted_by_a_column_and_the_first_are_given(
    room: StockRoom,
    column: HistoryColumn,
    descending: bool,
    value: Callable[[Movement], Any],
) -> None:
    movements = await fill(room, 200)
    movements.sort(key=lambda one: (value(one), one.at, one.movement_id), reverse=descending)
    history = HistoryRepository(room.session, room.clock)
    everything = HistoryFilter(SEATTLE)
    for wanted in (
        everything,
        replace(everything, reason=Reason.SOLD),
        replace(everything, since=START + timedelta(minutes=20)),
    ):
        expected = [
            one
            for one in movements
            if wanted.reason in (None, one.reason)
            and (wanted.since is None or one.at >= wanted.since)
        ]
        heard: asyncio.Queue[tuple[list[Movement], bool]] = asyncio.Queue()
        cancel = history.watch_sorted(wanted, column, descending, hears(heard), 30)
        assert await heard.get() == (expected[:30], True)
        cancel()


async def test_the_newest_movements_of_an_item_are_read_without_the_others(room: StockRoom) -> None:
    movements = await fill(room, 100)
    of_item = [one for one in movements if one.inventory_id == "item-1"]
    found = await room.stock.newest("item-1", 100)
    # The other store has an item of this id here.
    assert [one for one in found if one.store_id == SEATTLE] == of_item
    assert await room.stock.newest("item-1", 9) == found[:9]
    asked = {"inventory_id": "item-1", "limit": 9}
    (row,) = await room.session.query(f"EXPLAIN {ledger.MOVEMENTS}", asked)
    scan, *steps = row["plan"]["children"]
    assert scan["desc"]["index"] == "history_item"
    assert "sort" not in [one["#operator"] for one in steps]


async def test_the_consequence_of_an_undo_is_known_before(room: StockRoom) -> None:
    history = HistoryRepository(room.session, room.clock)
    item = await room.item()
    found = await room.stock.adjust(item, 3, Reason.FOUND, ANN)
    shown = await history.preview_undo(found)
    assert (shown.allowed, shown.on_hand, shown.on_hand_after) == (
        True,
        item.on_hand + 3,
        item.on_hand,
    )
    await room.stock.undo(found, BOB)
    shown = await history.preview_undo(found)
    assert (shown.allowed, shown.sentence) == (False, "It was undone already.")


@pytest.mark.parametrize(
    ("reason", "reference", "sentence"),
    [
        (Reason.UNDO, {}, "an undo itself"),
        (Reason.COUNTED, {}, "count the product again"),
        (Reason.RECEIVED, {"receipt": "r", "number": "GR-1"}, "receipt GR-1"),
        (Reason.TRANSFER_OUT, {"transfer": "t", "number": "TR-1"}, "transfer TR-1"),
    ],
)
def test_what_belongs_to_a_paper_is_undone_there(
    reason: Reason, reference: dict[str, str], sentence: str
) -> None:
    movement = Movement(
        "m", SEATTLE, "i", "p", reason, 2, START, "Ann", "d", "x", reference=reference
    )
    found = preview(movement, 5, undone=False, counted_since=False)
    assert not found.allowed
    assert sentence in found.sentence
