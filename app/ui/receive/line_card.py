"""The fields of one line of a receipt."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from app.domain.errors import InvalidInputError
from app.ui.core.widgets import Elided, Field, Text, button, card, column, row
from app.ui.receive.lines import ReceiptRow
from app.ui.receive.view_model import ReceiveViewModel

_FIELDS = (("received", "Received"), ("damaged", "Of them damaged"), ("missing", "Missing"))
_NOTHING = "Scan a product, or choose a line"


class LineCard(QFrame):
    """Received, damaged, missing and a note; Enter saves, `left` when that is done."""

    left = Signal()

    def __init__(self, view_model: ReceiveViewModel) -> None:
        super().__init__()
        self._view_model = view_model
        self._row: ReceiptRow | None = None
        self._listed: ReceiptRow | None = None
        self._name = Elided(_NOTHING, "heading")
        self._expected = Text("", "muted")
        self.edits: dict[str, QLineEdit] = {}
        self._fields: dict[str, Field] = {}
        line = row(spacing=10)
        for name, label in _FIELDS:
            edit = QLineEdit()
            edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            edit.returnPressed.connect(self.save)
            self.edits[name] = edit
            self._fields[name] = Field(label, edit)
            line.addWidget(self._fields[name], 2, Qt.AlignmentFlag.AlignTop)
        self.note = QLineEdit()
        self.note.setMaxLength(200)
        self.note.returnPressed.connect(self.save)
        line.addWidget(Field("Note", self.note), 5, Qt.AlignmentFlag.AlignTop)
        self.rest = button(
            "Rest is missing", self._give_up, tip="What is still expected will not come (M)"
        )
        self.done = button("Save line", self.save, "primary", "Enter")
        for one in (self.rest, self.done):
            line.addWidget(one, 0, Qt.AlignmentFlag.AlignBottom)
        layout = column(spacing=6)
        head = row(self._name, self._expected)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addLayout(line)
        self.setLayout(column(card(layout, 12)))
        self._enable()
        view_model.line_refused.connect(self._on_refused)

    @property
    def typing(self) -> bool:
        """Whether something is typed that is not saved."""
        return any(edit.isModified() for edit in self._texts())

    def show_row(self, one: ReceiptRow | None) -> None:
        """Fill the fields; what is being typed stays, and for the product it was begun for."""
        self._listed = one
        held = self.typing or any(edit.hasFocus() for edit in self._texts())
        if one is None and self._row is not None and held:
            self._row = replace(self._row, expected=0)
            self._expected.setText("Not among the lines any more")
            self._enable()
        elif one is None or self._row is None or one.product_id != self._row.product_id:
            self.fill(one)
        else:
            self._show(one)

    def fill(self, one: ReceiptRow | None) -> None:
        """Begin with a row; what was typed is forgotten."""
        for edit in self._texts():
            edit.setModified(False)
        for field in self._fields.values():
            field.show_error("")
        self._listed = one
        self._show(one)

    def _show(self, one: ReceiptRow | None) -> None:
        self._row = one
        self._name.set_text(one.name if one else _NOTHING)
        self._expected.setText(f"{one.expected:,} expected" if one and one.expected else "")
        numbers = (one.received, one.damaged, one.missing) if one else (0, 0, 0)
        texts = [*(str(value) if value else "" for value in numbers), one.note if one else ""]
        for edit, text in zip(self._texts(), texts, strict=True):
            if not edit.isModified() and edit.text() != text:
                edit.setText(text)
                if edit.hasFocus():
                    # A digit still replaces what stands there.
                    edit.selectAll()
        self._enable()

    def _texts(self) -> tuple[QLineEdit, ...]:
        return (*self.edits.values(), self.note)

    def start(self, typed: str = "") -> None:
        """Type what was received; a first digit replaces what stood there."""
        edit = self.edits["received"]
        edit.setFocus()
        edit.selectAll()
        if typed:
            edit.setText(typed)
            edit.setModified(True)

    def save(self) -> None:
        """Store the line."""
        if self._row is None:
            return
        for field in self._fields.values():
            field.show_error("")
        typed = {name: edit.text() for name, edit in self.edits.items()}
        changed = [edit for edit in self._texts() if edit.isModified()]
        for edit in changed:
            edit.setModified(False)
        if self._view_model.set_line(self._row.product_id, **typed, note=self.note.text()):
            self.left.emit()
        else:
            for edit in changed:
                edit.setModified(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.fill(self._listed)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _give_up(self) -> None:
        if self._row is not None:
            self._view_model.give_up_rest(self._row.product_id)

    def _enable(self) -> None:
        for one in (*self._texts(), self.done):
            one.setEnabled(self._row is not None)
        self.rest.setEnabled(self._row is not None and self._row.short > 0)

    def _on_refused(self, error: InvalidInputError) -> None:
        self._fields[error.field].show_error(str(error))
        self.edits[error.field].setFocus()
        self.edits[error.field].selectAll()
