"""The lines of a cart as a table, and its keys."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding
from app.ui.core.formats import MINUS, money, number
from app.ui.core.quantity_table import QuantityTable
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.order.rows import CartRow


def _quantity(one: CartRow) -> Cell:
    here = "" if one.on_hand is None else f"{number(one.on_hand)} here"
    return Cell(number(one.line.quantity), here, tone="danger" if one.short else "", bold=True)


def _off(one: CartRow) -> Cell:
    amount = one.priced.discount
    text = one.line.discount.text if one.line.discount.percent else ""
    return Cell(f"{MINUS}{money(amount)}" if amount else "", text, tone="ok")


COLUMNS = (
    Column[CartRow]("Product", lambda one: Cell(one.line.name, one.line.sku, bold=True)),
    Column[CartRow]("Quantity", _quantity, 78, right=True),
    Column[CartRow]("Price", lambda one: Cell(money(one.line.unit_price)), 84, right=True),
    Column[CartRow]("Discount", _off, 80, right=True),
    Column[CartRow](
        "Amount", lambda one: Cell(money(one.priced.total), bold=True), 104, right=True
    ),
)


class CartTable(QuantityTable):
    """The lines; Delete takes one out."""

    removed = Signal()

    def __init__(self, model: RowsModel[CartRow], appearance: Appearance, name: str) -> None:
        super().__init__(model, appearance, name)
        self.press_keys(Binding("Del", "Take the line out", self.removed.emit, also=("Backspace",)))
