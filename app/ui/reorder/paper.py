"""The view of a purchase order: what to order and why, then how much of it is here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.entities import Store
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.domain.scans import Scan
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.dialogs import ask, choose_file
from app.ui.core.formats import counted, local_day, money
from app.ui.core.line_editor import LineEditor
from app.ui.core.printing import Printing
from app.ui.core.product_line import ProductLine
from app.ui.core.report import printout
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.core.zoom import px
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
        approving: Approving,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._store = store
        self._state = view_model.state
        self._printing = Printing(self)
        back = button("Back", self.back.emit, "quiet", "Back to all orders (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title = Elided("", "title")
        self._about = Elided("", "muted")
        self._pill = Text("", "pill")
        self.cancel = button("Cancel order", self._ask_cancel)
        self.csv = button("CSV…", self.export_order, tip="Save the order as a CSV file")
        self.pdf = button("PDF…", self.print_order, tip="Print, or save as a PDF file (Ctrl+P)")
        self.order = button("Mark as ordered", self.next_step, "primary", "Ctrl+Enter")
        self.receive = button("Receive…", self.next_step, "primary", "Ctrl+Enter")
        header = row(back, 4, spacing=8)
        header.addLayout(column(self._title, self._about, spacing=2), 1)
        for one in (self._pill, self.cancel, self.csv, self.pdf, self.order, self.receive):
            header.addWidget(one)
        self.line = ProductLine(catalogue, appearance, "Scan a product, or search it by name")
        self.line.chosen.connect(self._add)
        self.line.counts = self._counted_name
        self.line.below.connect(self._to_table)
        self._heading = LineEditor[PurchaseOrder](
            {"supplier": "Supplier", "note": "Note to the supplier"},
            lambda one: one.purchase_order_id,
            lambda one: (one.supplier, one.note),
            self._describe,
        )
        self.supplier, self.note = self._heading.edits.values()
        for edit in (self.supplier, self.note):
            edit.setMaxLength(200)
            edit.editingFinished.connect(self._heading.save)
        self._words = QWidget()
        words = row(*self._heading.fields.values())
        words.setStretch(0, 2)
        words.setStretch(1, 3)
        self._words.setLayout(words)
        self.table = OrderTable(appearance)
        self._editor = LineEditor[OrderRow](
            {"quantity": "Order"},
            lambda one: one.product_id,
            lambda one: (str(one.line.quantity),),
            lambda one, texts: view_model.set_line(one.product_id, *texts),
            ("quantity",),
        )
        self._editor.edit_for(self.table)
        self.line.count = self._editor.put
        self._editor.changed.connect(self.line.tell)
        self._editor.changed.connect(self._show_reasoning)
        self._editor.entered.connect(self.focus_first)
        self.table.opened.connect(lambda _: self._editor.start())
        self.table.begun.connect(self._on_begun)
        self.table.stepped.connect(self._on_stepped)
        self._message = Elided("", "muted")
        self.table.lost.connect(view_model.say)
        self._why = Text("", wrap=True)
        self.quantity = self._editor.edits["quantity"]
        self.quantity.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.quantity.setFixedWidth(px(120))
        self._line = QWidget()
        line = row(self._editor.fields["quantity"], 8, self._why)
        line.setStretch(2, 1)
        self._line.setLayout(line)
        layout = column(spacing=10)
        layout.addLayout(header)
        for widget in (self._words, self.line):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._message)
        layout.addWidget(self._line)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.line_refused.connect(self._editor.refuse)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(
            lambda error: approving.ask(
                self,
                error,
                lambda approval: view_model.order(sure=True, approval=approval),
                view_model.say_not_approved,
            )
        )
        view_model.actions.failed.connect(self._on_failed)
        self._printing.ended.connect(view_model.say)

    def focus_first(self) -> None:
        """Move the keyboard into the line for products; to the lines where none can be added."""
        (self.line if self._state.editable else self.table).setFocus()

    def next_step(self) -> None:
        """Order the draft, or receive what was ordered."""
        paper = self._state.paper
        if paper is None:
            return
        if paper.state is PurchaseOrderState.DRAFT:
            if self._is_done():
                self._view_model.order()
        elif paper.state.is_open:
            self.receive_asked.emit(paper)

    def print_order(self) -> None:
        """Print the open order, or save it as a PDF file."""
        if self._is_done():
            self._view_model.when_written(self.print)

    def export_order(self) -> None:
        """Save the open order as a CSV file."""
        if self._is_done():
            self._view_model.when_written(self.export)

    def print(self, paper: PurchaseOrder) -> None:
        """Print an order, or save it as a PDF file."""
        self._printing.offer(printout(order_report(paper, self._store)))

    def export(self, paper: PurchaseOrder) -> None:
        """Save an order as a CSV file."""
        choose_file(
            self,
            "Export order",
            f"{paper.number}.csv",
            "csv",
            partial(self._view_model.export.execute, paper),
        )

    def save(self) -> bool:
        """Store what is typed; False where it was refused. See `LineEditor.save`."""
        return self._heading.save() and self._editor.save()

    def take_typed(self) -> bool:
        """The same with a number that is typed for the line that was worked on last."""
        return self.save() and (not self._state.editable or self.line.take_number())

    def _is_done(self) -> bool:
        """Whether all that is typed is on the order, of which a paper is made; else it is said."""
        return self.save() and (not self._state.editable or self.line.is_done())

    def take_scan(self, scan: Scan) -> None:
        """One more of a scanned product, after what is typed; not while that is refused."""
        if self.save() and self.line.take_scan():
            self._view_model.take(scan)
        else:
            self._view_model.refuse_scan()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.quantity.hasFocus():
            self._editor.forget()
            self.focus_first()
        else:
            super().keyPressEvent(event)

    def _add(self, product_id: str, units: int) -> None:
        if self.save():
            self._view_model.add(product_id, units)

    def _counted_name(self) -> str:
        line = self._editor.row
        return line.line.name if line is not None else ""

    def _on_begun(self, text: str, before: OrderRow | None) -> None:
        if self._state.editable:
            self._editor.start(text, before=before)

    def _on_stepped(self, by: int) -> None:
        chosen = self.table.current()
        if chosen is not None and self._state.editable and self._editor.save():
            self._view_model.add(chosen.product_id, by)

    def _describe(self, _: PurchaseOrder, words: Sequence[str]) -> bool:
        self._view_model.describe(*words)
        return True

    def _on_failed(self, _: object) -> None:
        self._heading.reopen()
        self._editor.reopen()

    def _on_unusual(self, found: Sequence[Unusual]) -> None:
        def correct() -> None:
            self.table.choose(found[0].product_id)
            self._editor.show(self.table.current())
            self._editor.start()

        ask_unusual(self, found, lambda: self._view_model.order(sure=True), correct)

    def _to_table(self) -> None:
        if self._state.rows:
            self.table.focus_a_row()

    def _ask_cancel(self) -> None:
        paper = self._state.paper
        if paper is None:
            return
        if paper.state is PurchaseOrderState.PART_RECEIVED:
            text = "What has come stays. Nobody waits for the rest any more."
        else:
            text = "Nothing is expected of it any more. Tell the supplier, if it was sent."
        ask(self, f"Cancel {paper.number}?", text, "Cancel order", self._view_model.cancel, "Back")

    def _show_reasoning(self) -> None:
        edited = self._editor.row
        if edited is not None and self._editor.gone:
            self._why.setText(
                f"{edited.line.name} was taken off the order meanwhile: what is typed is not saved."
            )
        else:
            self._why.setText(edited.reasoning if edited else "")

    def _render(self, state: ReorderState) -> None:
        before, self._state = self._state, state
        paper = state.paper
        is_other = _id_of(before) != _id_of(state)
        if is_other:
            self.table.choose(None)
        if paper is None:
            self._edit(None, None)
            return
        self._title.set_text(paper.number)
        self._about.set_text(_sentence(paper))
        label, tone = STATES[paper.state]
        self._pill.setText(label)
        self._pill.set_tone(tone)
        draft = state.editable
        if before.editable and not draft and not is_other and self._holds_keyboard():
            # Else it would go to whatever comes after the fields that are hidden now.
            self.table.focus_a_row()
        for one in (self._words, self.line, self._line, self.order):
            one.setVisible(draft)
        self.receive.setVisible(paper.state.is_open)
        self.cancel.setVisible(draft or paper.state.is_open)
        self.order.setEnabled(bool(paper.lines))
        self.pdf.setEnabled(bool(paper.lines))
        self.csv.setEnabled(bool(paper.lines))
        if state.revision != before.revision:
            self.table.follow(state.chosen)
        self.table.show_order(state.rows, draft)
        self._message.say(state.message)
        if not draft:
            self._edit(None, None)
        elif is_other:
            self._edit(paper, self.table.current())
        else:
            self._heading.show(paper)
            self._editor.show(self.table.current())

    def _holds_keyboard(self) -> bool:
        focus: QWidget | None = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _edit(self, paper: PurchaseOrder | None, line: OrderRow | None) -> None:
        self._heading.begin(paper)
        self._editor.begin(line)


def _id_of(state: ReorderState) -> str:
    return state.paper.purchase_order_id if state.paper else ""


def _sentence(paper: PurchaseOrder) -> str:
    parts = [paper.supplier] if paper.supplier else []
    parts.append(f"{counted(units(paper), 'unit')}, {money(paper.total)}")
    if paper.state.is_open:
        parts.append(f"due {local_day(paper.expected_at)}")
    if paper.ordered_at:
        parts.append(f"ordered {local_day(paper.ordered_at)}")
    parts.append(f"by {paper.signature.names}")
    if paper.receipts:
        parts.append("receipts " + ", ".join(one.number for one in paper.receipts))
    return "  ·  ".join(parts)
