"""The form of a new or changed person."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain.entities import Role
from app.domain.staff import LONGEST_PIN
from app.ui.core.widgets import Field, Segments, Text, button, column, row
from app.ui.people.view_model import PeopleState, PeopleViewModel

_COLUMNS = 3
"""Stores beside each other."""


class PersonForm(QWidget):
    """The form: Enter saves, Esc gives up."""

    def __init__(self, view_model: PeopleViewModel) -> None:
        super().__init__()
        self._view_model = view_model
        self._title = Text("", "title")
        self.name = QLineEdit()
        self.role = Segments(
            tuple((one.value, one.label) for one in Role),
            lambda value: view_model.change(role=Role(value)),
            "Role",
        )
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(4 * LONGEST_PIN)
        self._pin_field = Field("PIN, 4 to 12 digits", self.pin)
        self.stores = {one.store_id: QCheckBox(one.short_name) for one in view_model.stores()}
        boxes = QWidget()
        grid = QGridLayout(boxes)
        grid.setContentsMargins(0, 0, 0, 0)
        for at, box in enumerate(self.stores.values()):
            grid.addWidget(box, *divmod(at, _COLUMNS))
        self.fields = {
            "name": Field("Name, as the shop's papers shall have it", self.name),
            "role": Field("Role", self.role),
            "stores": Field("Stores", boxes),
            "pin": self._pin_field,
        }
        self._hint = Text("", "small", wrap=True)
        self._failure = Text("", "error", wrap=True)
        self.save = button("Save", view_model.save, "primary", "Enter")
        self.cancel = button("Cancel", view_model.give_up, tip="Esc")
        layout = column(self._title, *self.fields.values(), spacing=10)
        layout.addWidget(self._hint)
        layout.addWidget(self._failure)
        layout.addLayout(row(None, self.cancel, self.save))
        layout.addStretch(1)
        self.setLayout(layout)
        self.fields["stores"].setVisible(len(self.stores) > 1)
        self.name.textChanged.connect(lambda text: view_model.change(name=text))
        self.pin.textChanged.connect(lambda text: view_model.change(pin=text))
        for edit in (self.name, self.pin):
            edit.returnPressed.connect(view_model.save)
        for box in self.stores.values():
            box.clicked.connect(self._on_store)
        view_model.state_changed.connect(self._render)

    @property
    def unsaved(self) -> str:
        """What is typed and not saved, as a sentence; empty where there is nothing."""
        draft = self._view_model.state.draft
        if draft is None or not draft.is_changed:
            return ""
        name = " ".join(draft.name.split()) or "A person"
        return f"{name} is typed and not saved: Enter saves, Esc gives up."

    def focus_first(self) -> None:
        """Move the keyboard to the field that is wrong, or to the first one."""
        draft = self._view_model.state.draft
        wrong = draft.wrong[0] if draft else ""
        target = {"pin": self.pin, "role": self.role.button(self.role.chosen)}.get(wrong, self.name)
        target.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._view_model.give_up()
        else:
            super().keyPressEvent(event)

    def _on_store(self) -> None:
        draft = self._view_model.state.draft
        if draft is not None:
            chosen = {name for name, box in self.stores.items() if box.isChecked()}
            # Stores that are not here stay as they are.
            self._view_model.change(stores=frozenset(chosen | (draft.stores - set(self.stores))))

    def _render(self, state: PeopleState) -> None:
        draft = state.draft
        if draft is None:
            for edit in (self.name, self.pin):
                with QSignalBlocker(edit):
                    edit.clear()
            return
        is_new = draft.person is None
        self._title.setText("New person" if is_new else "Change a person")
        self.pin.setPlaceholderText("" if is_new else "As it is; type a new one here")
        self._hint.setText(
            "The first one is a manager. From then on everybody in this store signs in with a PIN "
            "or a badge."
            if state.opened
            else ""
        )
        self._hint.setVisible(state.opened)
        for edit, text in ((self.name, draft.name), (self.pin, draft.pin)):
            if edit.text() != text:
                with QSignalBlocker(edit):
                    edit.setText(text)
        self.role.choose(draft.role.value)
        for name, box in self.stores.items():
            box.setChecked(name in draft.stores)
        where, sentence = draft.wrong
        for name, its in self.fields.items():
            its.show_error(sentence if name == where else "")
        self._failure.setText("" if where else sentence)
        self._failure.setVisible(bool(sentence) and not where)
        if sentence:
            self.focus_first()
