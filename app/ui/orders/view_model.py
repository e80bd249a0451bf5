"""The orders of a store: page by page, and the one that is open."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.orders import OrderPage, OrderRepository
from app.domain.entities import Actor
from app.domain.errors import InvalidInputError, ZavaError
from app.domain.order_numbers import read_number
from app.domain.orders import Order
from app.ui.core.actions import Actions
from app.ui.core.formats import money


@dataclass(frozen=True, slots=True)
class OrdersState:
    """`orders` is None before the first answer, newest first, without lines; `order` is open.

    `more` tells whether there are older ones; `said` is a sentence, a `problem` or not.
    """

    orders: tuple[Order, ...] | None = None
    more: bool = False
    order: Order | None = None
    said: str = ""
    problem: bool = False


class OrdersViewModel(QObject):
    """Follows the newest orders of one store, and the open one; steps go through `actions`.

    `refused` carries what is wrong with what was typed to take something back.
    """

    state_changed = Signal(object)
    refused = Signal(object)

    def __init__(
        self, orders: OrderRepository, actor: Actor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._orders = orders
        self._actor = actor
        self._store_id = actor.profile.store_id
        self._known: dict[str, Order] = {}
        self._cancel: Callable[[], None] | None = None
        self._stop_order: Callable[[], None] = lambda: None
        self._return_id = str(uuid.uuid4())
        self.state = OrdersState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the newest orders, and the open one."""
        self._cancel = self._orders.watch_newest(self._store_id, self._on_newest)
        self._follow_order()

    def deactivate(self) -> None:
        """Stop following; older pages are read again when they are asked for."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        self._stop_order()
        self._known = {}

    def load_more(self) -> None:
        """The next page of older orders."""

        async def work() -> None:
            orders = self.state.orders
            if orders and self.state.more:
                self._add(await self._orders.page(self._store_id, orders[-1]), older=True)

        self.actions.add(work)

    def open(self, order: Order) -> None:
        """Show an order with its lines."""

        async def work() -> None:
            self._show(await self._orders.load(order))

        self.actions.add(work)

    def open_number(self, typed: str) -> bool:
        """Show the order with this number; False where it cannot be a number."""
        number = read_number(typed)
        if number is None:
            return False

        async def work() -> None:
            order = await self._orders.find(self._store_id, number)
            if order is None:
                self._update(said=f"This device has no order {number}.", problem=True)
            else:
                self._show(order)

        self.actions.add(work)
        return True

    def close(self) -> None:
        """Back to all orders."""
        self._stop_order()
        self._update(order=None, said="", problem=False)

    def complete(self) -> None:
        """The customer has the goods."""
        self._step(
            lambda order: self._orders.complete(order, self._actor), lambda _: "Handed over."
        )

    def cancel(self, note: str = "") -> None:
        """Take all of it back into stock."""
        self._step(
            lambda order: self._orders.cancel(order, self._actor, note),
            lambda order: f"Cancelled: give back {money(order.refunded)}.",
        )

    def begin_return(self) -> None:
        """From here on it is another return than before."""
        self._return_id = str(uuid.uuid4())

    def take_back(self, units: Mapping[str, tuple[int, int]], note: str = "") -> None:
        """Take units back, by line: how many, and how many of them damaged."""
        before = self.state.order.refunded if self.state.order else None
        return_id = self._return_id

        def said(order: Order) -> str:
            assert before is not None
            return f"Taken back: give back {money(order.refunded - before)}."

        self._step(
            lambda order: self._orders.take_back(order, return_id, units, self._actor, note), said
        )

    def _step(
        self, step: Callable[[Order], Awaitable[Order]], said: Callable[[Order], str]
    ) -> None:
        async def work() -> None:
            if self.state.order is None:
                return
            try:
                order = await step(self.state.order)
            except InvalidInputError as error:
                self.refused.emit(error)
                self._update(said=str(error), problem=True)
            else:
                self._update(order=order, said=said(order), problem=False)

        self.actions.add(work)

    def _show(self, order: Order) -> None:
        self._update(order=order, said="", problem=False)
        self._follow_order()

    def _follow_order(self) -> None:
        self._stop_order()
        if self.state.order is not None and self._cancel is not None:
            self._stop_order = self._orders.watch(self.state.order, self._on_order)

    def _on_order(self, order: Order) -> None:
        if self.state.order is not None and self.state.order.order_id == order.order_id:
            self._update(order=order)

    def _on_newest(self, page: OrderPage) -> None:
        self._add(page, older=False)

    def _add(self, page: OrderPage, older: bool) -> None:
        first = not self._known
        # What a newer order has pushed off the first page is known already, so none is left out.
        self._known |= {order.order_id: order for order in page.orders}
        orders = sorted(
            self._known.values(), key=lambda one: (one.order_date, one.order_id), reverse=True
        )
        more = page.next is not None if older or first else self.state.more
        self._update(orders=tuple(orders), more=more)

    def _update(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)

    def _on_failed(self, error: ZavaError) -> None:
        self._update(said=str(error), problem=True)
