"""The menu of a table: what can be done with its rows, by what it is sorted, and its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu

from app.ui.core.bindings import Binding, shown_key
from app.ui.core.menu_words import numbered, plain
from app.ui.core.rows import Cell

if TYPE_CHECKING:
    from app.ui.core.table import RowsTable

_UP, _DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
_TOLD = 40
"""Characters of a cell that the menu shows."""


def asks_for_menu(event: QKeyEvent) -> bool:
    """Whether a key is that of the menu of what has the keyboard."""
    shift_f10 = (
        event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    )
    return shift_f10 or event.key() == Qt.Key.Key_Menu


class TableMenu:
    """The menus of a table; `offered` is what the screen can do with the chosen rows."""

    def __init__(self, table: RowsTable) -> None:
        self._table = table
        self._columns = table.columns
        self.offered: tuple[Binding, ...] = ()

    def show(self) -> None:
        """Show what can be done with the chosen row and with its list, as a key asks."""
        table, menu = self._table, self._new("Row and list")
        row = table.current()
        below = QPoint(0, 0)
        if row is not None:
            below = table.visualRect(table.currentIndex()).bottomLeft()
            self._add_actions(menu)
            texts = menu.addMenu("Copy a te&xt")
            texts.setAccessibleName("Copy a text")
            for column in (self._columns.all[at] for at in self._columns.shown):
                _add_copying(texts, column.title, column.cell(row))
        self._add_list(menu)
        if not menu.isEmpty():
            menu.popup(table.viewport().mapToGlobal(below))

    def show_row(self, at: QPoint, cell: Cell | None = None) -> None:
        """Show what can be done with the chosen rows, and with a cell, at a place on the screen."""
        menu = self._new("Row")
        self._add_actions(menu)
        if cell is not None:
            _add_copying(menu, "Copy", cell)
        menu.popup(at)

    def show_column(self, at: QPoint) -> None:
        """Show what can be done with the column at a place of the header, and with the list."""
        header, menu = self._table.horizontalHeader(), self._new("List")
        column = header.logicalIndexAt(at)
        if (title := dict(self._columns.known).get(column)) is not None:
            _caption(menu, title)
            self._add_column(menu, column)
        self._add_list(menu)
        menu.popup(header.mapToGlobal(at))

    def _new(self, name: str) -> QMenu:
        menu = QMenu(self._table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(name)
        return menu

    def _add_actions(self, menu: QMenu) -> None:
        table = self._table
        chosen = len(table.chosen())
        copying = f"Copy {chosen} rows" if chosen > 1 else "Copy the row"
        if table.isSignalConnected(QMetaMethod.fromSignal(table.opened)):
            _add(menu, _worded(table.opens, "Return"), table.open_current)
        for one in self.offered:
            _add(menu, _worded(one.words, one.key), one.act).setEnabled(one.when())
        menu.addSeparator()
        _add(menu, _worded(copying, "Ctrl+C"), table.copy)

    def _add_list(self, menu: QMenu) -> None:
        header, known = self._table.horizontalHeader(), self._columns.known
        if header.isHidden():
            return
        shown = self._columns.shown
        titles = [(at, title) for at, title in known if at in shown]
        if header.sectionsClickable() and titles:
            by = header.sortIndicatorSection(), header.sortIndicatorOrder()
            _add_sorting(menu, titles, by, self._table.set_sorted)
        if len(known) > 1:
            menu.addSeparator()
            self._add_columns(menu.addMenu("Colum&ns"))

    def _add_columns(self, menu: QMenu) -> None:
        columns = self._columns
        menu.setAccessibleName("Columns")
        for at, title in columns.known:
            if at in columns.shown:
                self._add_column(menu.addMenu(plain(title)), at)
            else:
                _add(menu, f"Show {plain(title)}", partial(columns.show, at))
        menu.addSeparator()
        _add(menu, "As at &first", columns.reset).setEnabled(columns.are_changed)

    def _add_column(self, menu: QMenu, at: int) -> None:
        columns = self._columns
        first, last = columns.shown[0], columns.shown[-1]
        _add(menu, "&Hide", partial(columns.hide, at)).setEnabled(columns.may_hide(at))
        _add(menu, "Move &left", partial(columns.move, at, -1)).setEnabled(at != first)
        _add(menu, "Move &right", partial(columns.move, at, 1)).setEnabled(at != last)
        _add(menu, "&Wider", partial(columns.widen, at, 1))
        _add(menu, "&Narrower", partial(columns.widen, at, -1))


def _add_sorting(
    menu: QMenu,
    titles: Sequence[tuple[int, str]],
    sorted_by: tuple[int, Qt.SortOrder],
    sort: Callable[[int, Qt.SortOrder], None],
) -> None:
    """Add the columns, `titles` by their place; one that is chosen again turns around.

    `sort` is called with a column and the way, or with -1 for the list's own order.
    """
    _caption(menu, "Sort by")
    column, order = sorted_by
    for number, (at, title) in enumerate(titles, start=1):
        way = _DOWN if at == column and order is _UP else _UP
        turned = ", the other way" if way is _DOWN else ""
        _check(menu, numbered(number, f"{title}{turned}"), at == column, partial(sort, at, way))
    menu.addSeparator()
    _check(menu, "&0 Own order", column < 0, partial(sort, -1, _UP))


def _add_copying(menu: QMenu, title: str, cell: Cell) -> None:
    """Add the copying of each text of a cell."""
    for text in (cell.text, cell.subtitle):
        if text.strip():
            said = f"{title}: {_short(text)}" if title else _short(text)
            _add(menu, plain(said), partial(QGuiApplication.clipboard().setText, text))


def _caption(menu: QMenu, words: str) -> None:
    # A section's words are not to be seen where a style sheet is on.
    menu.addSeparator()
    menu.addAction(plain(words)).setEnabled(False)


def _worded(words: str, key: str) -> str:
    """The words of an action, with its letter marked where they have it, and its key."""
    words = plain(words)
    at = words.casefold().find(key.casefold()) if len(key) == 1 and key.isalpha() else -1
    marked = f"{words[:at]}&{words[at:]}" if at >= 0 else words
    return f"{marked}\t{shown_key(key)}" if key else marked


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TOLD else f"{line[: _TOLD - 1]}\N{HORIZONTAL ELLIPSIS}"


def _check(menu: QMenu, text: str, checked: bool, act: Callable[[], object]) -> None:
    action = _add(menu, text, act)
    action.setCheckable(True)
    action.setChecked(checked)


def _add(menu: QMenu, text: str, act: Callable[[], object]) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(lambda _: act())
    menu.addAction(action)
    return action
