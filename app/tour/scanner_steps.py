"""The step of the tour that sets a scanner up."""

from __future__ import annotations

from functools import partial

from app.domain.scanner_check import CODES, PROOF
from app.tour.driver import Driver
from app.ui.sync.scanner_view_model import ScannerViewModel
from app.ui.sync.screen import SyncScreen


async def set_up_the_scanner(driver: Driver) -> None:
    screen = driver.workplace.go("sync")
    assert isinstance(screen, SyncScreen)
    await driver.click(screen.tabs.button("scanner"))
    state = screen.scanner.view_model
    for at, code in enumerate(CODES, 1):
        await driver.scan(code)
        await driver.until(f"code {at}", partial(_is_done, state, at))
    await driver.picture("scanner-half", ("light",))
    await driver.scan(PROOF)
    await driver.until("the proof", lambda: state.state.works is True)
    await driver.picture("scanner")
    driver.window.resize(1024, 640)
    await driver.picture("scanner-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.click(screen.scanner.again)
    screen.open_item("rooms")


def _is_done(view_model: ScannerViewModel, codes: int) -> bool:
    return len(view_model.state.done) == codes


SCANNER_STEPS = (("set up the scanner", set_up_the_scanner),)
