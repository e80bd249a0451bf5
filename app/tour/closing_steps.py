"""The step of the tour that closes the day, after what was sold and taken back."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.tour.driver import Driver
from app.ui.closing.screen import ClosingScreen


async def close_the_day(driver: Driver) -> None:
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    screen = driver.workplace.current
    assert isinstance(screen, ClosingScreen)
    state = screen.view_model
    await driver.until("the day", lambda: state.state.book is not None)
    await driver.picture("closing-open", ("light",))
    await driver.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await driver.until("it closed", lambda: state.state.standing is not None)
    await driver.picture("closing", ("light", "dark", "contrast"))
    driver.window.resize(1024, 640)
    await driver.picture("closing-1024x640", ("light",))
    driver.window.resize(1280, 800)


CLOSING_STEPS = (("close the day", close_the_day),)
