"""The orders that the filters let through, with the line that takes a number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.data.selling.order_list import OrderColumn
from app.domain.orders import Order
from app.ui.core.appearance import Appearance
from app.ui.core.choice_table import ChoiceTable
from app.ui.core.formats import counted, local_day, money
from app.ui.core.message import Message, problem
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.typed_number import is_empty
from app.ui.core.widgets import Elided, Text, button, column, row
from app.ui.orders.details import TONES
from app.ui.orders.filter_view_model import FilterState
from app.ui.orders.filters import OrderFilters
from app.ui.orders.view_model import OrdersState, OrdersViewModel


def _status(order: Order) -> Cell:
    part = bool(order.returns) and order.status.value in ("pending", "completed")
    label = "Partly returned" if part else order.status.label
    return Cell(label, tone="warn" if part else TONES[order.status], pill=True)


class OrderList(QWidget):
    """The list: Enter opens an order, and its end brings older ones."""

    def __init__(self, view_model: OrdersViewModel, appearance: Appearance) -> None:
        super().__init__()
        self._view_model = view_model
        columns = (
            Column[Order](
                "Customer",
                lambda one: Cell(one.customer_name, one.title, bold=True),
                key=OrderColumn.CUSTOMER,
            ),
            Column[Order](
                "Date",
                lambda one: Cell(local_day(one.order_date, one.store_id)),
                130,
                key=OrderColumn.DATE,
            ),
            Column[Order](
                "Taken by",
                self._taken,
                130,
                unsortable="Too many to be sorted by who took them: F7 shows only your own.",
            ),
            Column[Order](
                "Total",
                lambda one: Cell(money(one.total), bold=True),
                120,
                right=True,
                key=OrderColumn.TOTAL,
            ),
            Column[Order](
                "Status",
                _status,
                150,
                unsortable="Too many to be sorted by status: F6 shows only those of one.",
            ),
        )
        self._model = RowsModel[Order](columns, lambda one: one.order_id)
        self.table = ChoiceTable(self._model, appearance, "Orders")
        self.table.choose_several()
        self.table.sort_by_keys(self._sort)
        self.table.opened.connect(view_model.open)
        self.number = QLineEdit()
        self.number.setPlaceholderText("Scan a receipt, or type the number of an order")
        self.number.setAccessibleName("Number of the order")
        self.number.returnPressed.connect(self._on_number)
        self.filters = OrderFilters(view_model.filters, appearance)
        self.filters.done.connect(self.table.focus_a_row)
        self._message = Elided("", "muted")
        self.more = button("Older orders", view_model.load_more, "quiet", "Ctrl+End")
        header = row(
            *(Text("Orders", "title"), 8, self._message, self.filters.saved.button),
            *(self.filters.clear_button, self.more),
        )
        header.setStretch(2, 1)
        header.addStrut(self.more.sizeHint().height())
        layout = column(spacing=12)
        layout.addLayout(header)
        layout.addWidget(self.number)
        layout.addWidget(self.filters)
        layout.addWidget(self.table, 1)
        layout.setContentsMargins(24, 20, 24, 16)
        self.setLayout(layout)
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(lambda value: self._on_scrolled(value == bar.maximum()))
        view_model.state_changed.connect(self._render)
        view_model.filters.state_changed.connect(self._show_empty)

    def focus_first(self) -> None:
        """Move the keyboard into the line for a number; Down leads to the list."""
        self.number.setFocus()

    def is_done(self) -> bool:
        """Whether no number is typed, which may name another order; else say so."""
        ways = "Enter opens that order, delete it for the list."
        return is_empty(self.number, self._view_model.say, ways)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self._model.rowCount():
            self.table.focus_a_row()
        else:
            super().keyPressEvent(event)

    def _sort(self, column: OrderColumn | None, descending: bool) -> None:
        self._view_model.sort(column, descending)
        self.table.scrollToTop()

    def _on_scrolled(self, at_end: bool) -> None:
        if not self.isVisible():
            return
        if at_end and not self._view_model.actions.running:
            self._view_model.load_more()
        last = self.table.rowAt(self.table.viewport().height() - 1)
        self._view_model.look_at(
            max(self.table.rowAt(0), 0), last if last >= 0 else self._model.rowCount() - 1
        )

    def _on_number(self) -> None:
        typed = self.number.text().strip()
        if typed and self._view_model.open_number(typed):
            self.number.setText("")
        elif typed:
            self._view_model.say(
                problem("An order number has nine characters, such as K7Q-4M9-XTB: check it.")
            )

    def _taken(self, order: Order) -> Cell:
        """By whom, and where if orders of several stores are shown."""
        filters = self._view_model.filters.state
        where = next((one for one in filters.stores if one.store_id == order.store_id), None)
        if filters.store is not None or where is None:
            return Cell(order.signature.who, tone="muted")
        if not order.signature.who:
            return Cell(where.short_name, tone="muted")
        return Cell(order.signature.who, where.short_name, tone="muted")

    def _render(self, state: OrdersState) -> None:
        if state.order is not None:
            return
        self.more.setVisible(state.more)
        self.more.setText("Older orders" if state.sorting is None else "More orders")
        self.table.set_complete(not state.more)
        if state.orders is None:
            # The rows of before stay for the moment that an answer takes: less flickers.
            self._message.say(Message("Looking…"))
            return
        self.table.show_rows(state.orders)
        self._show_empty(self._view_model.filters.state)
        self._message.say(state.message, _summary(state))

    def _show_empty(self, filters: FilterState) -> None:
        self.table.set_empty_text(
            f"No order here fits: {', '.join(filters.words)}.\nF8 clears the filters."
            if filters.words
            else "No order was taken here yet."
        )


_SORTED = {
    None: ("newest first", "older ones below"),
    (OrderColumn.DATE, False): ("oldest first", "newer ones below"),
    (OrderColumn.CUSTOMER, False): ("by customer, A first", "more below"),
    (OrderColumn.CUSTOMER, True): ("by customer, Z first", "more below"),
    (OrderColumn.TOTAL, False): ("smallest first", "larger ones below"),
    (OrderColumn.TOTAL, True): ("largest first", "smaller ones below"),
}


def _summary(state: OrdersState) -> str:
    shown = len(state.orders or ())
    if not shown:
        return ""
    order, rest = _SORTED[state.sorting]
    return ", ".join([counted(shown, "order"), order, *([rest] if state.more else [])])
