"""The steps of the tour with sync, through a MongoDB of its own, on a manager's new device."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.data.sync.state import Phase
from app.domain.entities import Profile, Role
from app.tour.driver import Driver
from app.ui.sync.screen import SyncScreen
from app.ui.sync.stores import StoresPanel

SKU = "HND-HAMMER-001"
TACOMA = "store_tacoma"
ALT = Qt.KeyboardModifier.AltModifier


async def first_sync(driver: Driver) -> None:
    client = driver.client
    await driver.until("the stores", lambda: bool(client.stores), 30)
    await client.sign_in(Profile("store_seattle", Role.MANAGER, "Mia"))
    _sync(driver)
    await driver.until("documents of the first sync", lambda: _phase(driver) is Phase.FIRST_SYNC)
    await driver.picture("sync-first", ("light",))
    await driver.until("everything delivered", lambda: client.sync.state.tone == "ok", 60)
    screen = _sync(driver)
    await driver.click(screen.tabs.button("peers"))
    await driver.picture("sync-connected")


async def choose_stores(driver: Driver) -> None:
    screen = _sync(driver)
    screen.open_item("stores")
    (panel,) = screen.findChildren(StoresPanel)
    await driver.until(
        "what each store brings",
        lambda: all(row.documents is not None for row in panel.view_model.state.rows),
        60,
    )
    await driver.click(panel.boxes[TACOMA])
    await driver.picture("sync-stores")
    await driver.click(panel.apply)
    await driver.until("its documents coming", lambda: _phase(driver) is not Phase.CONNECTED, 60)
    await driver.until("its documents", lambda: _phase(driver) is Phase.CONNECTED, 60)
    await driver.click(panel.boxes[TACOMA])
    driver.window.resize(1024, 640)
    await driver.picture("sync-stores-1024x640", ("light",))
    driver.window.resize(1280, 800)
    await driver.click(panel.reset)


async def work_offline(driver: Driver) -> None:
    screen = _sync(driver)
    await driver.click(screen.overview.switch)
    await driver.until("offline", lambda: driver.client.sync.state.paused)
    await driver.scan(SKU)
    product = driver.workplace.product
    await driver.until("the hammer", lambda: product.view_model.state.ledger is not None)
    product.setFocus()
    for _ in range(3):
        await driver.type("-")
    await driver.until("three wait", lambda: driver.client.sync.state.pending == 3, 60)
    await driver.picture("product-offline", ("light",))
    await driver.press(Qt.Key.Key_0, ALT)
    await driver.click(screen.tabs.button("waiting"))
    await driver.until("three lines", lambda: screen.tables["waiting"].model().rowCount() == 3)
    await driver.picture("sync-offline")


async def deliver(driver: Driver) -> None:
    screen = _sync(driver)
    await driver.click(screen.overview.switch)
    await driver.until("delivery", lambda: driver.client.sync.state.tone == "ok", 60)
    await driver.click(screen.tabs.button("log"))
    await driver.picture("sync-log")


SYNC_STEPS = (
    ("sync for the first time", first_sync),
    ("choose stores", choose_stores),
    ("work offline", work_offline),
    ("deliver", deliver),
)


def _sync(driver: Driver) -> SyncScreen:
    screen = driver.workplace.go("sync")
    assert isinstance(screen, SyncScreen)
    return screen


def _phase(driver: Driver) -> Phase:
    return driver.client.sync.state.report.phase
