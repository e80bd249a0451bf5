"""The list of a store's purchase orders."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderState
from app.ui.core.appearance import Appearance
from app.ui.core.formats import local_day, money, number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, button, column, row, tinted
from app.ui.reorder.lines import units
from app.ui.reorder.state import ReorderState
from app.ui.reorder.view_model import ReorderViewModel

STATES = {
    PurchaseOrderState.DRAFT: ("Draft", "warn"),
    PurchaseOrderState.ORDERED: ("Ordered", ""),
    PurchaseOrderState.PART_RECEIVED: ("Partly received", "warn"),
    PurchaseOrderState.RECEIVED: ("Received", "ok"),
    PurchaseOrderState.CANCELLED: ("Cancelled", ""),
}


@dataclass(frozen=True, slots=True)
class _Order:
    paper: PurchaseOrder
    overdue: bool


def _when(order: _Order) -> Cell:
    paper = order.paper
    if paper.state is PurchaseOrderState.DRAFT:
        return Cell(f"Begun {local_day(paper.signature.at)}", paper.signature.who)
    ordered = f"Ordered {local_day(paper.ordered_at)}" if paper.ordered_at else "Never ordered"
    if not paper.state.is_open:
        return Cell(ordered, paper.signature.who)
    due = f"Due {local_day(paper.expected_at)}"
    return Cell(due, ordered, tone="danger" if order.overdue else "")


def _at(one: _Order) -> str:
    paper = one.paper
    return paper.expected_at if paper.state.is_open else paper.ordered_at or paper.signature.at


def _state(one: _Order) -> Cell:
    if one.overdue:
        return Cell("Overdue", tone="danger", pill=True)
    label, tone = STATES[one.paper.state]
    return Cell(label, tone=tone, pill=True)


def _units(one: _Order) -> Cell:
    here = sum(line.received for line in one.paper.lines)
    return Cell(number(units(one.paper)), f"{number(here)} here" if here else "")


_COLUMNS = (
    Column[_Order]("Order", lambda one: Cell(_name(one.paper), one.paper.number, bold=True)),
    Column[_Order]("When", _when, 190, order=_at),
    Column[_Order]("Units", _units, 90, right=True),
    Column[_Order]("Cost", lambda one: Cell(money(one.paper.total)), 120, right=True),
    Column[_Order]("State", _state, 150),
)


class OrderList(QWidget):
    """The list, newest first; Enter opens an order."""

    def __init__(self, view_model: ReorderViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._model = RowsModel[_Order](_COLUMNS, lambda one: one.paper.purchase_order_id)
        self.table = RowsTable(self._model, appearance, "Orders at suppliers, newest first")
        self.table.opened.connect(lambda one: view_model.open(one.paper))
        self._message = Elided("", "muted")
        self.new = button("Empty order", view_model.begin, tip="Put an order together (Ctrl+N)")
        tinted(self.new, "add", appearance)
        self.low = button(
            "Order what is low",
            view_model.begin_from_low,
            "primary",
            "Everything on the low-stock list, with a suggestion for each",
        )
        header = row(Text("Reorder", "title"), 8, self._message, self.new, self.low)
        header.setStretch(2, 1)
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.table)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        view_model.state_changed.connect(self._render)

    @property
    def chosen(self) -> PurchaseOrder | None:
        """The order that is chosen on the list."""
        one: _Order | None = self.table.current()
        return one.paper if one is not None else None

    def focus_first(self) -> None:
        """Move the keyboard to the list, or to where an order begins while there is none."""
        if self._model.rowCount():
            self.table.focus_a_row()
        else:
            self.low.setFocus()

    def _render(self, state: ReorderState) -> None:
        if state.paper is not None:
            return
        orders = state.orders or ()
        self._model.set_rows([_Order(one, one.is_overdue(state.now)) for one in orders])
        if state.orders is not None:
            self.table.set_empty_text(
                "Nothing was ordered yet. Order what is low, or begin an empty order with Ctrl+N."
            )
        waiting = sum(one.state.is_open for one in orders)
        self._message.say(state.message, f"{number(waiting)} on the way" if waiting else "")


def _name(paper: PurchaseOrder) -> str:
    return paper.supplier or "No supplier named"
