"""The Aisles screen: three columns of aisles, shelves and bins."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from app.ui.aisles.view_model import AislesState, AislesViewModel, BinRow, Group
from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.formats import counted, on_hand_cell
from app.ui.core.printing import Printing
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.screen import Screen
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, button, column, row
from app.ui.core.zoom import px
from app.ui.labels.dialog import LabelsDialog
from app.ui.labels.sheets import place_labels, product_label
from app.ui.product.chosen import ChosenProducts, ProductWays


def _marks(group: Group) -> Cell:
    if group.empty:
        return Cell(f"{group.empty} out", tone="danger", pill=True)
    if group.low:
        return Cell(f"{group.low} low", tone="warn", pill=True)
    return Cell("")


def _counts(one: Group) -> str:
    low = one.low - one.empty
    return counted(one.items, "product") + (f", {low} low" if one.empty and low else "")


def _groups(title: str, label: str) -> RowsModel[Group]:
    columns = (
        Column[Group](
            title,
            lambda one: Cell(f"{label} {one.name or '?'}", _counts(one), bold=True),
        ),
        Column[Group]("", _marks, 80, right=True),
    )
    return RowsModel(columns, lambda one: one.name)


_BIN_COLUMNS = (
    Column[BinRow]("Bin", lambda one: Cell(one.bin or "\N{EN DASH}", pill=True), 64),
    Column[BinRow]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[BinRow]("On hand", lambda one: on_hand_cell(one.on_hand, one.state), 90, right=True),
)


class AislesScreen(Screen):
    """Aisles, the shelves of one, and its bins; left and right move between the columns."""

    def __init__(
        self, view_model: AislesViewModel, appearance: Appearance, ways: ProductWays
    ) -> None:
        super().__init__()
        self._view_model = view_model
        self._bins = RowsModel[BinRow](_BIN_COLUMNS, lambda one: one.product_id)
        self.aisles = ChoiceTable(_groups("Aisle", "Aisle"), appearance, "Aisles")
        self.shelves = ChoiceTable(_groups("Shelf", "Shelf"), appearance, "Shelves of the aisle")
        self.bins = RowsTable(self._bins, appearance, "Products on the shelf")
        self.aisles.setFixedWidth(px(236))
        self.shelves.setFixedWidth(px(216))
        self._where = Text("", "muted")
        self.aisles.selected.connect(self._on_aisle)
        self.shelves.selected.connect(self._on_shelf)
        self.aisles.opened.connect(lambda _: self.shelves.setFocus())
        self.shelves.opened.connect(lambda _: self._enter_bins())
        self.bins.opened.connect(lambda one: self.product_opened.emit(one.product_id))
        columns = row(self.aisles, self.shelves, self.bins, spacing=12)
        layout = column(spacing=12)
        self.labels = button("Labels…", self.open_labels, tip="Labels of this shelf")
        self.labels.setEnabled(False)
        self._message = Elided("", "muted")
        self._printing = Printing(self)
        self._printing.ended.connect(self._message.say)
        ChosenProducts(self, (self.bins,), ways, self._message.say)
        header = row(Text("Aisles", "title"), 8, self._where, 8, self._message, self.labels)
        header.setStretch(4, 1)
        layout.addLayout(header)
        layout.addLayout(columns)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)

    def activate(self) -> None:
        self._view_model.activate()

    def deactivate(self) -> None:
        self._view_model.deactivate()

    def focus_first(self) -> None:
        self.aisles.setFocus()

    def open_labels(self) -> LabelsDialog | None:
        """Print labels of the products and places of this shelf."""
        on_shelf = self._view_model.on_shelf
        if not on_shelf:
            return None
        products = [product_label(*one) for one in on_shelf]
        dialog = LabelsDialog(products, place_labels(place for _, place, _ in on_shelf), self)
        dialog.chosen.connect(self._printing.offer)
        dialog.open()
        return dialog

    def keyPressEvent(self, event: QKeyEvent) -> None:
        order = (self.aisles, self.shelves, self.bins)
        at = next((i for i, table in enumerate(order) if table.hasFocus()), 0)
        if event.key() == Qt.Key.Key_Right and at < 2:
            self._enter_bins() if at == 1 else order[at + 1].setFocus()
        elif event.key() == Qt.Key.Key_Left and at > 0:
            order[at - 1].setFocus()
        else:
            super().keyPressEvent(event)

    def _enter_bins(self) -> None:
        self.bins.setFocus()
        if self.bins.current() is None:
            self.bins.select(0)

    def _on_aisle(self, group: Group | None) -> None:
        if group is not None:
            self._view_model.choose_aisle(group.name)

    def _on_shelf(self, group: Group | None) -> None:
        if group is not None:
            self._view_model.choose_shelf(group.name)

    def _render(self, state: AislesState) -> None:
        self.aisles.show_rows(state.aisles)
        self.aisles.choose(state.aisle)
        self.shelves.show_rows(state.shelves)
        self.shelves.choose(state.shelf)
        self._bins.set_rows(state.bins)
        self.labels.setEnabled(bool(state.bins))
        self.aisles.set_empty_text("No aisles yet.")
        self.bins.set_empty_text("Nothing stands here.")
        self._where.setText(
            f"Aisle {state.aisle}, shelf {state.shelf}" if state.shelf is not None else ""
        )
