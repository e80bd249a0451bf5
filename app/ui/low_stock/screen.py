"""The low-stock list with its CSV export."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.dialogs import choose_file
from app.ui.core.formats import counted, number, on_hand_cell
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.low_stock.view_model import LowRow, LowStockState, LowStockViewModel
from app.ui.product.chosen import ChosenProducts, ProductWays

_COLUMNS = (
    Column[LowRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[LowRow]("Place", lambda one: Cell(one.place or "No place", pill=True), 110),
    Column[LowRow]("On hand", lambda one: on_hand_cell(one.on_hand, one.state), 90, right=True),
    Column[LowRow]("Reorder point", lambda one: Cell(number(one.reorder_point)), 120, right=True),
    Column[LowRow]("Suggested order", lambda one: _suggested(one.suggested), 140, right=True),
)


def _suggested(units: int | None) -> Cell:
    if units is None:
        return Cell("\N{HORIZONTAL ELLIPSIS}", tone="muted")
    # Nothing to order of what is on its way already.
    return Cell(number(units), tone="" if units else "muted", bold=bool(units))


class LowStockScreen(Screen):
    """The Low stock screen, worst first; `order_asked` asks for an order of all of it."""

    order_asked = Signal()

    def __init__(
        self, view_model: LowStockViewModel, appearance: Appearance, ways: ProductWays
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._model = RowsModel[LowRow](_COLUMNS, lambda one: one.product_id)
        self.table = RowsTable(self._model, appearance, "Low stock, worst first")
        self.table.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        self._summary = Elided("", "muted")
        exporting = Binding(
            "E",
            "Export the chosen rows as CSV",
            self._export_chosen,
            when=lambda: bool(self.table.chosen()),
        )
        ChosenProducts(self, (self.table,), ways, self._summary.say)
        self.table.offer(exporting)
        self._counts = ""
        self.order = button(
            "Order these…", self._order_these, "primary", "Put an order together from this (O)"
        )
        self._export = button("Export CSV…", self.export, tip="Save this list as a CSV file")
        tinted(self._export, "download", appearance)
        self.order.setEnabled(False)
        self._export.setEnabled(False)
        layout = column(spacing=12)
        header = row(Text("Low stock", "title"), 8, self._summary, self._export, self.order)
        header.setStretch(2, 1)
        layout.addLayout(header)
        layout.addWidget(self.table)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        self.press_keys(Binding("O", "Order what is listed", self._order_these), exporting)
        view_model.state_changed.connect(self._render)
        view_model.export.finished.connect(self._summary.set_text)
        view_model.export.failed.connect(lambda error: self._summary.set_text(str(error)))

    def activate(self) -> None:
        self._counts = ""
        self._view_model.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()

    def focus_first(self) -> None:
        self.table.focus_a_row()

    def _order_these(self) -> None:
        if self._view_model.state.rows:
            self.order_asked.emit()

    def export(self) -> None:
        """Ask where to save the list as a CSV file."""
        choose_file(
            self, "Export low stock", "low-stock.csv", "csv", self._view_model.export.execute
        )

    def _export_chosen(self) -> None:
        export = self._view_model.export.execute
        ids = frozenset(row.product_id for row in self.table.chosen())
        choose_file(
            self, "Export low stock", "low-stock.csv", "csv", lambda path: export(path, ids)
        )

    def _render(self, state: LowStockState) -> None:
        rows = state.rows or ()
        self._model.set_rows(rows)
        self.table.set_empty_text("Nothing is at or below its reorder point.")
        self._export.setEnabled(bool(rows))
        self.order.setEnabled(bool(rows))
        counts = f"{counted(len(rows), 'product')} at or below the reorder point"
        if counts != self._counts:
            # Else what was said about an export would go with the next news of the stock.
            self._counts = counts
            self._summary.set_text(counts)
