"""The list of stocktakes, and the dialog that begins one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QWidget

from app.domain.stocktake import Stocktake
from app.ui.core.appearance import Appearance
from app.ui.core.choice import Choice
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Field, Text, button, column, row, tinted
from app.ui.core.zoom import px
from app.ui.count.sessions_view_model import SessionRow, SessionsState, SessionsViewModel

_COLUMNS = (
    Column[SessionRow](
        "Stocktake", lambda one: Cell(one.stocktake.name, one.stocktake.number, bold=True)
    ),
    Column[SessionRow]("Counts", lambda one: Cell(one.scope), 200),
    Column[SessionRow](
        "Begun",
        lambda one: Cell(one.begun, one.stocktake.signature.who),
        150,
        order=lambda one: one.stocktake.signature.at,
    ),
    Column[SessionRow]("", lambda one: Cell(one.status, tone=one.tone, pill=True), 110, right=True),
)
_ALL = "All"
_STORE = "The whole store"


class SessionsPage(QWidget):
    """Open stocktakes and those of the past; `opened` carries a Stocktake."""

    opened = Signal(object)

    def __init__(self, view_model: SessionsViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[SessionRow](_COLUMNS, lambda one: one.stocktake.stocktake_id)
        self.table = RowsTable(self._model, appearance, "Stocktakes, newest first")
        self.table.set_empty_text("Nothing has been counted yet: begin with New count.")
        self.table.opened.connect(lambda one: self.opened.emit(one.stocktake))
        self.new_button = button(
            "New count…", self.begin, "primary", "Count a shelf, an aisle, all"
        )
        tinted(self.new_button, "add", appearance, "on_accent")
        self.message = Elided("", "muted")
        header = row(Text("Stocktakes", "title"), 8, self.message, self.new_button)
        header.setStretch(2, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.table)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)

    @property
    def chosen(self) -> Stocktake | None:
        """The stocktake that is chosen on the list."""
        one: SessionRow | None = self.table.current()
        return one.stocktake if one is not None else None

    def focus_first(self) -> None:
        """Move the keyboard into the list, or on the button where there is no stocktake."""
        if self._view_model.state.rows:
            self.table.focus_a_row()
        else:
            self.new_button.setFocus()

    def begin(self, aisle: str = "") -> NewCountDialog:
        """Ask what to count; an aisle is chosen already where one is given."""
        dialog = NewCountDialog(self._view_model, self, aisle)
        dialog.open()
        return dialog

    def _render(self, state: SessionsState) -> None:
        self._model.set_rows(state.rows or ())


class NewCountDialog(QDialog):
    """Where to count, and whether the expected numbers are hidden."""

    def __init__(self, view_model: SessionsViewModel, parent: QWidget, aisle: str = "") -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._aisles: dict[str, tuple[str, ...]] = {}
        self._wanted = aisle
        self.setWindowTitle("New count")
        self.setMinimumWidth(px(440))
        self.name = QLineEdit()
        self.name.setPlaceholderText("For example: yearly count")
        self.name.setMaxLength(60)
        # Not the whole store, unless somebody says so.
        self.aisle = Choice()
        self.aisle.setPlaceholderText("Choose")
        self.shelf = Choice()
        self.blind = QCheckBox("Hide the expected numbers while people count")
        self.blind.setChecked(True)
        self._problem = Field("Name", self.name)
        self._aisle_field = Field("Aisle", self.aisle)
        self.aisle.currentTextChanged.connect(self._on_aisle)
        self._on_aisle("")
        self._fill(view_model.state)
        view_model.state_changed.connect(self._fill)
        cancel = button("Cancel", self.reject)
        begin = button("Begin", self._submit, "primary")
        cancel.setAutoDefault(False)
        # Enter begins, whatever has the focus.
        begin.setDefault(True)
        layout = column(Text("New count", "heading"), self._problem, spacing=12)
        layout.addLayout(row(self._aisle_field, Field("Shelf", self.shelf), spacing=10))
        layout.addWidget(self.blind)
        layout.addLayout(row(None, cancel, begin))
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        view_model.begun.connect(self.accept)
        view_model.refused.connect(self._problem.show_error)
        self.finished.connect(self.deleteLater)
        self.name.setFocus()

    def _fill(self, state: SessionsState) -> None:
        """Offer the aisles, once they are known: the dialog may be there before them."""
        if self.aisle.count() and (self._aisles or not state.aisles):
            return
        self._aisles = state.aisles or {}
        self.aisle.clear()
        self.aisle.addItems([_STORE, *self._aisles])
        self.aisle.setCurrentIndex(self.aisle.findText(self._wanted) if self._wanted else -1)

    def _on_aisle(self, aisle: str) -> None:
        self.shelf.clear()
        self.shelf.addItems([_ALL, *self._aisles.get(aisle, ())])
        self.shelf.setEnabled(aisle in self._aisles)
        self._aisle_field.show_error("")

    def _submit(self) -> None:
        aisle, shelf = self.aisle.currentText(), self.shelf.currentText()
        if self.aisle.currentIndex() < 0:
            self._aisle_field.show_error("Choose an aisle, or the whole store.")
            self.aisle.setFocus()
            return
        self._view_model.begin.execute(
            self.name.text(),
            "" if aisle == _STORE else aisle,
            "" if aisle == _STORE or shelf == _ALL else shelf,
            self.blind.isChecked(),
        )
