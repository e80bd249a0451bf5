"""Every number is explained: the ledger of an item, and the proof of a whole store."""

from __future__ import annotations

import asyncio
import random

import pytest

from app.data.store.unit_of_work import UnitOfWork
from app.domain.entities import Movement, Place, Reason
from app.domain.errors import AlreadyUndoneError, ShortStockError
from app.domain.stock import Discrepancy
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from tests.helpers.stock_room import ANN, BOB, SEATTLE, STORE_IDS, StockRoom, key_of


class WorkFailed(Exception):
    """What a test raises in the middle of a transaction."""


async def test_the_ledger_explains_the_number_on_top(room: StockRoom) -> None:
    item = await room.item()
    for quantity in (-2, 5, -1):
        await room.stock.adjust(item, quantity, Reason.CORRECTION, ANN)
    await room.stock.move(item, Place("1", "A", "1"), ANN)

    found = await room.stock.ledger(item, 10)
    opening = item.on_hand
    assert [(line.movement.quantity, line.balance) for line in found.lines] == [
        (0, opening + 2),
        (-1, opening + 2),
        (5, opening + 3),
        (-2, opening - 2),
    ]
    assert found.item == await room.stored(item)
    assert (found.total, found.count, found.difference) == (2, 4, 0)


async def test_a_short_window_keeps_the_balances_of_the_whole(room: StockRoom) -> None:
    item = await room.item()
    for _ in range(6):
        await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    found = await room.stock.ledger(item, 2)
    assert [line.balance for line in found.lines] == [item.on_hand + 6, item.on_hand + 5]
    assert (found.total, found.count) == (6, 6)


async def test_an_item_that_never_moved_has_an_empty_ledger(room: StockRoom) -> None:
    item = await room.item()
    found = await room.stock.ledger(item, 10)
    assert (found.item, found.lines, found.total, found.count) == (item, (), 0, 0)


async def test_a_ledger_is_one_moment_however_much_is_written_meanwhile(room: StockRoom) -> None:
    item = await room.item()
    writing = True

    async def write() -> None:
        nonlocal writing
        for number in range(60):
            await room.stock.adjust(item, 1 + number % 3, Reason.FOUND, ANN)
        writing = False

    async def read() -> int:
        counts = set()
        while writing:
            found = await room.stock.ledger(item, 100)
            assert found.difference == 0
            assert len(found.lines) == found.count
            if found.lines:
                assert found.lines[0].balance == found.item.on_hand
                assert found.lines[-1].balance == item.on_hand + 1
            counts.add(found.count)
        return len(counts)

    _, seen, _ = await asyncio.gather(write(), read(), read())
    assert seen > 3


async def test_a_store_without_movements_is_proven(room: StockRoom) -> None:
    for store_id in STORE_IDS:
        proof = await room.stock.prove(store_id)
        assert (proof.holds, proof.movements) == (True, 0)
        assert proof.items > 300


async def test_all_stores_are_proven_after_hundreds_of_changes_at_once(room: StockRoom) -> None:
    random_ = random.Random(7)
    opening = await room.levels()
    expected = dict.fromkeys(STORE_IDS, 0)
    on_hand: dict[str, int] = {}

    async def work(store_id: str) -> None:
        items = await room.items(store_id, at_least=0, limit=3)
        for item in items:
            on_hand.setdefault(item.inventory_id, item.stock_level)
        for _ in range(9):
            item = random_.choice(items)
            try:
                movement = await room.stock.adjust(
                    item, random_.randint(-12, 12) or 1, Reason.CORRECTION, ANN
                )
            except ShortStockError:
                continue
            expected[store_id] += 1
            on_hand[item.inventory_id] += movement.quantity
            if random_.random() < 0.5:
                counters = await undo_twice(movement)
                expected[store_id] += len(counters)
                on_hand[item.inventory_id] += sum(one.quantity for one in counters)
            elif random_.random() < 0.3:
                await room.stock.move(item, Place("1", "A", str(random_.randint(1, 12))), BOB)
                expected[store_id] += 1

    async def undo_twice(movement: Movement) -> list[Movement]:
        outcomes = await asyncio.gather(
            room.stock.undo(movement, ANN, allow_negative=True),
            room.stock.undo(movement, BOB, allow_negative=True),
            return_exceptions=True,
        )
        assert sum(isinstance(one, AlreadyUndoneError) for one in outcomes) == 1
        return [one for one in outcomes if isinstance(one, Movement)]

    # Three people a store, each on the same three items.
    await asyncio.gather(*(work(store_id) for store_id in STORE_IDS * 3))

    for store_id in STORE_IDS:
        proof = await room.stock.prove(store_id)
        assert proof.discrepancies == ()
        assert proof.movements == expected[store_id] > 20
        for item in await room.items(store_id, at_least=0, limit=3):
            assert item.on_hand == on_hand[item.inventory_id]
    assert await room.count_movements() == sum(expected.values()) > 300
    assert await room.levels() == opening


async def test_a_damaged_counter_is_found(room: StockRoom) -> None:
    damaged, fine = await room.items(limit=2)
    for item in (damaged, fine):
        await room.stock.adjust(item, -2, Reason.DAMAGED, ANN)
    await room.session.query(
        "UPDATE inventory APPLY stock_delta INCREMENT BY 5 WHERE _id = :id",
        {"id": key_of(damaged)},
    )
    proof = await room.stock.prove(SEATTLE)
    assert not proof.holds
    assert proof.discrepancies == (Discrepancy(damaged.inventory_id, 3, -2),)
    assert (await room.stock.ledger(damaged, 10)).difference == 5
    assert (await room.stock.prove("store_tacoma")).holds


async def test_a_counter_without_any_movement_is_found(room: StockRoom) -> None:
    item = await room.item()
    await room.session.query(
        "UPDATE inventory APPLY stock_delta INCREMENT BY -1 WHERE _id = :id", {"id": key_of(item)}
    )
    proof = await room.stock.prove(SEATTLE)
    assert proof.discrepancies == (Discrepancy(item.inventory_id, -1, 0),)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM stock_movements WHERE _id = :id",
        "EVICT FROM stock_movements WHERE _id = :id",
        "UPDATE stock_movements SET quantity = 0 WHERE _id = :id",
    ],
)
async def test_a_missing_or_changed_movement_is_found(room: StockRoom, damage: str) -> None:
    item = await room.item()
    await room.stock.adjust(item, 4, Reason.FOUND, ANN)
    movement = await room.stock.adjust(item, -3, Reason.DAMAGED, ANN)
    assert (await room.stock.prove(SEATTLE)).holds
    await room.session.query(damage, {"id": key_of(movement)})
    proof = await room.stock.prove(SEATTLE)
    assert proof.discrepancies == (Discrepancy(item.inventory_id, 1, 4),)


async def test_a_movement_of_nothing_that_is_stocked_is_found(room: StockRoom) -> None:
    item = await room.item()
    await room.stock.adjust(item, 4, Reason.FOUND, ANN)
    await room.session.query("DELETE FROM inventory WHERE _id = :id", {"id": key_of(item)})
    proof = await room.stock.prove(SEATTLE)
    assert proof.discrepancies == (Discrepancy(item.inventory_id, 0, 4),)


async def test_what_raises_in_the_middle_leaves_nothing(room: StockRoom) -> None:
    item = await room.item()
    before = await room.document(INVENTORY, item)
    lost = {"store_id": SEATTLE, "movement_id": "lost", "inventory_id": item.inventory_id}

    async def work(unit: UnitOfWork) -> None:
        changed = await unit.update(
            INVENTORY,
            "UPDATE inventory APPLY stock_delta INCREMENT BY 5 WHERE _id = :id",
            {"id": key_of(item)},
        )
        assert changed == 1
        await unit.insert(
            STOCK_MOVEMENTS, "INSERT INTO stock_movements DOCUMENTS (:document)", lost
        )
        key = {"id": ditto_id(STOCK_MOVEMENTS, lost)}
        assert await unit.query("SELECT * FROM stock_movements WHERE _id = :id", key)
        raise WorkFailed

    with pytest.raises(WorkFailed):
        await room.session.write(work)
    assert await room.document(INVENTORY, item) == before
    assert await room.count_movements() == 0
    # The store is free for the next one.
    await room.stock.adjust(item, 1, Reason.FOUND, ANN)


async def test_a_movement_that_is_there_already_leaves_nothing(room: StockRoom) -> None:
    item = await room.item()
    movement = await room.stock.adjust(item, 1, Reason.FOUND, ANN)
    before = await room.document(INVENTORY, item)

    async def work(unit: UnitOfWork) -> None:
        await unit.update(
            INVENTORY,
            "UPDATE inventory APPLY stock_delta INCREMENT BY 5 WHERE _id = :id",
            {"id": key_of(item)},
        )
        again = {"store_id": SEATTLE, "movement_id": movement.movement_id, "quantity": 5}
        await unit.insert(
            STOCK_MOVEMENTS, "INSERT INTO stock_movements DOCUMENTS (:document)", again
        )

    with pytest.raises(Exception, match=r"conflict|exists|refused"):
        await room.session.write(work)
    assert await room.document(INVENTORY, item) == before
    assert (await room.stock.prove(SEATTLE)).holds


async def test_a_write_whose_caller_went_away_is_whole(room: StockRoom) -> None:
    items = await room.items(limit=20)
    tasks = [asyncio.ensure_future(room.stock.adjust(item, 1, Reason.FOUND, ANN)) for item in items]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert any(isinstance(one, asyncio.CancelledError) for one in outcomes)
    while room.session._under_way:
        await asyncio.sleep(0.01)
    assert (await room.stock.prove(SEATTLE)).holds
    assert await room.count_movements() == 20


async def test_a_store_of_many_items_is_proven_page_by_page(room: StockRoom) -> None:
    documents = [
        {
            "_id": {"store_id": "store_new", "inventory_id": f"item-{number:04}"},
            "store_id": "store_new",
            "inventory_id": f"item-{number:04}",
            "product_id": "p",
            "stock_level": 1,
            "deleted": False,
        }
        for number in range(2_000)
    ]
    await room.session.query("INSERT INTO inventory DOCUMENTS (:all)", {"all": documents})
    items = await room.items("store_new", at_least=1, limit=2_000)
    for item in (items[0], items[999], items[1000], items[-1]):
        await room.stock.adjust(item, 2, Reason.FOUND, ANN)
    proof = await room.stock.prove("store_new")
    assert (proof.holds, proof.items, proof.movements) == (True, 2_000, 4)
    for item in (items[999], items[-1]):
        await room.session.query(
            "UPDATE inventory APPLY stock_delta INCREMENT BY 5 WHERE _id = :id",
            {"id": key_of(item)},
        )
    proof = await room.stock.prove("store_new")
    assert proof.discrepancies == (
        Discrepancy("item-0999", 7, 2),
        Discrepancy("item-1999", 7, 2),
    )
