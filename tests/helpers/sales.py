"""Somebody who sells: the repositories of orders on a real store, and what they left there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.documents.stock import to_product, to_store
from app.domain.entities import Actor, Device, Product, Profile, Role, StockItem, Store
from app.domain.orders import Order
from tests.helpers.stock_room import SEATTLE, StockRoom

RITA = Actor(Profile(SEATTLE, Role.REP, "Rita"), Device("device-rita", "laptop"))
SAM = Actor(Profile(SEATTLE, Role.REP, "Sam"), Device("device-sam", "other laptop"))


_NEW = {"store_id": SEATTLE, "since": "2026-11-21"}
# By index: the demo data is not read again and again.
_EVERYTHING = (
    "SELECT * FROM orders WHERE store_id = :store_id AND order_date >= :since ORDER BY _id",
    "SELECT * FROM order_items WHERE store_id = :store_id AND created_at >= :since ORDER BY _id",
    "SELECT * FROM stock_movements ORDER BY _id",
    "SELECT * FROM local_carts ORDER BY _id",
    "SELECT inventory_id, stock_delta FROM inventory WHERE store_id = :store_id "
    "AND stock_delta != 0 ORDER BY _id",
)


class Counter:
    """Where orders are taken."""

    def __init__(self, room: StockRoom) -> None:
        self.room = room
        self.orders = room.repositories.orders
        self.carts = room.repositories.carts
        self.customers = room.repositories.customers

    async def store(self) -> Store:
        """The store it stands in."""
        rows = await self.room.session.query("SELECT * FROM stores WHERE _id = 'store_seattle'")
        return to_store(rows[0])

    async def customer(self) -> Customer:
        """Somebody who buys here."""
        rows = await self.room.session.query(
            "SELECT * FROM customers WHERE primary_store_id = :store_id ORDER BY _id LIMIT 1",
            {"store_id": SEATTLE},
        )
        found = await self.customers.get(SEATTLE, rows[0]["customer_id"])
        assert found is not None
        return found

    async def product(self, item: StockItem) -> Product:
        """The product of an item."""
        rows = await self.room.session.query(
            "SELECT * FROM products WHERE _id = :id", {"id": item.product_id}
        )
        return to_product(rows[0])

    async def cart(self, items: list[StockItem], quantity: int = 2) -> Cart:
        """A cart that is kept, with so many of each."""
        cart = replace(self.carts.begin(SEATTLE), customer=await self.customer())
        for item in items:
            cart = cart.add(await self.product(item), quantity)
        await self.carts.save(cart)
        return cart

    async def sold(self, items: list[StockItem], quantity: int = 2) -> Order:
        """An order that was taken."""
        cart = await self.cart(items, quantity)
        return await self.orders.place(cart, await self.store(), RITA)

    async def everything(self) -> list[Any]:
        """All that an order touches, as stored."""
        return [await self.room.session.query(one, _NEW) for one in _EVERYTHING]
