"""A table in which somebody chooses a row while others, and their devices, change the rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Signal

from app.ui.core.appearance import Appearance
from app.ui.core.rows import RowsModel
from app.ui.core.table import RowsTable


class ChoiceTable(RowsTable):
    """What arrives never moves the choice: it stays with its row, and ends when that goes.

    `selected` carries the row that a person chose, or None; of what the program chooses, by
    `choose` or `follow`, it tells nothing.
    """

    selected = Signal(object)

    def __init__(
        self,
        model: RowsModel[Any],
        appearance: Appearance,
        name: str,
        row_height: int = 48,
        open_on_click: bool = True,
    ) -> None:
        super().__init__(model, appearance, name, row_height, open_on_click)
        self._quiet = False
        self._awaited: Hashable = None
        self._held: Callable[[], bool] = lambda: False
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def choose(self, key: Hashable) -> None:
        """Let the row with this key be the chosen one, or none where there is no such row."""
        self._awaited = None
        self._move_to(self._model.row_of(key))

    def follow(self, key: Hashable) -> None:
        """Choose a row, now or when it comes, unless another is chosen before; None forgets it."""
        self._awaited = key

    def hold_while(self, held: Callable[[], bool]) -> None:
        """Forget whatever is to be followed when rows arrive while this is true."""
        self._held = held

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows."""
        chosen = self.current()
        key = None if chosen is None else self._model.key_of(chosen)
        self._quiet = True
        self._model.set_rows(rows)
        self._quiet = False
        if self._held():
            self._awaited = None
        at = None if self._awaited is None else self._model.row_of(self._awaited)
        if at is not None:
            self._awaited = None
        elif key is not None:
            at = self._model.row_of(key)
        self._move_to(at)

    def _move_to(self, at: int | None) -> None:
        self._quiet = True
        if at is None:
            self.unselect()
        elif at != self.currentIndex().row():
            self.select(at)
        self._quiet = False

    def _on_current(self, current: QModelIndex) -> None:
        if not self._quiet:
            self._awaited = None
            self.selected.emit(self._model.rows[current.row()] if current.isValid() else None)
