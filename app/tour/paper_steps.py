"""The steps of the tour with papers: transfers, the history, alerts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.entities import Profile, Role
from app.tour.driver import Driver
from app.ui.alerts.screen import AlertsScreen
from app.ui.history.screen import HistoryScreen
from app.ui.transfers.open_transfer_state import Step
from app.ui.transfers.screen import TransfersScreen

TACOMA = "store_tacoma"
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
HAMMER = "HND-HAMMER-001"
DRILL = "PWR-DRILL-008"


async def send_ten_drills(driver: Driver) -> None:
    driver.window.resize(1280, 800)
    await driver.press(Qt.Key.Key_5, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, TransfersScreen)
    await driver.picture("transfers-empty", ("light",))
    await driver.type("n")
    await driver.until("the product field", screen.transfer.entry.product.hasFocus)
    await driver.click(screen.transfer.entry.direction.button("send"))
    screen.transfer.entry.other.setCurrentIndex(screen.transfer.entry.other.findData(TACOMA))
    await driver.scan(DRILL)
    await driver.until("the drill", lambda: screen.transfer.table.model().rowCount() == 1)
    screen.transfer.line.quantity.setFocus()
    screen.transfer.line.quantity.selectAll()
    await driver.type("10")
    await driver.press(Qt.Key.Key_Return)
    await driver.picture("transfer-new")
    await driver.press(Qt.Key.Key_Return, CONTROL)
    await driver.until("it can be shipped", lambda: _step(screen) is Step.SHIP)
    await driver.picture("transfer-ship")
    await driver.press(Qt.Key.Key_Return, CONTROL)
    await driver.until("it is on its way", lambda: _step(screen) is Step.LOOK)
    await driver.click(screen.transfer.steps.take_back)
    await driver.until("the consequence", lambda: dialog() is not None)
    await driver.picture("take-back-question")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("no question", lambda: dialog() is None)


async def receive_nine_in_tacoma(driver: Driver) -> None:
    profile = Profile(TACOMA, Role.WORKER, "Tom")
    driver.client.show_sign_in()
    await driver.client.sign_in(profile)
    await driver.press(Qt.Key.Key_5, ALT)
    screen = driver.workplace.current
    assert isinstance(screen, TransfersScreen)
    await driver.until("the transfer", lambda: screen.table.model().rowCount() == 1)
    await driver.picture("transfers")
    screen.focus_first()
    await driver.press(Qt.Key.Key_Return)
    await driver.until("it can be received", lambda: _step(screen) is Step.RECEIVE)
    for _ in range(9):
        await driver.scan(DRILL)
    await driver.click(screen.transfer.rest_button)
    await driver.picture("transfer-receive", ("light", "dark", "contrast"))
    await driver.click(screen.transfer.submit_button)
    await driver.until("it is received", lambda: _step(screen) is Step.LOOK)
    await driver.picture("transfer-received")
    driver.window.resize(1024, 640)
    await driver.picture("transfer-received-1024x640", ("light",))
    screen.show_list()
    screen.begin()
    await driver.picture("transfer-new-1024x640", ("light",))
    screen.receive_unseen()
    await driver.picture("transfer-unseen-1024x640", ("light",))
    driver.window.resize(1280, 800)
    driver.client.show_sign_in()
    await driver.client.sign_in(Profile("store_seattle", Role.WORKER, "Maya"))
    await driver.until("Seattle again", driver.workplace.rail.button("history").isVisible)


async def look_back(driver: Driver) -> None:
    await driver.click(driver.workplace.rail.button("history"))
    screen = driver.workplace.current
    assert isinstance(screen, HistoryScreen)
    await driver.until("movements", lambda: screen.table.model().rowCount() > 0)
    driver.window.resize(1024, 640)
    await driver.picture("movements-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.picture("movements", ("light", "dark", "contrast"))
    await driver.scan(HAMMER)
    await driver.until(
        "only the hammer's movements", lambda: "Hammer" in screen._view_model.state.product
    )

    def corrected() -> list[int]:
        # What a paper moved is taken back in its own screen, what a person corrected here.
        rows = enumerate(screen._view_model.state.rows or ())
        return [at for at, one in rows if not one.movement.reference and not one.undone]

    await driver.until("a correction", lambda: bool(corrected()))
    screen.focus_first()
    screen.table.select(corrected()[0])
    await driver.type("u")
    await driver.until("the question", lambda: dialog() is not None)
    await driver.picture("undo-question")
    await driver.press(Qt.Key.Key_Escape)
    await driver.until("no question", lambda: dialog() is None)


async def see_what_waits(driver: Driver) -> None:
    await driver.click(driver.workplace.rail.button("alerts"))
    screen = driver.workplace.current
    assert isinstance(screen, AlertsScreen)
    await driver.until("alerts", lambda: screen.table.model().rowCount() > 0)
    await driver.picture("alerts", ("light", "dark", "contrast"))
    screen.focus_first()
    await driver.press(Qt.Key.Key_Return)
    await driver.until("what settles it", lambda: driver.workplace.current is not screen)


PAPER_STEPS = (
    ("send ten drills", send_ten_drills),
    ("receive nine in Tacoma", receive_nine_in_tacoma),
    ("look back", look_back),
    ("see what waits", see_what_waits),
)


def _step(screen: TransfersScreen) -> Step:
    return screen.transfer._view_model.state.step


def dialog() -> QDialog | None:
    """The dialog on top."""
    top = QApplication.activeModalWidget()
    return top if isinstance(top, QDialog) else None
