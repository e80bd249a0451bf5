"""The line that looks up the customer of an order by name, e-mail or phone."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.data.selling.customer_directory import CustomersFound
from app.domain.carts import Cart
from app.domain.customers import Customer
from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.hits_line import HitsLine
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.widgets import Elided, Field, Text, button, column, row, tinted
from app.ui.core.zoom import px
from app.ui.order.customer_lookup import CustomerLookup
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel

_ROW = 44
_SHOWN = 3
_NOBODY = "Nobody here is called that. Enter makes a new customer."
_NEARLY = "Nobody here is called just that. ↓ takes one of these, Enter makes a new customer."

_CHANGED = "Who is found has changed. Choose again with ↓, or Shift+F4 for a new customer."


def _cell(customer: Customer) -> Cell:
    return Cell(customer.name, customer.email or customer.phone, bold=True)


class CustomerLine(QWidget):
    """Shows the customer of a cart, or the line that looks for one; `chosen` ends that.

    `new_asked` carries what was typed of somebody who is not a customer yet.
    """

    chosen = Signal()
    new_asked = Signal(str)

    def __init__(
        self, view_model: OrderViewModel, lookup: CustomerLookup, appearance: Appearance
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._lookup = lookup
        self._cart_id = view_model.state.cart.cart_id
        self._before: Cart | None = None
        self._shown_for = ""
        self._entered = False
        self._picked = ""
        self._model = RowsModel[Customer]((Column("", _cell),), lambda one: one.customer_id)
        self.hits = ChoiceTable(self._model, appearance, "Customers found", row_height=_ROW)
        self.hits.horizontalHeader().hide()
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.opened.connect(self._choose)
        self.hits.selected.connect(self._on_selected)
        self._nobody = Text("", "muted", wrap=True)
        self.line = HitsLine()
        self.line.stepped.connect(self._step)
        self.line.setPlaceholderText("Name, e-mail or phone")
        self.line.textChanged.connect(self._on_changed)
        self.line.returnPressed.connect(self._enter)
        self.field = Field("Customer (F4)", self.line)
        self._name = Elided("", "heading")
        self._reach = Elided("", "muted")
        self.change = button("Change (F4)", self.start, "quiet", "Another customer")
        self.new = button("New customer (Shift+F4)", self.start_new, "quiet")
        tinted(self.new, "add", appearance)
        self._chosen = QWidget()
        chosen = column(spacing=0)
        top = row(self._name, self.change)
        top.setStretch(0, 1)
        chosen.addLayout(top)
        chosen.addWidget(self._reach)
        self._chosen.setLayout(chosen)
        self.setLayout(
            column(self._chosen, self.field, self.hits, self._nobody, self.new, spacing=4)
        )
        view_model.state_changed.connect(self._render)
        lookup.changed.connect(self._show_found)
        lookup.failed.connect(lambda error: self.show_error(str(error)))
        self._render(view_model.state)

    def start(self) -> None:
        """Look for a customer in place of the chosen one, who comes back with Esc."""
        cart = self._view_model.state.cart
        if cart.customer is not None:
            self._view_model.choose_customer(None)
            self._before = cart
        self.line.setFocus()
        self.line.selectAll()
        self._lookup.find(self.line.text())

    def start_new(self) -> None:
        """Ask for the form of a new customer, with what was looked for in it."""
        self.start()
        self.new_asked.emit(self.line.text())

    def finish(self) -> None:
        """End the search: a customer was chosen, here or in a form."""
        self._before = None
        self.line.setText("")
        self.show_error("")
        self.chosen.emit()

    def is_done(self) -> bool:
        """Whether nobody is looked for; else say so, and keep the keyboard."""
        typed = self.line.text().strip()
        if typed and self._view_model.state.cart.customer is None:
            self.show_error(
                f"“{typed[:40]}” is typed and nobody chosen: Enter chooses, Esc clears it."
            )
            self.line.setFocus()
            return False
        return True

    def show_error(self, sentence: str) -> None:
        """Show, or with an empty sentence remove, what is wrong."""
        self.field.show_error(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._bring_back()
        # The cart takes the keyboard back.
        super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        self.hits.select(self.hits.currentIndex().row() + by)

    def _on_selected(self, customer: Customer | None) -> None:
        if customer is not None:
            self._picked = customer.customer_id

    def _on_changed(self, text: str) -> None:
        self._entered = False
        self.show_error("")
        self._lookup.find(text)

    def _enter(self) -> None:
        text, found = self.line.text(), self._lookup.found
        if not text.strip():
            return
        if self._lookup.text != text:
            # Who is shown was found for less than what is typed by now: wait for the answer.
            self._entered = True
        elif (customer := self.hits.current()) is not None:
            self._choose(customer)
        elif self._picked or (found is not None and found.customers and not found.close):
            self.show_error(_CHANGED)
        else:
            self.new_asked.emit(text)

    def _choose(self, customer: Customer) -> None:
        self._view_model.choose_customer(customer)
        self.finish()

    def _bring_back(self) -> None:
        before, self._before = self._before, None
        cart = self._view_model.state.cart
        if before and before.cart_id == cart.cart_id and cart.customer is None:
            self._view_model.choose_customer(before.customer)

    def _render(self, state: OrderState) -> None:
        customer = state.cart.customer
        self._chosen.setVisible(customer is not None)
        self.field.setVisible(customer is None)
        if customer is not None:
            self._name.set_text(customer.name)
            self._reach.set_text(customer.email or customer.phone)
        self.new.setVisible(customer is None)
        before, self._cart_id = self._cart_id, state.cart.cart_id
        if before != self._cart_id:
            # Nobody was looked for, or missed, in this one.
            self.line.setText("")
            self.show_error("")
        self._show_found()

    def _show_found(self) -> None:
        looking = self._view_model.state.cart.customer is None
        found = self._lookup.found if looking else None
        self.hits.setVisible(found is not None and bool(found.customers))
        self._nobody.setVisible(found is not None and (found.close or not found.customers))
        before, self._shown_for = self._shown_for, "" if found is None else self._lookup.text
        if found is None:
            return
        self._nobody.setText(_NEARLY if found.close else _NOBODY)
        self._show_hits(found, self._lookup.text != before)
        if self._entered and self._lookup.text == self.line.text():
            self._entered = False
            self._enter()

    def _show_hits(self, found: CustomersFound, is_new: bool) -> None:
        self.hits.show_rows(found.customers)
        shown = min(len(found.customers), _SHOWN)
        # In a low window fewer are seen at once, and the rest by scrolling.
        self.hits.setMinimumHeight(px(_ROW) + 6)
        self.hits.setMaximumHeight(px(_ROW) * shown + 6)
        if is_new:
            self._picked = ""
        # Who arrives is not taken for the one who was chosen, and is gone by now.
        self.hits.choose(self._picked)
        if is_new and not found.close:
            # Enter takes nobody who is called otherwise, unless an arrow chose them.
            self.hits.select(0)
