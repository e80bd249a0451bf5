"""Placing an order of five lines, and the same documents written without the app."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from ditto import Transaction

from app.data.stock import movements
from app.data.store.session import Session
from app.domain import order_placing
from app.domain.carts import Cart
from app.domain.entities import Product, Reason, StockItem, Store
from connector_config.schema.collections import (
    INVENTORY,
    ORDER_ITEMS,
    ORDERS,
    STOCK_MOVEMENTS,
    ditto_id,
)
from connector_config.schema.instants import to_iso
from connector_config.store.local_indexes import ensure_indexes
from tests.bench.report import Figure, pair
from tests.helpers.sales import RITA, Counter
from tests.helpers.stock_room import SEATTLE, StockRoom

_LINES = 5
_TURNS = 60
_WARM_UP = 5
_MOVE = (
    "UPDATE inventory USE IDS LIST :ids APPLY stock_delta INCREMENT BY -1 SET last_updated = :at"
)


def measure_orders(demo: Path, folder: Path) -> list[Figure]:
    """Place orders in turns with the raw transaction, on a store of its own."""
    data_dir = shutil.copytree(demo, folder / "orders")
    ours, raw = asyncio.run(_measure(data_dir))
    return pair("place an order of 5 lines", ours, raw, ratio_limit=1.5)


async def _measure(data_dir: Path) -> tuple[list[float], list[float]]:
    session = await Session.open(data_dir)
    await ensure_indexes(session.query)
    room = StockRoom(session)
    counter = Counter(room)
    items = await room.items(limit=_LINES)
    products = [await counter.product(item) for item in items]
    store, customer = await counter.store(), await counter.customer()
    ours: list[float] = []
    raw: list[float] = []
    for turn in range(_WARM_UP + _TURNS):
        for is_ours in (True, False) if turn % 2 else (False, True):
            cart = _fill(replace(counter.carts.begin(SEATTLE), customer=customer), products)
            started = perf_counter()
            if is_ours:
                await counter.orders.place(cart, store, RITA, allow_negative=True)
            else:
                await _place(session, room, cart, store, items)
            if turn >= _WARM_UP:
                (ours if is_ours else raw).append(perf_counter() - started)
    await session.close()
    return ours, raw


def _fill(cart: Cart, products: list[Product]) -> Cart:
    for product in products:
        cart = cart.add(product)
    return cart


async def _place(
    session: Session, room: StockRoom, cart: Cart, store: Store, items: list[StockItem]
) -> None:
    """The same documents and increments in one transaction of the SDK."""
    at = to_iso(room.clock())
    placed = order_placing.place(cart, store, RITA, at, "")
    moved = [
        movements.new_document(item, Reason.SOLD, RITA, at, -1) | {"reference": dict(one.reference)}
        for item, one in zip(items, placed.postings, strict=True)
    ]
    statements = (
        (_MOVE, {"ids": [ditto_id(INVENTORY, one) for one in moved], "at": at}),
        ("INSERT INTO stock_movements DOCUMENTS (:d)", {"d": _stored(STOCK_MOVEMENTS, moved)}),
        ("INSERT INTO orders DOCUMENTS (:d)", {"d": _stored(ORDERS, [placed.order])}),
        ("INSERT INTO order_items DOCUMENTS (:d)", {"d": _stored(ORDER_ITEMS, placed.items)}),
    )

    async def work(transaction: Transaction) -> None:
        for statement, parameters in statements:
            with await transaction.execute(statement, parameters):
                pass

    await session.peer.store.transaction(work)


def _stored(collection: str, documents: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{"_id": ditto_id(collection, one), **one} for one in documents]
