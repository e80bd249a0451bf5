"""Live queries: they call back at once, after each change that matters, and not otherwise."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.data.stock.stock import ShelfSummary
from app.data.store.session import Row
from app.domain.entities import Movement, Place, Reason, StockItem, StockState
from tests.helpers.stock_room import ANN, SEATTLE, Heard, StockRoom, key_of

PLACES = (
    "SELECT _id, product_id, location FROM inventory "
    "WHERE store_id = :store_id AND deleted = false LIMIT 100000"
)


async def test_items_are_watched_by_their_ids(room: StockRoom) -> None:
    first, second, other = await room.items(limit=3)
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_items([key_of(first), key_of(second)], heard)
    assert {item.inventory_id for item in await heard.first()} == {
        first.inventory_id,
        second.inventory_id,
    }
    await room.stock.adjust(other, 1, Reason.FOUND, ANN)
    await room.stock.adjust(second, 1, Reason.FOUND, ANN)
    await heard.until(
        lambda items: {item.on_hand for item in items} == {first.on_hand, second.on_hand + 1}
    )
    cancel()


async def test_items_are_read_by_their_ids(room: StockRoom) -> None:
    first, second = await room.items(limit=2)
    found = await room.stock.items(
        [key_of(second), key_of(first), {"store_id": "x", "inventory_id": "y"}]
    )
    assert {item.inventory_id: item for item in found} == {
        first.inventory_id: first,
        second.inventory_id: second,
    }
    assert await room.stock.items([]) == []


async def test_nothing_comes_after_the_cancel(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_items([key_of(item)], heard)
    await heard.first()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    cancel()
    calls = len(heard.calls)
    cancel()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    await asyncio.sleep(0.2)
    assert len(heard.calls) == calls


async def test_a_watch_that_is_cancelled_at_once_never_calls(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[StockItem]]()
    room.stock.watch_items([key_of(item)], heard)()
    await asyncio.sleep(0.2)
    assert heard.calls == []


async def test_a_product_is_watched_at_every_store(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_product(item.product_id, heard)
    items = await heard.first()
    stores = [one.store_id for one in items]
    assert stores == sorted(set(stores))
    assert len(stores) > 4
    elsewhere = next(one for one in items if one.store_id != SEATTLE)
    await room.stock.adjust(elsewhere, 2, Reason.FOUND, ANN)
    await heard.until(
        lambda rows: (
            next(one.on_hand for one in rows if one.inventory_id == elsewhere.inventory_id)
            == elsewhere.on_hand + 2
        )
    )
    cancel()


async def test_movements_are_watched_newest_first(room: StockRoom) -> None:
    item, other = await room.items(limit=2)
    heard = Heard[list[Movement]]()
    cancel = room.stock.watch_movements(item.inventory_id, 2, heard)
    assert await heard.first() == []
    for quantity in (1, 2, 3):
        await room.stock.adjust(item, quantity, Reason.FOUND, ANN)
    newest = await heard.until(lambda rows: [one.quantity for one in rows] == [3, 2])
    assert {one.inventory_id for one in newest} == {item.inventory_id}
    await asyncio.sleep(0.1)
    calls = len(heard.calls)
    await room.stock.adjust(other, 1, Reason.FOUND, ANN)
    await asyncio.sleep(0.2)
    assert len(heard.calls) == calls
    cancel()


async def test_the_places_of_the_catalogue_do_not_hear_a_sale(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[Row]]()
    cancel = room.session.watch(PLACES, {"store_id": SEATTLE}, heard)
    await heard.first()
    await heard.silence()
    await room.stock.adjust(item, -1, Reason.LOST, ANN)
    await heard.silence()
    await room.stock.move(item, Place("9", "C", "4"), ANN)
    rows = await heard.until(lambda _: len(heard.calls) > 1)
    moved = next(row for row in rows if row["_id"] == key_of(item))
    assert moved["location"] == {"aisle": "9", "shelf": "C", "bin": "4"}
    cancel()


async def test_a_listener_that_fails_is_reported_and_hears_on(room: StockRoom) -> None:
    item = await room.item()
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: reported.append(context["exception"])
    )
    heard = Heard[list[StockItem]]()

    def listen(items: list[StockItem]) -> None:
        heard(items)
        raise LookupError("a screen that is broken")

    cancel = room.stock.watch_items([key_of(item)], listen)
    await heard.first()
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    await heard.until(lambda items: items[0].on_hand == item.on_hand + 1)
    assert len(reported) == len(heard.calls)
    assert all(isinstance(error, LookupError) for error in reported)
    cancel()


async def test_low_stock_is_complete_and_worst_first(room: StockRoom) -> None:
    negative, *_ = await room.items(limit=1)
    await room.stock.adjust(negative, -negative.on_hand - 1, Reason.LOST, ANN, allow_negative=True)
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_low(SEATTLE, heard)
    low = await heard.first()

    rows = await room.items(
        at_least=0, limit=len(await room.session.query(PLACES, {"store_id": SEATTLE}))
    )
    expected = {item.inventory_id for item in rows if item.on_hand <= item.reorder_point}
    assert {item.inventory_id for item in low} == expected
    assert len(low) == len(expected) > 5
    assert low[0].inventory_id == negative.inventory_id
    states = [item.state for item in low]
    worst_first = [StockState.NEGATIVE, StockState.ZERO, StockState.LOW]
    assert states == sorted(states, key=worst_first.index)
    shares = [item.on_hand / (item.reorder_point + 1) for item in low if item.on_hand > 0]
    assert shares == sorted(shares)
    assert len(shares) > 3
    cancel()


async def test_low_stock_is_live(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_low(SEATTLE, heard)
    before = await heard.first()
    assert item.inventory_id not in {one.inventory_id for one in before}

    to_point = item.on_hand - item.reorder_point
    await room.stock.adjust(item, -to_point, Reason.LOST, ANN)
    await heard.until(lambda low: item.inventory_id in {one.inventory_id for one in low})
    assert len(heard.last) == len(before) + 1
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    await heard.until(lambda low: item.inventory_id not in {one.inventory_id for one in low})
    cancel()


async def test_the_counts_of_the_shelves_add_up(room: StockRoom) -> None:
    rows = await room.session.query(PLACES, {"store_id": SEATTLE})
    items = await room.items(at_least=0, limit=len(rows))
    heard = Heard[list[ShelfSummary]]()
    cancel = room.stock.watch_shelves(SEATTLE, heard)
    shelves = await heard.first()

    assert len({(one.aisle, one.shelf) for one in shelves}) == len(shelves) > 20
    for shelf in shelves:
        standing = [
            item
            for item in items
            if (item.place.aisle, item.place.shelf) == (shelf.aisle, shelf.shelf)
        ]
        assert shelf.items == len(standing)
        assert shelf.low == sum(item.on_hand <= item.reorder_point for item in standing)
        assert shelf.empty == sum(item.on_hand <= 0 for item in standing)
    assert sum(shelf.items for shelf in shelves) == len(items)
    assert sum(shelf.low for shelf in shelves) > 5
    cancel()


async def test_the_shelves_are_live(room: StockRoom) -> None:
    item = await room.item()
    heard = Heard[list[ShelfSummary]]()
    cancel = room.stock.watch_shelves(SEATTLE, heard)

    def summary(shelves: list[ShelfSummary], place: Place) -> ShelfSummary | None:
        for one in shelves:
            if (one.aisle, one.shelf) == (place.aisle, place.shelf):
                return one
        return None

    before = summary(await heard.first(), item.place)
    assert before is not None
    await room.stock.adjust(item, -item.on_hand, Reason.LOST, ANN)
    aisle, shelf, items, low, empty = (
        before.aisle,
        before.shelf,
        before.items,
        before.low,
        before.empty,
    )
    emptier = ShelfSummary(aisle, shelf, items, low + 1, empty + 1)
    await heard.until(lambda shelves: summary(shelves, item.place) == emptier)
    new = Place("99", "Z", "1")
    await room.stock.move(item, new, ANN)
    await heard.until(lambda shelves: summary(shelves, new) == ShelfSummary("99", "Z", 1, 1, 1))
    left = summary(heard.last, item.place)
    assert left is None or left.items == items - 1
    cancel()


async def test_a_store_without_stock_has_no_shelves_and_nothing_low(room: StockRoom) -> None:
    shelves, low = Heard[list[ShelfSummary]](), Heard[list[StockItem]]()
    cancels = [
        room.stock.watch_shelves("store_new", shelves),
        room.stock.watch_low("store_new", low),
    ]
    assert await shelves.first() == []
    assert await low.first() == []
    for cancel in cancels:
        cancel()


async def test_a_shelf_shows_what_stands_on_it(room: StockRoom) -> None:
    item, newcomer = await room.items(limit=2)
    place = item.place
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_shelf(SEATTLE, place.aisle, place.shelf, heard)
    before = await heard.first()
    assert item in before
    assert {(one.store_id, one.place.aisle, one.place.shelf) for one in before} == {
        (SEATTLE, place.aisle, place.shelf)
    }
    await room.stock.move(newcomer, Place(place.aisle, place.shelf, "99"), ANN)
    await heard.until(lambda items: len(items) == len(before) + 1)
    await room.stock.move(item, Place("99", "Z"), ANN)
    await heard.until(lambda items: item.inventory_id not in {one.inventory_id for one in items})
    await room.stock.adjust(newcomer, 1, Reason.FOUND, ANN)
    await heard.until(lambda items: newcomer.on_hand + 1 in {one.on_hand for one in items})
    cancel()


async def test_a_live_query_that_the_store_forgot_is_asked_for_again(
    room: StockRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = room.session.peer.store
    register = store.register_observer
    forgotten: list[Any] = []

    def forget(dql: str, parameters: Any, deliver: Any) -> Any:
        if forgotten:
            return register(dql, parameters, deliver)
        forgotten.append(register(dql, parameters, lambda result: result.close()))
        return forgotten[0]

    monkeypatch.setattr(store, "register_observer", forget)
    item = await room.item()
    heard = Heard[list[StockItem]]()
    cancel = room.stock.watch_items([key_of(item)], heard)
    assert [one.inventory_id for one in await heard.first()] == [item.inventory_id]
    assert forgotten
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    await heard.until(lambda items: items[0].on_hand == item.on_hand + 1)
    cancel()
