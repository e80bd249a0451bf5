"""The list of alerts: each leads to the screen that settles it."""

from __future__ import annotations

from app.ui.alerts.view_model import AlertRow, AlertsState, AlertsViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.formats import counted, number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, column, row

_OPENS = {
    "oversold": "Oversold",
    "transfers": "Transfers",
    "reorder": "Reorder",
    "receive": "Receive",
}
_COLUMNS = (
    Column[AlertRow](
        "How many", lambda one: Cell(number(one.count), tone=one.tone, pill=True), 96, right=True
    ),
    Column[AlertRow]("What waits", lambda one: Cell(one.text, one.detail, bold=True)),
    Column[AlertRow]("Settle it in", lambda one: Cell(_OPENS[one.route]), 130),
)


class AlertsScreen(Screen):
    """The Alerts screen: what waits, worst first."""

    def __init__(self, view_model: AlertsViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[AlertRow](_COLUMNS, lambda one: one.key)
        self.table = RowsTable(self._model, appearance, "Alerts, worst first", 56)
        self.table.opened.connect(lambda one: self.item_opened.emit(one.route, one.item))
        self._summary = Elided("", "muted")
        header = row(Text("Alerts", "title"), 8, self._summary)
        header.setStretch(2, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.table)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)
        self._render(view_model.state)

    def focus_first(self) -> None:
        self.table.focus_a_row()

    def _render(self, state: AlertsState) -> None:
        if state.rows is None:
            return
        self._model.set_rows(state.rows)
        self.table.set_empty_text("Nothing waits for anybody in this store.")
        waits = counted(state.total, "thing waits", "things wait")
        self._summary.set_text(
            f"{waits}  \N{MIDDLE DOT}  Enter opens the screen that settles it"
            if state.total
            else ""
        )
