"""The fields of one line of a transfer: how many this step moves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.ui.core.line_editor import LineEditor
from app.ui.core.widgets import Field, button, row
from app.ui.core.zoom import px
from app.ui.transfers.open_transfer_state import LineRow
from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel

_LABELS = {"quantity": "How many", "damaged": "Of them damaged", "missing": "Missing"}
_WIDTH = 104


class LineCard(QWidget):
    """The fields: units of a product, and of those that arrive how many are damaged or missing."""

    def __init__(self, view_model: OpenTransferViewModel) -> None:
        super().__init__()
        self.editor = LineEditor[LineRow](
            _LABELS,
            lambda one: one.line.product_id,
            _texts,
            lambda one, texts: view_model.set_line(one.line.product_id, *texts),
            tuple(_LABELS),
        )
        self.quantity, self.damaged, self.missing = self.editor.edits.values()
        for edit in self.editor.edits.values():
            edit.setFixedWidth(px(_WIDTH))
            edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.set_button = button("Set", self.editor.enter, tip="Enter")
        self.setLayout(row(*self.editor.fields.values(), Field(" ", self.set_button)))

    def show_fields(self, receiving: bool) -> None:
        """Show the fields for damaged and missing units only where goods arrive."""
        for name in ("damaged", "missing"):
            self.editor.fields[name].setVisible(receiving)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.editor.forget()
        super().keyPressEvent(event)


def _texts(one: LineRow) -> tuple[str, ...]:
    if one.now is None:
        return "", "", ""
    return str(one.now.received), str(one.now.damaged or ""), str(one.now.missing or "")
