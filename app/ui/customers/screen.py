"""The Customers screen: the customers on the left, the card or the form of one on the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget

from app.data.selling.forgetting import Wish
from app.domain.changes import Kind, NewlyMade
from app.domain.customers import Customer
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.dialogs import ask
from app.ui.core.formats import counted, number
from app.ui.core.icons import icon
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.theme import Tokens
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.customers.card import CustomerCard
from app.ui.customers.form import CustomerForm
from app.ui.customers.merge_dialog import MergeDialog
from app.ui.customers.view_model import CustomersState, CustomersViewModel

_COLUMNS = (
    Column[Customer]("Customer", lambda one: Cell(one.name, one.email, bold=True)),
    Column[Customer]("Phone", lambda one: Cell(one.phone, tone="muted"), 132),
)


class _Line(QLineEdit):
    """Up and down choose among who is found, Esc clears."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        by = steps.get(Qt.Key(event.key()))
        if by is not None:
            self.stepped.emit(by)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class CustomersScreen(Screen):
    """The screen; `order_asked` carries the customer for whom an order is to be taken.

    `holds_all` says whether this device has the orders of all stores.
    """

    order_asked = Signal(object)

    def __init__(
        self,
        view_model: CustomersViewModel,
        appearance: Appearance,
        holds_all: Callable[[], bool],
        approving: Approving,
    ) -> None:
        super().__init__()
        self.view_model = view_model
        self._shown = view_model.state
        self.line = _Line()
        self.line.setPlaceholderText("Name, e-mail or phone")
        self.line.setAccessibleName("Find a customer")
        self.line.setClearButtonEnabled(True)
        self._icon = QAction(self)
        self.line.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.line.textChanged.connect(view_model.set_query)
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self._to_card)
        self.new = button("New (Ctrl+N)", self.begin, tip="A new customer")
        tinted(self.new, "add", appearance)
        self._model = RowsModel[Customer](_COLUMNS, lambda one: one.customer_id)
        self.table = ChoiceTable(self._model, appearance, "Customers found")
        self.table.selected.connect(view_model.choose)
        self.table.opened.connect(lambda _: self._to_card())
        self._summary = Text("", "small")
        self._more = button("Show more", view_model.show_more, "quiet")
        self._message = Elided("", "muted")
        self._appearance = appearance
        self.card = CustomerCard(
            view_model, appearance, self.order, self.ask_merge, self.show_customer, holds_all
        )
        self.form = CustomerForm(view_model.draft, appearance)
        self.form.instead.connect(self.show_customer)
        self._nobody = Text("Choose a customer to see the card.", "muted", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        for page in (self._nobody, self.card, self.form):
            self._pages.addWidget(page)
        left = column(self.table, spacing=8)
        left.insertLayout(0, row(self.line, self.new))
        left.addLayout(row(self._summary, None, self._more))
        body = row(spacing=14)
        body.addLayout(left, 11)
        body.addWidget(self._pages, 10)
        layout = column(spacing=8)
        layout.addLayout(body, 1)
        layout.addWidget(self._message)
        layout.setContentsMargins(24, 16, 24, 10)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.saved.connect(self._to_card)
        view_model.forgetting_asked.connect(self._ask_forget)
        view_model.word_needed.connect(
            lambda error: approving.ask(self, error, view_model.delete, view_model.say_not_approved)
        )
        about_one = (
            Binding("F2", "Change the customer", view_model.edit),
            Binding("F9", "Take an order for the customer", self.order),
            *(
                Binding(key, words, act, when=lambda: view_model.may_merge)
                for key, words, act in (
                    ("Ctrl+M", "Merge with the same person", self.ask_merge),
                    ("Ctrl+Shift+Del", "Forget the customer", view_model.ask_forget),
                )
            ),
        )
        delete = Binding("Del", "Delete the customer", view_model.delete, when=self._may_delete)
        self.table.offer(*about_one, delete)
        self.bind_keys(Binding("Ctrl+N", "Add a customer", self.begin), *about_one)
        self.press_keys(
            delete,
            Binding("Esc", "Back to the search", self.focus_first),
        )
        self._tint(appearance.tokens)
        appearance.changed.connect(self._tint)

    def activate(self) -> None:
        self.view_model.activate()

    def deactivate(self) -> None:
        self.view_model.deactivate()

    def focus_first(self) -> None:
        if self.view_model.state.draft is not None:
            self.form.focus_first()
        else:
            self.line.setFocus()
            self.line.selectAll()

    @property
    def unsaved(self) -> str:
        return self.form.unsaved

    def show_undone(self, change: NewlyMade) -> None:
        kinds = (Kind.CUSTOMER, Kind.CUSTOMERS_MERGED)
        if change.kind in kinds and self.view_model.state.draft is None:
            self.view_model.show_undone(change.edits[0].key["customer_id"])

    def order(self) -> None:
        """Ask for an order for the customer whose card is shown."""
        state = self.view_model.state
        if state.chosen is not None and state.draft is None:
            self.order_asked.emit(state.chosen)

    def show_customer(self, customer: Customer) -> None:
        """Show the card of a customer, in place of a form."""
        self.view_model.draft.give_up()
        self.view_model.choose(customer)
        self._to_card()

    def ask_merge(self) -> None:
        """Ask who is the same person as the customer whose card is shown."""
        its = self.view_model
        state = its.state
        if state.chosen is not None and state.draft is None and its.may_merge:
            MergeDialog(
                self, state.chosen, state.alike, its.find, its.merge, self._appearance
            ).open()

    def _may_delete(self) -> bool:
        state = self.view_model.state
        return bool(state.chosen) and state.draft is None

    def begin(self) -> None:
        """Begin a new customer, unless one is being typed."""
        if self.view_model.state.draft is None:
            self.view_model.begin()

    def _ask_forget(self, customer: Customer, wish: Wish) -> None:
        several = f"{counted(wish.customers, 'customer')} are this person. "
        ask(
            self,
            f"Forget {customer.name}?",
            f"At the customer's own wish. {several if wish.customers > 1 else ''}"
            "Name, e-mail and phone are removed here, on the other devices and in MongoDB. "
            f"Orders stay, {number(wish.orders)} of them on this device, and say “Customer "
            "removed”. This cannot be undone.",
            "Forget",
            lambda: self.view_model.forget(customer),
            "Keep",
        )

    def _step(self, by: int) -> None:
        at = self.table.currentIndex().row() + by
        self.table.select(min(max(at, 0), self._model.rowCount() - 1))

    def _to_card(self) -> None:
        if self.view_model.state.chosen is None:
            self._step(1)
        if self.view_model.state.chosen is not None:
            self.card.order.setFocus()

    def _render(self, state: CustomersState) -> None:
        before, self._shown = self._shown, state
        self.table.show_rows(state.rows)
        if before.query != state.query:
            # A new question has a new best answer.
            self.table.unsort()
            self.table.choose(None)
            if state.query.strip():
                self.table.select(0)
        else:
            self.table.choose(state.chosen.customer_id if state.chosen else None)
        self._show_found(state)
        page = self.form if state.draft else self.card if state.chosen else self._nobody
        if state.deleted not in (None, before.deleted) and self.isVisible():
            # Of a customer who is deleted no card is left to hold the keyboard.
            self.table.setFocus()
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
        if (before.draft is None) != (state.draft is None) and self.isVisible():
            self.focus_first()
        self._message.say(state.message)

    def _show_found(self, state: CustomersState) -> None:
        if state.query.strip():
            self.table.set_empty_text(
                f"Nobody of this store is called “{state.query[:40]}”.\n"
                "Ctrl+N makes a new customer."
            )
        elif state.ready:
            self.table.set_empty_text(
                "No customers on this device yet.\nCtrl+N makes the first one."
            )
        else:
            self.table.set_empty_text("Loading the customers…")
        shown = len(state.rows)
        said = f"{number(shown)} of {counted(state.total, 'customer')}" if state.total else ""
        self._summary.setText(said if state.ready else f"{said}  ·  still loading" if said else "")
        self._more.setVisible(shown < state.total)
        self.table.set_complete(shown >= state.total, self.view_model.show_all)

    def _tint(self, tokens: Tokens) -> None:
        self._icon.setIcon(icon("person", tokens.muted))
