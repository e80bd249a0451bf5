"""The view of one receipt: what was announced beside what is here, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.receiving import GoodsReceipt, Paper, ReceiptState
from app.domain.scans import Scan
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import Binding
from app.ui.core.dialogs import ask
from app.ui.core.formats import counted, number
from app.ui.core.printing import Printing
from app.ui.core.product_line import ProductLine
from app.ui.core.quantity_table import QuantityTable
from app.ui.core.report import printout
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.receive.arrivals import against, origin
from app.ui.receive.document import receipt_report
from app.ui.receive.line_card import LineCard
from app.ui.receive.lines import ReceiptRow, consequence
from app.ui.receive.state import ReceiveState
from app.ui.receive.view_model import ReceiveViewModel
from connector_config.wording import plural

_STATES = {
    ReceiptState.DRAFT: ("Being received", "warn"),
    ReceiptState.POSTED: ("Received", "ok"),
    ReceiptState.UNDONE: ("Undone", ""),
    ReceiptState.DISCARDED: ("Discarded", ""),
}


def _difference(line: ReceiptRow) -> Cell:
    if line.missing:
        return Cell(f"{number(line.missing)} missing", tone="danger", pill=True)
    if line.short:
        return Cell(f"{number(line.short)} to come", tone="warn", pill=True)
    if line.over:
        return Cell(f"{number(line.over)} over", tone="warn", pill=True)
    return Cell("As expected", tone="ok", pill=True)


def _received(one: ReceiptRow) -> Cell:
    return Cell(number(one.received), tone="" if one.received else "muted", bold=True)


def _damaged(one: ReceiptRow) -> Cell:
    return Cell(number(one.damaged), tone="danger") if one.damaged else Cell("")


PRINTED = (ReceiptState.POSTED, ReceiptState.UNDONE)
"""What a receipt has to be for its paper to be printed."""
_COLUMNS = (
    Column[ReceiptRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[ReceiptRow]("Place", lambda one: Cell(one.place or "No place", pill=True), 104),
    Column[ReceiptRow]("Expected", lambda one: Cell(number(one.expected)), 84, right=True),
    Column[ReceiptRow]("Received", _received, 84, right=True),
    Column[ReceiptRow]("Damaged", _damaged, 84, right=True),
    Column[ReceiptRow]("Difference", _difference, 140, right=True),
)
_ANNOUNCED = (2, 5)
"""Columns that say nothing where nobody announced the goods."""


class ReceiptTable(QuantityTable):
    """The lines; M gives up the rest of one."""

    given_up = Signal()

    def __init__(self, model: RowsModel[ReceiptRow], appearance: Appearance, name: str) -> None:
        super().__init__(model, appearance, name)
        self.press_keys(Binding("M", "Give up the rest of the line", self.given_up.emit))


class ReceiptView(QWidget):
    """A draft to fill in, or a receipt that is posted; `back` asks for the list."""

    back = Signal()

    def __init__(
        self,
        view_model: ReceiveViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._state = view_model.state
        self._printing = Printing(self)
        back = button("Back", self.back.emit, "quiet", "Back to the list (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title = Elided("", "title")
        self._about = Elided("", "muted")
        self._pill = Text("", "pill")
        self.discard = button("Discard", self._ask_discard, tip="Throw this receipt away")
        self.print = button("Print…", self.print_receipt, tip="Print this receipt (Ctrl+P)")
        self.undo = button("Undo receipt", self._ask_undo)
        tinted(self.undo, "undo", appearance)
        self.post = button("Take in", self.request_post, "primary", "Ctrl+Enter")
        header = row(back, 4, spacing=8)
        header.addLayout(column(self._title, self._about, spacing=2), 1)
        for one in (self._pill, self.discard, self.undo, self.print, self.post):
            header.addWidget(one)
        self.line = ProductLine(catalogue, appearance, "Scan a product, or search it by name")
        self.line.chosen.connect(self._add)
        self.line.counts = self._counted_name
        self.line.below.connect(self._to_table)
        self.everything = button(
            "All as expected", self.fill_in, tip="Fill in what was announced (Ctrl+E)"
        )
        self._entry = QWidget()
        entry = row(self.line, self.everything)
        entry.setAlignment(self.everything, Qt.AlignmentFlag.AlignTop)
        self._entry.setLayout(entry)
        self.card = LineCard(view_model)
        self.card.left.connect(self.focus_first)
        self.card.may_save = self.line.take_number
        self.line.count = self.card.editor.put
        self.card.editor.changed.connect(self.line.tell)
        self._model = RowsModel[ReceiptRow](_COLUMNS, lambda one: one.product_id)
        self.table = ReceiptTable(self._model, appearance, "Lines of the receipt")
        self.card.editor.edit_for(self.table)
        self.table.opened.connect(lambda _: self.card.editor.start())
        self.table.begun.connect(self._on_begun)
        self.table.stepped.connect(self._on_stepped)
        self.table.given_up.connect(self._give_up_rest)
        self._message = Elided("", "muted")
        self.table.lost.connect(view_model.say)
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addWidget(self._entry)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._message)
        layout.addWidget(self.card)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(
            lambda error: approving.ask(
                self,
                error,
                lambda approval: view_model.post(sure=True, approval=approval),
                view_model.say_not_approved,
            )
        )
        self._printing.ended.connect(view_model.say)

    def focus_first(self) -> None:
        """Move the keyboard into the line for products; to the lines where none can be added."""
        (self.line if self._state.editable else self.table).setFocus()

    def save(self) -> bool:
        """Store what is typed for a line; False where it was refused. See `LineEditor.save`."""
        return self.card.editor.save()

    def take_typed(self) -> bool:
        """The same with a number that is typed for the line that was worked on last."""
        return self.save() and (not self._state.editable or self.line.take_number())

    def take_scan(self, scan: Scan) -> None:
        """One more of a scanned product, after what is typed; not while that is refused."""
        if self.save() and self.line.take_scan():
            self._view_model.take(scan)
        else:
            self._view_model.refuse_scan()

    def request_post(self) -> None:
        """Take the goods in with what is typed, after a second thought where something differs."""
        if self._state.editable and self.save() and self.line.is_done():
            # What comes of what was typed is asked about, so it is stored first.
            self._view_model.when_written(self._post)

    def print_receipt(self) -> None:
        """Print the open receipt, if it is posted."""
        if self._state.receipt is not None and self.print.isVisible():
            self.print_one(self._state.receipt, self._state.paper)

    def print_one(self, receipt: GoodsReceipt, paper: Paper | None) -> None:
        """Print a receipt, or save it as a PDF file; `paper` is what announced its goods."""
        store = self._view_model.stores.get(receipt.store_id, receipt.store_id)
        announced = origin(paper, self._view_model.stores) if paper else against(receipt)
        self._printing.offer(printout(receipt_report(receipt, announced, store)))

    def fill_in(self) -> None:
        """Fill in all lines as expected, where that can be."""
        if self.everything.isVisible() and self.take_typed():
            self._view_model.all_as_expected()

    def _post(self) -> None:
        receipt = self._state.receipt
        if receipt is None or not self._state.editable:
            return
        said = consequence(self._state.rows, receipt.is_announced)
        here = sum(one.received for one in self._state.rows)
        if said and (here or any(one.missing for one in self._state.rows)):
            ask(self, f"Take in {counted(here, 'unit')}?", said, "Take in", self._view_model.post)
        else:
            self._view_model.post()

    def _ask_discard(self) -> None:
        if not self._state.receipt or not self._state.receipt.lines:
            self._view_model.discard()
            return
        ask(
            self,
            "Discard this receipt?",
            "What was filled in is thrown away. Stock has not changed yet, and the goods stay "
            "expected.",
            "Discard",
            self._view_model.discard,
        )

    def _ask_undo(self) -> None:
        units = sum(one.received - one.damaged for one in self._state.rows)
        ask(
            self,
            "Undo this receipt?",
            f"{counted(units, 'unit')} {plural(units, 'leaves', 'leave')} the stock again, "
            "each line with a counter-movement, and "
            "what was announced is expected once more.",
            "Undo receipt",
            self._view_model.undo,
        )

    def _on_unusual(self, found: Sequence[Unusual]) -> None:
        def correct() -> None:
            self.table.choose(found[0].product_id)
            self.card.editor.show(self.table.current())
            self.card.editor.start()

        ask_unusual(self, found, lambda: self._view_model.post(sure=True), correct)

    def _to_table(self) -> None:
        if self._model.rowCount():
            self.table.focus_a_row()

    def _add(self, product_id: str, units: int) -> None:
        if self.save():
            self._view_model.add(product_id, units)

    def _counted_name(self) -> str:
        line = self.card.editor.row
        return line.name if line is not None else ""

    def _on_begun(self, text: str, before: ReceiptRow | None) -> None:
        if self._state.editable:
            self.card.editor.start(text, before=before)

    def _on_stepped(self, by: int) -> None:
        line = self.table.current()
        if line is not None and self._state.editable and self.save():
            self._view_model.add(line.product_id, by)

    def _give_up_rest(self) -> None:
        line = self.table.current()
        if line is not None and self._state.editable and self.take_typed():
            self._view_model.give_up_rest(line.product_id)

    def _render(self, state: ReceiveState) -> None:
        before, self._state = self._state, state
        receipt = state.receipt
        is_other = _id_of(before) != _id_of(state)
        if is_other:
            self.table.choose(None)
        if receipt is None:
            self.card.editor.begin(None)
            return
        self._title.set_text(receipt.number)
        self._about.set_text(self._sentence(receipt))
        label, tone = _STATES[receipt.state]
        self._pill.setText(label)
        self._pill.set_tone(tone)
        self.print.setVisible(receipt.state in PRINTED)
        self.undo.setVisible(receipt.state is ReceiptState.POSTED)
        for one in (self._entry, self.discard, self.post, self.card):
            one.setVisible(state.editable)
        self.everything.setVisible(any(one.expected for one in state.rows))
        if state.revision != before.revision:
            self.table.follow(state.chosen)
        self.table.show_rows(state.rows)
        for at in _ANNOUNCED:
            self.table.setColumnHidden(at, not receipt.is_announced)
        self.table.set_empty_text(
            "Scan what is in front of you, or search it by name." if state.editable else "No lines."
        )
        self._message.say(state.message, self._hint(state))
        if is_other or not state.editable:
            self.card.editor.begin(self.table.current() if state.editable else None)
        else:
            self.card.editor.show(self.table.current())

    def _sentence(self, receipt: GoodsReceipt) -> str:
        paper = self._state.paper
        parts = [against(receipt)]
        if paper is not None:
            parts[0] = f"{origin(paper, self._view_model.stores)}, {receipt.paper_number}"
        elif receipt.is_announced:
            parts.append("the paper has not arrived on this device yet")
        if receipt.signature.who:
            parts.append(f"by {receipt.signature.names}")
        return "  ·  ".join(parts)

    def _hint(self, state: ReceiveState) -> str:
        here = sum(one.received for one in state.rows)
        awaited = sum(one.expected for one in state.rows)
        return (
            f"{number(here)} of {counted(awaited, 'unit')} expected"
            if awaited
            else counted(here, "unit")
        )


def _id_of(state: ReceiveState) -> str:
    return state.receipt.receipt_id if state.receipt else ""
