"""The card of a product's ledger: newest first, adding up to the number on top."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.data.sync.delivery import Delivery
from app.domain.entities import Movement
from app.domain.stock import LedgerLine
from app.ui.core.appearance import Appearance
from app.ui.core.formats import (
    change_cell,
    counted,
    local_clock,
    local_date,
    movement_who,
    movement_why,
    number,
    signed,
)
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.sync_words import delivery_cell
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Text, button, card, row
from app.ui.core.zoom import px
from app.ui.product.state import ProductState
from app.ui.product.view_model import ProductViewModel

_ROW = 48
_ROWS_SHOWN = 6
_FRAME = 2
"""Pixels around the table that show where the keyboard is."""


def _why(movement: Movement) -> Cell:
    return Cell(movement_why(movement), movement_who(movement))


def _when(movement: Movement) -> Cell:
    return Cell(local_date(movement.at), local_clock(movement.at))


def _quantity(line: LedgerLine) -> Cell:
    return change_cell(line.movement.quantity)


def _balance(line: LedgerLine) -> Cell:
    return Cell(number(line.balance), tone="danger" if line.balance < 0 else "")


_COLUMNS = (
    Column[LedgerLine]("When", lambda line: _when(line.movement), 116),
    Column[LedgerLine]("Why and who", lambda line: _why(line.movement)),
    Column[LedgerLine]("Change", _quantity, 72, right=True),
    Column[LedgerLine]("Balance", _balance, 74, right=True),
)


class HistoryCard(QFrame):
    """The card: the ledger as a table, and a line that shows how it adds up."""

    def __init__(self, view_model: ProductViewModel, appearance: Appearance) -> None:
        super().__init__()
        columns: tuple[Column[LedgerLine], ...] = _COLUMNS
        self._deliveries: Mapping[str, Delivery] = {}
        if view_model.deliveries is not None:
            columns = (*_COLUMNS, Column[LedgerLine]("Sent", self._sent, 118))
        self._model = RowsModel[LedgerLine](columns, lambda line: line.movement.movement_id)
        self.table = RowsTable(
            self._model, appearance, "Movement history", _ROW, open_on_click=False, sortable=False
        )
        self.table.setProperty("framed", False)
        self._sum = Text("", "small", wrap=True)
        self._arriving = Text("", "pill")
        self._arriving.set_tone("warn")
        self._more = button("Show older", view_model.show_more, "quiet")
        layout = QVBoxLayout()
        layout.setSpacing(8)
        layout.addLayout(row(Text("History", "heading"), 6, self._arriving, None, self._more))
        layout.addWidget(self.table)
        layout.addWidget(self._sum)
        frame = card(layout)
        outer = QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.setLayout(outer)
        view_model.state_changed.connect(self._render)
        self._shown: object = None

    def _sent(self, line: LedgerLine) -> Cell:
        movement = line.movement
        return delivery_cell(self._deliveries.get(movement.movement_id), movement.at)

    def _render(self, state: ProductState) -> None:
        self.setVisible(state.item is not None)
        ledger = state.ledger
        if state.deliveries != self._deliveries:
            self._deliveries = state.deliveries
            self.table.viewport().update()
        self._arriving.setVisible(state.unexplained != 0)
        self._arriving.setText(f"{signed(state.unexplained)} still arriving")
        if ledger is self._shown:
            return
        self._shown = ledger
        lines = ledger.lines if ledger else ()
        self._model.set_rows(lines)
        self.table.set_empty_text("Nothing has moved on this device since the opening level.")
        rows = min(max(len(lines), 2), _ROWS_SHOWN)
        self.table.setFixedHeight(px(34) + rows * px(_ROW) + 2 * _FRAME)
        self._more.setVisible(bool(ledger and len(ledger.lines) < ledger.count))
        if ledger is not None:
            item = ledger.item
            self._sum.setText(
                f"Opening level {number(item.stock_level)} "
                f"{'+' if ledger.total >= 0 else chr(0x2212)} {number(abs(ledger.total))} from "
                f"{counted(ledger.count, 'movement')} = "
                f"{number(item.stock_level + ledger.total)} on hand"
            )
        else:
            self._sum.setText("")
