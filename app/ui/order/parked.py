"""The carts that are parked on this device, as the Order screen knows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack

from app.data.selling.carts import CartRepository
from app.domain.carts import Cart
from app.domain.shop_days import Zone
from app.ui.core.actions import Actions


class ParkedCarts:
    """The parked carts; a change made here counts before what the store tells, which is late.

    `on_stored` is called after every answer of the store.
    """

    def __init__(
        self,
        carts: CartRepository,
        store_id: str,
        actions: Actions,
        on_stored: Callable[[], None],
        zone: Zone = None,
    ) -> None:
        self._carts = carts
        self._store_id = store_id
        self._zone = zone
        self._actions = actions
        self._tell = on_stored
        self._following = ExitStack()
        self._followed = False
        self._looking = ExitStack()
        self._stored: Sequence[Cart] = ()
        self._changed: dict[str, Cart | None] = {}
        self._known = False
        self._waiting: list[Callable[[], object]] = []

    @property
    def all(self) -> list[Cart]:
        """The carts by their age."""
        carts: dict[str, Cart | None] = {one.cart_id: one for one in self._stored}
        known = [one for one in (carts | self._changed).values() if one is not None]
        return sorted(known, key=lambda one: (one.begun_at, one.cart_id))

    def follow(self) -> None:
        """Follow the store."""
        self._followed = True
        self._following.callback(self._carts.watch_all(self._store_id, self._on_stored))

    def stop(self) -> None:
        """Stop following the store."""
        self._followed = False
        self._following.close()

    def when_known(self, act: Callable[[], object]) -> None:
        """Call `act` when the carts are known; the store is asked for them if it was not yet."""
        self._waiting.append(act)
        if self._known:
            self._do_waiting()
        elif not self._followed and len(self._waiting) == 1:
            self._looking.callback(self._carts.watch_all(self._store_id, self._on_stored))

    def beside(self, cart: Cart, by: int) -> Cart | None:
        """The cart `by` places after a cart, in a circle; None where none is parked."""
        parked = self.all
        ids = [one.cart_id for one in parked]
        if cart.cart_id in ids:
            return parked[(ids.index(cart.cart_id) + by) % len(ids)]
        return parked[0 if by > 0 else -1] if parked else None

    def begin(self) -> Cart:
        """Make a new cart; it is parked from the first change on."""
        return self._carts.begin(self._store_id, self._zone)

    def keep(self, cart: Cart) -> None:
        """Keep a cart as it is now; an empty one is discarded."""
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
        """Forget a cart that has become an order, and is not in the store any more."""
        self._changed[cart.cart_id] = None

    async def _save(self, cart: Cart) -> None:
        # It may be an order by now, or thrown away.
        if self._changed[cart.cart_id] is not None:
            await self._carts.save(cart)

    def _on_stored(self, carts: list[Cart]) -> None:
        self._looking.close()
        self._stored = carts
        self._tell()
        # They are known for good: what is changed here is known before it is stored.
        self._known = True
        self._do_waiting()

    def _do_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()
