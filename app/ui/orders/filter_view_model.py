"""The filters of the orders: store, customer, days, status, and whether one took them oneself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.selling.customers import CustomerRepository
from app.data.selling.order_list import OrderFilter
from app.domain.customers import Customer
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError
from app.domain.orders import OrderStatus
from app.ui.core.actions import Actions
from app.ui.core.filters import Days, first_of, last_of
from connector_config.errors import UserError

_FOUND = 20
_ALL = "*"
"""Stands for all stores where a filter is kept."""


@dataclass(frozen=True, slots=True)
class FilterState:
    """The filters that are on; `store` is None for all of `stores`, those that this device holds.

    Days are as the program shows them, or as typed where they are none. `problems` are sentences by
    field. `found` are the customers found for `looked_for`, None while nobody is looked for.
    `words` name the filters as in a sentence.
    """

    stores: tuple[Store, ...]
    store: Store | None
    customer: Customer | None = None
    since: str = ""
    until: str = ""
    status: OrderStatus | None = None
    mine: bool = False
    problems: tuple[tuple[str, str], ...] = ()
    looked_for: str = ""
    found: tuple[Customer, ...] | None = None
    words: tuple[str, ...] = ()


class FilterViewModel(QObject):
    """Holds the filters, at first for the own store; `wanted_changed` carries an OrderFilter."""

    state_changed = Signal(object)
    wanted_changed = Signal(object)

    def __init__(
        self,
        customers: CustomerRepository,
        held: Callable[[], Sequence[Store]],
        actor: Actor,
        days: Days,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._customers = customers
        self._held = held
        self._actor = actor
        self.days = days
        stores = tuple(held())
        self.here = next(one for one in stores if one.store_id == actor.profile.store_id)
        """The store that the person works in."""
        self.state = FilterState(stores, self.here)
        self.wanted = self._read()
        self._asked = ""
        self._active = False
        self._following = ExitStack()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Take the stores that this device holds by now, and follow the customer."""
        stores = tuple(self._held())
        if stores != self.state.stores:
            store = self.state.store if self.state.store in (None, *stores) else self.here
            self._change(stores=stores, store=store)
        self._active = True
        self._follow()

    def deactivate(self) -> None:
        """Stop following the customer; the filters stay."""
        self._active = False
        self._following.close()

    def choose_store(self, store: Store | None) -> None:
        """Show orders of one store, or of all that this device holds."""
        self._change(store=store)

    def choose_customer(self, customer: Customer | None) -> None:
        """Show orders of one customer, or of everybody."""
        self._asked = ""
        self._change(customer=customer, found=None, looked_for="")
        self._follow()

    def choose_days(self, since: str, until: str) -> None:
        """Show orders of some days as typed, both included; an empty one is no end."""
        self._change(since=self.days.tidy(since), until=self.days.tidy(until))

    def choose_status(self, status: OrderStatus | None) -> None:
        """Show orders with a status, or all."""
        self._change(status=status)

    def choose_mine(self, mine: bool) -> None:
        """Show orders that the person signed in took, or everybody's."""
        self._change(mine=mine)

    def show_customer(self, customer: Customer) -> None:
        """Show all orders of a customer, in whatever store, without other filters."""
        several = len(self.state.stores) > 1
        self._change(**_NOTHING, store=None if several else self.here, customer=customer)
        self._follow()

    @property
    def kept(self) -> dict[str, str]:
        """What a saved filter keeps of store, customer, status and whose they are."""
        state = self.state
        kept = {"store": state.store.store_id if state.store else _ALL}
        if state.customer is not None:
            kept |= {"customer": state.customer.customer_id, "of": state.customer.store_id}
        if state.status is not None:
            kept["status"] = state.status.value
        return kept | ({"mine": "yes"} if state.mine else {})

    def show_kept(self, kept: Mapping[str, str], since: str, until: str) -> None:
        """Show what a saved filter kept, and days as typed."""
        self._asked = ""
        by_id = {one.store_id: one for one in self.state.stores}
        store_id = kept.get("store", "")
        statuses = {one.value: one for one in OrderStatus}
        self._change(
            **_NOTHING
            | {
                "since": since,
                "until": until,
                "status": statuses.get(kept.get("status", "")),
                "mine": "mine" in kept,
            },
            store=None if store_id == _ALL else by_id.get(store_id, self.here),
            customer=None,
        )
        self._follow()
        if "customer" in kept:
            self._asked = asked = kept["customer"]

            async def work() -> None:
                customer = await self._customers.get(kept.get("of", ""), asked)
                if self._asked != asked:
                    return
                if customer is None:
                    raise UserError("The customer of this filter is not on this device any more.")
                self.choose_customer(customer)

            self.actions.add(work)

    def clear(self) -> None:
        """Remove all filters."""
        self._change(**_NOTHING, store=self.here, customer=None)
        self._follow()

    def look_for(self, text: str) -> None:
        """Find customers by name, e-mail or phone; an empty text shows everybody's orders."""
        if not text.strip():
            self.choose_customer(None)
            return
        self._asked = text

        async def work() -> None:
            found: list[Customer] = []
            for store in self.state.stores:
                # What was typed since is asked for next.
                if self._asked == text:
                    found += await self._customers.find(store.store_id, text, _FOUND)
            if self._asked == text:
                self._change(found=tuple(found[:_FOUND]), looked_for=text)

        self.actions.add(work)

    def stop_looking(self) -> None:
        """Stop looking for a customer; the filter stays as it was."""
        self._asked = ""
        self._change(found=None, looked_for="")

    def _follow(self) -> None:
        """Follow the customer: with whoever is merged into them come the orders of that one."""
        self._following.close()
        customer = self.state.customer
        if self._active and customer is not None:
            self._following.callback(
                self._customers.watch(customer.store_id, customer.customer_id, self._on_customer)
            )

    def _on_customer(self, customer: Customer | None) -> None:
        # Whose orders are shown is still shown once nobody is called that any more.
        if customer not in (None, self.state.customer):
            self._change(customer=customer)

    def _change(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        try:
            wanted = self._read()
            problems: tuple[tuple[str, str], ...] = ()
        except InvalidInputError as error:
            wanted, problems = self.wanted, ((error.field, str(error)),)
        self.state = replace(self.state, problems=problems)
        self.state = replace(self.state, words=tuple(self._words()))
        self.state_changed.emit(self.state)
        if wanted != self.wanted:
            self.wanted = wanted
            self.wanted_changed.emit(wanted)

    def _read(self) -> OrderFilter:
        """The filter for the repository; raises InvalidInputError for a day that is none."""
        state = self.state
        first = self.days.read("since", state.since)
        last = self.days.read("until", state.until)
        if first is not None and last is not None and last < first:
            raise InvalidInputError("until", "This is before the first day.")
        stores = (state.store,) if state.store else state.stores
        # A day of a store is by its own clock.
        spans = [(first_of(first, one.zone), last_of(last, one.zone)) for one in stores]
        since = min((one for one, _ in spans if one is not None), default=None)
        until = max((one for _, one in spans if one is not None), default=None)
        return OrderFilter(
            tuple(one.store_id for one in stores),
            state.customer.ids if state.customer else (),
            state.status,
            self._actor.profile.name if state.mine else None,
            since,
            until,
            tuple(spans) if len(set(spans)) > 1 else (),
        )

    def _words(self) -> list[str]:
        state = self.state
        words = [f"customer {state.customer.name}"] if state.customer else []
        words += [
            f"{edge} {day}"
            for edge, day in (("from", state.since), ("to", state.until))
            if day and not state.problems
        ]
        words += [f"status {state.status.label}"] if state.status else []
        words += [f"taken by {self._actor.profile.name}"] if state.mine else []
        if state.store != self.here:
            words.append(f"store {state.store.short_name}" if state.store else "all stores")
        return words

    def _on_failed(self, error: UserError) -> None:
        self.state = replace(self.state, problems=(("customer", str(error)),))
        self.state_changed.emit(self.state)


_NOTHING: dict[str, Any] = {
    "since": "",
    "until": "",
    "status": None,
    "mine": False,
    "looked_for": "",
    "found": None,
}
