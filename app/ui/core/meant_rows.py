"""The quiet rows below the hits of a search: what its words did not find, and its meaning did."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.core.appearance import Appearance
from app.ui.core.rows import Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import Text, column

_ROOM = 4


class MeantRows(QWidget):
    """A line and a table that continue the table of the hits: `step` goes through both.

    `opened` carries a row. Nothing is shown where there are no rows.
    """

    opened = Signal(object)

    def __init__(
        self,
        hits: RowsTable,
        columns: Sequence[Column[Any]],
        key: Callable[[Any], Hashable],
        appearance: Appearance,
        row_height: int = 48,
    ) -> None:
        super().__init__()
        self._hits = hits
        self._row_height = row_height
        self._model = RowsModel[Any](columns, key)
        self.table = RowsTable(
            self._model, appearance, "By meaning", row_height=row_height, sortable=False
        )
        self.table.horizontalHeader().hide()
        if hits.columns.are_those_of(columns):
            self.table.columns.follow(hits.columns)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.table.opened.connect(self.opened)
        self._line = Text("By meaning", "small")
        self.setLayout(column(self._line, self.table, spacing=_ROOM))
        self.setVisible(False)
        hits.beyond.connect(lambda by: self._enter() if by > 0 else None)
        self.table.beyond.connect(lambda by: self._leave() if by < 0 else None)

    @property
    def rows(self) -> Sequence[Any]:
        """The rows that are shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows, or nothing."""
        self._model.set_rows(rows)
        # In a low window fewer are seen at once, and the rest by scrolling.
        height = self._row_height
        self.table.setMinimumHeight(height * min(len(rows), 2) + _ROOM)
        most = height * max(len(rows), 1) + _ROOM
        self.table.setMaximumHeight(most)
        self.setMaximumHeight(self._line.sizeHint().height() + _ROOM + most)
        self.setVisible(bool(rows))

    def current(self) -> Any | None:
        """The chosen row, or None."""
        return self.table.current()

    def select_first(self) -> None:
        """Choose the first row, while the keyboard stays where it is."""
        self._hits.unselect()
        self.table.select(0)

    def unselect(self) -> None:
        """Choose none of these rows."""
        self.table.unselect()

    def step(self, by: int) -> None:
        """Move the choice up or down, through the hits and on through these rows."""
        hits, ours = self._hits.model().rowCount(), self._model.rowCount()
        at = self._hits.currentIndex().row()
        if self.current() is not None:
            at = hits + self.table.currentIndex().row()
        at = min(max(at + by, 0), hits + ours - 1)
        if at < hits:
            self.unselect()
            self._hits.select(at)
        else:
            self._hits.unselect()
            self.table.select(at - hits)

    def _enter(self) -> None:
        if self._model.rowCount():
            self.select_first()
            self.table.setFocus()

    def _leave(self) -> None:
        if hits := self._hits.model().rowCount():
            self.unselect()
            self._hits.select(hits - 1)
            self._hits.setFocus()
