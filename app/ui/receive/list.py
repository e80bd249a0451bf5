"""The list of what is on its way, with the line that takes the number of a paper."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.receiving import GoodsReceipt
from app.ui.core.appearance import Appearance
from app.ui.core.formats import number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.typed_number import is_empty
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.receive.arrivals import Arrival
from app.ui.receive.state import ReceiveState
from app.ui.receive.view_model import ReceiveViewModel

_COLUMNS = (
    Column[Arrival]("Paper", lambda one: Cell(one.what, one.number, bold=True)),
    Column[Arrival]("When", lambda one: Cell(one.when), 220, order=lambda one: one.at),
    Column[Arrival]("Units", lambda one: Cell(number(one.units)), 90, right=True),
    Column[Arrival]("State", lambda one: Cell(one.state, tone=one.tone, pill=True), 200),
)


class ArrivalList(QWidget):
    """The list: drafts, what is expected, and what came in lately; Enter opens."""

    def __init__(self, view_model: ReceiveViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[Arrival](_COLUMNS, lambda one: one.key)
        self.table = RowsTable(self._model, appearance, "What is on its way, and what came in")
        self.table.opened.connect(self._open)
        self.number = QLineEdit()
        self.number.setPlaceholderText("Scan or type the number of a transfer or an order")
        self.number.setAccessibleName("Number of the paper")
        self.number.returnPressed.connect(self._on_number)
        self._message = Elided("", "muted")
        free = button("Without a paper", self.begin, tip="Receive without a paper (Ctrl+N)")
        tinted(free, "add", appearance)
        header = row(Text("Receive goods", "title"), 8, self._message, free)
        header.setStretch(2, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.number)
        layout.addWidget(self.table)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)

    def focus_first(self) -> None:
        """Move the keyboard into the line for a number; Down leads to the list."""
        self.number.setFocus()

    def begin(self) -> None:
        """Receive without a paper, unless the number of one is typed."""
        if self.is_done():
            self._view_model.begin()

    @property
    def chosen(self) -> GoodsReceipt | None:
        """The receipt that is chosen on the list, if it is none of the papers to come."""
        one: Arrival | None = self.table.current()
        subject = one.subject if one is not None else None
        return subject if isinstance(subject, GoodsReceipt) else None

    def is_done(self) -> bool:
        """Whether no number is typed; else say so, and keep the keyboard."""
        ways = "Enter receives against it, Esc clears it."
        return is_empty(self.number, self._view_model.say, ways)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.number.text():
            self.number.clear()
        elif event.key() == Qt.Key.Key_Down and self._model.rowCount():
            self.table.focus_a_row()
        else:
            super().keyPressEvent(event)

    def _open(self, arrival: Arrival) -> None:
        if not self.is_done():
            return
        if isinstance(arrival.subject, GoodsReceipt):
            self._view_model.open(arrival.subject)
        else:
            self._view_model.begin(arrival.subject)

    def _on_number(self) -> None:
        if typed := self.number.text().strip():
            # It stays until its receipt is open: what is refused can be corrected.
            self._view_model.begin_with(typed)
            self.number.selectAll()

    def _render(self, state: ReceiveState) -> None:
        if state.receipt is not None:
            number = self.number.text().strip().upper()
            if number in (state.receipt.number, state.receipt.paper_number):
                self.number.clear()
            return
        self._model.set_rows(state.arrivals or ())
        if state.arrivals is not None:
            self.table.set_empty_text(
                "Nothing is on its way here. Goods that came without a paper: press Ctrl+N."
            )
        self._message.say(state.message)
