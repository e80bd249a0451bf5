"""The steps of the tour for whoever is new here, or wants larger text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.tour.driver import Driver, TourError
from app.ui.help.dialog import HelpDialog


async def begin_for_the_first_time(driver: Driver) -> None:
    driver.workplace.go("find")
    await driver.picture("first-run", ("light", "dark", "contrast"))
    await driver.click(driver.workplace.welcome.close_button)
    if driver.workplace.welcome.isVisible():
        raise TourError("the card of the first run stays")


async def ask_for_the_keys(driver: Driver) -> None:
    driver.workplace.go("low_stock")
    await driver.press(Qt.Key.Key_F1)
    await driver.until("the help", lambda: _help() is not None)
    await driver.picture("help-keys", ("light", "dark", "contrast"))
    shown = _help()
    assert shown is not None
    await driver.click(shown.parts.button("steps"))
    await driver.picture("help-first-steps")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("the screen", lambda: _help() is None)


async def read_large_text(driver: Driver) -> None:
    look = driver.client.appearance
    driver.workplace.go("low_stock")
    size = driver.window.size()
    look.choose_text_size(150)
    driver.window.resize(driver.workplace.minimumSize())
    await driver.picture("large-text", ("light",))
    look.choose_text_size(100)
    driver.window.resize(size)


def _help() -> HelpDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, HelpDialog) else None


HELP_STEPS = (
    ("ask for the keys", ask_for_the_keys),
    ("read large text", read_large_text),
)
