"""The People screen: who works in the store on the left, one of them or a form on the right."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.changes import Kind, NewlyMade
from app.domain.entities import Store
from app.domain.staff import Person
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.formats import counted
from app.ui.core.message import Message
from app.ui.core.printing import A4, LETTER, Printing, Printout, paper
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.widgets import Elided, Text, button, card, column, row, tinted
from app.ui.labels.sheets import SHEETS, Label, label_sheets
from app.ui.people.form import PersonForm
from app.ui.people.view_model import PeopleState, PeopleViewModel

_BADGES = {LETTER: SHEETS[1], A4: SHEETS[3]}
"""The sheet with the largest labels, one of which is a badge, by paper."""


class PeopleScreen(Screen):
    """The screen, for managers."""

    def __init__(self, view_model: PeopleViewModel, appearance: Appearance, store: Store) -> None:
        super().__init__()
        self.view_model = view_model
        self._shown = view_model.state
        self._store = store
        self._printed: tuple[Person, str] | None = None
        self.printing = Printing(self)
        self.printing.ended.connect(self._on_printed)
        self._model = RowsModel[Person](_COLUMNS, lambda one: one.person_id)
        self.table = ChoiceTable(
            self._model, appearance, "People of the store", open_on_click=False
        )
        self.table.selected.connect(view_model.choose)
        self.table.opened.connect(lambda _: self.view_model.edit())
        self.new = button("New (Ctrl+N)", view_model.begin, tip="A new person")
        tinted(self.new, "add", appearance)
        self._summary = Elided("", "muted")
        self._message = Elided("", "muted")
        self.form = PersonForm(view_model)
        self.edit = button("Edit or new PIN (F2)", view_model.edit)
        self.badge = button("Print badge… (Ctrl+P)", self.print_badge, "primary")
        self.active = button("", self._toggle, "quiet", "Del")
        self._nobody = Text("Choose a person, or add one.", "muted", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._card = self._make_card()
        for page in (self._nobody, self._card, self.form):
            self._pages.addWidget(page)
        header = row(Text("People", "title"), 8, self._summary, self.new)
        header.setStretch(2, 1)
        body = row(self.table, self._pages, spacing=14)
        body.setStretch(0, 11)
        body.setStretch(1, 10)
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addLayout(body, 1)
        layout.addWidget(self._message)
        layout.setContentsMargins(24, 16, 24, 10)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        about_one = (
            Binding("F2", "Change the person", view_model.edit),
            Binding("Ctrl+P", "Print a new badge", self.print_badge),
        )
        end = Binding(
            "Del",
            "Let the person sign in no more",
            lambda: view_model.set_active(False),
            when=lambda: view_model.state.draft is None,
        )
        self.table.offer(*about_one, end)
        self.bind_keys(Binding("Ctrl+N", "Add a person", view_model.begin), *about_one)
        self.press_keys(end)

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def focus_first(self) -> None:
        if self.view_model.state.draft is not None:
            self.form.focus_first()
        elif self.view_model.state.people:
            self.table.focus_a_row()
        else:
            self.new.setFocus()

    @property
    def unsaved(self) -> str:
        return self.form.unsaved

    def show_undone(self, change: NewlyMade) -> None:
        if change.kind is Kind.PERSON:
            self.view_model.say(Message(f"{change.key['number']} is as before."))

    def print_badge(self) -> None:
        """Print a new badge for the chosen person; it holds once it is printed."""
        if self.printing.running or (made := self.view_model.new_badge()) is None:
            return
        self._printed = made
        self.printing.offer(badge_of(*made, self._store))

    def _on_printed(self, message: Message) -> None:
        if message.is_problem or self._printed is None:
            self.view_model.say(message)
        else:
            self.view_model.keep_badge(*self._printed, message.text)
        self._printed = None

    def _toggle(self) -> None:
        chosen = self.view_model.state.chosen
        if chosen is not None:
            self.view_model.set_active(not chosen.active)

    def _make_card(self) -> QWidget:
        self._name = Elided("", "title")
        self._about = Text("", "muted", wrap=True)
        layout = column(self._name, self._about, 6, spacing=10)
        layout.addLayout(row(self.badge, self.edit, None))
        layout.addLayout(row(self.active, None))
        page = QWidget()
        page.setLayout(column(card(layout, 14), None))
        return page

    def _render(self, state: PeopleState) -> None:
        before, self._shown = self._shown, state
        people = state.people or ()
        self.table.show_rows(people)
        self.table.choose(state.chosen.person_id if state.chosen else None)
        self.table.set_empty_text(
            "Nobody yet: anybody may sign in here, as anything.\nCtrl+N adds the first manager."
            if state.people is not None
            else "Loading the people…"
        )
        there = sum(one.active for one in people)
        self._summary.set_text(
            f"{counted(there, 'person', 'people')} in {self._store.short_name}"
            if not state.opened
            else "Open to everybody: nobody here has a PIN or a badge"
        )
        if (chosen := state.chosen) is not None:
            self._name.set_text(chosen.name)
            self._about.setText("\n".join(_described(chosen)))
            self.active.setText("Deactivate (Del)" if chosen.active else "Let in again")
            self.badge.setEnabled(chosen.active)
        page = self.form if state.draft else self._card if state.chosen else self._nobody
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        if (before.draft is None) != (state.draft is None) and self.isVisible():
            self.focus_first()
        self._message.say(state.message)


def badge_of(person: Person, code: str, store: Store) -> Printout:
    """The badge of a person with this code, as a sheet to print."""
    label = Label(person.name, person.role.label, store.short_name, code)
    return replace(label_sheets([label], _BADGES[paper()]), name="Badge")


def _described(person: Person) -> list[str]:
    lines = [person.role.label if person.active else "Does not work here any more"]
    if len(person.stores) > 1:
        lines.append(f"In {', '.join(_city(one) for one in person.stores)}")
    lines.append(_signs_in(person))
    if person.fault:
        lines.append(f"{person.fault} A new PIN mends it, if it is the PIN.")
    return lines


def _city(store_id: str) -> str:
    return store_id.removeprefix("store_").capitalize()


def _signs_in(person: Person) -> str:
    ways = [word for word, has in (("PIN", person.has_pin), ("badge", person.has_badge)) if has]
    return f"Signs in with {' or '.join(ways)}" if ways else "Cannot sign in: no PIN, no badge"


def _state(person: Person) -> Cell:
    if person.fault:
        return Cell("Faulty", tone="danger", pill=True)
    if not person.active:
        return Cell("Gone", tone="muted", pill=True)
    ways = [word for word, has in (("PIN", person.has_pin), ("badge", person.has_badge)) if has]
    return Cell(", ".join(ways) or "None", tone="" if ways else "warn")


_COLUMNS = (
    Column[Person]("Name", lambda one: Cell(one.name, one.role.label, bold=True)),
    Column[Person]("Signs in with", _state, 132),
)
