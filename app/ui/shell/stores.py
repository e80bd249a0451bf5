"""The menu in which a manager goes to another store that this device holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton

from app.domain.entities import Store


@dataclass(frozen=True, slots=True)
class OtherStores:
    """The stores that can be shown, how to go to one, and how to `choose` which this device holds.

    `choose` is None where there is nothing to choose.
    """

    held: Callable[[], Sequence[Store]]
    go: Callable[[Store], object]
    choose: Callable[[], object] | None = None


def open_menu(beside: QPushButton, stores: OtherStores, here: Store) -> QMenu:
    """Show the stores below a button; the first letter or the arrows pick one."""
    menu = QMenu(beside)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    group = QActionGroup(menu)
    for store in stores.held():
        action = QAction(store.short_name, menu)
        action.setCheckable(True)
        action.setChecked(store.store_id == here.store_id)
        if not action.isChecked():
            action.triggered.connect(lambda _, store=store: stores.go(store))
        group.addAction(action)
        menu.addAction(action)
    if stores.choose is not None:
        menu.addSeparator()
        more = QAction("Choose stores\N{HORIZONTAL ELLIPSIS}", menu)
        more.triggered.connect(stores.choose)
        menu.addAction(more)
    menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))
    if (current := group.checkedAction()) is not None:
        menu.setActiveAction(current)
    return menu
