"""The table of every list: two-line cells, badges, an empty state, keyboard first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QToolTip,
)

from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding, Keys
from app.ui.core.cells import PADDING, CellDelegate
from app.ui.core.columns import Columns
from app.ui.core.copying import as_tabbed
from app.ui.core.rows import CELL, RowsModel, one_line
from app.ui.core.table_menu import TableMenu, asks_for_menu
from app.ui.core.zoom import px

R = TypeVar("R")

_MEASURED = 200
_UNSORTED = (-1, Qt.SortOrder.AscendingOrder)
_NOT_COMPLETE = "Only a part of the list is shown: show all of it, or filter it, to sort it."
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_EXTENDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class RowsTable(QTableView):
    """Shows a RowsModel; Enter or a click opens the current row (`opened` carries the row).

    With Ctrl or Shift a click chooses several rows, and Ctrl+C copies what is chosen. The menu of a
    row (the right button, the menu key or Shift+F10) has what `offer` was told.
    A click on a header sorts by that column, a second one the other way, a third one not at all. So
    does the menu of the headers, which is a part of the one that a key opens; it moves, sizes and
    hides columns, too.
    Columns that share what is left get no wider than a name is long, but for the last one.
    `beyond` carries 1 for a Down in the last row, and -1 for an Up in the first one.
    """

    opened = Signal(object)
    beyond = Signal(int)
    opens = "Open"
    """What `opened` does, in words."""

    def __init__(
        self,
        model: RowsModel[Any],
        appearance: Appearance,
        name: str,
        row_height: int = 48,
        open_on_click: bool = True,
        sortable: bool = True,
    ) -> None:
        super().__init__()
        self._model = model
        self._row_height = row_height
        self._empty = QLabel("", self.viewport())
        self._empty.setProperty("look", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(appearance, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.choose_several()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        self.columns = Columns(self, model.columns, appearance.preferences, name)
        self.columns.changed.connect(self._stay_in_sight)
        header.setSectionsClickable(sortable)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.menu = TableMenu(self)
        header.customContextMenuRequested.connect(self.menu.show_column)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(*_UNSORTED)
        header.sortIndicatorChanged.connect(self._sort)
        self._complete = True
        self._show_all: Callable[[], bool] = lambda: False
        self._wanted: tuple[int, Qt.SortOrder] | None = None
        self._sort_list: Callable[[Any, bool], None] | None = None
        self._list_sort: tuple[int, Qt.SortOrder] | None = None
        self._extends = False
        self.keys = Keys()
        self.keys.press(
            Binding("Ctrl+C", "Copy the chosen rows", self.copy, when=self._has_rows),
            Binding("Shift+F10", "What can be done with a row and its list", self.menu.show),
        )
        if open_on_click:
            self.clicked.connect(self._on_clicked)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_empty)
        self._show_empty()
        self._fit_text()
        appearance.changed.connect(self._fit_text)

    def choose_several(self) -> None:
        """Let several rows be chosen: with Shift, Ctrl or Ctrl+A."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def offer(self, *actions: Binding) -> None:
        """Put what can be done with the chosen rows into their menu.

        The keys themselves are the screen's.
        """
        self.menu.offered += actions

    def set_empty_text(self, text: str) -> None:
        """Set the text that stands in the middle while there are no rows."""
        self._empty.setText(text)
        self._show_empty()

    def set_complete(self, complete: bool, show_all: Callable[[], bool] = lambda: False) -> None:
        """Say whether all rows are shown: only then they are sorted.

        `show_all` is called where a person sorts a part; it is False where all are too many.
        """
        self._complete, self._show_all = complete, show_all
        if not complete and self._list_sort is None:
            self.set_sorted(*_UNSORTED)
        elif self._wanted is not None:
            (column, order), self._wanted = self._wanted, None
            self.set_sorted(column, order)

    def sort_by_keys(self, sort: Callable[[Any, bool], None]) -> None:
        """Have whoever brings the rows sort them by the keys of columns, all of the list.

        `sort` is called with the key of a column and whether it descends, or with None for the
        list's own order.
        """
        self._sort_list = sort

    def set_sorted(self, column: int, order: Qt.SortOrder) -> None:
        """Sort by a column, or with -1 show the rows in their own order."""
        self.horizontalHeader().setSortIndicator(column, order)

    def unsort(self) -> None:
        """Show the rows in their own order."""
        self._wanted = None
        self.set_sorted(*_UNSORTED)

    def current(self) -> Any | None:
        """The selected row, or None."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def open_current(self) -> None:
        """Open the selected row, if there is one."""
        if (row := self.current()) is not None:
            self.opened.emit(row)

    def chosen(self) -> list[Any]:
        """All rows that are selected, from top to bottom."""
        places = {index.row() for index in self.selectionModel().selectedIndexes()}
        return [self._model.rows[at] for at in sorted(places)]

    def select(self, at: int) -> None:
        """Select one row without opening it."""
        if 0 <= at < self._model.rowCount():
            # Whatever is held down on the keyboard meanwhile.
            flags = QItemSelectionModel.SelectionFlag
            shown = self.columns.shown
            index = self._model.index(at, shown[0] if shown else 0)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def unselect(self) -> None:
        """Select no row."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    def copy(self) -> None:
        """Copy the chosen rows: text with tabs, with the columns as they are shown."""
        if rows := self.chosen():
            shown = [self.columns.all[at] for at in self.columns.shown]
            text = as_tabbed(rows, shown, self._model.rows)
            QGuiApplication.clipboard().setText(text)

    def focus_a_row(self) -> None:
        """Move the keyboard to the selected row, or to the first one."""
        self.setFocus()
        if self.current() is None:
            self.select(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if asks_for_menu(event):
            self.menu.show()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) or _is_letter(event):
            # Rows are chosen, never cells, and by no first letter: these belong to the screen.
            event.ignore()
        else:
            before = self.currentIndex().row()
            super().keyPressEvent(event)
            if self.currentIndex().row() == before:
                if event.key() == Qt.Key.Key_Down:
                    self.beyond.emit(1)
                elif event.key() == Qt.Key.Key_Up:
                    self.beyond.emit(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _BY_TAB and self.current() is not None and not self.chosen():
            # Where the keyboard is can be seen.
            self.select(self.currentIndex().row())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._extends = bool(event.modifiers() & _EXTENDING)
        super().mouseReleaseEvent(event)
        self._extends = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if index.isValid():
            self.menu.show_row(event.globalPos(), index.data(CELL))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.share()
        self._show_empty()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.horizontalHeader().isHidden():
            self.columns.restore()

    def setColumnHidden(self, column: int, hide: bool) -> None:
        self.columns.withhold(column, hide)
        self._stay_in_sight()

    def sizeHintForColumn(self, column: int) -> int:
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(bold)
        cells = (self._model.columns[column].cell(row) for row in self._model.rows[:_MEASURED])
        texts = (one_line(text) for cell in cells for text in (cell.text, cell.subtitle))
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 4 * PADDING

    def _fit_text(self) -> None:
        """Make the rows and columns as large as text is now."""
        self.verticalHeader().setDefaultSectionSize(px(self._row_height))
        self.columns.share()

    def _stay_in_sight(self) -> None:
        # From a cell in a hidden column the arrows lead nowhere.
        index, shown = self.currentIndex(), self.columns.shown
        if index.isValid() and shown and index.column() not in shown:
            there = self._model.index(index.row(), shown[0])
            nothing = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(there, nothing)

    def _has_rows(self) -> bool:
        return self._model.rowCount() > 0

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        asked = self._model.columns[column] if column >= 0 else None
        key = asked.key if asked is not None and self._sort_list is not None else None
        if asked is not None and key is None and not self._complete:
            self._wanted = None
            self.set_sorted(*(self._list_sort or _UNSORTED))
            if self._show_all():
                self._wanted = (column, order)
            else:
                said = asked.unsortable or _NOT_COMPLETE
                header = self.horizontalHeader()
                at = QCursor.pos() if header.underMouse() else header.mapToGlobal(QPoint(0, 0))
                QToolTip.showText(at, said, header)
            return
        if self._sort_list is not None and (key is not None or self._list_sort is not None):
            self._list_sort = (column, order) if key is not None else None
            self._sort_list(key, order is Qt.SortOrder.DescendingOrder)
        self.horizontalHeader().setSortIndicatorShown(asked is not None)
        self._model.sort(column if key is None else -1, order)

    def _on_clicked(self, index: QModelIndex) -> None:
        if not self._extends:
            self.opened.emit(self._model.rows[index.row()])

    def _show_empty(self) -> None:
        self._empty.setVisible(self._model.rowCount() == 0 and bool(self._empty.text()))
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))


def _is_letter(event: QKeyEvent) -> bool:
    return event.text().isprintable() and bool(event.text().strip())
