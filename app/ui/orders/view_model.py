"""The orders of a store: page by page, and the one that is open."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.selling.order_list import (
    OrderColumn,
    OrderFilter,
    OrderListRepository,
    OrderPage,
    place,
)
from app.data.selling.orders import OrderRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.entities import Actor
from app.domain.errors import InvalidInputError
from app.domain.order_numbers import read_title
from app.domain.orders import Order
from app.domain.rights import Right, may
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.formats import money
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.orders import words
from app.ui.orders.filter_view_model import FilterViewModel
from connector_config.errors import UserError

PAGE = 100
_AROUND = PAGE // 4
"""Orders above the shown ones that are followed too, so that a small step needs no new query."""


@dataclass(frozen=True, slots=True)
class OrdersState:
    """The orders without lines; None before the first answer to a filter or a sorting.

    They are newest first, or as `sorting` says: by a column, and whether it descends. `order` is
    the open one, `more` tells whether there are more than these.
    """

    orders: tuple[Order, ...] | None = None
    more: bool = False
    sorting: tuple[OrderColumn, bool] | None = None
    order: Order | None = None
    message: Message = NO_MESSAGE


class OrdersViewModel(QObject):
    """Follows the newest orders that `filters` let through, those that are shown, and the open one.

    Steps go through `actions`.

    `refused` carries what is wrong with what was typed to take something back, `word_needed` the
    WordNeededError of a cancellation that a manager has to approve.
    """

    state_changed = Signal(object)
    refused = Signal(object)
    word_needed = Signal(object)
    scan_refused = Signal()

    def __init__(
        self,
        orders: OrderRepository,
        listing: OrderListRepository,
        filters: FilterViewModel,
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._orders = orders
        self._list = listing
        self.filters = filters
        self._actor = actor
        self._known: dict[str, Order] = {}
        self._active = False
        self._following_newest = ExitStack()
        self._following_shown = ExitStack()
        self._following_order = ExitStack()
        self._shown_from = 0
        self._limit = PAGE
        self._arriving = False
        self._return_id = str(uuid.uuid4())
        self.state = OrdersState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        filters.wanted_changed.connect(self._on_wanted)

    def activate(self) -> None:
        """Follow the newest orders, and the open one."""
        self._active = True
        self.filters.activate()
        self._follow(self.filters.wanted)
        self._follow_order()

    def deactivate(self) -> None:
        """Stop following; older pages are read again when they are asked for."""
        self._active = False
        self.filters.deactivate()
        self._following_newest.close()
        self._following_shown.close()
        self._following_order.close()
        self._known = {}

    def sort(self, column: OrderColumn | None, descending: bool = False) -> None:
        """Show the first orders by a column, or with None the newest."""
        is_own = column is None or (column is OrderColumn.DATE and descending)
        sorting = None if is_own or column is None else (column, descending)
        if sorting != self.state.sorting:
            self._update(sorting=sorting)
            if self._active:
                self._follow(self.filters.wanted)

    def load_more(self) -> None:
        """Add the next page of orders."""
        if self.state.sorting is not None:
            if self.state.more and not self._arriving:
                self._limit += PAGE
                self._follow_sorted(*self.state.sorting)
            return

        async def work() -> None:
            wanted, orders = self.filters.wanted, self.state.orders
            if orders and self.state.more:
                page = await self._list.page(wanted, orders[-1], PAGE)
                same = (wanted, None) == (self.filters.wanted, self.state.sorting)
                if same and self._active:
                    self._on_page(page, orders[-1])

        self.actions.add(work)

    def look_at(self, first: int, last: int) -> None:
        """Follow a page around the rows that the person sees, beside the newest page."""
        orders = self.state.orders or ()
        followed = range(self._shown_from, self._shown_from + PAGE)
        if self.state.sorting is not None:
            # All of them are followed.
            return
        if not self._active or last < PAGE or (first in followed and last in followed):
            return
        self._shown_from = max(min(first, len(orders) - 1) - _AROUND, 1)
        after = orders[self._shown_from - 1]
        self._following_shown.close()
        self._following_shown.callback(
            self._list.watch(
                self.filters.wanted, lambda page: self._on_page(page, after), after, PAGE
            )
        )

    def open(self, order: Order) -> None:
        """Show an order with its lines."""

        async def work() -> None:
            self._show(await self._orders.load(order))

        self.actions.add(work)

    def read(self, order: Order, act: Callable[[Order], object]) -> None:
        """Call `act` with an order of the list as it is stored, with its lines."""

        async def work() -> None:
            act(await self._orders.load(order))

        self.actions.add(work)

    def open_number(self, typed: str) -> bool:
        """Show the order with this number or id; False where it cannot be one."""
        number = read_title(typed)
        if number is None:
            return False

        async def work() -> None:
            order = None
            for store in self.filters.state.stores:
                order = order or await self._orders.find(store.store_id, number)
            if order is None:
                self.say(problem(self._not_here(number)))
                self.scan_refused.emit()
            else:
                self._show(order)

        self.actions.add(work)
        return True

    def close(self) -> None:
        """Go back to the list."""
        self._following_order.close()
        self._update(order=None, message=NO_MESSAGE)

    def complete(self) -> None:
        """Note that the customer has the goods of the open order."""
        self._step(
            lambda order: self._orders.complete(order, self._actor), lambda _: "Handed over."
        )

    def cancel(self, note: str = "", approval: Approval | None = None) -> None:
        """Cancel the open order: all of it comes back; `approval` is a manager's word for it."""
        actor = replace(self._actor, approved_by=approval)
        self._step(
            lambda order: self._orders.cancel(order, actor, note),
            lambda order: f"Cancelled: give back {money(order.refunded)}{self._whose(order)}.",
        )

    def say(self, message: Message) -> None:
        """Show a message until something else is said."""
        self._update(message=message)

    def say_not_approved(self) -> None:
        """Say that the order stays as it is, because no manager approved it."""
        self.say(problem(NOT_APPROVED))

    def begin_return(self) -> None:
        """Begin another return than before."""
        self._return_id = str(uuid.uuid4())

    def take_back(self, units: Mapping[str, tuple[int, int]], note: str = "") -> None:
        """Take units back; `units` has how many and how many are damaged, by id of the line."""
        before = self.state.order.refunded if self.state.order else None
        return_id = self._return_id

        def said(order: Order) -> str:
            assert before is not None
            given = money(order.refunded - before)
            return f"Taken back: give back {given}{self._whose(order)}."

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
                self._update(message=problem(error))
            except WordNeededError as error:
                self.word_needed.emit(error)
            else:
                self.say(Message(said(order)))
                # Whoever has left it meanwhile stays where they are.
                self._on_order(order)

        self.actions.add(work)

    def _show(self, order: Order) -> None:
        self._update(order=order, message=Message(words.of_other_store(order, self.filters.here)))
        self._follow_order()

    def _whose(self, order: Order) -> str:
        newest = order.returns[-1] if order.returns else None
        return words.whose(order, newest, self.filters.here)

    def _not_here(self, number: str) -> str:
        return words.not_here(number, may(self._actor.profile.role, Right.WORK_ELSEWHERE))

    def _follow_order(self) -> None:
        self._following_order.close()
        if self.state.order is not None and self._active:
            self._following_order.callback(self._orders.watch(self.state.order, self._on_order))

    def _on_order(self, order: Order) -> None:
        if self.state.order is not None and self.state.order.order_id == order.order_id:
            self._update(order=order)

    def _on_wanted(self, wanted: OrderFilter) -> None:
        if self._active:
            self._follow(wanted)

    def _follow(self, wanted: OrderFilter) -> None:
        self._following_newest.close()
        self._following_shown.close()
        self._shown_from = 0
        self._known = {}
        self._limit = PAGE
        self._update(orders=None, more=False, message=NO_MESSAGE)
        if self.state.sorting is not None:
            self._follow_sorted(*self.state.sorting)
            return
        self._following_newest.callback(
            self._list.watch(wanted, lambda page: self._on_page(page, None), limit=PAGE)
        )

    def _follow_sorted(self, column: OrderColumn, descending: bool) -> None:
        self._arriving = True
        self._following_newest.close()
        self._following_newest.callback(
            self._list.watch_sorted(
                self.filters.wanted, column, descending, self._on_sorted, self._limit
            )
        )

    def _on_sorted(self, orders: list[Order], more: bool) -> None:
        self._arriving = False
        self._update(orders=tuple(orders), more=more)

    def _on_page(self, page: OrderPage, after: Order | None) -> None:
        """Take in what lies after an order: all of it, down to the end of the page.

        What a newer order has pushed off the page is older than its end and stays known; what is
        known within the page and not on it has left the filter.
        """
        end = page.end or ("", "")
        self._known = {
            order_id: one
            for order_id, one in self._known.items()
            if place(one) < end or (after is not None and place(one) >= place(after))
        }
        self._known |= {one.order_id: one for one in page.orders}
        orders = sorted(self._known.values(), key=place, reverse=True)
        is_last = not orders or place(orders[-1]) >= end
        more = page.end is not None if is_last else self.state.more
        self._update(orders=tuple(orders), more=more)

    def _update(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)

    def _on_failed(self, error: UserError) -> None:
        self._update(message=problem(error))
