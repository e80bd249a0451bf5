"""Menus, opened as people open them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.ui.core.table import RowsTable


def popup() -> QMenu:
    """The menu that is open on top."""
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def said(menu: QMenu) -> list[str]:
    """What can be chosen in a menu."""
    return [one.text() for one in menu.actions() if not one.isSeparator()]


def right_click(view: QWidget, place: QPoint) -> QMenu:
    """Press the right button, which opens a menu."""
    QTest.mousePress(view, Qt.MouseButton.RightButton, pos=place)
    where = view.mapToGlobal(place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where)
    QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, Qt.MouseButton.RightButton, pos=place)
    return popup()


def header_menu(table: RowsTable, column: int) -> QMenu:
    header = table.horizontalHeader()
    at = header.sectionViewportPosition(column) + 10
    return right_click(header.viewport(), QPoint(at, header.height() // 2))


def row_menu(table: RowsTable, at: int) -> QMenu:
    """Press the right button on a row."""
    return right_click(table.viewport(), table.visualRect(table.model().index(at, 0)).center())
