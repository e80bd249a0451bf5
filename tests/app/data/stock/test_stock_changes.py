"""Every change of stock on a real store: adjust, move, undo, and what they leave behind."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from app.data.store.unit_of_work import Written
from app.domain.entities import Place, Reason
from app.domain.errors import AlreadyUndoneError, ShortStockError, StorageError
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from tests.helpers.stock_room import ANN, BOB, SEATTLE, StockRoom, key_of

TEXTS = {
    "emoji": "🔨👩🏽‍🔧 two boxes 📦",
    "right to left": "مطرقة\u202b שלום \u202c",
    "long": "Gänsefüßchen " * 770,
    "lines": "one\ntwo\r\n\tthree\n\n",
    "quotes": 'it\'s "5" \\ %s {0} :id -- ; DROP',
    "surroundings": "  kept as typed  ",
    "null": "before\0after",
}


# --- adjust


async def test_an_adjustment_moves_the_delta_and_nothing_else(room: StockRoom) -> None:
    item = await room.item()
    before = await room.document(INVENTORY, item)

    await room.stock.adjust(item, -2, Reason.DAMAGED, ANN, "dropped")
    await room.stock.adjust(item, 7, Reason.RECEIVED, ANN)

    after = await room.document(INVENTORY, item)
    assert after.pop("stock_delta") == 5
    assert after.pop("last_updated") == "2026-11-21T09:00:02.000Z"
    before.pop("last_updated")
    assert after == before
    assert (await room.stored(item)).on_hand == item.on_hand + 5


async def test_an_adjustment_writes_a_complete_movement(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, -2, Reason.DAMAGED, ANN, "dropped")

    assert await room.movements(item) == [
        {
            "_id": {"store_id": SEATTLE, "movement_id": movement.movement_id},
            "store_id": SEATTLE,
            "movement_id": movement.movement_id,
            "inventory_id": item.inventory_id,
            "product_id": item.product_id,
            "reason": "damaged",
            "quantity": -2,
            "note": "dropped",
            "who": "Ann Ström",
            "role": "worker",
            "device_id": "device-ann",
            "device_name": "stock room",
            "at": "2026-11-21T09:00:01.000Z",
            "offline": True,
            "reference": {},
            "deleted": False,
            "created_at": "2026-11-21T09:00:01.000Z",
            "updated_at": "2026-11-21T09:00:01.000Z",
        }
    ]
    assert str(uuid.UUID(movement.movement_id)) == movement.movement_id
    assert movement.at == room.clock.now
    assert (movement.quantity, movement.reason, movement.note) == (-2, Reason.DAMAGED, "dropped")
    assert (movement.undoes, movement.from_place, movement.to_place) == (None, None, None)


async def test_who_was_connected_is_written_so(room: StockRoom) -> None:
    item = await room.item()
    await room.stock.adjust(item, 1, Reason.FOUND, BOB)
    (document,) = await room.movements(item)
    assert (document["offline"], document["role"]) == (False, "manager")


async def test_one_adjustment_is_one_transaction(room: StockRoom) -> None:
    heard: list[Written] = []
    unlisten = room.session.on_written(heard.append)
    item = await room.item()
    movement = await room.stock.adjust(item, -2, Reason.DAMAGED, ANN)
    with pytest.raises(ShortStockError):
        await room.stock.adjust(item, -item.on_hand, Reason.DAMAGED, ANN)
    unlisten()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)

    (written,) = heard
    assert [(one.collection, one.document_id) for one in written.touched] == [
        (INVENTORY, key_of(item)),
        (STOCK_MOVEMENTS, key_of(movement)),
    ]


async def test_the_last_unit_can_be_removed(room: StockRoom) -> None:
    item = await room.item()
    await room.stock.adjust(item, -item.on_hand, Reason.LOST, ANN)
    assert (await room.stored(item)).on_hand == 0


async def test_removing_more_than_is_there_asks_first_and_leaves_nothing(room: StockRoom) -> None:
    item = await room.item()
    before = await room.document(INVENTORY, item)
    with pytest.raises(ShortStockError) as short:
        await room.stock.adjust(item, -item.on_hand - 1, Reason.LOST, ANN)
    assert (short.value.on_hand, short.value.quantity) == (item.on_hand, -item.on_hand - 1)
    assert await room.document(INVENTORY, item) == before
    assert await room.movements(item) == []


async def test_a_short_stock_is_told_as_it_is_now_and_not_as_it_was_seen(room: StockRoom) -> None:
    seen = await room.item()
    await room.stock.adjust(seen, -seen.on_hand + 3, Reason.LOST, BOB)
    with pytest.raises(ShortStockError) as short:
        await room.stock.adjust(seen, -4, Reason.DAMAGED, ANN)
    assert short.value.on_hand == 3


async def test_a_negative_is_shown_when_it_was_allowed(room: StockRoom) -> None:
    item = await room.item()
    await room.stock.adjust(item, -item.on_hand - 3, Reason.LOST, ANN, allow_negative=True)
    assert (await room.stored(item)).on_hand == -3


async def test_adding_is_allowed_while_it_stays_below_zero(room: StockRoom) -> None:
    item = await room.item()
    await room.stock.adjust(item, -item.on_hand - 10, Reason.LOST, ANN, allow_negative=True)
    await room.stock.adjust(item, 4, Reason.FOUND, ANN)
    assert (await room.stored(item)).on_hand == -6
    with pytest.raises(ShortStockError):
        await room.stock.adjust(item, -1, Reason.LOST, ANN)


async def test_what_is_not_stocked_here_is_refused(room: StockRoom) -> None:
    item = await room.item()
    await room.session.query("DELETE FROM inventory WHERE _id = :id", {"id": key_of(item)})
    for refused in (
        room.stock.adjust(item, 1, Reason.FOUND, ANN),
        room.stock.move(item, Place("1", "A"), ANN),
    ):
        with pytest.raises(StorageError, match=r"^This product is no longer stocked at this"):
            await refused
    assert await room.movements(item) == []


async def test_a_note_keeps_every_character(room: StockRoom) -> None:
    for item, text in zip(await room.items(limit=len(TEXTS)), TEXTS.values(), strict=True):
        movement = await room.stock.adjust(item, 1, Reason.FOUND, ANN, text)
        assert (await room.movements(item))[0]["note"] == text
        found = await room.stock.ledger(item, 10)
        assert found.lines[0].movement == movement
        assert found.lines[0].movement.note == text


# --- move


async def test_a_move_is_a_movement_of_nothing(room: StockRoom) -> None:
    item = await room.item()
    before = await room.document(INVENTORY, item)
    movement = await room.stock.move(item, Place("9", "C", "4"), ANN)

    stored = await room.stored(item)
    assert (stored.place, stored.on_hand) == (Place("9", "C", "4"), item.on_hand)
    after = await room.document(INVENTORY, item)
    for changed in ("location", "updated_at"):
        before.pop(changed)
        after.pop(changed)
    assert after == before
    (document,) = await room.movements(item)
    assert (document["reason"], document["quantity"]) == ("moved", 0)
    assert document["_id"] == {"store_id": SEATTLE, "movement_id": movement.movement_id}
    assert document["from_location"] == {
        "aisle": item.place.aisle,
        "shelf": item.place.shelf,
        "bin": item.place.bin,
    }
    assert document["to_location"] == {"aisle": "9", "shelf": "C", "bin": "4"}
    assert (movement.from_place, movement.to_place) == (item.place, Place("9", "C", "4"))
    assert (await room.stock.prove(SEATTLE)).holds


async def test_a_move_starts_where_it_stands_and_not_where_it_was_seen(room: StockRoom) -> None:
    seen = await room.item()
    await room.stock.move(seen, Place("9", "C", "4"), BOB)
    movement = await room.stock.move(seen, Place("1", "A", "1"), ANN)
    assert movement.from_place == Place("9", "C", "4")


async def test_what_had_no_place_gets_one_and_can_be_undone(room: StockRoom) -> None:
    item = await room.item()
    await room.session.query(
        "UPDATE inventory UNSET location WHERE _id = :id", {"id": key_of(item)}
    )
    movement = await room.stock.move(item, Place("9", "C", "4"), ANN)
    assert movement.from_place == Place()
    await room.stock.undo(movement, ANN)
    assert (await room.stored(item)).place == Place()


# --- undo


async def test_undo_is_a_counter_movement(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, -2, Reason.DAMAGED, ANN, "dropped")
    counter = await room.stock.undo(movement, BOB)

    assert (await room.stored(item)).on_hand == item.on_hand
    first, second = await room.movements(item)
    assert first["quantity"] == -2
    assert (second["quantity"], second["reason"]) == (2, "undo")
    assert second["reference"] == {"undoes": movement.movement_id, "undone_reason": "damaged"}
    assert second["_id"] == {"store_id": SEATTLE, "movement_id": counter.movement_id}
    assert (second["who"], second["device_id"]) == ("Bob", "device-bob")
    assert (counter.undoes, counter.undone_reason) == (movement.movement_id, "damaged")


async def test_the_second_undo_is_refused_and_writes_nothing(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, -2, Reason.DAMAGED, ANN)
    await room.stock.undo(movement, ANN)
    before = await room.document(INVENTORY, item)
    for actor in (ANN, BOB):
        with pytest.raises(AlreadyUndoneError):
            await room.stock.undo(movement, actor)
    assert await room.document(INVENTORY, item) == before
    assert len(await room.movements(item)) == 2


async def test_of_many_undos_at_once_exactly_one_wins(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, 5, Reason.FOUND, ANN)
    outcomes = await asyncio.gather(
        *(room.stock.undo(movement, actor) for actor in (ANN, BOB) * 4), return_exceptions=True
    )
    refused = [one for one in outcomes if isinstance(one, AlreadyUndoneError)]
    assert len(refused) == 7
    assert (await room.stored(item)).on_hand == item.on_hand
    assert len(await room.movements(item)) == 2


async def test_an_undo_that_would_go_below_zero_asks_first(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, 5, Reason.FOUND, ANN)
    await room.stock.adjust(item, -item.on_hand - 3, Reason.LOST, ANN)
    with pytest.raises(ShortStockError):
        await room.stock.undo(movement, ANN)
    assert len(await room.movements(item)) == 2
    await room.stock.undo(movement, ANN, allow_negative=True)
    assert (await room.stored(item)).on_hand == -3


async def test_undo_of_a_move_puts_it_back(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.move(item, Place("9", "C", "4"), ANN)
    counter = await room.stock.undo(movement, ANN)
    assert (await room.stored(item)).place == item.place
    assert (counter.quantity, counter.reason) == (0, Reason.UNDO)
    assert (counter.from_place, counter.to_place) == (Place("9", "C", "4"), item.place)
    with pytest.raises(AlreadyUndoneError):
        await room.stock.undo(movement, ANN)


async def test_what_was_moved_again_since_stays_there(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.move(item, Place("9", "C", "4"), ANN)
    await room.stock.move(item, Place("1", "A", "1"), BOB)
    with pytest.raises(StorageError) as refused:
        await room.stock.undo(movement, ANN)
    assert str(refused.value) == "It has been moved to 1A-1 since: move it from there instead."
    assert (await room.stored(item)).place == Place("1", "A", "1")
    assert len(await room.movements(item)) == 2


# --- all together


async def test_no_operation_touches_the_opening_level(room: StockRoom) -> None:
    before = await room.levels()
    assert len(before) > 3000
    for store_id in ("store_seattle", "store_tacoma"):
        for item in await room.items(store_id, limit=4):
            movement = await room.stock.adjust(item, -3, Reason.LOST, ANN)
            await room.stock.adjust(item, -item.on_hand, Reason.LOST, ANN, allow_negative=True)
            await room.stock.undo(movement, ANN)
            moved = await room.stock.move(item, Place("9", "C", "4"), ANN)
            await room.stock.undo(moved, ANN)
            with pytest.raises(ShortStockError):
                await room.stock.adjust(item, -(10**6), Reason.LOST, ANN)
    assert await room.levels() == before
