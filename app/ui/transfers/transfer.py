"""The card of one transfer: lines, the step under way, and what happened so far."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.stock.catalogue import Catalogue
from app.domain.approvals import WordNeededError
from app.domain.errors import ShortLinesError
from app.domain.paper_numbers import PaperKind
from app.domain.papers import ReceivedLine
from app.domain.scans import Scan, ScannedOrder, ScannedPaper
from app.domain.unusual import Unusual
from app.ui.core.appearance import Appearance
from app.ui.core.approving import Approving
from app.ui.core.bindings import ENTER, Binding, Keys
from app.ui.core.dialogs import ask
from app.ui.core.formats import number
from app.ui.core.message import problem
from app.ui.core.quantity_table import QuantityTable
from app.ui.core.rows import RowsModel
from app.ui.core.unusual import ask_unusual
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.transfers.columns import LINES, NOW
from app.ui.transfers.entry import Entry
from app.ui.transfers.line_card import LineCard
from app.ui.transfers.open_transfer_state import LineRow, OpenTransferState, Step
from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel
from app.ui.transfers.steps import Steps
from app.ui.transfers.words import TONES, differences

_HINTS = {
    Step.REQUEST: "Add what is wanted: type a name or scan.",
    Step.SHIP: "Scan what you pack: the first scan starts counting at zero. Enter changes a line.",
    Step.RECEIVE: "Scan what arrives: the first scan starts counting at zero. "
    "Enter changes a line. What is not counted stays on its way.",
    Step.LOOK: "",
}
_SUBMITS = {Step.REQUEST: "Create transfer", Step.SHIP: "Ship", Step.RECEIVE: "Receive"}


class TransferView(QWidget):
    """Shows an OpenTransferViewModel; `left` asks for the list."""

    left = Signal()

    def __init__(
        self,
        view_model: OpenTransferViewModel,
        catalogue: Catalogue,
        appearance: Appearance,
        approving: Approving,
    ) -> None:
        super().__init__()
        self._approving = approving
        self._view_model = view_model
        self._shown = view_model.state
        self._told = ""
        back = button("Back", self.left.emit, "quiet", "Back to the list (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title, self._route = Elided("", "title"), Elided("", "muted")
        self._state = Text("", "pill")
        self._message = Text("", "muted", wrap=True)
        self.entry = Entry(view_model, catalogue, appearance)
        self.entry.product.chosen.connect(self._add)
        self.entry.product.below.connect(self._to_table)
        self.entry.product.counts = self._counted_name
        self._lines = RowsModel[LineRow](LINES, lambda one: one.line.product_id)
        self.table = QuantityTable(self._lines, appearance, "Products of the transfer")
        self.line = LineCard(view_model)
        self._editor = self.line.editor
        self._editor.edit_for(self.table)
        self.entry.product.count = self._editor.put
        self._editor.changed.connect(self.entry.product.tell)
        self._editor.changed.connect(self._say)
        self._editor.entered.connect(self._to_next)
        self.table.opened.connect(lambda _: self._editor.start())
        self.table.begun.connect(self._on_begun)
        self.table.stepped.connect(self._on_stepped)
        self.table.lost.connect(view_model.say)
        self.rest_button = button(
            "The rest is missing", self._rest_is_missing, tip="Give up what is not counted"
        )
        self.pick_button = button(
            "Put aside", self._put_aside, tip="Remember what is packed, without shipping"
        )
        self.submit_button = button("", self.submit, "primary", "Ctrl+Enter")
        self.steps = Steps(view_model, appearance)
        header = row(back, 4)
        header.addLayout(column(self._title, self._route, spacing=2), 1)
        header.addWidget(self._state)
        work = row(self.line, None)
        for one in (self.rest_button, self.pick_button, self.submit_button):
            work.addWidget(one)
            work.setAlignment(one, Qt.AlignmentFlag.AlignBottom)
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addWidget(self._message)
        layout.addWidget(self.entry)
        layout.addWidget(self.table, 3)
        layout.addLayout(work)
        layout.addWidget(self.steps.head)
        layout.addWidget(self.steps.table, 1)
        layout.setContentsMargins(24, 16, 24, 16)
        self.setLayout(layout)
        self.keys = Keys()
        self.keys.bind(
            self, Binding("Ctrl+Return", "Take the step of the transfer", self.submit, ENTER)
        )
        self.keys.press(Binding("Esc", "Back to the lines, then to the list", self._on_escape))
        view_model.state_changed.connect(self._render)
        view_model.line_refused.connect(self._editor.refuse)
        view_model.counted.connect(self._on_counted)
        view_model.done.connect(self._on_done)
        view_model.short.connect(self._on_short)
        view_model.unusual.connect(self._on_unusual)
        view_model.word_needed.connect(self._on_word_needed)
        view_model.submit.changed.connect(
            lambda: self.submit_button.setEnabled(not view_model.submit.running)
        )

    def begin(self) -> None:
        """Move the keyboard to where the step of another transfer begins."""
        self._editor.forget()
        self.focus_first()

    def focus_first(self) -> None:
        """Move the keyboard to where the step begins."""
        state = self._view_model.state
        if state.unseen:
            self.entry.number.setFocus()
        elif state.step is Step.REQUEST:
            self.entry.product.setFocus()
        else:
            self.table.setFocus()
            self.table.select(0)

    def submit(self) -> None:
        """Do the step, unless it is done."""
        step = self._view_model.state.step
        if step is not Step.LOOK and self._editor.save() and self.entry.is_done():
            self._view_model.submit.execute(self.entry.target(step))

    def take_scan(self, scan: Scan) -> bool:
        """Count a product after what is typed for a line, or take the number of the paper.

        False where nothing is done here; else no scan leads away: what was counted would be gone.
        """
        state = self._view_model.state
        wants_number = state.unseen and not self.entry.number.text().strip()
        match scan.meaning:
            case ScannedPaper(PaperKind.TRANSFER, number) if wants_number:
                self.entry.number.setText(number)
                self.entry.product.setFocus()
            case ScannedPaper() | ScannedOrder() if state.step is Step.LOOK or self._is_at_rest():
                return False
            case _:
                if self.take_typed():
                    self._view_model.scan(scan)
                else:
                    self._view_model.scan_refused.emit()
        return True

    def _is_at_rest(self) -> bool:
        return self.take_typed() and not self._view_model.unsaved

    def take_typed(self) -> bool:
        """Take in what is typed for a line; False where it was refused."""
        product = self.entry.product
        return self._editor.save() and (not product.isVisible() or product.take_number())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.act(event):
            super().keyPressEvent(event)

    def _on_escape(self) -> None:
        if isinstance(self.focusWidget(), QLineEdit):
            self.table.setFocus()
        else:
            self.left.emit()

    def _counted_name(self) -> str:
        line = self._editor.row
        return line.line.name if line is not None else ""

    def _add(self, product_id: str, units: int) -> None:
        self._editor.save()
        self._view_model.add(product_id, units)

    def _to_table(self) -> None:
        if self._lines.rowCount():
            self.table.focus_a_row()

    def _to_next(self) -> None:
        at = self.table.currentIndex().row()
        self.table.select(min(at + 1, self._lines.rowCount() - 1))
        self.table.setFocus()

    def _on_begun(self, text: str, before: LineRow | None) -> None:
        if self._view_model.state.step is not Step.LOOK:
            self._editor.start(text, before=before)

    def _on_stepped(self, by: int) -> None:
        line = self.table.current()
        if line is None or self._view_model.state.step is Step.LOOK or not self._editor.save():
            return
        units = (line.now.received if line.now is not None else 0) + by
        if units >= 0:
            self._editor.put(str(units))

    def _rest_is_missing(self) -> None:
        if self.take_typed():
            self._view_model.rest_is_missing()

    def _put_aside(self) -> None:
        if self.take_typed():
            self._view_model.save_picked()

    def _on_counted(self, product_id: str) -> None:
        if not self._editor.typing:
            self.table.choose(product_id)
            self._editor.show(self.table.current())
        if self.entry.product.hasFocus():
            self._editor.start()

    def _on_done(self) -> None:
        self.table.setFocus()
        if not self._view_model.state.rows:
            self._editor.begin(None)

    def _say(self) -> None:
        state = self._view_model.state
        if not self._editor.typing:
            self._told = ""
        message = problem(self._told) if self._told else state.message
        self._message.say(message, _HINTS[state.step])
        self._message.setVisible(bool(self._message.text()))

    def _on_short(self, error: ShortLinesError) -> None:
        names = ", ".join(
            f"{one.line.name} ({number(error.on_hand[one.line.product_id])} on hand)"
            for one in self._view_model.state.rows
            if one.line.product_id in error.on_hand
        )
        ask(
            self,
            "Ship more than is there?",
            f"There is less on hand than would leave: {names}. The number goes below zero, shown "
            "in red until a count or a receipt settles it.",
            "Ship anyway",
            lambda: self._view_model.submit.execute("", True, True),
        )

    def _on_unusual(self, target: str, found: Sequence[Unusual]) -> None:
        def correct() -> None:
            self.table.choose(found[0].product_id)
            self._editor.show(self.table.current())
            self._editor.start()

        submit = self._view_model.submit
        ask_unusual(self, found, lambda: submit.execute(target, False, True), correct)

    def _on_word_needed(self, target: str, allow_negative: bool, error: WordNeededError) -> None:
        submit = self._view_model.submit
        self._approving.ask(
            self,
            error,
            lambda approval: submit.execute(target, allow_negative, True, approval),
            self._view_model.say_not_approved,
        )

    def _render(self, state: OpenTransferState) -> None:
        before, self._shown = self._shown, state
        transfer = state.transfer
        fresh = "New transfer" if state.step is Step.REQUEST else "Receive a transfer"
        self._title.set_text(transfer.number if transfer else fresh)
        self._route.set_text(
            f"{state.route}  \N{MIDDLE DOT}  {differences(transfer)}".rstrip(" \N{MIDDLE DOT}")
            if transfer
            else "This device has not seen the transfer yet: it joins when it arrives."
            if state.unseen
            else ""
        )
        self._route.setVisible(bool(transfer or state.unseen))
        self._state.setVisible(transfer is not None)
        if transfer is not None:
            self._state.setText(transfer.state.value.capitalize())
            self._state.set_tone(TONES[transfer.state])
        working, receiving = state.step is not Step.LOOK, state.step is Step.RECEIVE
        self.entry.show_state(state)
        self.line.setVisible(working)
        self.line.show_fields(receiving)
        self.rest_button.setVisible(receiving and transfer is not None)
        self.pick_button.setVisible(state.step is Step.SHIP)
        self.submit_button.setVisible(working)
        self.submit_button.setText(_SUBMITS.get(state.step, ""))
        self._show_lines(state, _work(state) != _work(before))
        self.steps.show(state)
        self._say()

    def _show_lines(self, state: OpenTransferState, anew: bool) -> None:
        for at in range(1, NOW):
            self.table.setColumnHidden(at, state.transfer is None)
        self.table.setColumnHidden(NOW, state.step is Step.LOOK)
        self.table.set_empty_text("Nothing on it yet: type a product above, or scan one.")
        self.table.show_rows(state.rows)
        current: LineRow | None = self.table.current()
        if anew:
            self._editor.begin(current)
            return
        typed_for = self._editor.row
        if current and typed_for and current.line.product_id == typed_for.line.product_id:
            now = current.now or ReceivedLine()
            if now != (typed_for.now or ReceivedLine()):
                self._told = (
                    f"{current.line.name} changed meanwhile: {number(now.received)} now. "
                    "What you typed stays, Enter sets it."
                )
        self._editor.show(current)


def _work(state: OpenTransferState) -> tuple[Step, str]:
    return state.step, state.transfer.transfer_id if state.transfer else ""
