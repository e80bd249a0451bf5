"""The card of a customer: how to reach them, what they bought, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain.customers import Customer
from app.domain.entities import short
from app.domain.orders import Order
from app.ui.core.appearance import Appearance
from app.ui.core.formats import counted, local_day, money, number
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Elided, Text, button, card, clear, column, row, tinted
from app.ui.core.zoom import px
from app.ui.customers.view_model import CustomersState, CustomersViewModel
from app.ui.orders.details import TONES

_SHOWN = 20

_ELSEWHERE = "Of what is on this device; there may be more elsewhere."
_MORE = "Only the newest 1,000 orders are counted."

_COLUMNS = (
    Column[Order]("Order", lambda one: Cell(one.title, _when_and_where(one), bold=True)),
    Column[Order](
        "Status", lambda one: Cell(one.status.label, tone=TONES[one.status], pill=True), 118
    ),
    Column[Order]("Total", lambda one: Cell(money(one.total)), 92, right=True),
)


class CustomerCard(QWidget):
    """Shows the chosen customer; what is not known yet is left out."""

    def __init__(
        self,
        view_model: CustomersViewModel,
        appearance: Appearance,
        order: Callable[[], object],
        merge: Callable[[], object],
        show: Callable[[Customer], object],
        holds_all: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._show = show
        self._holds_all = holds_all
        self._name = Elided("", "title")
        self._reach = Elided("", "muted")
        self._also = Elided("", "small")
        self.order = button("New order (F9)", order, "primary", "For this customer")
        self.edit = button("Edit (F2)", view_model.edit)
        self.delete = button("Delete", view_model.delete, "quiet", "Ctrl+Z brings them back (Del)")
        self.merge = button("Merge… (Ctrl+M)", merge, "quiet", "With another one of this person")
        self.forget = button(
            "Forget…", view_model.ask_forget, "quiet", "At the customer's wish (Ctrl+Shift+Del)"
        )
        for one in (self.merge, self.forget):
            one.setVisible(view_model.may_merge)
        self._tiles = {name: Text("", "tile") for name in ("Orders", "Spent")}
        self._last = Text("", "heading")
        tiles = row(spacing=20)
        for name, value in self._tiles.items():
            tiles.addLayout(column(Text(name, "small"), value, spacing=0))
        tiles.addLayout(column(Text("Last order", "small"), self._last, None, spacing=6))
        tiles.addStretch(1)
        self._model = RowsModel[Order](_COLUMNS, lambda one: one.order_id)
        self.orders = RowsTable(
            self._model, appearance, "Last orders", row_height=44, open_on_click=False
        )
        self.orders.setMinimumHeight(px(86))
        self._elsewhere = Text(_ELSEWHERE, "small", wrap=True)
        self._favourites = QGridLayout()
        self._favourites.setVerticalSpacing(3)
        self._favourites.setColumnStretch(0, 1)
        self._often = Text("Often bought, and kept", "heading")
        self.alike = button("", self._show_alike, "quiet", "Show who may be the same person")
        tinted(self.alike, "warning", appearance, "warn")
        self._first_alike: Customer | None = None
        tinted(self.order, "shopping_cart", appearance, "on_accent")
        layout = column(column_of(self._name, self._reach, self._also), spacing=8)
        layout.addLayout(row(self.order, self.edit, None, self.delete))
        if view_model.may_merge:
            layout.addLayout(row(self.merge, None, self.forget))
        layout.addWidget(self.alike)
        layout.addLayout(tiles)
        layout.addWidget(self.orders, 1)
        layout.addWidget(self._elsewhere)
        layout.addWidget(self._often)
        layout.addLayout(self._favourites)
        self.setLayout(column(card(layout, 14)))
        view_model.state_changed.connect(self._render)

    def _show_alike(self) -> None:
        if self._first_alike is not None:
            self._show(self._first_alike)

    def _render(self, state: CustomersState) -> None:
        customer = state.chosen
        if customer is None:
            return
        self._name.set_text(customer.name)
        self._reach.set_text("  ·  ".join(one for one in (customer.email, customer.phone) if one))
        also = ", ".join(" ".join(filter(None, (o.name, o.email, o.phone))) for o in state.also)
        self._also.set_text(f"Also {also}" if also else "")
        self._also.setVisible(bool(also))
        self.alike.setVisible(bool(state.alike))
        if state.alike:
            self._first_alike, why = state.alike[0]
            more = f", and {len(state.alike) - 1} more" if len(state.alike) > 1 else ""
            self.alike.setText(f"{self._first_alike.name[:28]}: {why}{more}")
        purchases = state.purchases
        known = purchases is not None
        self._tiles["Orders"].setText(number(purchases.count) if purchases else "…")
        self._tiles["Spent"].setText(money(purchases.spent) if purchases else "…")
        orders = purchases.orders if purchases else ()
        last = local_day(orders[0].order_date, orders[0].store_id) if orders else "never"
        self._last.setText(last if orders or known else "…")
        self._model.set_rows(orders[:_SHOWN])
        self.orders.set_empty_text("No orders on this device yet." if known else "")
        there = (
            ("" if self._holds_all() else _ELSEWHERE),
            "" if purchases is None or purchases.all_there else _MORE,
        )
        self._elsewhere.setText(" ".join(filter(None, there)))
        self._elsewhere.setHidden(not self._elsewhere.text())
        clear(self._favourites)
        favourites = purchases.favourites[:3] if purchases else ()
        self._often.setVisible(bool(favourites))
        for at, one in enumerate(favourites):
            self._favourites.addWidget(Elided(one.name), at, 0)
            self._favourites.addWidget(
                Text(f"{number(one.units)} in {counted(one.orders, 'order')}", "small"), at, 1
            )


def _when_and_where(order: Order) -> str:
    when = local_day(order.order_date, order.store_id)
    return "  ·  ".join(filter(None, (when, short(order.store_name))))


def column_of(*widgets: QWidget) -> QWidget:
    """One widget that holds others close below each other."""
    whole = QWidget()
    whole.setLayout(column(*widgets, spacing=2))
    return whole
