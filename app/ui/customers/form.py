"""The form of a new or changed customer, with who may be the same person below it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.customers import FIELDS, Customer
from app.ui.core.appearance import Appearance
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Field, Text, button, column, row
from app.ui.core.zoom import px
from app.ui.customers.draft import Draft, DraftViewModel

_ROW = 46
_LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone, such as (206) 555-0147",
}

_COLUMNS = (
    Column[tuple[Customer, str]](
        "", lambda one: Cell(one[0].name, one[0].email or one[0].phone, bold=True)
    ),
    Column[tuple[Customer, str]]("", lambda one: Cell(one[1], tone="warn"), 170, right=True),
)


class CustomerForm(QWidget):
    """The form: Enter saves, Esc gives up; `instead` carries a customer who is there already."""

    instead = Signal(object)

    def __init__(self, view_model: DraftViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._title = Text("", "title")
        self.edits = {field: QLineEdit() for field in FIELDS}
        self.fields = {field: Field(_LABELS[field], edit) for field, edit in self.edits.items()}
        for field, edit in self.edits.items():
            # Also when a scan is taken out of it again, which nobody edits.
            edit.textChanged.connect(partial(view_model.change, field))
            edit.returnPressed.connect(view_model.save)
        self.save = button("Save", view_model.save, "primary", "Enter")
        self._failure = Text("", "error", wrap=True)
        self._failure.setVisible(False)
        self.cancel = button("Cancel", view_model.give_up, tip="Esc")
        self._model = RowsModel[tuple[Customer, str]](_COLUMNS, lambda one: one[0].customer_id)
        self.alike = RowsTable(self._model, appearance, "May be the same person", row_height=_ROW)
        self.alike.horizontalHeader().hide()
        self.alike.opened.connect(lambda one: self.instead.emit(one[0]))
        self._hint = Text("May be the same person; Enter shows them instead.", "small", wrap=True)
        names = row(self.fields["first_name"], self.fields["last_name"], spacing=10)
        for at in range(2):
            item = names.itemAt(at)
            if item is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = column(self._title, spacing=10)
        layout.addLayout(names)
        for part in (self.fields["email"], self.fields["phone"]):
            layout.addWidget(part)
        layout.addWidget(self._failure)
        layout.addLayout(row(None, self.cancel, self.save))
        layout.addWidget(self._hint)
        layout.addWidget(self.alike)
        layout.addStretch(1)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)

    @property
    def unsaved(self) -> str:
        """What is typed and not saved, as a sentence; empty where there is nothing."""
        draft = self._view_model.state
        if draft is None or not draft.is_changed:
            return ""
        name = f"{draft.texts['first_name']} {draft.texts['last_name']}".strip() or "A customer"
        return f"{name} is typed and not saved: Enter saves, Esc gives up."

    def focus_first(self) -> None:
        """Move the keyboard to the first field that is empty or wrong."""
        draft = self._view_model.state
        wrong = draft.wrong[0] if draft else ""
        empty = [edit for edit in self.edits.values() if not edit.text()]
        target = self.edits.get(wrong) or (empty[0] if empty else self.edits["first_name"])
        target.setFocus()
        target.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._view_model.give_up()
        else:
            super().keyPressEvent(event)

    def _render(self, draft: Draft | None) -> None:
        if draft is None:
            return
        self._title.setText("New customer" if draft.is_new else "Change a customer")
        for field, edit in self.edits.items():
            if edit.text() != draft.texts[field]:
                with QSignalBlocker(edit):
                    edit.setText(draft.texts[field])
            sentence = draft.wrong[1] if draft.wrong[0] == field else ""
            if self.fields[field].error != sentence:
                self.fields[field].show_error(sentence)
                if sentence:
                    edit.setFocus()
        self._failure.setText("" if draft.wrong[0] else draft.wrong[1])
        self._failure.setVisible(bool(self._failure.text()))
        self._model.set_rows(draft.alike)
        self._hint.setVisible(bool(draft.alike))
        self.alike.setVisible(bool(draft.alike))
        self.alike.setFixedHeight(px(_ROW) * max(len(draft.alike), 1) + 4)
