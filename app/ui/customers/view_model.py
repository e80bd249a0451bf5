"""The customers of a store: found while typing, created, changed, deleted and brought back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.selling.bought import BoughtRepository
from app.data.selling.customer_directory import CustomerDirectory
from app.data.selling.customers import CustomerRepository
from app.data.selling.forgetting import ForgettingRepository
from app.data.selling.merging import MergingRepository
from app.domain.approvals import Approval, WordNeededError
from app.domain.customers import Bought, Customer, guess_fields
from app.domain.entities import Actor, Store
from app.domain.rights import Right, may
from app.ui.core.actions import Actions
from app.ui.core.approving import NOT_APPROVED
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.customers.draft import ALIKE, Alike, Draft, DraftViewModel
from connector_config.errors import UserError

PAGE = 50
_MOST = 2_000
"""Rows that are shown at once at most, so that they can be sorted."""
_FOLLOW_AFTER_MS = 120


@dataclass(frozen=True, slots=True)
class CustomersState:
    """The customers that match: the first `rows` of `total`.

    `chosen` is the customer whose card is shown, `also` those who were merged into it, `draft` the
    form. `purchases` is None until they are read; `deleted` is who was deleted last. `ready` is
    False while the customers are being loaded.
    """

    query: str = ""
    rows: tuple[Customer, ...] = ()
    total: int = 0
    ready: bool = False
    chosen: Customer | None = None
    also: tuple[Customer, ...] = ()
    purchases: Bought | None = None
    alike: Alike = ()
    draft: Draft | None = None
    deleted: Customer | None = None
    message: Message = NO_MESSAGE


class CustomersViewModel(QObject):
    """Follows the directory, and the chosen customer once the choice rests.

    `forgetting_asked` carries the customer, and the Wish that has to be confirmed.
    """

    state_changed = Signal(object)
    saved = Signal()
    forgetting_asked = Signal(object, object)
    word_needed = Signal(object)

    def __init__(
        self,
        customers: CustomerRepository,
        directory: CustomerDirectory,
        purchases: BoughtRepository,
        merging: MergingRepository,
        forgetting: ForgettingRepository,
        store: Store,
        actor: Actor,
        parent: QObject | None = None,
        follow_after_ms: int = _FOLLOW_AFTER_MS,
    ) -> None:
        super().__init__(parent)
        self._customers = customers
        self._directory = directory
        self._purchases = purchases
        self._merging = merging
        self._forgetting = forgetting
        self._actor = actor
        self._store_id = store.store_id
        self._limit = PAGE
        self._unlisten: Callable[[], None] | None = None
        self._following = ExitStack()
        self.state = CustomersState()
        self.draft = DraftViewModel(customers, directory, store, actor, self)
        self.draft.state_changed.connect(self._on_draft)
        self.draft.saved.connect(self._on_saved)
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._reads = Actions(self)
        self._reads.failed.connect(self._on_failed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(follow_after_ms)
        self._rest.timeout.connect(self._follow)

    def activate(self) -> None:
        """Load the customers, and follow the store."""
        if self._unlisten is None:
            self._unlisten = self._directory.on_changed(self._on_directory)
            self._directory.open()
        self.draft.activate()
        self._search()
        self._follow()

    def deactivate(self) -> None:
        """Stop following the store."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
            self._directory.close()
        self.draft.deactivate()
        self._rest.stop()
        self._following.close()

    def set_query(self, text: str) -> None:
        """Search for a text."""
        self._limit = PAGE
        self.state = replace(self.state, query=text)
        self._search()

    def show_more(self) -> None:
        """Show another page of the same search."""
        self._limit += PAGE
        self._search()

    def show_all(self) -> bool:
        """Show all that fit the same search; False where these are too many."""
        if self.state.total > _MOST or not self.state.ready:
            return False
        self._limit = max(self._limit, self.state.total)
        self._search()
        return True

    def choose(self, customer: Customer | None) -> None:
        """Show a customer's card."""
        before = self.state.chosen
        if customer is None or (before and before.customer_id == customer.customer_id):
            return
        self._following.close()
        self._emit(chosen=customer, purchases=None, **self._around(customer), message=NO_MESSAGE)
        self._rest.start()

    def begin(self) -> None:
        """Begin a new customer, filled in with what was searched and not found."""
        text = self.state.query
        # Of a name that others have, nobody knows whether it is this one's too.
        taken = self.state.rows and "first_name" in guess_fields(text)
        self.draft.begin("" if taken else text)

    def edit(self) -> None:
        """Change the customer whose card is shown."""
        if self.state.chosen is not None and self.state.draft is None:
            self.draft.edit(self.state.chosen)

    def delete(self, approval: Approval | None = None) -> None:
        """Take the customer out of the list; undo brings them back.

        `approval` is a manager's word for it, for which `word_needed` asks with the error.
        """
        customer = self.state.chosen
        actor = replace(self._actor, approved_by=approval)

        async def work() -> None:
            if customer is None:
                return
            try:
                gone = await self._without(customer, self._customers.delete(customer, actor))
            except WordNeededError as error:
                self.word_needed.emit(error)
                return
            message = Message(f"{customer.name} is deleted. Ctrl+Z brings the customer back.")
            self._emit(**gone, deleted=customer, message=message)

        self.actions.add(work)

    def say_not_approved(self) -> None:
        """Say that the customer stays, because no manager approved that they go."""
        self._emit(message=problem(NOT_APPROVED))

    @property
    def may_merge(self) -> bool:
        """Whether the person may merge customers, and have one forgotten."""
        return may(self._actor.profile.role, Right.MERGE_CUSTOMERS)

    def find(self, text: str) -> Sequence[Customer]:
        """Some customers by a text, apart from the list that is shown."""
        return self._directory.search(text, PAGE).customers

    def merge(self, other: Customer) -> None:
        """Let another customer be the same person as the one whose card is shown."""
        customer = self.state.chosen

        async def work() -> None:
            if customer is None:
                return
            kept = await self._merging.merge(customer, other, self._actor)
            done = f"The orders of {other.name} count for {kept.name} now. Ctrl+Z parts them."
            self._emit(message=Message(done))

        self.actions.add(work)

    def ask_forget(self) -> None:
        """Look what forgetting the customer whose card is shown concerns; somebody then asks."""
        customer = self.state.chosen

        async def work() -> None:
            if customer is not None and self.may_merge and self.state.draft is None:
                wish = await self._forgetting.preview(customer)
                self.forgetting_asked.emit(customer, wish)

        self.actions.add(work)

    def forget(self, customer: Customer) -> None:
        """Remove what is personal of a customer, at their wish."""

        async def work() -> None:
            forgetting = self._forgetting.forget(customer, self._actor)
            gone = await self._without(customer, forgetting)
            done = Message("The customer is forgotten. Their orders say “Customer removed”.")
            self._emit(**gone, deleted=None, message=done)

        self.actions.add(work)

    def show_undone(self, customer_id: str) -> None:
        """Show the card of a customer of whom a change was undone."""

        async def work() -> None:
            customer = await self._customers.get(self._store_id, customer_id)
            self._following.close()
            message = Message(f"{customer.name} is as before." if customer else "")
            around = self._around(customer) if customer else {}
            self._emit(chosen=customer, purchases=None, deleted=None, **around, message=message)
            self._follow()

        self.actions.add(work)

    def _on_directory(self) -> None:
        if self.state.chosen is not None:
            self._emit(**self._around(self.state.chosen))
        self._search()

    def _search(self) -> None:
        text = self.state.query
        if not self._directory.ready and text.strip():
            # Names as they begin, from the store itself, until all are loaded.
            self._reads.add(lambda: self._find(text))
            return
        found = self._directory.search(text, self._limit)
        self._emit(rows=found.customers, total=found.total, ready=self._directory.ready)
        if not found.customers and self.state.draft is None:
            # Nobody is found, so nobody's card stands beside it.
            self._emit(**self._nobody())

    async def _find(self, text: str) -> None:
        found = await self._customers.find(self._store_id, text, self._limit)
        if text == self.state.query and not self._directory.ready:
            self._emit(rows=tuple(found), total=len(found), ready=False)

    def _follow(self) -> None:
        customer = self.state.chosen
        self._following.close()
        if customer is not None and self._unlisten is not None:
            self._following.callback(
                self._customers.watch(customer.store_id, customer.customer_id, self._on_customer)
            )
            self._following.callback(
                self._purchases.watch(
                    customer, lambda: self._reads.add(lambda: self._read(customer))
                )
            )

    async def _read(self, customer: Customer) -> None:
        purchases = await self._purchases.of(customer)
        if self.state.chosen and self.state.chosen.customer_id == customer.customer_id:
            self._emit(purchases=purchases)

    def _on_customer(self, customer: Customer | None) -> None:
        before = self.state.chosen
        if customer is not None:
            message = self.state.message
            if before is not None and before.customer_id != customer.customer_id:
                one = before.name or "This customer"
                message = Message(f"{one} was merged into {customer.name}, whose card this is.")
            if before is None or before.ids != customer.ids:
                # What they bought counts anew, once this answer is dealt with.
                self._emit(purchases=None)
                self._rest.start()
            self._emit(chosen=customer, **self._around(customer), message=message)
        elif self.state.chosen is not None:
            gone = Message("This customer was deleted on another device.")
            self._emit(chosen=None, purchases=None, message=self.state.message or gone)

    def _around(self, customer: Customer) -> dict[str, Any]:
        return {
            "alike": tuple(self._directory.alike(customer, ALIKE)),
            "also": tuple(self._directory.also(customer)),
        }

    def _nobody(self) -> dict[str, Any]:
        self._following.close()
        return {"chosen": None, "also": (), "purchases": None, "alike": ()}

    async def _without(self, customer: Customer, going: Awaitable[object]) -> dict[str, Any]:
        """Nobody in place of a customer who goes; somebody else who was chosen meanwhile stays."""
        # It would say that another device did it.
        self._following.close()
        try:
            await going
        finally:
            self._follow()
        chosen = self.state.chosen
        is_shown = chosen is not None and chosen.customer_id == customer.customer_id
        return self._nobody() if is_shown else {}

    def _on_draft(self, draft: Draft | None) -> None:
        if draft is None:
            self._emit(draft=None)
        else:
            self._emit(draft=draft, message=NO_MESSAGE)

    def _on_saved(self, customer: Customer, is_new: bool) -> None:
        message = Message(f"{customer.name} is {'a customer now' if is_new else 'changed'}.")
        self._following.close()
        self._emit(chosen=customer, purchases=None, **self._around(customer), message=message)
        self._follow()
        self.saved.emit()

    def _on_failed(self, error: UserError) -> None:
        self._emit(message=problem(error))

    def _emit(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)
