"""The tables on the card of a transfer: its lines, and its steps so far."""

from __future__ import annotations

from app.domain.transfers import TransferLine
from app.ui.core.formats import number
from app.ui.core.rows import Cell, Column
from app.ui.transfers.open_transfer_state import LineRow
from app.ui.transfers.words import LogRow, moment


def _product(one: LineRow) -> Cell:
    here = "" if one.on_hand is None else f" \N{MIDDLE DOT} {number(one.on_hand)} on hand here"
    return Cell(one.line.name, one.line.sku + here, bold=True)


def _now(row: LineRow) -> Cell:
    if row.now is None:
        return Cell("\N{EN DASH}", tone="muted")
    notes = ((row.now.missing, "missing"), (row.now.damaged, "damaged"))
    noted = ", ".join(f"{number(count)} {what}" for count, what in notes if count)
    return Cell(number(row.now.received), noted, tone="warn" if noted else "", bold=True)


def _noted(line: TransferLine) -> Cell:
    notes = ((line.missing, "missing"), (line.damaged, "damaged"), (line.over, "too many"))
    said = ", ".join(f"{number(count)} {what}" for count, what in notes if count)
    return Cell(said or "\N{EN DASH}", tone="warn" if said else "muted")


def _amount(value: int) -> Cell:
    return Cell(number(value), tone="" if value else "muted")


LINES = (
    Column[LineRow]("Product", _product),
    Column[LineRow]("Asked for", lambda one: _amount(one.line.requested), 84, right=True),
    Column[LineRow](
        "Shipped", lambda one: _amount(one.line.shipped - one.line.returned), 78, right=True
    ),
    Column[LineRow]("On its way", lambda one: _amount(one.line.in_transit), 92, right=True),
    Column[LineRow]("Arrived", lambda one: _amount(one.line.received), 78, right=True),
    Column[LineRow]("Noted", lambda one: _noted(one.line), 118, right=True),
    Column[LineRow]("Now", _now, 118, right=True),
)
NOW = len(LINES) - 1
LOG = (
    Column[LogRow]("When", lambda one: Cell(moment(one.signature.at)), 190),
    Column[LogRow]("What", lambda one: Cell(one.text)),
    Column[LogRow](
        "Who", lambda one: Cell(f"{one.signature.names} on {one.signature.device_name}")
    ),
)
