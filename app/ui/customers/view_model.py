"""Customers of the store: found while typing, created, changed, deleted and brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.data.customer_directory import CustomerDirectory
from app.data.customers import CustomerRepository
from app.data.purchases import PurchaseRepository
from app.domain.customers import Customer, Purchases, parse_customer, parse_phone
from app.domain.errors import InvalidInputError, ZavaError
from app.ui.core.actions import Actions

PAGE = 50
FIELDS = ("first_name", "last_name", "email", "phone")
_ALIKE = 3
_FOLLOW_AFTER_MS = 120

Alike = tuple[tuple[Customer, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A customer as typed so far; `texts` by field. `wrong` is a field and its sentence."""

    customer: Customer
    is_new: bool
    texts: dict[str, str]
    wrong: tuple[str, str] = ("", "")
    alike: Alike = ()


@dataclass(frozen=True, slots=True)
class CustomersState:
    """`rows` of `total` who match; `chosen` is whose card is shown, and `draft` what is typed.

    `purchases` is None until they are read, `deleted` who comes back with undo; `said` is a
    sentence, a `problem` or not. `ready` is False while the customers are being loaded.
    """

    query: str = ""
    rows: tuple[Customer, ...] = ()
    total: int = 0
    ready: bool = False
    chosen: Customer | None = None
    purchases: Purchases | None = None
    alike: Alike = ()
    draft: Draft | None = None
    deleted: Customer | None = None
    said: str = ""
    problem: bool = False


class CustomersViewModel(QObject):
    """Follows the directory, and the one customer who is looked at when choosing rests."""

    state_changed = Signal(object)
    saved = Signal()

    def __init__(
        self,
        customers: CustomerRepository,
        directory: CustomerDirectory,
        purchases: PurchaseRepository,
        store_id: str,
        parent: QObject | None = None,
        follow_after_ms: int = _FOLLOW_AFTER_MS,
    ) -> None:
        super().__init__(parent)
        self._customers = customers
        self._directory = directory
        self._purchases = purchases
        self._store_id = store_id
        self._limit = PAGE
        self._unlisten: Callable[[], None] | None = None
        self._cancels: list[Callable[[], None]] = []
        self.state = CustomersState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)
        self._reads = Actions(self)
        self._reads.failed.connect(self._on_failed)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(follow_after_ms)
        self._rest.timeout.connect(self._follow)

    def activate(self) -> None:
        """Load who is not there yet, and follow the store."""
        if self._unlisten is None:
            self._unlisten = self._directory.on_changed(self._search)
            self._directory.open()
        self._search()
        self._follow()

    def deactivate(self) -> None:
        """Stop following the store."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
            self._directory.close()
        self._rest.stop()
        self._stop_following()

    def set_query(self, text: str) -> None:
        """Look for these words."""
        self._limit = PAGE
        self.state = replace(self.state, query=text)
        self._search()

    def show_more(self) -> None:
        """Another page of the same search."""
        self._limit += PAGE
        self._search()

    def choose(self, customer: Customer | None) -> None:
        """Show this customer's card."""
        before = self.state.chosen
        if customer is None or (before and before.customer_id == customer.customer_id):
            return
        self._stop_following()
        self._emit(
            chosen=customer, purchases=None, alike=self._namesakes(customer), said="", problem=False
        )
        self._rest.start()

    def begin(self) -> None:
        """Type a new customer; what was looked for is filled in where it belongs."""
        texts = dict.fromkeys(FIELDS, "")
        words = self.state.query.split()
        if "@" in self.state.query:
            texts["email"] = self.state.query.strip()
        elif any(char.isdigit() for char in self.state.query):
            texts["phone"] = self.state.query.strip()
        elif words and not self.state.rows:
            texts["first_name"] = words[0].title()
            texts["last_name"] = " ".join(words[1:]).title()
        self._draft(Draft(self._customers.begin(self._store_id), True, texts))

    def edit(self) -> None:
        """Change the customer whose card is shown."""
        one = self.state.chosen
        if one is not None:
            self._draft(Draft(one, False, {field: getattr(one, field) for field in FIELDS}))

    def change(self, field: str, text: str) -> None:
        """What is typed in a field; who may be the same person is looked up at once."""
        draft = self.state.draft
        if draft is not None and draft.texts[field] != text:
            wrong = ("", "") if draft.wrong[0] == field else draft.wrong
            self._draft(replace(draft, texts={**draft.texts, field: text}, wrong=wrong))

    def give_up(self) -> None:
        """Forget what was typed."""
        self._emit(draft=None)

    def save(self) -> None:
        """Keep what was typed; `saved`, or the draft says what is wrong."""
        draft = self.state.draft
        if draft is None or self.actions.running:
            return
        texts = (draft.texts[field] for field in FIELDS)
        try:
            customer = parse_customer(self._store_id, draft.customer.customer_id, *texts)
        except InvalidInputError as error:
            self._refuse(error)
            return

        async def work() -> None:
            try:
                await self._customers.save(customer)
            except InvalidInputError as error:
                self._refuse(error)
                return
            said = f"{customer.name} is {'a customer now' if draft.is_new else 'changed'}."
            self._stop_following()
            self._emit(draft=None, chosen=customer, purchases=None, said=said, problem=False)
            self._follow()
            self.saved.emit()

        self.actions.add(work)

    def delete(self) -> None:
        """Take the customer out of the list; `undo` brings them back."""
        customer = self.state.chosen

        async def work() -> None:
            if customer is None:
                return
            await self._customers.delete(customer)
            self._stop_following()
            said = f"{customer.name} is deleted. Ctrl+Z brings the customer back."
            self._emit(chosen=None, purchases=None, deleted=customer, said=said, problem=False)

        self.actions.add(work)

    def undo(self) -> bool:
        """Bring back who was deleted last; False where nobody was."""
        customer = self.state.deleted
        if customer is None:
            return False

        async def work() -> None:
            try:
                await self._customers.save(customer)
            except InvalidInputError as error:
                self._emit(said=f"{customer.name} stays deleted. {error}", problem=True)
                return
            said = f"{customer.name} is back."
            self._emit(chosen=customer, deleted=None, said=said, problem=False)
            self._follow()

        self.actions.add(work)
        return True

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
            self._stop_following()
            self._emit(chosen=None, purchases=None, alike=())

    async def _find(self, text: str) -> None:
        found = await self._customers.find(self._store_id, text, self._limit)
        if text == self.state.query and not self._directory.ready:
            self._emit(rows=tuple(found), total=len(found), ready=False)

    def _follow(self) -> None:
        one = self.state.chosen
        self._stop_following()
        if one is not None and self._unlisten is not None:
            self._cancels = [
                self._customers.watch(one.store_id, one.customer_id, self._on_customer),
                self._purchases.watch(one, lambda: self._reads.add(lambda: self._read(one))),
            ]

    def _stop_following(self) -> None:
        for cancel in self._cancels:
            cancel()
        self._cancels = []

    async def _read(self, customer: Customer) -> None:
        purchases = await self._purchases.of(customer)
        if self.state.chosen and self.state.chosen.customer_id == customer.customer_id:
            self._emit(purchases=purchases)

    def _on_customer(self, customer: Customer | None) -> None:
        if customer is not None:
            self._emit(chosen=customer, alike=self._namesakes(customer))
        elif self.state.chosen is not None:
            said = self.state.said or f"{self.state.chosen.name} was deleted on another device."
            self._emit(chosen=None, purchases=None, said=said)

    def _namesakes(self, customer: Customer) -> Alike:
        # Many share a phone, families and firms: on the card only who has the name as well.
        found = self._directory.alike(customer, _ALIKE)
        return tuple((one, why) for one, why in found if "name" in why)

    def _draft(self, draft: Draft) -> None:
        names = (draft.texts["first_name"], draft.texts["last_name"])
        typed = replace(draft.customer, first_name=names[0].strip(), last_name=names[1].strip())
        typed = replace(typed, email=draft.texts["email"].strip().lower())
        try:
            phone = parse_phone(draft.texts["phone"])
        except InvalidInputError:
            phone = ""
        alike = self._directory.alike(replace(typed, phone=phone), _ALIKE)
        self._emit(draft=replace(draft, alike=tuple(alike)), said="", problem=False)

    def _refuse(self, error: InvalidInputError) -> None:
        if self.state.draft is not None:
            self._emit(draft=replace(self.state.draft, wrong=(error.field, str(error))))

    def _on_failed(self, error: ZavaError) -> None:
        self._emit(said=str(error), problem=True)

    def _emit(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)
