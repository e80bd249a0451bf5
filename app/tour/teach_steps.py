"""The step of the tour with a code that nobody knew: it is taught where it was scanned."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.tour.driver import Driver
from app.ui.codes.dialog import TeachDialog

CARTON = "14006381333938"
HAMMER = "HND-HAMMER-001"
CONTROL = Qt.KeyboardModifier.ControlModifier


async def teach_a_code(driver: Driver) -> None:
    teaching = driver.workplace.teaching
    await driver.scan(CARTON)
    await driver.until("the offer", lambda: teaching.bar.isVisible())
    await driver.picture("unknown-code")
    await driver.press(Qt.Key.Key_T, CONTROL)
    await driver.until("the dialog", lambda: _dialog() is not None)
    await driver.type("hammer")
    await driver.picture("teach-search", ("light",))
    await driver.scan(HAMMER)
    await driver.type("12")
    await driver.picture("teach")
    await driver.press(Qt.Key.Key_Return)
    await driver.until("it taught", lambda: _dialog() is None and not teaching.view_model.busy)
    codes = driver.workplace.product.codes
    await driver.until(
        "it on the card",
        lambda: any(one.code == CARTON for one in codes.view_model.state.codes),
    )
    await driver.until("its room", lambda: codes.height() >= codes.sizeHint().height())
    driver.workplace.product.area.ensureWidgetVisible(codes)
    await driver.picture("product-codes")
    await driver.click(teaching.bar.hide_button)


def _dialog() -> TeachDialog | None:
    shown = QApplication.activeModalWidget()
    return shown if isinstance(shown, TeachDialog) else None


TEACH_STEPS = (("teach a code", teach_a_code),)
