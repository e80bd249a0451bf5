"""Where the product stands, and the dialog that moves it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import InvalidInputError
from app.ui.core.appearance import Appearance
from app.ui.core.widgets import Field, Text, button, card, column, row, tinted
from app.ui.product.view_model import ProductState, ProductViewModel

_PARTS = ("aisle", "shelf", "bin")


class PlaceCard(QFrame):
    """Aisle, shelf and bin, large enough to read at arm's length."""

    def __init__(self, view_model: ProductViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._values = {part: Text("", "tile") for part in _PARTS}
        tiles = row(spacing=16)
        for part in _PARTS:
            tiles.addLayout(column(Text(part.capitalize(), "small"), self._values[part], spacing=0))
        tiles.addStretch(1)
        self.move_button = button("Move…", self.open_dialog, tip="Put it at another place (M)")
        tinted(self.move_button, "edit_location_alt", appearance)
        tiles.addWidget(self.move_button)
        layout = QVBoxLayout()
        layout.addWidget(Text("Where it stands", "heading"))
        layout.addLayout(tiles)
        self.setLayout(column(card(layout)))
        view_model.state_changed.connect(self._render)

    def open_dialog(self) -> MoveDialog | None:
        """Ask for the new place."""
        state = self._view_model.state
        if state.item is None or not state.may_adjust:
            return None
        dialog = MoveDialog(self._view_model, self)
        dialog.open()
        return dialog

    def _render(self, state: ProductState) -> None:
        place = state.item.place if state.item else None
        for part in _PARTS:
            self._values[part].setText((place and getattr(place, part)) or "\N{EN DASH}")
        self.move_button.setVisible(state.item is not None and state.may_adjust)


class MoveDialog(QDialog):
    """Aisle, shelf and bin of the new place."""

    def __init__(self, view_model: ProductViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self.setWindowTitle("Move to another place")
        self.edits = {part: QLineEdit() for part in _PARTS}
        self._fields = {part: Field(part.capitalize(), edit) for part, edit in self.edits.items()}
        item = view_model.state.item
        product = view_model.state.product
        for part, edit in self.edits.items():
            edit.setText(getattr(item.place, part) if item else "")
            edit.returnPressed.connect(self._submit)
        cancel = button("Cancel", self.reject)
        save = button("Move", self._submit, "primary")
        save.setDefault(False)
        layout = column(
            Text("Move to another place", "heading"),
            Text(product.name if product else "", "muted", wrap=True),
            spacing=12,
        )
        layout.addLayout(row(*self._fields.values(), spacing=10))
        layout.addLayout(row(None, cancel, save))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.setMinimumWidth(400)
        for one in (cancel, save):
            one.setAutoDefault(False)
        view_model.moved.connect(self.accept)
        view_model.place_refused.connect(self._on_refused)
        view_model.refused.connect(self._on_failed)
        self.finished.connect(self.deleteLater)
        self.edits["aisle"].selectAll()
        self.edits["aisle"].setFocus()

    def _submit(self) -> None:
        for field in self._fields.values():
            field.show_error("")
        self._view_model.move_to(*(self.edits[part].text() for part in _PARTS))

    def _on_refused(self, error: InvalidInputError) -> None:
        self._fields[error.field].show_error(str(error))
        self.edits[error.field].setFocus()

    def _on_failed(self, sentence: str) -> None:
        self._fields["aisle"].show_error(sentence)
