"""The fields of one line of a receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from app.ui.core.formats import number
from app.ui.core.line_editor import LineEditor
from app.ui.core.widgets import Elided, Text, button, card, column, row
from app.ui.receive.lines import ReceiptRow
from app.ui.receive.view_model import ReceiveViewModel

_LABELS = {
    "received": "Received",
    "damaged": "Of them damaged",
    "missing": "Missing",
    "note": "Note",
}
_QUANTITIES = ("received", "damaged", "missing")
_NOTHING = "Scan a product, or choose a line"


class LineCard(QFrame):
    """The fields: received, damaged, missing and a note; Enter saves and emits `left`.

    Its buttons act where `may_save` says so.
    """

    left = Signal()

    def __init__(self, view_model: ReceiveViewModel) -> None:
        super().__init__()
        self._view_model = view_model
        self.may_save: Callable[[], bool] = lambda: True
        self.editor = LineEditor[ReceiptRow](
            _LABELS, lambda one: one.product_id, _texts, self._save, _QUANTITIES
        )
        self.edits = self.editor.edits
        self._name = Elided(_NOTHING, "heading")
        self._expected = Text("", "muted")
        line = row(spacing=10)
        for name, field in self.editor.fields.items():
            is_number = name in _QUANTITIES
            if is_number:
                self.edits[name].setAlignment(Qt.AlignmentFlag.AlignRight)
            line.addWidget(field, 2 if is_number else 5, Qt.AlignmentFlag.AlignTop)
        self.edits["note"].setMaxLength(200)
        self.rest = button(
            "Rest is missing", self._give_up, tip="What is still expected will not come (M)"
        )
        self.done = button("Save line", self._enter, "primary", "Enter")
        for one in (self.rest, self.done):
            line.addWidget(one, 0, Qt.AlignmentFlag.AlignBottom)
        layout = column(spacing=6)
        head = row(self._name, self._expected)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addLayout(line)
        self.setLayout(column(card(layout, 12)))
        self.editor.changed.connect(self._show)
        self.editor.entered.connect(self.left)
        view_model.line_refused.connect(self.editor.refuse)
        view_model.actions.failed.connect(lambda _: self.editor.reopen())
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.editor.forget()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _save(self, one: ReceiptRow, texts: Sequence[str]) -> bool:
        return self._view_model.set_line(one.product_id, *texts)

    def _enter(self) -> None:
        if self.may_save():
            self.editor.enter()

    def _give_up(self) -> None:
        one = self.editor.row
        if one is not None and self.editor.save() and self.may_save():
            self._view_model.give_up_rest(one.product_id)

    def _show(self) -> None:
        line, gone = self.editor.row, self.editor.gone
        self._name.set_text(line.name if line else _NOTHING)
        expected = f"{number(line.expected)} expected" if line and line.expected else ""
        self._expected.setText("Not among the lines any more" if gone else expected)
        self.done.setEnabled(line is not None)
        self.rest.setEnabled(line is not None and not gone and line.short > 0)


def _texts(one: ReceiptRow) -> tuple[str, ...]:
    numbers = (one.received, one.damaged, one.missing)
    return (*(str(value) if value else "" for value in numbers), one.note)
