"""One table model for every list: frozen rows, columns declared as data, changes by key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QCollatorSortKey,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from app.ui.core import here
from app.ui.core.collation import text_key

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex

_TEXT_SHOWN = 300
_FEW = 3
"""Rows that are repainted cell by cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: a line, a quieter second line, and a tone (ok, warn, danger, muted).

    With `pill` the line sits in a rounded badge of that tone.
    """

    text: str
    subtitle: str = ""
    tone: str = ""
    pill: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: `width` in pixels, or None to share what is left.

    Its rows are sorted by `order`, else as its cells read: as numbers, or as text as the locale
    sorts it. A list of which
    a part is shown is sorted by the `key` of a column where it has one; else `unsortable` says why
    it cannot be, and what to do instead.
    """

    title: str
    cell: Callable[[R], Cell]
    width: int | None = None
    right: bool = False
    order: Callable[[R], Any] | None = None
    key: Hashable = None
    unsortable: str = ""


def as_read(text: str) -> tuple[int, float, QCollatorSortKey] | None:
    """The sort key of a cell's text: numbers and amounts by their value, before text.

    None for a cell that says nothing.
    """
    bare = text.replace("\N{MINUS SIGN}", "-").replace("$", "").replace("+", "").strip()
    if not bare:
        return None
    value, is_number = here.place().toDouble(bare)
    return (0, value, text_key("")) if is_number else (1, 0.0, text_key(bare))


def one_line(text: str) -> str:
    """A text of any length, made fit for a single line."""
    return " ".join(text[:_TEXT_SHOWN].split())


CELL = Qt.ItemDataRole.UserRole


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each unbroken run of ascending places."""
    first = 0
    for at, place in enumerate(places):
        if at + 1 == len(places) or places[at + 1] != place + 1:
            yield places[first], place
            first = at + 1


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows of one kind; `set_rows` tells the views only what really changed."""

    def __init__(self, columns: Sequence[Column[R]], key: Callable[[R], Hashable]) -> None:
        super().__init__()
        self.columns = columns
        self._key = key
        self._given: Sequence[R] = ()
        self._sorted: tuple[Column[R], bool] | None = None
        self._rows: list[R] = []

    @property
    def rows(self) -> Sequence[R]:
        """The rows that are shown."""
        return self._rows

    def key_of(self, row: R) -> Hashable:
        """The key that tells a row from the others."""
        return self._key(row)

    def row_of(self, key: Hashable) -> int | None:
        """The position of the row with a key, or None."""
        return next((at for at, row in enumerate(self._rows) if self._key(row) == key), None)

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show rows: remove, insert and move them by key, and repaint those that differ.

        They are given in their own order, and shown as they were sorted last.
        """
        self._given = rows
        rows = self._in_order(rows)
        if len(rows) == len(self._rows) and all(
            old is new or self._key(old) == self._key(new)
            for old, new in zip(self._rows, rows, strict=True)
        ):
            self._exchange(rows)
            return
        wanted = {self._key(row): row for row in rows}
        kept = sum(self._key(row) in wanted for row in self._rows)
        if 2 * kept < max(len(self._rows), len(rows)):
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for at in range(len(self._rows) - 1, -1, -1):
            if self._key(self._rows[at]) not in wanted:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at]
                self.endRemoveRows()
        for at, row in enumerate(rows):
            self._place(at, row)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, or with -1 show the rows in the order in which they are given."""
        descending = order is Qt.SortOrder.DescendingOrder
        self._sorted = (self.columns[column], descending) if column >= 0 else None
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._key(self._rows[index.row()]) for index in before]
        self._rows = list(self._in_order(self._given))
        places = {self._key(row): at for at, row in enumerate(self._rows)}
        after = [
            self.index(places[key], index.column()) for key, index in zip(keys, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _in_order(self, rows: Sequence[R]) -> Sequence[R]:
        if self._sorted is None:
            return rows
        column, descending = self._sorted
        order = column.order
        keys: list[Any] = [
            as_read(column.cell(row).text) if order is None else order(row) for row in rows
        ]
        known = [at for at, key in enumerate(keys) if key is not None and key != ""]
        known.sort(key=keys.__getitem__, reverse=descending)
        # What is not known, or says nothing, is last, whichever way.
        unknown = [at for at, key in enumerate(keys) if key is None or key == ""]
        return [rows[at] for at in known + unknown]

    def _exchange(self, rows: Sequence[R]) -> None:
        """Show other versions of the same rows in the same order."""
        pairs = zip(self._rows, rows, strict=True)
        changed = [at for at, (old, new) in enumerate(pairs) if old is not new and old != new]
        self._rows = list(rows)
        if len(changed) <= _FEW:
            # Cell by cell: for more than one cell at once, Qt paints the whole table again.
            for at in changed:
                for column in range(len(self.columns)):
                    self.dataChanged.emit(self.index(at, column), self.index(at, column))
        else:
            for first, last in _runs(changed):
                self._tell_changed(first, last)

    def _place(self, at: int, row: R) -> None:
        key = self._key(row)
        if at < len(self._rows) and self._key(self._rows[at]) == key:
            if self._rows[at] != row:
                self._rows[at] = row
                self._tell_changed(at, at)
            return
        old = next((i for i in range(at, len(self._rows)) if self._key(self._rows[i]) == key), None)
        if old is None:
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows.insert(at, row)
            self.endInsertRows()
        else:
            changed = self._rows[old] != row
            self.beginMoveRows(QModelIndex(), old, old, QModelIndex(), at)
            del self._rows[old]
            self._rows.insert(at, row)
            self.endMoveRows()
            if changed:
                self._tell_changed(at, at)

    def _tell_changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        cell = column.cell(self._rows[index.row()])
        if role == CELL:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return one_line(f"{cell.text}, {cell.subtitle}" if cell.subtitle else cell.text)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
