"""The card of one transfer: lines, the step under way, and what happened so far."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.domain.errors import ShortLinesError
from app.domain.papers import ReceivedLine
from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import LinesTable
from app.ui.core.dialogs import ask
from app.ui.core.formats import number
from app.ui.core.rows import RowsModel
from app.ui.core.widgets import (
    Elided,
    Field,
    Segments,
    Text,
    button,
    column,
    restyle,
    row,
    tinted,
)
from app.ui.transfers.columns import LINES, LOG, NOW
from app.ui.transfers.desk_state import DeskRow, DeskState, Step
from app.ui.transfers.desk_view_model import DeskViewModel
from app.ui.transfers.words import TONES, LogRow, differences, units

_HINTS = {
    Step.REQUEST: "Add what is wanted: type a name or scan.",
    Step.SHIP: "Scan what you pack: the first scan starts counting at zero. Enter changes a line.",
    Step.RECEIVE: "Scan what arrives: the first scan starts counting at zero. "
    "Enter changes a line. What is not counted stays on its way.",
    Step.LOOK: "",
}
_SUBMITS = {Step.REQUEST: "Create transfer", Step.SHIP: "Ship", Step.RECEIVE: "Receive"}


class Desk(QWidget):
    """Shows a DeskViewModel; `left` asks for the list."""

    left = Signal()

    def __init__(self, view_model: DeskViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._shown = view_model.state
        self._filled: DeskRow | None = None
        self._told = ""
        back = button("Back", self.left.emit, "quiet", "Back to the list (Esc)")
        tinted(back, "arrow_back", appearance, "muted")
        self._title, self._route = Elided("", "title"), Elided("", "muted")
        self._state = Text("", "pill")
        self._said = Text("", "muted", wrap=True)
        self.direction = Segments(
            (("take", "Bring it here"), ("send", "Send it away")),
            lambda value: view_model.turn(value == "send"),
            "Direction",
        )
        self.other = QComboBox()
        for store in view_model.others:
            self.other.addItem(store.short_name, store.store_id)
        self.number, self.product = QLineEdit(), QLineEdit()
        self.quantity, self.damaged, self.missing = QLineEdit(), QLineEdit(), QLineEdit()
        self.number.setPlaceholderText("As on the paper, such as TR-SEA-3F2A-0007")
        self.product.setPlaceholderText("Name, SKU or scan, then Enter")
        self.number.returnPressed.connect(self.product.setFocus)
        self.product.returnPressed.connect(self._add)
        self._direction_field = Field("Direction", self.direction)
        self._other_field = Field("Other store", self.other)
        self._number_field = Field("Number of the transfer", self.number)
        self._product_field = Field("Add a product", self.product)
        self._lines = RowsModel[DeskRow](LINES, lambda one: one.line.product_id)
        self.table = LinesTable(self._lines, appearance, "Products of the transfer")
        self.table.opened.connect(lambda _: self._start())
        self.table.selected.connect(self._on_selected)
        self._damaged_field = Field("Of them damaged", self.damaged)
        self._missing_field = Field("Missing", self.missing)
        self._quantity_field = Field("How many", self.quantity)
        self._edits = (self.quantity, self.damaged, self.missing)
        for edit in self._edits:
            edit.setFixedWidth(104)
            edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            edit.returnPressed.connect(self._set_line)
        self.set_button = button("Set", self._set_line, tip="Enter")
        self._set_field = Field(" ", self.set_button)
        self.rest_button = button(
            "The rest is missing", self._rest_is_missing, tip="Give up what is not counted"
        )
        self.pick_button = button(
            "Put aside", view_model.save_picked, tip="Remember what is packed, without shipping"
        )
        self.submit_button = button("", self.submit, "primary", "Ctrl+Enter")
        self._log = RowsModel[LogRow](LOG, lambda one: one.key)
        self.log = LinesTable(self._log, appearance, "Steps so far", 34, open_on_click=False)
        self.log.selected.connect(lambda _: self._render(view_model.state))
        self.back_button = button("Take back…", self._take_back, tip="Cancel a shipment")
        tinted(self.back_button, "undo", appearance)
        self.cancel_button = button("Cancel the rest…", self._cancel_rest)
        header = row(back, 4)
        header.addLayout(column(self._title, self._route, spacing=2), 1)
        header.addWidget(self._state)
        head = row(self._direction_field, self._other_field, self._number_field, spacing=10)
        head.setStretchFactor(self._number_field, 1)
        head.addWidget(self._product_field, 1)
        work = row(
            self._quantity_field, self._damaged_field, self._missing_field, self._set_field, None
        )
        for one in (self.rest_button, self.pick_button, self.submit_button):
            work.addWidget(one)
            work.setAlignment(one, Qt.AlignmentFlag.AlignBottom)
        self._log_head = QWidget()
        self._log_head.setLayout(
            row(Text("Steps so far", "heading"), None, self.back_button, self.cancel_button)
        )
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addWidget(self._said)
        layout.addLayout(head)
        layout.addWidget(self.table, 3)
        layout.addLayout(work)
        layout.addWidget(self._log_head)
        layout.addWidget(self.log, 1)
        layout.setContentsMargins(24, 16, 24, 16)
        self.setLayout(layout)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(
                QKeySequence(key), self, self.submit, Qt.ShortcutContext.WidgetWithChildrenShortcut
            )
        view_model.state_changed.connect(self._render)
        view_model.counted.connect(self._on_counted)
        view_model.done.connect(self._on_done)
        view_model.short.connect(self._on_short)
        view_model.submit.changed.connect(
            lambda: self.submit_button.setEnabled(not view_model.submit.running)
        )

    def focus_first(self) -> None:
        """Put the keyboard where the step begins."""
        state = self._view_model.state
        self._on_selected(self.table.current() if state.rows else None)
        if state.unseen:
            self.number.setFocus()
        elif state.step is Step.REQUEST:
            self.product.setFocus()
        else:
            self.table.setFocus()
            self.table.select(0)

    def submit(self) -> None:
        """Do the step; what is being typed for a line counts."""
        if self._typing and not self._set_line():
            return
        state = self._view_model.state
        target = self.other.currentData() if state.step is Step.REQUEST else self.number.text()
        self._view_model.submit.execute(target)

    def take_scan(self, code: str) -> None:
        """Count a product, or take the number of the paper."""
        if self._view_model.state.unseen and not self.number.text().strip():
            self.number.setText(code)
            self.product.setFocus()
        else:
            self._view_model.scan(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif isinstance(self.focusWidget(), QLineEdit):
            self.table.setFocus()
        else:
            self.left.emit()

    def _add(self) -> None:
        self._view_model.add(self.product.text())

    @property
    def _typing(self) -> bool:
        return any(edit.isModified() for edit in self._edits)

    def _set_line(self) -> bool:
        if self._filled is None:
            return True
        at = self.table.currentIndex().row()
        self._told = ""
        quantity, damaged, missing = (edit.text() for edit in self._edits)
        product_id = self._filled.line.product_id
        if not self._view_model.set_line(product_id, quantity, damaged, missing):
            return False
        self.table.select(min(at + 1, self._lines.rowCount() - 1))
        self.table.setFocus()
        return True

    def _rest_is_missing(self) -> None:
        self._view_model.rest_is_missing()
        self._on_selected(self.table.current())

    def _on_counted(self, product_id: str) -> None:
        at = self._lines.row_of(product_id)
        if at is not None:
            self.table.select(at)
            self._on_selected(self._lines.rows[at])
        if self.product.hasFocus():
            self.product.clear()
            self._start()

    def _start(self) -> None:
        self.quantity.setFocus()
        self.quantity.selectAll()

    def _on_done(self) -> None:
        self.table.setFocus()
        if not self._view_model.state.rows:
            self._on_selected(None)

    def _on_selected(self, one: DeskRow | None) -> None:
        self._filled, self._told = one, ""
        now = one.now if one is not None else None
        numbers = (str(now.received), now.damaged or "", now.missing or "") if now else ("", "", "")
        for edit, shown in zip(self._edits, numbers, strict=True):
            whole = edit.hasSelectedText()
            edit.setText(str(shown))
            if whole:
                # A digit still replaces what stands there.
                edit.selectAll()
        self._say()

    def _refill(self, anew: bool) -> None:
        """Fill in what changed of the chosen line; what is being typed for it stays."""
        one: DeskRow | None = self.table.current()
        before = self._filled
        if not anew and _id_of(one) == _id_of(before) and _now_of(one) == _now_of(before):
            return
        if anew or one is None or not self._typing or _id_of(one) != _id_of(before):
            self._on_selected(one)
        else:
            self._filled = one
            self._told = (
                f"{one.line.name} changed meanwhile: {number(_now_of(one).received)} now. "
                "What you typed stays, Enter sets it."
            )

    def _say(self) -> None:
        state = self._view_model.state
        self._said.setText(self._told or state.problem or state.said or _HINTS[state.step])
        self._said.setVisible(bool(self._said.text()))
        look = "error" if self._told or state.problem else "muted"
        if self._said.property("look") != look:
            self._said.setProperty("look", look)
            restyle(self._said)

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
            lambda: self._view_model.submit.execute("", True),
        )

    def _take_back(self) -> None:
        one = self._shipment()
        transfer = self._view_model.state.transfer
        if one is None or transfer is None:
            return
        names = {line.product_id: line.name for line in transfer.lines}
        back = ", ".join(
            f"{number(count)} \N{MULTIPLICATION SIGN} {names[key]}"
            for key, count in one.back.items()
        )
        ask(
            self,
            "Take this shipment back?",
            f"{back} {'comes' if sum(one.back.values()) == 1 else 'come'} back into stock here and "
            "can no longer be received there. What has arrived stays there. If the other store "
            "received it meanwhile, its receipt counts, and this is put right by itself.",
            f"Take back {units(sum(one.back.values()))}",
            lambda: self._view_model.take_back(one.key),
            "Leave it",
        )

    def _cancel_rest(self) -> None:
        ask(
            self,
            "Ship no more of it?",
            "What was asked for and has not left is cancelled. No stock changes; what is on its "
            "way stays on its way and can be received.",
            "Cancel the rest",
            self._view_model.cancel_rest,
            "Leave it",
        )

    def _shipment(self) -> LogRow | None:
        """The chosen shipment, or else the newest that can be taken back."""
        chosen: LogRow | None = self.log.current()
        if chosen is not None and chosen.back:
            return chosen
        return next((one for one in self._view_model.state.log if one.back), None)

    def _render(self, state: DeskState) -> None:
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
        requesting = state.step is Step.REQUEST
        self.direction.choose("send" if state.sending else "take")
        for widget, shown in (
            (self._direction_field, requesting),
            (self._other_field, requesting),
            (self._number_field, state.unseen),
            (self._product_field, requesting or receiving),
            (self._quantity_field, working),
            (self._damaged_field, receiving),
            (self._missing_field, receiving),
            (self._set_field, working),
            (self.rest_button, receiving and transfer is not None),
            (self.pick_button, state.step is Step.SHIP),
            (self.submit_button, working),
            (self.log, transfer is not None),
            (self._log_head, transfer is not None),
            (self.back_button, state.may_take_back and self._shipment() is not None),
            (self.cancel_button, state.may_cancel),
        ):
            widget.setVisible(shown)
        self.submit_button.setText(_SUBMITS.get(state.step, ""))
        for at in range(1, NOW):
            self.table.setColumnHidden(at, transfer is None)
        self.table.setColumnHidden(NOW, not working)
        self.table.show_lines(state.rows)
        self._refill(_work(state) != _work(before))
        self._say()
        self.table.set_empty_text("Nothing on it yet: type a product above, or scan one.")
        self._log.set_rows(state.log)


def _id_of(one: DeskRow | None) -> str:
    return one.line.product_id if one else ""


def _now_of(one: DeskRow | None) -> ReceivedLine:
    return (one and one.now) or ReceivedLine()


def _work(state: DeskState) -> tuple[Step, str]:
    return state.step, state.transfer.transfer_id if state.transfer else ""
