"""What a list is sorted by, as a menu: a header takes no keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

_UP, _DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def asks_for_menu(event: QKeyEvent) -> bool:
    """Whether a key is that of the menu of what has the keyboard."""
    shift_f10 = (
        event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    )
    return shift_f10 or event.key() == Qt.Key.Key_Menu


def sort_menu(
    over: QWidget,
    titles: Sequence[tuple[int, str]],
    sorted_by: tuple[int, Qt.SortOrder],
    sort: Callable[[int, Qt.SortOrder], None],
) -> QMenu:
    """A menu of the columns, `titles` by their place; one that is chosen again turns around.

    `sort` is called with a column and the way, or with -1 for the list's own order.
    """
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName("Sort by")
    menu.addSection("Sort by")
    column, order = sorted_by
    for number, (at, title) in enumerate(titles, start=1):
        key = f"&{number} " if number <= 9 else ""
        name = title.replace("&", "&&")
        way = _DOWN if at == column and order is _UP else _UP
        text = f"{key}{name}, the other way" if way is _DOWN else f"{key}{name}"
        _add(menu, text, at == column, partial(sort, at, way))
    menu.addSeparator()
    _add(menu, "&0 Own order", column < 0, partial(sort, -1, _UP))
    return menu


def _add(menu: QMenu, text: str, checked: bool, act: Callable[[], None]) -> None:
    action = QAction(text, menu)
    action.setCheckable(True)
    action.setChecked(checked)
    action.triggered.connect(lambda _: act())
    menu.addAction(action)
