"""Carts, which are kept on this device and sent nowhere."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.carts import Cart
from app.domain.documents.carts import from_cart, to_cart
from app.domain.shop_days import Zone, compact
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import CARTS

Cancel = Callable[[], None]

_ALL: Final = (
    f"SELECT * FROM {CARTS} WHERE store_id = :store_id ORDER BY begun_at ASC, _id ASC LIMIT 50"
)
_PUT: Final = f"INSERT INTO {CARTS} DOCUMENTS (:document) ON ID CONFLICT DO UPDATE"
_DROP: Final = f"EVICT FROM {CARTS} WHERE _id = :id"


class CartRepository(Protocol):
    """The carts of a store that are parked on this device; they survive a restart."""

    def watch_all(self, store_id: str, on_carts: Callable[[list[Cart]], None]) -> Cancel:
        """The carts of a store, at most 50, oldest first."""
        ...

    def begin(self, store_id: str, zone: Zone = None) -> Cart:
        """Make a new cart of a store in this zone; it is kept from the first `save` on."""
        ...

    async def save(self, cart: Cart) -> None:
        """Keep a cart as it is now."""
        ...

    async def discard(self, cart: Cart) -> None:
        """Throw a cart away."""
        ...


class DittoCartRepository:
    """CartRepository on the embedded store."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch_all(self, store_id: str, on_carts: Callable[[list[Cart]], None]) -> Cancel:
        return self._session.watch(
            _ALL, {"store_id": store_id}, lambda rows: on_carts([_to_cart(row) for row in rows])
        )

    def begin(self, store_id: str, zone: Zone = None) -> Cart:
        now = self._now()
        return Cart(str(uuid.uuid4()), store_id, to_iso(now), day=compact(now, zone))

    async def save(self, cart: Cart) -> None:
        document = {
            "_id": cart.cart_id,
            "store_id": cart.store_id,
            "begun_at": cart.begun_at,
            # As text, because Ditto would merge maps field by field, and keep lines that are gone.
            "cart": json.dumps(from_cart(cart)),
        }
        await self._session.tidy(lambda unit: unit.update(CARTS, _PUT, {"document": document}))

    async def discard(self, cart: Cart) -> None:
        await self._session.tidy(lambda unit: drop(unit, cart))


async def drop(unit: UnitOfWork, cart: Cart) -> None:
    """Remove a cart; nothing when it is gone already."""
    await unit.update(CARTS, _DROP, {"id": cart.cart_id})


def _to_cart(row: Row) -> Cart:
    return to_cart(json.loads(row["cart"]))
