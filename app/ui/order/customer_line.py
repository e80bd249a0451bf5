"""Whom an order is for: looked up by name, e-mail or phone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.customers import Customer
from app.ui.core.appearance import Appearance
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Field, button, column, row
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel

_ROW = 44
_SHOWN = 3


def _cell(customer: Customer) -> Cell:
    return Cell(customer.name, customer.email or customer.phone, bold=True)


class _Line(QLineEdit):
    """Up and down choose among what is found, Enter takes it, Esc clears."""

    def __init__(self, hits: RowsTable) -> None:
        super().__init__()
        self._hits = hits

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self._hits.select(self._hits.currentIndex().row() + by)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)


class CustomerLine(QWidget):
    """The customer of a cart, or the line that looks for one; `chosen` when that is done."""

    chosen = Signal()

    def __init__(self, view_model: OrderViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[Customer]((Column("", _cell),), lambda one: one.customer_id)
        self.hits = RowsTable(self._model, appearance, "Customers found", row_height=_ROW)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.opened.connect(self._choose)
        self.line = _Line(self.hits)
        self.line.setPlaceholderText("Name, e-mail or phone")
        self.line.textEdited.connect(view_model.find_customers)
        self.line.textChanged.connect(self._on_changed)
        self.line.returnPressed.connect(self._enter)
        self.field = Field("Customer (F4)", self.line)
        self._name = Elided("", "heading")
        self._reach = Elided("", "muted")
        self.change = button("Change", self.start, "quiet", "Another customer (F4)")
        self._chosen = QWidget()
        chosen = row(spacing=8)
        chosen.addLayout(column(self._name, self._reach, spacing=2), 1)
        chosen.addWidget(self.change)
        self._chosen.setLayout(chosen)
        self.setLayout(column(self._chosen, self.field, self.hits, spacing=4))
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)

    def start(self) -> None:
        """Look for a customer, in place of the one that is chosen."""
        if self._view_model.state.cart.customer is not None:
            self._view_model.choose_customer(None)
        self.line.setFocus()
        self.line.selectAll()

    def show_error(self, sentence: str) -> None:
        """Show, or with an empty sentence remove, what is wrong."""
        self.field.show_error(sentence)

    def _on_changed(self, text: str) -> None:
        if not text:
            self._view_model.find_customers("")

    def _enter(self) -> None:
        customer = self.hits.current()
        if customer is not None:
            self._choose(customer)

    def _choose(self, customer: Customer) -> None:
        self.line.clear()
        self.show_error("")
        self._view_model.choose_customer(customer)
        self.chosen.emit()

    def _render(self, state: OrderState) -> None:
        customer = state.cart.customer
        self._chosen.setVisible(customer is not None)
        self.field.setVisible(customer is None)
        if customer is not None:
            self._name.set_text(customer.name)
            self._reach.set_text(customer.email or customer.phone)
        found = state.found if customer is None else None
        self.hits.setVisible(found is not None)
        if found is not None:
            self._model.set_rows(found)
            shown = min(max(len(found), 1), _SHOWN)
            # In a low window fewer are seen at once, and the rest by scrolling.
            self.hits.setMinimumHeight(_ROW + 6)
            self.hits.setMaximumHeight(_ROW * shown + 6)
            self.hits.set_empty_text("Nobody of this store is called that.")
            if self.hits.current() is None:
                self.hits.select(0)
