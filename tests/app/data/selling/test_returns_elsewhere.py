"""Goods go into the stock of the store that takes them in; money stays with the order's store."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from app.data.papers import papers
from app.data.papers.settling import Settler
from app.data.stock.movements import ITEMS_OF_PRODUCTS
from app.data.store.unit_of_work import UnitOfWork
from app.domain import order_steps as steps
from app.domain.documents.stock import to_item, to_store
from app.domain.entities import Actor, Device, Profile, Role, StockItem, Store
from app.domain.orders import Order, OrderStatus
from app.domain.papers import Change
from connector_config.mongodb.connection import MongoSettings, open_database
from connector_config.schema import collections as names
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.instants import to_iso
from seed.mongo.validation.documents import check_documents
from tests.helpers.sales import Counter
from tests.helpers.stock_room import SEATTLE, StockRoom

TACOMA = "store_tacoma"
MO = Actor(Profile(SEATTLE, Role.MANAGER, "Mo"), Device("device-mo", "office"))
TINA = Actor(Profile(TACOMA, Role.REP, "Tina"), Device("device-tina", "Tacoma till"))


class Returns:
    """An order of Tacoma, and the stock of its product there and in Seattle."""

    def __init__(self, room: StockRoom) -> None:
        self.room = room
        self.counter = Counter(room)
        self.orders = room.repositories.orders

    async def store(self, store_id: str) -> Store:
        rows = await self.room.session.query("SELECT * FROM stores WHERE _id = :id", _id(store_id))
        return to_store(rows[0])

    async def here_and_there(self) -> tuple[StockItem, StockItem]:
        """A product that both stores have."""
        for here in await self.room.items(limit=50):
            there = await self.at(here, TACOMA)
            if there is not None:
                return here, there
        raise AssertionError("no product is in both")

    async def at(self, item: StockItem, store_id: str) -> StockItem | None:
        key = {"store_id": store_id, "product_ids": [item.product_id]}
        rows = await self.room.session.query(ITEMS_OF_PRODUCTS, key)
        return to_item(rows[0]) if rows else None

    async def sold(self, item: StockItem, quantity: int) -> Order:
        cart = self.counter.carts.begin(TACOMA).add(await self.counter.product(item), quantity)
        cart = replace(cart, customer=await self.counter.customer())
        return await self.orders.place(cart, await self.store(TACOMA), TINA, allow_negative=True)

    async def moved(self, *items: StockItem) -> list[int]:
        """By how much their stock is higher than it was."""
        return [(await self.room.stored(one)).on_hand - one.on_hand for one in items]

    async def proven(self) -> bool:
        return all([(await self.room.stock.prove(one)).holds for one in (SEATTLE, TACOMA)])


def _id(one: str) -> dict[str, str]:
    return {"id": one}


@pytest.fixture
def returns(room: StockRoom) -> Returns:
    return Returns(room)


async def test_goods_are_in_the_store_that_took_them_in(returns: Returns) -> None:
    here, there = await returns.here_and_there()
    order = await returns.sold(here, 3)
    units = {order.lines[0].item_id: (2, 1)}
    back = await returns.orders.take_back(order, str(uuid.uuid4()), units, MO)
    # One of the two cannot be sold again.
    assert await returns.moved(here, there) == [1, -3]
    (entry,) = back.returns
    assert (entry.store_id, back.store_id) == (SEATTLE, TACOMA)
    assert entry.store_name == (await returns.store(SEATTLE)).name
    came = [one for one in await returns.room.movements(here) if one["reference"].get("order")]
    came.sort(key=lambda one: -one["quantity"])
    assert [(one["reason"], one["quantity"], one["store_id"]) for one in came] == [
        ("returned", 2, SEATTLE),
        ("damaged", -1, SEATTLE),
    ]
    assert came[0]["reference"]["order_store"] == TACOMA
    assert came[0]["note"] == "An order of Tacoma"
    assert await returns.proven()
    # In the own store nothing is said of stores.
    order = await returns.sold(here, 1)
    units = {order.lines[0].item_id: (1, 0)}
    (own,) = (await returns.orders.take_back(order, str(uuid.uuid4()), units, TINA)).returns
    assert own.store_id == own.store_name == ""


@pytest.mark.parametrize("handed_over", [False, True])
async def test_what_was_not_handed_over_never_left_its_store(
    returns: Returns, handed_over: bool
) -> None:
    here, there = await returns.here_and_there()
    order = await returns.sold(here, 3)
    if handed_over:
        order = await returns.orders.complete(order, TINA)
    cancelled = await returns.orders.cancel(order, MO)
    assert cancelled.status is OrderStatus.CANCELLED
    assert await returns.moved(here, there) == ([3, -3] if handed_over else [0, 0])
    assert await returns.proven()


async def test_the_money_is_given_back_by_the_store_of_the_order(returns: Returns) -> None:
    here, _ = await returns.here_and_there()
    sales = returns.room.repositories.sales
    month = [returns.room.clock.now.strftime("%Y-%m")]

    async def cents() -> list[int]:
        await sales.catch_up([SEATTLE, TACOMA])
        found = await sales.totals([SEATTLE, TACOMA], month)
        return [sum(one[1] for one in found[store].values()) for store in (SEATTLE, TACOMA)]

    order = await returns.sold(here, 3)
    before = await cents()
    units = {order.lines[0].item_id: (3, 0)}
    await returns.orders.take_back(order, str(uuid.uuid4()), units, MO)
    after = await cents()
    assert (after[0], before[1] - after[1]) == (before[0], int(order.lines[0].total * 100))


@pytest.mark.parametrize("first", [MO, TINA])
async def test_goods_that_two_stores_took_back_at_once_are_back_once(
    returns: Returns, first: Actor
) -> None:
    here, there = await returns.here_and_there()
    order = await returns.sold(here, 3)
    units = {order.lines[0].item_id: (3, 0)}
    second = TINA if first is MO else MO
    into = {MO: await returns.store(SEATTLE), TINA: None}
    at = [to_iso(returns.room.clock()) for _ in range(2)]
    # Each was done before the other was seen.
    changes = [
        steps.take_back(order, str(uuid.uuid4()), units, who, when, "", into[who])
        for who, when in zip((first, second), at, strict=True)
    ]
    for change, who, when in zip(changes, (first, second), at, strict=True):

        async def arrive(
            unit: UnitOfWork, change: Change = change, who: Actor = who, when: str = when
        ) -> None:
            await papers.apply(unit, change, who, when)

        await returns.room.session.write(arrive)
    assert await returns.moved(here, there) == [3, 0]
    settler = Settler(returns.room.session, returns.room.clock)
    # A manager may work in the other store by then.
    mo = replace(MO, profile=replace(MO.profile, store_id=TACOMA))
    corrected = [await settler.settle(one) for one in (MO, mo, TINA, MO, TINA)]
    assert sum(corrected) == 1
    assert await returns.moved(here, there) == ([3, -3] if first is MO else [0, 0])
    assert await returns.proven()


async def test_what_is_written_has_the_shapes(
    returns: Returns, new_database: Callable[[], MongoSettings]
) -> None:
    here, _ = await returns.here_and_there()
    order = await returns.sold(here, 3)
    units = {order.lines[0].item_id: (2, 1)}
    await returns.orders.take_back(order, str(uuid.uuid4()), units, MO)
    with open_database(new_database()) as database:
        for name in (names.ORDERS, names.STOCK_MOVEMENTS):
            rows = await returns.room.session.query(
                f"SELECT * FROM {name} WHERE updated_at >= '2026-11-21'"
            )
            business_id = COLLECTIONS[name].id_fields[-1]
            database[name].insert_many([{**row, "_id": row[business_id]} for row in rows])
            found = check_documents(database, name, date(2018, 1, 1), date(2026, 12, 1))
            assert [(one.check, one.detail) for one in found if not one.passed] == []
