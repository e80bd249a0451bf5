"""The table of every list: two-line cells, badges, an empty state, keyboard first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QCursor, QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QToolTip,
)

from app.ui.core.appearance import Appearance
from app.ui.core.cells import PADDING, CellDelegate
from app.ui.core.rows import RowsModel, one_line
from app.ui.core.sort_menu import asks_for_menu, sort_menu
from app.ui.core.zoom import px

R = TypeVar("R")

_NARROWEST = 40
_WIDEST = 560
"""Pixels that the longest names need: a number that belongs to one stays close to it."""
_GROWTH = 0.4
"""How much wider than its width a column gets at most, where there is room."""
_MEASURED = 200
_UNSORTED = (-1, Qt.SortOrder.AscendingOrder)
_NOT_COMPLETE = "Only a part of the list is shown: show all of it, or filter it, to sort it."


class RowsTable(QTableView):
    """Shows a RowsModel; Enter or a click opens the current row (`opened` carries the row).

    A click on a header sorts by that column, a second one the other way, a third one not at all. So
    does the menu of the table (the menu key, Shift+F10, or the right button on a header).
    Columns that share what is left get no wider than a name is long, but for the last one.
    `beyond` carries 1 for a Down in the last row, and -1 for an Up in the first one.
    """

    opened = Signal(object)
    beyond = Signal(int)

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
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._sortable = sortable
        header.setSectionsClickable(sortable)
        if sortable:
            header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            header.customContextMenuRequested.connect(
                lambda at: self._show_menu(header.mapToGlobal(at))
            )
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(*_UNSORTED)
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._on_resized)
        self._by_hand: dict[int, int] = {}
        self._laying_out = False
        self._complete = True
        self._show_all: Callable[[], bool] = lambda: False
        self._wanted: tuple[int, Qt.SortOrder] | None = None
        self._sort_list: Callable[[Any, bool], None] | None = None
        self._list_sort: tuple[int, Qt.SortOrder] | None = None
        if open_on_click:
            self.clicked.connect(self._open)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._show_empty)
        self._show_empty()
        self._fit_text()
        appearance.changed.connect(self._fit_text)

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
            self._set_sorted(*_UNSORTED)
        elif self._wanted is not None:
            (column, order), self._wanted = self._wanted, None
            self._set_sorted(column, order)

    def sort_by_keys(self, sort: Callable[[Any, bool], None]) -> None:
        """Have whoever brings the rows sort them by the keys of columns, all of the list.

        `sort` is called with the key of a column and whether it descends, or with None for the
        list's own order.
        """
        self._sort_list = sort

    def unsort(self) -> None:
        """Show the rows in their own order."""
        self._wanted = None
        self._set_sorted(*_UNSORTED)

    def current(self) -> Any | None:
        """The selected row, or None."""
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() else None

    def select(self, at: int) -> None:
        """Select a row without opening it."""
        if 0 <= at < self._model.rowCount():
            self.selectRow(at)

    def unselect(self) -> None:
        """Select no row."""
        self.setCurrentIndex(QModelIndex())

    def focus_a_row(self) -> None:
        """Move the keyboard to the selected row, or to the first one."""
        self.setFocus()
        if self.current() is None:
            self.select(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if asks_for_menu(event) and self._sortable:
            self._show_menu(self.viewport().mapToGlobal(QPoint(0, 0)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self._show_empty()

    def _fit_text(self) -> None:
        """Make the rows and columns as large as text is now."""
        self.verticalHeader().setDefaultSectionSize(px(self._row_height))
        self.horizontalHeader().setMinimumSectionSize(px(_NARROWEST))
        self._share_width()

    def setColumnHidden(self, column: int, hide: bool) -> None:
        if self.isColumnHidden(column) != hide:
            self._laying_out = True
            super().setColumnHidden(column, hide)
            self._laying_out = False
            self._share_width()

    def sizeHintForColumn(self, column: int) -> int:
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(bold)
        cells = (self._model.columns[column].cell(row) for row in self._model.rows[:_MEASURED])
        texts = (one_line(text) for cell in cells for text in (cell.text, cell.subtitle))
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 4 * PADDING

    def _share_width(self) -> None:
        """Give each column its width, and those without one what is left."""
        header = self.horizontalHeader()
        shown = [at for at in range(len(self._model.columns)) if not self.isColumnHidden(at)]
        drawn = {at: self._model.columns[at].width for at in shown}
        widths = {
            at: self._by_hand.get(at, None if width is None else px(width))
            for at, width in drawn.items()
        }
        sharing = [at for at, width in widths.items() if width is None]
        left = self.viewport().width() - sum(width or 0 for width in widths.values())
        given: dict[int, int] = {}
        for at in sharing:
            most = left if at == shown[-1] else px(_WIDEST)
            given[at] = max(min(left // (len(sharing) - len(given)), most), px(_NARROWEST))
            left -= given[at]
        own = {at: width for at, width in widths.items() if width is not None}
        if left > 0:
            # So that less of their texts is cut.
            growing = {at: width for at, width in own.items() if at not in self._by_hand}
            factor = min(left / max(sum(growing.values()), 1), _GROWTH)
            own |= {at: round(width * (1 + factor)) for at, width in growing.items()}
        self._laying_out = True
        for at, width in (given | own).items():
            header.resizeSection(at, width)
        self._laying_out = False

    def _on_resized(self, column: int, _: int, width: int) -> None:
        if not self._laying_out:
            self._by_hand[column] = width
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            self._share_width()

    def _show_menu(self, at: QPoint) -> None:
        header = self.horizontalHeader()
        titles = [
            (at, column.title)
            for at, column in enumerate(self._model.columns)
            if column.title and not self.isColumnHidden(at)
        ]
        if not titles or header.isHidden():
            return
        by = (header.sortIndicatorSection(), header.sortIndicatorOrder())
        sort_menu(self, titles, by, self._set_sorted).popup(at)

    def _set_sorted(self, column: int, order: Qt.SortOrder) -> None:
        self.horizontalHeader().setSortIndicator(column, order)

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        asked = self._model.columns[column] if column >= 0 else None
        key = asked.key if asked is not None and self._sort_list is not None else None
        if asked is not None and key is None and not self._complete:
            self._wanted = None
            self._set_sorted(*(self._list_sort or _UNSORTED))
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

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._model.rows[index.row()])

    def _show_empty(self) -> None:
        self._empty.setVisible(self._model.rowCount() == 0 and bool(self._empty.text()))
        self._empty.setGeometry(self.viewport().rect().adjusted(24, 0, -24, 0))


def _is_letter(event: QKeyEvent) -> bool:
    return event.text().isprintable() and bool(event.text().strip())
