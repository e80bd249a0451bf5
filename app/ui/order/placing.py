"""Placing carts one after the other, each as it was when that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.selling.orders import OrderRepository
from app.data.stock.catalogue import Catalogue
from app.data.stock.stock import StockRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.carts import Cart
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError, ShortLinesError
from app.domain.unusual import Asked
from app.ui.core.actions import Actions
from app.ui.core.unusual import UsualQuantities
from app.ui.order.changes import as_listed
from app.ui.order.shortage import Shortage


@dataclass(frozen=True, slots=True)
class WordWanted:
    """A cart that a manager has to approve as it is, `anyway` also where not all of it is there."""

    cart: Cart
    anyway: bool
    error: WordNeededError


class Placing(QObject):
    """Places carts: `placed` carries the order and its cart, `refused` the cart and why.

    `short` carries a Shortage, `unusual` a cart and its Unusual, `word_needed` a WordWanted;
    `stores` has all stores by id.
    """

    placed = Signal(object, object)
    refused = Signal(object, object)
    short = Signal(object)
    unusual = Signal(object, object)
    word_needed = Signal(object)

    def __init__(
        self,
        catalogue: Catalogue,
        stock: StockRepository,
        orders: OrderRepository,
        actor: Actor,
        stores: Mapping[str, Store],
        actions: Actions,
    ) -> None:
        super().__init__(actions)
        self._catalogue = catalogue
        self._stock = stock
        self._orders = orders
        self._usual = UsualQuantities(catalogue, stock)
        self._actor = actor
        self._stores = stores
        self._actions = actions
        self._under_way: set[str] = set()

    def is_placing(self, cart: Cart) -> bool:
        """Whether a cart is being placed, so that it must not be changed."""
        return cart.cart_id in self._under_way

    def place(
        self,
        cart: Cart,
        store: Store,
        anyway: bool,
        sure: bool,
        approval: Approval | None = None,
    ) -> None:
        """Make an order of a cart; `anyway` also where not all of it is there.

        Unusually many are asked about first, unless the person is `sure`; `approval` is a manager's
        word for it.
        """
        if not self.is_placing(cart):
            self._under_way.add(cart.cart_id)
            actor = replace(self._actor, approved_by=approval)
            self._actions.add(lambda: self._place(cart, store, actor, anyway, sure))

    async def _place(
        self, cart: Cart, store: Store, actor: Actor, anyway: bool, sure: bool
    ) -> None:
        try:
            self._refuse_stale(cart)
            asked = [Asked(one.product_id, one.name, -one.quantity) for one in cart.lines]
            if not sure and (found := await self._usual.unusual(asked)):
                self.unusual.emit(cart, found)
                return
            order = await self._orders.place(cart, store, actor, allow_negative=anyway)
        except InvalidInputError as error:
            self.refused.emit(cart, error)
        except ShortLinesError as error:
            self.short.emit(await self._shortage(cart, store, error))
        except WordNeededError as error:
            self.word_needed.emit(WordWanted(cart, anyway, error))
        else:
            self.placed.emit(order, cart)
        finally:
            self._under_way.discard(cart.cart_id)

    def _refuse_stale(self, cart: Cart) -> None:
        for line in cart.lines:
            if self._catalogue.listing(line.product_id) is None:
                raise InvalidInputError(
                    "lines", f"{line.name} is no longer in the catalogue: take it out."
                )
        listed = {one.product_id: one.unit_price for one in as_listed(cart, self._catalogue).lines}
        for line in cart.lines:
            if listed[line.product_id] != line.unit_price:
                raise InvalidInputError(
                    "lines",
                    f"The price of {line.name} has changed: look at the total, then place it.",
                )

    async def _shortage(self, cart: Cart, store: Store, error: ShortLinesError) -> Shortage:
        lines = []
        for product_id, on_hand in error.on_hand.items():
            line = cart.line(product_id)
            if line is not None:
                others = await self._stock.of_product(product_id)
                lines.append((line, on_hand, others))
        return Shortage.of(cart, lines, store, self._stores)
