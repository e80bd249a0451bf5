"""Signing in: who is working here, and in which store; logging in for sync is on the Sync screen.

In a store that keeps its people one is a person with a PIN or a badge; in any other one a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSettings, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.entities import Profile, Role, Store
from app.domain.staff import LONGEST_PIN, Person, Refusal, is_open
from app.ui.core.choice import Choice
from app.ui.core.widgets import Field, Segments, Text, button, card, column, row
from app.ui.core.zoom import px


class SignInScreen(QWidget):
    """The sign-in, filled in with the last profile.

    `signed_in` carries the Profile of somebody in a store that is open to everybody, `pin_typed`
    the ids of a store and a person, and a PIN. `begun` carries the id of a store as soon as
    somebody types there. `people` are those of each store, `locked` is the profile of whoever left
    the workplace locked.
    """

    signed_in = Signal(object)
    pin_typed = Signal(str, str, str)
    begun = Signal(str)

    def __init__(
        self,
        stores: Sequence[Store],
        preferences: QSettings,
        store_id: str | None = None,
        role: Role | None = None,
        through: str = "",
        people: Mapping[str, Sequence[Person]] | None = None,
        locked: Profile | None = None,
    ) -> None:
        super().__init__()
        self._through = through
        self._stores: Sequence[Store] = ()
        self._preferences = preferences
        self._people = people or {}
        self._locked = locked
        self._shown: list[Person] = []
        self.store = Choice()
        self.role = Segments(tuple((one.value, one.label) for one in Role), lambda _: None, "Role")
        self.name = QLineEdit()
        self.name.setPlaceholderText("So that the ledger knows who")
        self._name_field = Field("Your name", self.name)
        self.person = Choice()
        self.person.setMaxVisibleItems(16)
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(4 * LONGEST_PIN)
        self.pin.setPlaceholderText("Or scan your badge")
        self._pin_field = Field("PIN", self.pin)
        self._role_field = Field("Role", self.role)
        self._person_field = Field("Your name", self.person)
        self.enter = button("Start", self._submit, "primary")
        self._note = Text("", "small", wrap=True)
        form = column(
            Text("Zava", "brand"),
            Text("Who is working here?", "muted"),
            6,
            Field("Store", self.store),
            self._role_field,
            self._name_field,
            self._person_field,
            self._pin_field,
            6,
            self.enter,
            self._note,
            spacing=12,
        )
        frame = card(form, 28)
        frame.setFixedWidth(px(420))
        layout = column(None, spacing=0)
        layout.addLayout(row(None, frame, None))
        layout.addStretch(1)
        self.setLayout(layout)
        self.store.currentIndexChanged.connect(lambda _: self._on_store())
        self.person.currentIndexChanged.connect(lambda _: self._pin_field.show_error(""))
        self._wanted = locked.store_id if locked else store_id
        self._fill(role)
        self.show_stores(stores)
        for field in (self.name, self.pin):
            field.textChanged.connect(self._on_typed)

    @property
    def store_id(self) -> str:
        """The chosen store; "" where there is none."""
        return self._stores[self.store.currentIndex()].store_id if self._stores else ""

    def focus_first(self) -> None:
        """Move the keyboard to the name: Enter keeps it, and what is typed takes its place.

        To the PIN where the store has people, unless nobody of them was here before.
        """
        if not self._shown:
            self.name.setFocus()
            self.name.selectAll()
        elif self.person.currentIndex() < 0:
            self.person.setFocus()
        else:
            self.pin.setFocus()

    def choose(self, store_id: str) -> None:
        """Choose a store."""
        ids = [one.store_id for one in self._stores]
        if store_id in ids:
            self.store.setCurrentIndex(ids.index(store_id))
            self.focus_first()

    def show_stores(self, stores: Sequence[Store]) -> None:
        """Show the stores that are on this device by now; what is typed or chosen stays."""
        kept = str(self._preferences.value("profile/store", "store_seattle"))
        wanted = self.store_id or self._wanted or kept
        self._stores = stores
        with QSignalBlocker(self.store):
            self.store.clear()
            for one in stores:
                label = one.short_name if one.is_online else f"{one.short_name}, {one.city}"
                self.store.addItem(one.short_name if one.short_name == one.city else label)
            ids = [one.store_id for one in stores]
            self.store.setCurrentIndex(ids.index(wanted) if wanted in ids else 0)
        self.enter.setEnabled(bool(stores))
        self._on_store()

    def show_people(self, people: Mapping[str, Sequence[Person]]) -> None:
        """Show who works in the stores by now; what is typed stays."""
        self._people = people
        self._on_store()

    def show_refusal(self, refusal: Refusal) -> None:
        """Say why somebody does not come in, and let them try again."""
        self.pin.clear()
        self.show_problem(refusal.sentence)
        self.focus_first()

    def show_checking(self) -> None:
        """Say that a PIN or a badge is being looked at."""
        self.enter.setEnabled(False)
        self.enter.setText("Opening…")

    def show_problem(self, sentence: str) -> None:
        """Say why the store could not be opened, and let the person try again."""
        (self._pin_field if self._shown else self._name_field).show_error(sentence)
        self._note.setText(self._about())
        self.enter.setText("Start")
        self.enter.setEnabled(True)

    def show_waiting(self, sentence: str) -> None:
        """Say what the sign-in waits for."""
        self._note.setText(sentence)

    def refuse_scan(self, sentence: str) -> None:
        """Say why a scan does nothing before somebody has signed in."""
        self._note.setText(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
        else:
            super().keyPressEvent(event)

    def _fill(self, role: Role | None) -> None:
        remembered = str(self._preferences.value("profile/role", Role.WORKER.value))
        known = {one.value for one in Role}
        self.role.choose(
            role.value if role else remembered if remembered in known else Role.WORKER.value
        )
        self.name.setText(str(self._preferences.value("profile/name", "")))

    def _on_typed(self, text: str) -> None:
        if text and self._stores:
            self.begun.emit(self.store_id)

    def _on_store(self) -> None:
        """Ask for what signing in takes in the chosen store."""
        people = self._people.get(self.store_id, ())
        shown = [] if is_open(people) else [one for one in people if one.may_sign_in]
        if shown != self._shown:
            self._show_names(shown)
        for field in (self._name_field, self._role_field):
            field.setVisible(not shown)
        for field in (self._person_field, self._pin_field):
            field.setVisible(bool(shown))
        self._note.setText(self._about())

    def _show_names(self, people: list[Person]) -> None:
        last = self.person.currentData() if self._shown else None
        if last is None:
            kept = str(self._preferences.value("profile/person", ""))
            last = self._locked.person_id if self._locked else kept
        self._shown = people
        self.person.clear()
        for one in people:
            self.person.addItem(one.name, one.person_id)
        # Nobody, where none of them was here before: else one would type a PIN for another.
        self.person.setCurrentIndex(self.person.findData(last))
        self._pin_field.show_error("")

    def _about(self) -> str:
        if self._locked is not None and self.store_id == self._locked.store_id:
            return f"Locked. What {self._locked.name} was doing is kept as it is."
        if self._through:
            if self._stores:
                return f"{self._through}: what you do here reaches the others."
            return f"{self._through}: waiting for the stores to arrive on this device."
        return "Offline profile: it stays on this device."

    def _submit(self) -> None:
        name = " ".join(self.name.text().split())
        if not self._stores or not self.enter.isEnabled():
            return
        if self._shown:
            self._submit_pin()
            return
        if not name:
            self._name_field.show_error("Type your name: every change is kept with it.")
            self.name.setFocus()
            return
        self._name_field.show_error("")
        profile = Profile(self.store_id, Role(self.role.chosen), name)
        # With a large catalogue the index takes seconds to build.
        self.enter.setEnabled(False)
        self.enter.setText("Opening…")
        self.signed_in.emit(profile)

    def _submit_pin(self) -> None:
        person_id = self.person.currentData()
        if person_id is None:
            self._person_field.show_error("Choose your name: an arrow key, or its first letter.")
            self.person.setFocus()
            return
        self._person_field.show_error("")
        self.show_checking()
        self.pin_typed.emit(self.store_id, str(person_id), self.pin.text())


def remember(profile: Profile, preferences: QSettings) -> None:
    """Fill in the next sign-in with who is at work, and with the store they work in by now."""
    preferences.setValue("profile/store", profile.store_id)
    if profile.person_id:
        preferences.setValue("profile/person", profile.person_id)
    else:
        preferences.setValue("profile/role", profile.role.value)
        preferences.setValue("profile/name", profile.name)
