"""The fields of one line of a receipt."""

from __future__ import annotations

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

    def show_row(self, one: ReceiptRow | None) -> None:
        """Fill the fields; what is being typed for the same line stays, unless it changed."""
        if one == self._row:
            self._enable()
            return
        self._row = one
        self._name.set_text(one.name if one else _NOTHING)
        self._expected.setText(f"{one.expected:,} expected" if one and one.expected else "")
        numbers = (one.received, one.damaged, one.missing) if one else (0, 0, 0)
        for (name, _), value in zip(_FIELDS, numbers, strict=True):
            self.edits[name].setText(str(value) if value else "")
            self._fields[name].show_error("")
        self.note.setText(one.note if one else "")
        self._enable()

    def start(self, typed: str = "") -> None:
        """Type what was received; a first digit replaces what stood there."""
        edit = self.edits["received"]
        edit.setFocus()
        edit.selectAll()
        if typed:
            edit.setText(typed)

    def save(self) -> None:
        """Store the line."""
        if self._row is None:
            return
        for field in self._fields.values():
            field.show_error("")
        typed = {name: edit.text() for name, edit in self.edits.items()}
        if self._view_model.set_line(self._row.product_id, **typed, note=self.note.text()):
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            row_, self._row = self._row, None
            self.show_row(row_)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _give_up(self) -> None:
        if self._row is not None:
            self._view_model.give_up_rest(self._row.product_id)

    def _enable(self) -> None:
        for one in (*self.edits.values(), self.note, self.done):
            one.setEnabled(self._row is not None)
        self.rest.setEnabled(self._row is not None and self._row.short > 0)

    def _on_refused(self, error: InvalidInputError) -> None:
        self._fields[error.field].show_error(str(error))
        self.edits[error.field].setFocus()
        self.edits[error.field].selectAll()
