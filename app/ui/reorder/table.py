"""The table of a purchase order: with the numbers of a draft, later with what came."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.core.appearance import Appearance
from app.ui.core.formats import money, number
from app.ui.core.quantity_table import QuantityTable
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.reorder.lines import OrderRow

_DASH = "\N{EN DASH}"


def _of(one: OrderRow, name: str) -> Cell:
    if one.suggestion is None:
        return Cell(_DASH, tone="muted")
    value = getattr(one.suggestion, name)
    return Cell(number(value), tone="danger" if value < 0 else "")


def _came(value: int, tone: str = "") -> Cell:
    return Cell(number(value) if value else _DASH, tone=tone if value else "muted")


_COLUMNS = (
    Column[OrderRow]("Product", lambda one: Cell(one.line.name, one.line.sku, bold=True)),
    Column[OrderRow]("On hand", lambda one: _of(one, "on_hand"), 74, right=True),
    Column[OrderRow]("Reorder pt", lambda one: _of(one, "reorder_point"), 84, right=True),
    Column[OrderRow]("Sold 28 d", lambda one: _of(one, "sold"), 80, right=True),
    Column[OrderRow]("Coming", lambda one: _of(one, "on_the_way"), 70, right=True),
    Column[OrderRow]("Suggested", lambda one: _of(one, "quantity"), 84, right=True),
    Column[OrderRow](
        "Order", lambda one: Cell(number(one.line.quantity), bold=True), 66, right=True
    ),
    Column[OrderRow]("Received", lambda one: _came(one.line.received, "ok"), 90, right=True),
    Column[OrderRow]("Damaged", lambda one: _came(one.line.damaged, "danger"), 90, right=True),
    Column[OrderRow]("Missing", lambda one: _came(one.line.missing, "danger"), 90, right=True),
    Column[OrderRow]("To come", lambda one: _came(one.line.outstanding, "warn"), 90, right=True),
    Column[OrderRow]("Cost", lambda one: Cell(money(one.line.cost)), 94, right=True),
)
_REASONING = range(1, 6)
_ARRIVAL = range(7, 11)


class OrderTable(QuantityTable):
    """The lines, with how many to order."""

    def __init__(self, appearance: Appearance) -> None:
        lines = RowsModel[OrderRow](_COLUMNS, lambda one: one.product_id)
        super().__init__(lines, appearance, "Lines of the purchase order")

    def show_order(self, rows: Sequence[OrderRow], draft: bool) -> None:
        """Show the rows of an order: of a draft with its numbers, else with what came."""
        self.show_rows(rows)
        for at in _REASONING:
            self.setColumnHidden(at, not draft)
        for at in _ARRIVAL:
            self.setColumnHidden(at, draft)
        self.set_empty_text("Scan what you need, or search it by name." if draft else "No lines.")
