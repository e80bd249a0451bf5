"""The filter for the orders of one customer."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.customers import Customer
from app.ui.core.appearance import Appearance
from app.ui.core.hits_line import HitsLine
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Field, column
from app.ui.core.zoom import px
from app.ui.orders.filter_view_model import FilterState, FilterViewModel

_ROW = 44
_SHOWN = 4

_COLUMNS = (Column[Customer]("", lambda one: Cell(one.name, one.email or one.phone, bold=True)),)


class CustomerFilter(QWidget):
    """Shows the customer of the filter, or a line to find another; `done` leads to the list."""

    done = Signal()

    def __init__(self, view_model: FilterViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._typing = False
        self._entered = False
        self.line = HitsLine()
        self.line.setPlaceholderText("Name, e-mail or phone")
        self.line.setClearButtonEnabled(True)
        self.field = Field("Customer (F4)", self.line)
        self._model = RowsModel[Customer](_COLUMNS, lambda one: one.customer_id)
        self.hits = RowsTable(self._model, appearance, "Customers found", row_height=_ROW)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.set_empty_text("Nobody is called that.")
        self.hits.setVisible(False)
        self.setLayout(column(self.field, self.hits, spacing=4))
        self.line.textEdited.connect(self._on_edited)
        self.line.textChanged.connect(self._on_changed)
        self.line.editingFinished.connect(self.stop)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._enter)
        self.hits.opened.connect(self._choose)
        view_model.state_changed.connect(self._render)

    def start(self) -> None:
        """Look for another customer."""
        self.line.setFocus()
        self.line.selectAll()

    def stop(self) -> None:
        """Show the customer of the filter again."""
        if self._typing:
            self._typing = self._entered = False
            self._view_model.stop_looking()

    def _on_edited(self, text: str) -> None:
        self._typing, self._entered = bool(text.strip()), False
        self._view_model.look_for(text)

    def _on_changed(self, text: str) -> None:
        if not text:
            # Esc and the cross in the line say nothing of an edit.
            self._on_edited("")

    def _step(self, by: int) -> None:
        if self.hits.isVisible():
            self.hits.select(self.hits.currentIndex().row() + by)
        elif by > 0:
            self.done.emit()

    def _enter(self) -> None:
        state = self._view_model.state
        if not self._typing:
            self.done.emit()
        elif state.found is None or state.looked_for != self.line.text():
            # Who is shown was found for less than what is typed by now: wait for the answer.
            self._entered = True
        elif (customer := self.hits.current()) is not None:
            self._choose(customer)

    def _choose(self, customer: Customer) -> None:
        self._typing = self._entered = False
        self._view_model.choose_customer(customer)
        self.done.emit()

    def _render(self, state: FilterState) -> None:
        self.hits.setVisible(self._typing and state.found is not None)
        if not self._typing:
            name = state.customer.name if state.customer else ""
            if self.line.text() != name:
                with QSignalBlocker(self.line):
                    self.line.setText(name)
                self.line.setCursorPosition(0)
        elif state.found is not None:
            is_new = self._model.rows != list(state.found)
            self._model.set_rows(state.found)
            shown = min(max(len(state.found), 1), _SHOWN)
            # In a low window fewer are seen at once, and the rest by scrolling.
            self.hits.setMinimumHeight(px(_ROW) + 6)
            self.hits.setMaximumHeight(px(_ROW) * shown + 6)
            if is_new or self.hits.current() is None:
                self.hits.select(0)
            if self._entered and state.looked_for == self.line.text():
                self._entered = False
                self._enter()
