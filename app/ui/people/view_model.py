"""The people of a store: added, changed, given PINs and badges, and sent home for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.data.staff.staff import StaffRepository
from app.domain.entities import Actor, Role, Store
from app.domain.errors import InvalidInputError
from app.domain.staff import Person, is_open, parse_pin
from app.ui.core.actions import Actions
from app.ui.core.message import NO_MESSAGE, Message, problem
from connector_config.errors import UserError


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as typed so far; `person` is None for a new one. `wrong` is a field, a sentence."""

    person: Person | None
    name: str = ""
    role: Role = Role.WORKER
    stores: frozenset[str] = frozenset()
    pin: str = field(default="", repr=False)
    wrong: tuple[str, str] = ("", "")

    @property
    def is_changed(self) -> bool:
        """Whether something is typed or chosen that would be missed."""
        if self.person is None:
            return bool(self.name.strip() or self.pin)
        its = (self.person.name, self.person.role)
        return bool(self.pin) or its != (self.name.strip(), self.role)


@dataclass(frozen=True, slots=True)
class PeopleState:
    """The people of the store; `people` is None until they are read, `draft` the open form."""

    people: tuple[Person, ...] | None = None
    chosen: Person | None = None
    draft: PersonDraft | None = None
    message: Message = NO_MESSAGE

    @property
    def opened(self) -> bool:
        """Whether the store lets everybody in."""
        return is_open(self.people or ())


class PeopleViewModel(QObject):
    """Keeps the people of a store; `stores` are those that its manager may put people into."""

    state_changed = Signal(object)

    def __init__(
        self,
        staff: StaffRepository,
        actor: Actor,
        stores: Callable[[], Sequence[Store]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._staff = staff
        self._store_id = actor.profile.store_id
        self._actor = actor
        self.stores = stores
        self._cancel: Callable[[], None] | None = None
        self.state = PeopleState()
        self.actions = Actions(self)
        self.actions.failed.connect(self._on_failed)

    def activate(self) -> None:
        """Follow the people of the store."""
        if self._cancel is None:
            self._cancel = self._staff.watch(self._store_id, self._on_people)

    def deactivate(self) -> None:
        """Stop following; what is typed stays."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def choose(self, person: Person | None) -> None:
        """Show a person, unless something is typed."""
        if self.state.draft is None and person is not None:
            self._emit(chosen=person, message=NO_MESSAGE)

    def begin(self) -> None:
        """Begin a new person: a manager, where there is none yet."""
        if self.state.draft is None:
            role = Role.MANAGER if self.state.opened else Role.WORKER
            draft = PersonDraft(None, role=role, stores=frozenset({self._store_id}))
            self._emit(draft=draft, message=NO_MESSAGE)

    def edit(self) -> None:
        """Change the chosen person."""
        person = self.state.chosen
        if person is not None and self.state.draft is None:
            draft = PersonDraft(person, person.name, person.role, frozenset(person.stores))
            self._emit(draft=draft, message=NO_MESSAGE)

    def change(self, **fields: Any) -> None:
        """Take over what is typed."""
        if self.state.draft is not None:
            self._emit(draft=replace(self.state.draft, **fields, wrong=("", "")))

    def give_up(self) -> None:
        """Drop what is typed."""
        self._emit(draft=None)

    def save(self) -> None:
        """Keep what is typed, or say what is wrong with it."""
        draft = self.state.draft
        if draft is None or self.actions.running:
            return
        self.actions.add(lambda: self._save(draft))

    def set_active(self, active: bool) -> None:
        """Let the chosen person sign in no longer, or again."""
        person = self.state.chosen
        if person is None or self.state.draft is not None or person.active is active:
            return
        said = "may sign in again." if active else "may not sign in any more. Ctrl+Z takes it back."

        async def work() -> None:
            await self._staff.set_active(person, active, self._actor)
            self._emit(message=Message(f"{person.name} {said}"))

        self.actions.add(work)

    def new_badge(self) -> tuple[Person, str] | None:
        """Make a badge for the chosen person: its code, which holds once it is `keep_badge`."""
        person = self.state.chosen
        if person is None or self.state.draft is not None or not person.active:
            return None
        return person, self._staff.new_badge_code()

    def keep_badge(self, person: Person, code: str, said: str) -> None:
        """Let a badge hold from now on, and no former one; `said` tells where it was printed."""
        self._secret(
            lambda: self._staff.set_badge(person, code, self._actor),
            f"{said}. It is the only badge of {person.name} from now on.",
        )

    def say(self, message: Message) -> None:
        """Tell something that happened beside the list."""
        self._emit(message=message)

    async def _save(self, draft: PersonDraft) -> None:
        stores = sorted(draft.stores)
        if not stores:
            raise InvalidInputError("stores", "Stores: choose at least one.")
        if draft.person is None:
            await self._staff.add(draft.name, draft.role, stores, draft.pin, self._actor)
            name = " ".join(draft.name.split())
            message = Message(f"{name} may sign in now. Print a badge, or tell them the PIN.")
        else:
            if draft.pin:
                # Before anything is written: the name would be kept, and the PIN would not.
                parse_pin(draft.pin)
            await self._staff.change(draft.person, draft.name, draft.role, stores, self._actor)
            message = Message(f"{' '.join(draft.name.split())} is changed.")
            if draft.pin:
                elsewhere = await self._staff.set_pin(draft.person, draft.pin, self._actor)
                message = self._told(f"{draft.person.name} has a new PIN.", elsewhere)
        # What was begun or typed meanwhile is another draft.
        left = None if self.state.draft is draft else self.state.draft
        self._emit(draft=left, message=message)

    def _secret(self, act: Callable[[], Awaitable[list[str]]], said: str) -> None:
        async def work() -> None:
            self._emit(message=self._told(said, await act()))

        self.actions.add(work)

    def _told(self, said: str, elsewhere: Sequence[str]) -> Message:
        if not elsewhere:
            return Message(said)
        names = ", ".join(elsewhere)
        return Message(f"{said} Not in {names}, which this device does not hold: change it there.")

    def _on_people(self, people: list[Person]) -> None:
        chosen = self.state.chosen
        now = next((one for one in people if chosen and one.person_id == chosen.person_id), None)
        self._emit(people=tuple(people), chosen=now)

    def _on_failed(self, error: UserError) -> None:
        draft = self.state.draft
        if draft is None:
            self._emit(message=problem(error))
            return
        where = error.field if isinstance(error, InvalidInputError) else ""
        self._emit(draft=replace(draft, wrong=(where, str(error))))

    def _emit(self, **changes: Any) -> None:
        self.state = replace(self.state, **changes)
        self.state_changed.emit(self.state)
