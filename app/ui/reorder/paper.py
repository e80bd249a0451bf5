"""One order: what to order and why, then how much of it is here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.entities import Store
from app.domain.errors import InvalidInputError
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.ui.core.appearance import Appearance
from app.ui.core.dialogs import ask, choose_file
from app.ui.core.formats import local_day, money, number
from app.ui.core.printing import Printing
from app.ui.core.product_line import ProductLine
from app.ui.core.report import printout
from app.ui.core.widgets import Elided, Field, Text, button, column, row, tinted
from app.ui.reorder.document import order_report
from app.ui.reorder.lines import OrderRow, units
from app.ui.reorder.orders import STATES
from app.ui.reorder.state import ReorderState
from app.ui.reorder.table import OrderTable
from app.ui.reorder.view_model import ReorderViewModel


class OrderView(QWidget):
    """A draft to put together, or an order that was sent; `back` asks for the list."""

    back = Signal()
    receive_asked = Signal(object)

    def __init__(
        self,
        view_model: ReorderViewModel,
        catalogue: Catalogue,
        store: Store,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._store = store
        self._state = view_model.state
        self._shown = ""
        self._row: OrderRow | None = None
        self._printing = Printing(self)
        back = button("Back", self.back.emit, "quiet", "Back to all orders (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title = Elided("", "title")
        self._about = Elided("", "muted")
        self._pill = Text("", "pill")
        self.cancel = button("Cancel order", self._ask_cancel)
        self.csv = button("CSV…", self._choose_file, tip="Save the order as a CSV file")
        self.print = button("PDF…", self.print_order, tip="Print, or save as a PDF file (Ctrl+P)")
        self.order = button("Mark as ordered", self.next_step, "primary", "Ctrl+Enter")
        self.receive = button("Receive…", self.next_step, "primary", "Ctrl+Enter")
        header = row(back, 4, spacing=8)
        header.addLayout(column(self._title, self._about, spacing=2), 1)
        for one in (self._pill, self.cancel, self.csv, self.print, self.order, self.receive):
            header.addWidget(one)
        self.line = ProductLine(catalogue, appearance, "Scan a product, or search it by name")
        self.line.chosen.connect(view_model.add)
        self.line.below.connect(self._to_table)
        self.supplier = _words("Supplier", self.keep_words)
        self.note = _words("Note to the supplier", self.keep_words)
        self._words = QWidget()
        words = row(self.supplier, self.note)
        words.setStretch(0, 2)
        words.setStretch(1, 3)
        self._words.setLayout(words)
        self.table = OrderTable(appearance)
        self.table.selected.connect(lambda _: self._show_line())
        self.table.opened.connect(lambda _: self._start(""))
        self.table.typed.connect(self._on_typed)
        self._said = Elided("", "muted")
        self._why = Text("", wrap=True)
        self.quantity = QLineEdit()
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.quantity.setFixedWidth(120)
        self.quantity.returnPressed.connect(self._save)
        self._field = Field("Order", self.quantity)
        self._line = QWidget()
        line = row(self._field, 8, self._why)
        line.setStretch(2, 1)
        self._line.setLayout(line)
        layout = column(spacing=10)
        layout.addLayout(header)
        for widget in (self._words, self.line):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._said)
        layout.addWidget(self._line)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.line_refused.connect(self._on_refused)
        self._printing.said.connect(self._said.say)

    def focus_first(self) -> None:
        """The line that takes products; or the lines, where nothing can be added."""
        (self.line if self._state.editable else self.table).setFocus()

    def next_step(self) -> None:
        """A draft is ordered, an order is received."""
        paper = self._state.paper
        if paper is None:
            return
        if paper.state is PurchaseOrderState.DRAFT:
            self.keep_words()
            self._view_model.order()
        elif paper.state.is_open:
            self.receive_asked.emit(paper)

    def print_order(self) -> None:
        """Print it, or save it as a PDF file."""
        self.keep_words()
        if self._state.paper is not None:
            self._printing.offer(printout(order_report(self._state.paper, self._store)))

    def keep_words(self) -> None:
        """Store the supplier and the note as they are typed."""
        supplier, note = (one.editor.text() for one in (self.supplier, self.note))
        self._view_model.describe(supplier, note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.quantity.hasFocus():
            self._fill(self.table.current())
            self.focus_first()
        else:
            super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        one = self.table.current()
        if one is None or not self._state.editable:
            return
        if text in "+=-":
            self._view_model.add(one.product_id, -1 if text == "-" else 1)
        else:
            self._start(text)

    def _start(self, typed: str) -> None:
        if self._state.editable:
            self.quantity.setFocus()
            self.quantity.selectAll()
            if typed:
                self.quantity.setText(typed)
                self.quantity.setModified(True)

    def _save(self) -> None:
        if self._row is None:
            return
        self._field.show_error("")
        self.quantity.setModified(False)
        if self._view_model.set_line(self._row.product_id, self.quantity.text()):
            self.focus_first()
        else:
            self.quantity.setModified(True)

    def _on_refused(self, error: InvalidInputError) -> None:
        self._field.show_error(str(error))
        self.quantity.selectAll()

    def _to_table(self) -> None:
        if self._state.rows:
            self.table.focus_a_row()

    def _choose_file(self) -> None:
        paper = self._state.paper
        if paper is None:
            return
        choose_file(
            self, "Export order", f"{paper.number}.csv", "csv", self._view_model.export.execute
        )

    def _ask_cancel(self) -> None:
        paper = self._state.paper
        if paper is None:
            return
        if paper.state is PurchaseOrderState.PART_RECEIVED:
            text = "What has come stays. Nobody waits for the rest any more."
        else:
            text = "Nothing is expected of it any more. Tell the supplier, if it was sent."
        ask(self, f"Cancel {paper.number}?", text, "Cancel order", self._view_model.cancel, "Back")

    def _show_line(self) -> None:
        """Fill in the chosen line; what is being typed stays, and for the line it was begun for."""
        one, before = self.table.current(), self._row
        held = self.quantity.isModified() or self.quantity.hasFocus()
        if one is None and before is not None and held:
            self._why.setText(
                f"{before.line.name} was taken off the order meanwhile: what is typed is not saved."
            )
        elif one is None or before is None or one.product_id != before.product_id:
            self._fill(one)
        else:
            self._fill_in(one)

    def _fill(self, one: OrderRow | None) -> None:
        """Begin with a line; what was typed is forgotten."""
        self.quantity.setModified(False)
        self._field.show_error("")
        self._fill_in(one)

    def _fill_in(self, one: OrderRow | None) -> None:
        self._row = one
        self.quantity.setEnabled(one is not None)
        text = str(one.line.quantity) if one else ""
        if not self.quantity.isModified() and self.quantity.text() != text:
            self.quantity.setText(text)
            if self.quantity.hasFocus():
                # A digit still replaces what stands there.
                self.quantity.selectAll()
        self._why.setText(one.reasoning if one else "")

    def _render(self, state: ReorderState) -> None:
        before, self._state = self._state, state
        paper = state.paper
        if paper is None:
            self._shown = ""
            return
        if self._shown != paper.purchase_order_id:
            self._shown = paper.purchase_order_id
            self.supplier.editor.setText(paper.supplier)
            self.note.editor.setText(paper.note)
            self._fill(None)
            self.table.unselect()
            self.table.follow(None)
        self._title.set_text(paper.number)
        self._about.set_text(_sentence(paper))
        label, tone = STATES[paper.state]
        self._pill.setText(label)
        self._pill.set_tone(tone)
        draft = state.editable
        for one in (self._words, self.line, self._line, self.order):
            one.setVisible(draft)
        self.receive.setVisible(paper.state.is_open)
        self.cancel.setVisible(draft or paper.state.is_open)
        self.order.setEnabled(bool(paper.lines))
        self.print.setEnabled(bool(paper.lines))
        self.csv.setEnabled(bool(paper.lines))
        if state.revision != before.revision:
            self.table.follow(state.chosen)
        if self.quantity.isModified():
            self.table.follow(None)
        self.table.show_rows(state.rows, draft)
        self._said.say(state.message)
        self._show_line()


class _Words(Field):
    """A field of one line that is stored when it is left."""

    def __init__(self, label: str, editor: QLineEdit) -> None:
        super().__init__(label, editor)
        self.editor = editor


def _words(label: str, keep: Callable[[], object]) -> _Words:
    editor = QLineEdit()
    editor.setMaxLength(200)
    editor.editingFinished.connect(lambda: keep())
    return _Words(label, editor)


def _sentence(paper: PurchaseOrder) -> str:
    parts = [paper.supplier] if paper.supplier else []
    parts.append(f"{number(units(paper))} units, {money(paper.total)}")
    if paper.state.is_open:
        parts.append(f"due {local_day(paper.expected_at)}")
    if paper.ordered_at:
        parts.append(f"ordered {local_day(paper.ordered_at)}")
    parts.append(f"by {paper.signature.who}")
    if paper.receipts:
        parts.append("receipts " + ", ".join(one.number for one in paper.receipts))
    return "  ·  ".join(parts)
