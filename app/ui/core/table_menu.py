"""The menu of a table: what can be done with its rows, by what it is sorted, and its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.core.bindings import Binding, shown_key
from app.ui.core.columns import Columns

_UP, _DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
_TOLD = 40
"""Characters of a cell that the menu shows."""


def asks_for_menu(event: QKeyEvent) -> bool:
    """Whether a key is that of the menu of what has the keyboard."""
    shift_f10 = (
        event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    )
    return shift_f10 or event.key() == Qt.Key.Key_Menu


def table_menu(over: QWidget, name: str) -> QMenu:
    """An empty menu that is gone once it is closed."""
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(name)
    return menu


def add_actions(menu: QMenu, actions: Iterable[Binding]) -> None:
    """Add what can be done, each with its key; what cannot be done now is grey."""
    for one in actions:
        _add(menu, _worded(one), one.act).setEnabled(one.when())


def add_copying(
    menu: QMenu, cells: Sequence[tuple[str, str]], copy: Callable[[str], object]
) -> None:
    """Add the copying of single texts, each with the title of its column."""
    for title, text in cells:
        said = f"{title}: {_short(text)}" if title else _short(text)
        _add(menu, _plain(said), partial(copy, text))


def add_sorting(
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
        key = f"&{number} " if number <= 9 else ""
        way = _DOWN if at == column and order is _UP else _UP
        turned = ", the other way" if way is _DOWN else ""
        _check(menu, f"{key}{_plain(title)}{turned}", at == column, partial(sort, at, way))
    menu.addSeparator()
    _check(menu, "&0 Own order", column < 0, partial(sort, -1, _UP))


def add_columns(menu: QMenu, columns: Columns) -> None:
    """Add which columns are shown, and for each one where and how wide."""
    below = menu.addMenu("Colum&ns")
    below.setAccessibleName("Columns")
    shown = columns.shown
    for at, title in columns.known:
        if at in shown:
            _add_column(below.addMenu(_plain(title)), columns, at)
        else:
            _add(below, f"Show {_plain(title)}", partial(columns.show, at))
    below.addSeparator()
    _add(below, "As at &first", columns.reset).setEnabled(columns.are_changed)


def add_column(menu: QMenu, columns: Columns, at: int) -> None:
    """Add what can be done with one column that is shown, below its title."""
    _caption(menu, dict(columns.known)[at])
    _add_column(menu, columns, at)


def _add_column(menu: QMenu, columns: Columns, at: int) -> None:
    shown = columns.shown
    _add(menu, "&Hide", partial(columns.hide, at)).setEnabled(columns.may_hide(at))
    _add(menu, "Move &left", partial(columns.move, at, -1)).setEnabled(at != shown[0])
    _add(menu, "Move &right", partial(columns.move, at, 1)).setEnabled(at != shown[-1])
    _add(menu, "&Wider", partial(columns.widen, at, 1))
    _add(menu, "&Narrower", partial(columns.widen, at, -1))


def _caption(menu: QMenu, words: str) -> None:
    # A section's words are not to be seen where a style sheet is on.
    menu.addSeparator()
    menu.addAction(_plain(words)).setEnabled(False)


def _worded(one: Binding) -> str:
    """The words of an action, with its letter marked where they have it, and its key."""
    words, key = _plain(one.words), one.key
    at = words.casefold().find(key.casefold()) if len(key) == 1 and key.isalpha() else -1
    marked = f"{words[:at]}&{words[at:]}" if at >= 0 else words
    return f"{marked}\t{shown_key(key)}" if key else marked


def _plain(text: str) -> str:
    return text.replace("&", "&&").replace("\t", " ")


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
