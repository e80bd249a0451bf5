"""One customer as typed so far: what is wrong, and who may be the same person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.data.selling.customer_directory import CustomerDirectory
from app.data.selling.customers import CustomerRepository
from app.domain.customers import FIELDS, Customer, guess_fields, parse_customer
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError
from app.ui.core.actions import Actions
from connector_config.errors import UserError

ALIKE = 3

Alike = tuple[tuple[Customer, str], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A customer as typed so far; `texts` by field.

    `wrong` is a field and its sentence; the field is empty where it is not about one.
    """

    customer: Customer
    is_new: bool
    texts: dict[str, str]
    wrong: tuple[str, str] = ("", "")
    alike: Alike = ()

    @property
    def is_changed(self) -> bool:
        """Whether something is typed that would be missed."""
        texts = self.texts.items()
        return any(text.strip() != str(getattr(self.customer, field)) for field, text in texts)


class DraftViewModel(QObject):
    """Edits a customer; `state` is the Draft, None while nothing is typed.

    `saved` carries the customer, and whether it is new. The directory is followed only while the
    form is shown and something is typed.
    """

    state_changed = Signal(object)
    saved = Signal(object, bool)

    def __init__(
        self,
        customers: CustomerRepository,
        directory: CustomerDirectory,
        store: Store,
        actor: Actor,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._customers = customers
        self._directory = directory
        self._store = store
        self._actor = actor
        self._active = False
        self._unlisten: Callable[[], None] | None = None
        self.state: Draft | None = None
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the directory while something is typed: the form is shown."""
        self._active = True
        self._follow()
        self._look_again()

    def deactivate(self) -> None:
        """Stop following: the form is hidden. What was typed stays."""
        self._active = False
        self._follow()

    def begin(self, text: str = "") -> None:
        """Begin a new customer; a searched text is filled in where it belongs."""
        texts = dict.fromkeys(FIELDS, "") | guess_fields(text)
        self._type(Draft(self._customers.begin(self._store.store_id), True, texts))

    def edit(self, customer: Customer) -> None:
        """Begin to change a customer."""
        texts = {field: str(getattr(customer, field)) for field in FIELDS}
        self._type(Draft(customer, False, texts))

    def change(self, field: str, text: str) -> None:
        """Take what is typed in a field, and look for doubles at once."""
        draft = self.state
        if draft is not None and draft.texts[field] != text:
            wrong = ("", "") if draft.wrong[0] in (field, "") else draft.wrong
            self._type(replace(draft, texts={**draft.texts, field: text}, wrong=wrong))

    def give_up(self) -> None:
        """Drop what was typed."""
        if self.state is not None:
            self._show(None)

    def save(self) -> None:
        """Store what was typed; emits `saved`, or the draft says what is wrong."""
        draft = self.state
        if draft is None or self.actions.running:
            return
        try:
            customer = parse_customer(
                draft.customer, draft.texts, draft.is_new, self._store.country
            )
        except InvalidInputError as error:
            self._refuse(error.field, error)
            return

        async def work() -> None:
            try:
                began = None if draft.is_new else draft.customer
                await self._customers.save(customer, self._actor, began)
            except InvalidInputError as error:
                self._refuse(error.field, error)
                return
            self._show(None)
            self.saved.emit(customer, draft.is_new)

        self.actions.add(work)

    def _type(self, draft: Draft) -> None:
        self._show(replace(draft, alike=self._alike(draft)))

    def _alike(self, draft: Draft) -> Alike:
        names = (draft.texts["first_name"], draft.texts["last_name"])
        typed = replace(draft.customer, first_name=names[0].strip(), last_name=names[1].strip())
        typed = replace(typed, email=draft.texts["email"].strip(), phone=draft.texts["phone"])
        return tuple(self._directory.alike(replace(typed, phone_e164=""), ALIKE))

    def _look_again(self) -> None:
        draft = self.state
        if draft is not None and (alike := self._alike(draft)) != draft.alike:
            self._show(replace(draft, alike=alike))

    def _follow(self) -> None:
        wanted = self._active and self.state is not None
        if wanted and self._unlisten is None:
            self._unlisten = self._directory.on_changed(self._look_again)
            self._directory.open()
        elif not wanted and self._unlisten is not None:
            self._unlisten()
            self._unlisten = None
            self._directory.close()

    def _refuse(self, field: str, error: UserError) -> None:
        if self.state is not None:
            self._show(replace(self.state, wrong=(field, str(error))))

    def _on_failed(self, error: UserError) -> None:
        self._refuse("", error)

    def _show(self, draft: Draft | None) -> None:
        self.state = draft
        self._follow()
        self.state_changed.emit(draft)
