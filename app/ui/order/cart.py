"""The open cart: what is in it, whom it is for, and what it costs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.errors import InvalidInputError
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ask
from app.ui.core.product_line import ProductLine
from app.ui.core.rows import RowsModel
from app.ui.core.widgets import Elided, Field, Text, button, card, column, row, tinted
from app.ui.order.customer_line import CustomerLine
from app.ui.order.customer_lookup import CustomerLookup
from app.ui.order.lines import COLUMNS, CartTable
from app.ui.order.rows import CartRow, cart_name
from app.ui.order.shortage import Shortage
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel
from app.ui.orders.totals import Totals

_PANEL = 258
_NAME = 16
"""Letters of a customer's name that the list of parked carts has room for."""


class CartView(QWidget):
    """Fills the open cart and places it."""

    def __init__(
        self,
        view_model: OrderViewModel,
        lookup: CustomerLookup,
        catalogue: Catalogue,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._state = view_model.state
        self._rendering = False
        self._edited = ""
        self._untyped = ("", "")
        self.quantity = QLineEdit()
        self.off = QLineEdit()
        self.order_off = QLineEdit()
        self.carts = QComboBox()
        self.carts.setAccessibleName("Parked carts")
        self.carts.setToolTip("Parked carts (Ctrl+PgUp, Ctrl+PgDn)")
        self.carts.setMinimumContentsLength(24)
        self.carts.activated.connect(lambda at: view_model.open(self.carts.itemData(at)))
        self.discard = button("Discard", self._ask_discard, tip="Throw this cart away")
        new = button("New cart (Ctrl+N)", view_model.begin, tip="Park this and begin another")
        tinted(new, "add", appearance)
        header = row(Text("Order", "title"), None, self.carts, self.discard, new)
        self.line = ProductLine(catalogue, appearance, "Scan a product, or search it by name")
        self.line.chosen.connect(view_model.add)
        self.line.below.connect(self._to_table)
        self._model = RowsModel[CartRow](COLUMNS, lambda one: one.product_id)
        self.table = CartTable(self._model, appearance, "Lines of the cart")
        self.table.set_empty_text("The cart is empty. Scan a product, or search it by name.")
        self.table.selected.connect(self._on_selected)
        self.table.opened.connect(lambda _: self._start(self.quantity))
        self.table.typed.connect(self._on_typed)
        self.table.removed.connect(self._remove)
        self._said = Elided("", "muted")
        self.off.setPlaceholderText("10% or 2.50")
        self.order_off.setPlaceholderText("10% or 2.50")
        for edit in (self.quantity, self.off):
            edit.returnPressed.connect(self._save_line)
        self.order_off.editingFinished.connect(self.save_order_discount)
        self.order_off.returnPressed.connect(self._on_order_off)
        self._fields = {
            "quantity": Field("Quantity", self.quantity),
            "discount": Field("Discount on this line (F6)", self.off),
            "order discount": Field("Discount on the order (F7)", self.order_off),
        }
        self.remove = button("Remove", self._remove, tip="Take this line out (Del)")
        self._line = QWidget()
        line = row(self._fields["quantity"], self._fields["discount"], spacing=10)
        line.setStretch(0, 1)
        line.setStretch(1, 2)
        line.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignBottom)
        self._line.setLayout(line)
        self.customer = CustomerLine(view_model, lookup, appearance)
        self.customer.chosen.connect(self.focus_first)
        self.totals = Totals()
        self.place = button("Place order (Ctrl+Enter)", self.place_order, "primary")
        left = column(self.line, self.table, self._said, self._line, spacing=8)
        left.setStretch(1, 1)
        panel = card(
            column(
                self.customer,
                None,
                self._fields["order discount"],
                4,
                self.totals,
                4,
                self.place,
            ),
            14,
        )
        panel.setFixedWidth(_PANEL)
        body = row(spacing=14)
        body.addLayout(left, 1)
        body.addWidget(panel)
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addLayout(body, 1)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.refused.connect(self._on_refused)
        view_model.short.connect(self._on_short)
        self._show_line()
        self._render(view_model.state)

    def focus_first(self) -> None:
        """The line that takes products."""
        self.line.setFocus()

    def start_discount(self) -> None:
        """Type what comes off the chosen line."""
        if self.table.current() is None:
            self.table.select(self._model.rowCount() - 1)
        self._start(self.off)

    def start_order_discount(self) -> None:
        """Type what comes off the order."""
        self._start(self.order_off)

    def place_order(self) -> None:
        """Place it; what is being typed for a line and off the order counts, or is refused."""
        if (not self._typing or self._save_line()) and self.save_order_discount():
            self._view_model.place()

    def save_order_discount(self) -> bool:
        """Take what is typed off the order; False where that is wrong."""
        self._fields["order discount"].show_error("")
        if self.order_off.text().strip() == self._state.cart.discount.text:
            return True
        return self._view_model.set_discount(self.order_off.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show_line()
            self._show_order_off()
            self.focus_first()
        else:
            super().keyPressEvent(event)

    def _start(self, edit: QLineEdit, typed: str = "") -> None:
        if edit.isEnabled():
            edit.setFocus()
            edit.selectAll()
            if typed:
                edit.setText(typed)
                # Also a 1 in place of a 1: it may become 12.
                self._untyped = ("", "")

    def _on_typed(self, text: str) -> None:
        one = self.table.current()
        if one is not None and text in "+=-":
            self._view_model.add(one.product_id, -1 if text == "-" else 1)
        elif one is not None:
            self._start(self.quantity, text)

    def _save_line(self) -> bool:
        for name in ("quantity", "discount"):
            self._fields[name].show_error("")
        if not self._view_model.set_line(self._edited, self.quantity.text(), self.off.text()):
            return False
        self._show_line()
        self.focus_first()
        return True

    def _on_order_off(self) -> None:
        if not self._fields["order discount"].error:
            self.focus_first()

    def _remove(self) -> None:
        one = self.table.current()
        if one is not None:
            self._view_model.remove(one.product_id)
            (self.table if self._model.rowCount() else self.line).setFocus()

    def _to_table(self) -> None:
        if self._model.rowCount():
            self.table.focus_a_row()

    def _ask_discard(self) -> None:
        cart = self._state.cart
        ask(
            self,
            "Throw this cart away?",
            f"{cart_name(cart)}: nothing of it is kept.",
            "Discard",
            self._view_model.discard,
            "Keep it",
        )

    def _on_refused(self, error: InvalidInputError) -> None:
        if error.field in self._fields:
            self._fields[error.field].show_error(str(error))
        elif error.field == "customer":
            self.customer.show_error(str(error))
            self.customer.start()
        else:
            self.focus_first()

    def _on_short(self, shortage: Shortage) -> None:
        text = shortage.text
        if shortage.cart.cart_id != self._state.cart.cart_id:
            text = f"{cart_name(shortage.cart)}:\n{text}"
        if shortage.refused:

            def change() -> None:
                self._view_model.open(shortage.cart.cart_id)
                self._to_table()

            ask(self, "More than there is", text, "Change it", change, "Close")
        else:
            ask(
                self,
                "Order more than there is?",
                text,
                "Order it anyway",
                lambda: self._view_model.place(shortage),
                "Change it",
            )

    @property
    def _typing(self) -> bool:
        # By the text: the keys of a scan count as edits too, although they are taken back.
        focused = self.quantity.hasFocus() or self.off.hasFocus()
        return focused and (self.quantity.text(), self.off.text()) != self._untyped

    def _on_selected(self) -> None:
        if not self._rendering:
            self._show_line()

    def _show_line(self) -> None:
        one = self.table.current()
        self._edited = one.product_id if one else ""
        self._untyped = (str(one.line.quantity), one.line.discount.text) if one else ("", "")
        for name in ("quantity", "discount"):
            self._fields[name].show_error("")
        for edit, text in zip((self.quantity, self.off), self._untyped, strict=True):
            edit.setText(text)
            if edit.hasFocus():
                edit.selectAll()
        for widget in (self.quantity, self.off, self.remove):
            widget.setEnabled(one is not None)

    def _show_order_off(self) -> None:
        self._fields["order discount"].show_error("")
        self.order_off.setText(self._state.cart.discount.text)

    def _render(self, state: OrderState) -> None:
        before, self._state = self._state, state
        self._rendering = True
        self._model.set_rows(state.rows)
        self._rendering = False
        # What only arrives, such as what is on hand, changes neither the choice nor what is typed.
        is_other = before.cart.cart_id != state.cart.cart_id
        acted = is_other or before.revision != state.revision
        if is_other or (acted and not self._typing):
            at = self._model.row_of(state.chosen)
            if at is not None:
                self.table.select(at)
            self._show_line()
        if is_other or (acted and not self.order_off.hasFocus()):
            self._show_order_off()
        priced = state.priced
        self.totals.show_sums(
            priced.subtotal,
            priced.discount,
            priced.tax,
            priced.total,
            self._view_model.store.tax_percent,
        )
        self.place.setEnabled(bool(state.rows))
        self.discard.setEnabled(not state.cart.is_empty)
        if state.cart.customer is not None:
            self.customer.show_error("")
        self._said.say(state.message)
        self._show_carts(state)

    def _show_carts(self, state: OrderState) -> None:
        carts = [(one.cart_id, cart_name(one, _NAME)) for one in state.carts]
        shown = [
            (self.carts.itemData(at), self.carts.itemText(at)) for at in range(self.carts.count())
        ]
        if carts != shown:
            self.carts.clear()
            for cart_id, name in carts:
                self.carts.addItem(name, cart_id)
        self.carts.setVisible(len(carts) > 1 or (len(carts) == 1 and state.cart.is_empty))
        ids = [cart_id for cart_id, _ in carts]
        at = ids.index(state.cart.cart_id) if state.cart.cart_id in ids else -1
        if self.carts.currentIndex() != at:
            self.carts.setCurrentIndex(at)
