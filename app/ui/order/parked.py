"""The carts that are parked on this device, as this screen knows them."""

from __future__ import annotations

from collections.abc import Sequence

from app.data.selling.carts import CartRepository
from app.domain.carts import Cart
from app.ui.core.actions import Actions


class ParkedCarts:
    """What was changed here counts before what is stored by now: a store tells of it late."""

    def __init__(self, carts: CartRepository, actions: Actions) -> None:
        self._carts = carts
        self._actions = actions
        self._stored: Sequence[Cart] = ()
        self._changed: dict[str, Cart | None] = {}

    @property
    def all(self) -> list[Cart]:
        """The carts by their age."""
        carts: dict[str, Cart | None] = {one.cart_id: one for one in self._stored}
        known = [one for one in (carts | self._changed).values() if one is not None]
        return sorted(known, key=lambda one: (one.begun_at, one.cart_id))

    def on_stored(self, carts: Sequence[Cart]) -> None:
        """Learn what is stored."""
        self._stored = carts

    def keep(self, cart: Cart) -> None:
        """Keep a cart as it is now; an empty one is not worth it."""
        if cart.is_empty:
            self.discard(cart)
        else:
            self._changed[cart.cart_id] = cart
            self._actions.add(lambda: self._save(cart))

    def discard(self, cart: Cart) -> None:
        """Throw a cart away."""
        self.forget(cart)
        self._actions.add(lambda: self._carts.discard(cart))

    def forget(self, cart: Cart) -> None:
        """It has become an order, and its place in the store is empty."""
        self._changed[cart.cart_id] = None

    async def _save(self, cart: Cart) -> None:
        # It may be an order by now, or thrown away.
        if self._changed[cart.cart_id] is not None:
            await self._carts.save(cart)
