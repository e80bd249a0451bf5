"""The view of one order: as it is on paper, and what became of it."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from app.domain.entities import short
from app.domain.orders import Order, OrderLine, OrderStatus
from app.domain.papers import Signature
from app.ui.core.appearance import Appearance
from app.ui.core.formats import MINUS, local_day, local_moment, money, number
from app.ui.core.message import Message
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, card, column, row
from app.ui.orders.totals import Totals

TONES = {
    OrderStatus.PENDING: "warn",
    OrderStatus.COMPLETED: "ok",
    OrderStatus.CANCELLED: "danger",
    OrderStatus.RETURNED: "",
    OrderStatus.UNKNOWN: "warn",
}


def _discount(line: OrderLine) -> Cell:
    return Cell(f"{MINUS}{money(line.discount)}" if line.discount else "", tone="ok")


def _quantity(line: OrderLine) -> Cell:
    back = f"{number(line.returned)} came back" if line.returned else ""
    return Cell(number(line.quantity), back, tone="danger" if line.over else "")


_COLUMNS = (
    Column[OrderLine]("Product", lambda one: Cell(one.name, one.sku, bold=True)),
    Column[OrderLine]("Quantity", _quantity, 120, right=True),
    Column[OrderLine]("Price", lambda one: Cell(money(one.unit_price)), 100, right=True),
    Column[OrderLine]("Discount", _discount, 100, right=True),
    Column[OrderLine]("Amount", lambda one: Cell(money(one.total), bold=True), 110, right=True),
)


class OrderDetails(QWidget):
    """Shows an order; `buttons` are what can be done with it, from left to right, after `back`."""

    def __init__(
        self, appearance: Appearance, *buttons: QPushButton, back: QPushButton | None = None
    ) -> None:
        super().__init__()
        self._title = Text("", "title")
        self._about = Elided("", "muted")
        self._pill = Text("", "pill")
        header = row(spacing=8)
        if back is not None:
            header.addWidget(back)
        header.addLayout(column(self._title, self._about, spacing=2), 1)
        for one in (self._pill, *buttons):
            header.addWidget(one)
        self._model = RowsModel[OrderLine](_COLUMNS, lambda one: one.item_id)
        self.table = RowsTable(self._model, appearance, "Lines of the order", open_on_click=False)
        self._message = Elided("", "muted")
        self._history = Text("", "muted", wrap=True)
        self.totals = Totals()
        below = row(self._history, 24, card(column(self.totals), 12), spacing=0)
        below.setStretch(0, 1)
        layout = column(spacing=10)
        layout.addLayout(header)
        layout.addWidget(self._message)
        layout.addWidget(self.table, 1)
        layout.addLayout(below)
        layout.setContentsMargins(24, 16, 24, 12)
        self.setLayout(layout)

    @property
    def story(self) -> str:
        """What became of the order, as it is shown: a line each."""
        return self._history.text()

    def show_order(self, order: Order, message: Message) -> None:
        """Show an order, and a message about it."""
        self._title.setText(order.title)
        when = order.placed_local or local_day(order.order_date, order.store_id)
        parts = (order.customer_name, when, order.store_name)
        self._about.set_text("  ·  ".join(part for part in parts if part))
        self._pill.setText(order.status.label)
        self._pill.set_tone(TONES[order.status])
        self._model.set_rows(order.lines)
        self._history.setText(history(order))
        self.totals.show_sums(
            order.subtotal,
            order.discount,
            order.tax,
            order.total,
            order.tax_percent,
            order.refunded,
        )
        self._message.say(message)


def history(order: Order) -> str:
    """What became of an order, a line each."""

    def when(signature: Signature) -> str:
        return local_moment(signature.at, order.store_id)

    lines = [
        f"{when(one.signature)}: {_VERBS[one.status]} by {one.signature.names}"
        for one in order.steps
        # What came back is below, with how much and for how much.
        if one.status is not OrderStatus.RETURNED or not order.returns
    ]
    if order.missing:
        lines.insert(0, f"{number(order.missing)} of its lines not here yet")
    for returned in order.returns:
        units = sum(line.quantity for line in returned.lines.values())
        note = f" ({returned.note})" if returned.note else ""
        where = f" into {short(returned.store_name)}'s stock" if returned.store_id else ""
        lines.append(
            f"{when(returned.signature)}: {number(units)} back{where}, "
            f"{money(returned.refund)} refunded by {returned.signature.who}{note}"
        )
    if order.refunded > order.total:
        lines.append(
            f"{money(order.refunded - order.total)} more was given back than was paid: two devices "
            "took the same goods back. Ask whether it was paid out twice."
        )
    return "\n".join(lines)


_VERBS = {
    OrderStatus.PENDING: "taken",
    OrderStatus.COMPLETED: "handed over",
    OrderStatus.CANCELLED: "cancelled",
    OrderStatus.RETURNED: "all came back, taken back",
    OrderStatus.UNKNOWN: "changed in a way unknown to this version,",
}
