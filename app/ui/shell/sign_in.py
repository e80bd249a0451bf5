"""Signing in with a store, a role and a name; logging in for sync is on the Sync screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.entities import Profile, Role, Store
from app.ui.core.scan_words import before_sign_in
from app.ui.core.widgets import Field, Segments, Text, button, card, column, row
from app.ui.core.zoom import px


class SignInScreen(QWidget):
    """The sign-in, filled in with the last profile; `signed_in` carries a Profile."""

    signed_in = Signal(object)

    def __init__(
        self,
        stores: Sequence[Store],
        preferences: QSettings,
        store_id: str | None = None,
        role: Role | None = None,
        through: str = "",
    ) -> None:
        super().__init__()
        self._through = through
        self._stores = stores
        self._preferences = preferences
        self.store = QComboBox()
        for store in stores:
            label = store.short_name if store.is_online else f"{store.short_name}, {store.city}"
            self.store.addItem(store.short_name if store.short_name == store.city else label)
        self.role = Segments(tuple((one.value, one.label) for one in Role), lambda _: None, "Role")
        self.name = QLineEdit()
        self.name.setPlaceholderText("So that the ledger knows who")
        self._name_field = Field("Your name", self.name)
        self.enter = button("Start", self._submit, "primary")
        self._note = Text("", "small", wrap=True)
        form = column(
            Text("Zava", "brand"),
            Text("Who is working here?", "muted"),
            6,
            Field("Store", self.store),
            Field("Role", self.role),
            self._name_field,
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
        self._fill(store_id, role)

    def focus_first(self) -> None:
        """Move the keyboard to the name: Enter keeps it, and what is typed takes its place."""
        self.name.setFocus()
        self.name.selectAll()

    def show_problem(self, sentence: str) -> None:
        """Say why the store could not be opened, and let the person try again."""
        self._name_field.show_error(sentence)
        self._note.setText(self._about())
        self.enter.setText("Start")
        self.enter.setEnabled(True)

    def show_waiting(self, sentence: str) -> None:
        """Say what the sign-in waits for."""
        self._note.setText(sentence)

    def refuse_scan(self, code: str) -> None:
        """Say that a scan does nothing before somebody has signed in."""
        self._note.setText(before_sign_in(code))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
        else:
            super().keyPressEvent(event)

    def _fill(self, store_id: str | None, role: Role | None) -> None:
        wanted = store_id or str(self._preferences.value("profile/store", "store_seattle"))
        ids = [store.store_id for store in self._stores]
        if wanted in ids:
            self.store.setCurrentIndex(ids.index(wanted))
        remembered = str(self._preferences.value("profile/role", Role.WORKER.value))
        known = {one.value for one in Role}
        self.role.choose(
            role.value if role else remembered if remembered in known else Role.WORKER.value
        )
        self.name.setText(str(self._preferences.value("profile/name", "")))
        self.enter.setEnabled(bool(self._stores))
        self._note.setText(self._about())

    def _about(self) -> str:
        if self._through:
            if self._stores:
                return f"{self._through}: what you do here reaches the others."
            return f"{self._through}: waiting for the stores to arrive on this device."
        if self._stores:
            return "Offline profile: it stays on this device."
        return (
            "There is no data on this device yet. Close the window, run "
            "“zava-seed demo” to fill it with the demo data, and start again."
        )

    def _submit(self) -> None:
        name = " ".join(self.name.text().split())
        if not self._stores:
            return
        if not name:
            self._name_field.show_error("Type your name: every change is kept with it.")
            self.name.setFocus()
            return
        self._name_field.show_error("")
        profile = Profile(
            self._stores[self.store.currentIndex()].store_id, Role(self.role.chosen), name
        )
        # With a large catalogue the index takes seconds to build.
        self.enter.setEnabled(False)
        self.enter.setText("Opening…")
        self._preferences.setValue("profile/store", profile.store_id)
        self._preferences.setValue("profile/role", profile.role.value)
        self._preferences.setValue("profile/name", profile.name)
        self.signed_in.emit(profile)
