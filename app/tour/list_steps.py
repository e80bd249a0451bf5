"""The steps of the tour through what every list, and every field for a day, can do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.tour.driver import Driver, TourError
from app.ui.core.calendar import Calendar
from app.ui.history.screen import HistoryScreen
from app.ui.low_stock.screen import LowStockScreen


async def choose_in_a_list(driver: Driver) -> None:
    screen = driver.workplace.go("low_stock")
    assert isinstance(screen, LowStockScreen)
    await driver.until("low products", lambda: screen.table.model().rowCount() > 2)
    screen.focus_first()
    screen.table.select(1)
    await driver.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    if len(screen.table.chosen()) != 2:
        raise TourError("two rows are not chosen")
    await driver.press(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    await driver.until("the menu", lambda: _popup() is not None)
    await driver.picture("list-menu")
    _close_popup()


async def pick_a_day(driver: Driver) -> None:
    screen = driver.workplace.go("history")
    assert isinstance(screen, HistoryScreen)
    screen.since.setFocus()
    await driver.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await driver.until("the calendar", lambda: isinstance(_popup(), Calendar))
    await driver.picture("calendar")
    _close_popup()


def _popup() -> QWidget | None:
    return QApplication.activePopupWidget()


def _close_popup() -> None:
    if (shown := _popup()) is not None:
        shown.close()


LIST_STEPS = (
    ("choose in a list", choose_in_a_list),
    ("pick a day", pick_a_day),
)
