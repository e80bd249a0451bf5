"""Lines that somebody works on while others, and their devices, do too."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex

from app.ui.core.table import RowsTable


class LinesTable(RowsTable):
    """What arrives never moves the choice: it stays with its row, and ends when that goes.

    `selected` tells only of choices that are made between two calls of `show_lines`.
    """

    _arriving = False
    _awaited: Hashable = None

    def follow(self, key: Hashable) -> None:
        """Choose a row, now or when it comes, unless another is chosen before; None forgets it."""
        self._awaited = key

    def show_lines(self, rows: Sequence[Any]) -> None:
        """Show these rows."""
        chosen = self.current()
        key = None if chosen is None else self._model.key_of(chosen)
        self._arriving = True
        self._model.set_rows(rows)
        at = None if self._awaited is None else self._model.row_of(self._awaited)
        if at is not None:
            self._awaited = None
        elif key is not None:
            at = self._model.row_of(key)
        if at is None:
            self.unselect()
        elif at != self.currentIndex().row():
            self.select(at)
        self._arriving = False

    def _on_current(self, current: QModelIndex) -> None:
        if not self._arriving:
            self._awaited = None
            super()._on_current(current)
