"""What was cancelled or came back is no demand."""

from __future__ import annotations

import uuid

import pytest

from app.data.selling.bought import BoughtRepository
from app.domain.entities import Reason
from app.domain.orders import Order
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import ANN, StockRoom


@pytest.fixture
def counter(room: StockRoom) -> Counter:
    return Counter(room)


async def back(counter: Counter, order: Order, units: int) -> None:
    """So many of its only line come back."""
    await counter.orders.take_back(
        order, str(uuid.uuid4()), {order.lines[0].item_id: (units, 0)}, RITA
    )


@pytest.mark.parametrize("undone", ["cancelled", "returned", "returned in two parts"])
async def test_what_was_undone_is_not_suggested_again(counter: Counter, undone: str) -> None:
    item = await counter.room.item()
    suggest = counter.room.repositories.purchase_orders.suggestions
    (before,) = await suggest([item])
    order = await counter.sold([item], 8)
    (sold,) = await suggest([await counter.room.stored(item)])
    assert (sold.sold, sold.on_hand) == (before.sold + 8, item.on_hand - 8)
    if undone == "cancelled":
        await counter.orders.cancel(order, RITA)
    elif undone == "returned":
        await back(counter, order, 8)
    else:
        await back(counter, order, 5)
        (part,) = await suggest([await counter.room.stored(item)])
        assert part.sold == before.sold + 3
        await back(counter, await counter.orders.load(order), 3)
    (after,) = await suggest([await counter.room.stored(item)])
    assert after == before
    assert f"{after.sold} sold in 28 days, without what was cancelled or came back" in after.text


async def test_a_sale_without_an_order_that_was_undone_is_none(counter: Counter) -> None:
    item = await counter.room.item()
    suggest = counter.room.repositories.purchase_orders.suggestions
    (before,) = await suggest([item])
    movement = await counter.room.stock.adjust(item, -8, Reason.SOLD, ANN)
    await counter.room.stock.undo(movement, ANN)
    assert await suggest([await counter.room.stored(item)]) == [before]


async def test_a_favourite_is_what_was_kept(counter: Counter) -> None:
    bought = BoughtRepository(counter.room.session)
    customer = await counter.customer()
    before = {one.product_id: one.units for one in (await bought.of(customer)).favourites}
    kept, returned = await counter.room.items(limit=2)
    await counter.sold([kept], 9)
    await back(counter, await counter.sold([kept], 9), 4)
    for _ in range(3):
        await back(counter, await counter.sold([returned], 9), 9)
    after = {one.product_id: one for one in (await bought.of(customer)).favourites}
    assert returned.product_id not in after or returned.product_id in before
    assert after[kept.product_id].units == before.get(kept.product_id, 0) + 14
