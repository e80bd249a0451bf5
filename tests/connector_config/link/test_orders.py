"""Orders of two devices that were offline, joined by the link."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from app.data.papers.settling import Settler
from app.data.selling.carts import DittoCartRepository
from app.data.selling.customers import CustomerRepository
from app.data.selling.orders import OrderRepository
from app.domain.customers import Customer
from app.domain.entities import Product, Store
from app.domain.orders import Order, OrderStatus
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.schema.collections import INVENTORY, ORDER_ITEMS, ORDERS
from connector_config.store.local_indexes import ensure_indexes
from tests.helpers.link import (
    SEATTLE,
    LinkedDevice,
    device,
    equal,
    item_document,
    now,
    prepare,
)

STORE = Store(SEATTLE, "Zava Retail Seattle", "Seattle")


async def sold(
    device_: LinkedDevice, lines: Sequence[tuple[int, int]], customer: Customer | None = None
) -> Order:
    """An order of items by their numbers, and how many of each; of somebody who is called Ann."""
    cart = DittoCartRepository(device_.session, now).begin(SEATTLE)
    found = await CustomerRepository(device_.session, now).find(SEATTLE, "Ann", 1)
    cart = replace(cart, customer=customer or found[0])
    for number, quantity in lines:
        product = Product(f"p{number}", f"SKU-{number}", f"Product {number}", Decimal("9.99"))
        cart = cart.add(product, quantity)
    orders = OrderRepository(device_.session, now)
    return await orders.place(cart, STORE, device_.actor, allow_negative=True)


async def test_orders_taken_and_taken_back_offline_are_whole_on_every_device(
    database: MongoDatabase, mongo_settings: MongoSettings, tmp_path: Path
) -> None:
    prepare(database)
    async with (
        device(tmp_path / "a", mongo_settings) as ann,
        device(tmp_path / "b", mongo_settings, name="bob") as bob,
    ):
        for peer in (ann, bob):
            await ensure_indexes(peer.session.query)
            peer.connect()
        await equal(database, ann, bob)
        order = await sold(ann, [(1, 3), (2, 1)])
        await equal(database, ann, bob)
        stored = database[ORDERS].find_one({"_id": order.order_id})
        assert stored and stored["number"] == order.number
        assert database[ORDER_ITEMS].count_documents({"order_id": order.order_id}) == 2
        nail = item_document(SEATTLE, 1)
        assert (await bob.item(nail)).on_hand == 47

        for peer in (ann, bob):
            await peer.disconnect()
        # The last ones, sold twice; and the same order taken back twice.
        await sold(ann, [(3, 50)])
        await sold(bob, [(3, 50)])
        orders = {one: OrderRepository(one.session, now) for one in (ann, bob)}
        units = {line.item_id: (line.quantity, 0) for line in order.lines}
        await orders[ann].complete(order, ann.actor)
        for peer in (ann, bob):
            await orders[peer].take_back(order, str(uuid.uuid4()), units, peer.actor)
            peer.connect()
        await equal(database, ann, bob)
        seen = [await orders[one].load(order) for one in (ann, bob)]
        assert seen[0] == seen[1]
        assert len(seen[0].returns) == 2
        assert seen[0].status is OrderStatus.RETURNED
        assert (await bob.item(item_document(SEATTLE, 3))).on_hand == -50
        assert (await bob.item(nail)).on_hand == 53

        for peer in (ann, bob):
            await Settler(peer.session, now).settle(peer.actor)
        await equal(database, ann, bob)
        assert (await ann.item(nail)).on_hand == (await bob.item(nail)).on_hand == 50
        item = database[INVENTORY].find_one({"_id": nail["inventory_id"]})
        assert item and item["stock_delta"] == 0
        for peer in (ann, bob):
            assert (await peer.stock.prove(SEATTLE)).holds
