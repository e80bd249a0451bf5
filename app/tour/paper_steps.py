"""What the tour does with papers: transfers, the history, alerts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.tour.driver import Driver
from app.ui.history.screen import HistoryScreen

ALT = Qt.KeyboardModifier.AltModifier
SKU = "HND-HAMMER-001"


async def look_back(driver: Driver) -> None:
    await driver.press(Qt.Key.Key_8, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, HistoryScreen)
    await driver.until("movements", lambda: screen.table.model().rowCount() > 0)
    await driver.picture("movements", ("light", "dark", "contrast"))
    await driver.scan(SKU)
    await driver.until(
        "only the hammer's movements", lambda: "Hammer" in screen._view_model.state.product
    )
    await driver.until("rows", lambda: screen.table.model().rowCount() > 0)
    await driver.press(Qt.Key.Key_Return)
    screen.focus_first()
    await driver.type("u")
    await driver.until("the question", lambda: dialog() is not None)
    await driver.picture("undo-question")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("no question", lambda: dialog() is None)


PAPER_STEPS = (("look back", look_back),)


def dialog() -> QDialog | None:
    """The dialog on top."""
    top = QApplication.activeModalWidget()
    return top if isinstance(top, QDialog) else None
