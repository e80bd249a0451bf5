"""A table in which a person chooses a row while others, and their devices, change the rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView

from app.ui.core.appearance import Appearance
from app.ui.core.rows import RowsModel
from app.ui.core.table import RowsTable


class ChoiceTable(RowsTable):
    """A table whose choice stays with its row when rows arrive, and ends when that row goes.

    One row is chosen at a time, unless `choose_several` says otherwise.

    `selected` carries the row that a person chose, or None. It is not emitted for what the program
    chooses with `choose` or `follow`.
    """

    selected = Signal(object)

    def __init__(
        self,
        model: RowsModel[Any],
        appearance: Appearance,
        name: str,
        row_height: int = 48,
        open_on_click: bool = True,
        sortable: bool = True,
    ) -> None:
        super().__init__(model, appearance, name, row_height, open_on_click, sortable)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._quiet = False
        self._awaited: Hashable = None
        self._held: Callable[[], bool] = lambda: False
        self.selectionModel().currentRowChanged.connect(self._on_current)

    def choose(self, key: Hashable) -> None:
        """Choose the row with a key, or no row where there is no such row."""
        self._awaited = None
        self._move_to(self._model.row_of(key))

    def follow(self, key: Hashable) -> None:
        """Choose the row with a key, now or when it arrives; a choice ends that, or None."""
        self._awaited = key

    def hold_while(self, held: Callable[[], bool]) -> None:
        """Forget the key to follow when rows arrive while `held` is true."""
        self._held = held

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show rows, and keep the choice."""
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
