"""The view of the open cart: what is in it, whom it is for, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.carts import Cart, Doubt
from app.domain.errors import InvalidInputError
from app.domain.scans import Scan
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.dialogs import ask
from app.ui.core.line_editor import LineEditor
from app.ui.core.product_line import ProductLine
from app.ui.core.rows import RowsModel
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, card, column, row, tinted
from app.ui.core.zoom import px
from app.ui.order.cart_box import CartBox
from app.ui.order.customer_line import CustomerLine
from app.ui.order.customer_lookup import CustomerLookup
from app.ui.order.lines import COLUMNS, CartTable
from app.ui.order.placing import WordWanted
from app.ui.order.rows import CartRow, cart_name
from app.ui.order.shortage import Shortage
from app.ui.order.state import OrderState
from app.ui.order.view_model import OrderViewModel
from app.ui.orders.totals import Totals

_PANEL = 258


class CartView(QWidget):
    """Fills the open cart and places it."""

    def __init__(
        self,
        view_model: OrderViewModel,
        lookup: CustomerLookup,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._approving = approving
        self._state = view_model.state
        self.carts = CartBox()
        self.carts.chosen.connect(self._open)
        self.discard = button("Discard", self._ask_discard, tip="Throw this cart away")
        new = button("New cart (Ctrl+N)", self.begin, tip="Park this and begin another")
        tinted(new, "add", appearance)
        header = row(Text("Order", "title"), None, self.carts, self.discard, new)
        hint = "Scan a product, or search it by name"
        self.line = ProductLine(catalogue, appearance, hint, by_meaning=True)
        self.line.chosen.connect(self._add)
        self.line.counts = self._counted_name
        self.line.below.connect(self._to_table)
        self._model = RowsModel[CartRow](COLUMNS, lambda one: one.product_id)
        self.table = CartTable(self._model, appearance, "Lines of the cart")
        self.table.set_empty_text("The cart is empty. Scan a product, or search it by name.")
        self.editor = LineEditor[CartRow](
            {"quantity": "Quantity", "discount": "Discount on this line (F6)"},
            lambda one: one.product_id,
            lambda one: (str(one.line.quantity), one.line.discount.text),
            lambda one, texts: view_model.set_line(one.product_id, *texts),
            ("quantity",),
        )
        self.editor.edit_for(self.table)
        self.editor.entered.connect(self.focus_first)
        self.editor.changed.connect(self.line.tell)
        self.line.count = self.editor.put
        self.order_editor = LineEditor[Cart](
            {"order discount": "Discount on the order (F7)"},
            lambda cart: cart.cart_id,
            lambda cart: (cart.discount.text,),
            lambda _, texts: view_model.set_discount(*texts),
        )
        self.order_editor.entered.connect(self.focus_first)
        self.quantity, self.off = self.editor.edits.values()
        self.order_off = self.order_editor.edits["order discount"]
        self.order_off.editingFinished.connect(self._on_left)
        for edit in (self.off, self.order_off):
            edit.setPlaceholderText("10% or 2.50")
        self.table.opened.connect(self._on_opened)
        self.table.stepped.connect(self._on_stepped)
        self.table.begun.connect(lambda text, before: self.editor.start(text, before=before))
        self.table.removed.connect(self._remove)
        self._message = Elided("", "muted")
        self.table.lost.connect(view_model.say)
        self.remove = button("Remove", self._remove, tip="Take this line out (Del)")
        self.editor.changed.connect(lambda: self.remove.setEnabled(self.editor.row is not None))
        self._line = QWidget()
        line = row(*self.editor.fields.values(), spacing=10)
        line.setStretch(0, 1)
        line.setStretch(1, 2)
        line.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignBottom)
        self._line.setLayout(line)
        self.customer = CustomerLine(view_model, lookup, appearance)
        self.customer.chosen.connect(self.focus_first)
        self.totals = Totals()
        self.place = button("Place order (Ctrl+Enter)", self.place_order, "primary")
        left = column(self.line, self.table, self._message, self._line, spacing=8)
        left.setStretch(1, 1)
        panel = card(
            column(
                self.customer,
                None,
                self.order_editor.fields["order discount"],
                4,
                self.totals,
                4,
                self.place,
            ),
            14,
        )
        panel.setFixedWidth(px(_PANEL))
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
        view_model.doubted.connect(self._on_doubted)
        view_model.short.connect(self._on_short)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(self._on_word_needed)
        self._render(view_model.state)

    def focus_first(self) -> None:
        """Move the keyboard into the line that takes products."""
        self.line.setFocus()

    def start_discount(self) -> None:
        """Begin to type the discount of the chosen line."""
        if self.table.current() is None:
            self.table.select(self._model.rowCount() - 1)
        self.editor.start(name="discount")

    def start_order_discount(self) -> None:
        """Begin to type the discount of the order."""
        self.order_editor.start()

    def save(self) -> bool:
        """Put what is typed into the cart; False where it was refused. See `LineEditor.save`."""
        return self.editor.save() and self.order_editor.save()

    def take_typed(self) -> bool:
        """The same with a number that is typed for the line that was worked on last."""
        return self.save() and self.line.take_number()

    def place_order(self) -> None:
        """Make an order of the cart."""
        if self.save() and self.line.is_done() and self.customer.is_done():
            self._view_model.place()

    def begin(self) -> None:
        """Open a new cart; the open one stays parked."""
        if self.take_typed() and self.customer.is_done():
            self._view_model.begin()

    def step(self, by: int) -> None:
        """Open the next parked cart, or with -1 the one before."""
        if self.take_typed() and self.customer.is_done():
            self._view_model.step(by)

    def take_scan(self, scan: Scan) -> None:
        """One more of a scanned product, after what is typed; not while that is refused."""
        if self.save() and self.line.take_scan():
            self._view_model.take(scan)
        else:
            self._view_model.refuse_scan()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.editor.forget()
            self.order_editor.forget()
            self.focus_first()
        else:
            super().keyPressEvent(event)

    def _add(self, product_id: str, units: int) -> None:
        if self.save():
            self._view_model.add(product_id, units)

    def _counted_name(self) -> str:
        line = self.editor.row
        return line.line.name if line is not None else ""

    def _on_left(self) -> None:
        # Who goes on typing elsewhere, in the bar on top, goes on there.
        focus: QWidget | None = QApplication.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self.order_editor.save()

    def _on_opened(self, _: object) -> None:
        if self.save():
            self.editor.start()

    def _open(self, cart_id: str) -> None:
        if self.take_typed() and self.customer.is_done():
            self._view_model.open(cart_id)
        self.carts.show_carts(self._state)

    def _on_stepped(self, by: int) -> None:
        line = self.table.current()
        if line is not None and self.save():
            self._view_model.add(line.product_id, by)

    def _remove(self) -> None:
        one = self.table.current()
        if one is not None:
            self.editor.forget()
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
        if error.field in self.editor.fields:
            self.editor.refuse(error)
        elif error.field in self.order_editor.fields:
            self.order_editor.refuse(error)
        elif error.field == "customer":
            self.customer.show_error(str(error))
            self.customer.start()
        else:
            self.focus_first()

    def _on_doubted(self, doubt: Doubt) -> None:
        if doubt.product_id:
            self.table.choose(doubt.product_id)
            self.editor.show(self.table.current())
            self.editor.start(name="discount")
            self.editor.refuse(doubt.error)
        else:
            self.order_editor.start()
            self.order_editor.refuse(doubt.error)

    def _on_unusual(self, cart: Cart, found: Sequence[Unusual]) -> None:
        def correct() -> None:
            self._view_model.open(cart.cart_id)
            self.table.choose(found[0].product_id)
            self.editor.show(self.table.current())
            self.editor.start(name="quantity")

        ask_unusual(self, found, lambda: self._view_model.place(sure=cart), correct)

    def _on_word_needed(self, wanted: WordWanted) -> None:
        self._approving.ask(
            self,
            wanted.error,
            lambda approval: self._view_model.place_approved(wanted, approval),
            self._view_model.say_not_approved,
        )

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

    def _render(self, state: OrderState) -> None:
        before, self._state = self._state, state
        if before.cart.cart_id == state.cart.cart_id:
            self._show_rows(state, before.revision != state.revision)
            self.editor.show(self.table.current())
            self.order_editor.show(state.cart)
        else:
            self._show_other(state)
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
        self._message.say(state.message)
        self.carts.show_carts(state)

    def _show_other(self, state: OrderState) -> None:
        """Show another cart, of which no line is chosen yet."""
        if any(edit.hasFocus() for edit in self.editor.edits.values()):
            # Else it goes to whatever is next, such as a button.
            self.focus_first()
        self.table.choose(None)
        self.table.follow(state.chosen or None)
        self.table.show_rows(state.rows)
        self.editor.begin(self.table.current())
        self.order_editor.begin(state.cart)

    def _show_rows(self, state: OrderState, acted: bool) -> None:
        at = self.table.currentIndex().row()
        if acted:
            self.table.follow(state.chosen or None)
        self.table.show_rows(state.rows)
        if acted and state.rows and at >= 0 and self.table.current() is None:
            # A line was taken out: the next one is at hand.
            self.table.choose(state.rows[min(at, len(state.rows) - 1)].product_id)
