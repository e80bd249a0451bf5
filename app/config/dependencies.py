"""The one place where the parts of the client are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from app.config.screens import STOCK_ROOM, Screens
from app.config.selling import Selling
from app.config.settings import SettingError, Settings
from app.config.syncing import make_sync
from app.data.papers.settling import Settler
from app.data.papers.tidying import Tidying
from app.data.stock.catalogue import DittoCatalogue, StoreDirectory
from app.data.stock.stock import DittoStockRepository
from app.data.store.device import load_device
from app.data.store.session import Session
from app.data.sync.modes import Mode
from app.data.sync.service import SyncService
from app.domain.entities import Actor, Device, Profile, Role, Store
from app.domain.errors import ZavaError
from app.ui.alerts.view_model import AlertsViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.scanner import ScannerFilter
from app.ui.core.tasks import finish
from app.ui.oversold.view_model import OversoldViewModel
from app.ui.shell.sign_in import SignInScreen
from app.ui.shell.status import StatusViewModel
from app.ui.shell.stores import OtherStores
from app.ui.shell.window import MainWindow
from app.ui.shell.workplace import FIND, Workplace
from connector_config.store.local_indexes import ensure_indexes

_FINISH_SECONDS = 10.0
"""How long closing waits for what was asked for; only a big export takes longer."""


def check_store(settings: Settings, stores: list[Store]) -> None:
    """Raise SettingError when a store is set that is not one of those on this device."""
    ids = [store.store_id for store in stores]
    if settings.store_id is not None and ids and settings.store_id not in ids:
        raise SettingError(
            f"ZAVA_STORE is '{settings.store_id}', which is no store here: "
            f"set it to {' or '.join(ids)}."
        )


class Client(QObject):
    """The running client: its session, its window, and who is signed in."""

    changed = Signal()

    def __init__(
        self, application: QApplication, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        super().__init__(application)
        self._settings = settings
        self._now = now
        preferences = settings.data_dir / "zava.ini"
        self._preferences = QSettings(str(preferences), QSettings.Format.IniFormat)
        self.appearance = Appearance(application, self._preferences, settings.theme)
        self.window = MainWindow(self._preferences)
        self._scanner = ScannerFilter(application)
        self._scanner.scanned.connect(self._on_scanned)
        self._application = application
        self._signing_in = Command(self.sign_in, self)
        self._signing_in.failed.connect(self._on_sign_in_failed)
        self._moving = Command(self._work_in, self)
        self._moving.failed.connect(self._on_sign_in_failed)
        self.session: Session
        self.stock: DittoStockRepository
        self.catalogue: DittoCatalogue
        self.sync: SyncService
        self._device: Device
        self.sign_in_screen: SignInScreen | None = None
        self.workplace: Workplace | None = None
        self.alerts: AlertsViewModel | None = None
        self.oversold: OversoldViewModel | None = None
        self.tidying: Tidying | None = None
        self._stores: list[Store] = []
        self._stop_waiting: Callable[[], None] = lambda: None

    async def start(self, session: Session) -> None:
        """Show the sign-in on an open session."""
        self.session = session
        self._device = load_device(self._settings.data_dir)
        self.sync = make_sync(session, self._settings, self._preferences, self._device, self._now)
        self.stock = DittoStockRepository(session, self._now)
        self.catalogue = DittoCatalogue(session)
        await ensure_indexes(session.query)
        self._stores = await StoreDirectory(session).stores()
        check_store(self._settings, self._stores)
        await self.sync.open()
        self.show_sign_in()
        if not self._stores and self.sync.state.mode is not Mode.OFFLINE:
            # A new device gets its stores from the others.
            self._stop_waiting = StoreDirectory(session).watch(self._on_stores)

    def show_sign_in(self) -> None:
        """Leave the workplace, if there is one, and ask who is working."""
        self._leave()
        screen = SignInScreen(
            self._stores,
            self._preferences,
            self._settings.store_id,
            self._settings.role,
            "" if self.sync.state.mode is Mode.OFFLINE else self.sync.state.mode.through,
        )
        screen.signed_in.connect(self._signing_in.execute)
        self.sign_in_screen = screen
        self.window.show_page(screen)
        screen.focus_first()
        self.changed.emit()

    async def sign_in(self, profile: Profile) -> None:
        """Load the store's catalogue and show the workplace, in place of another one."""
        if self.workplace is not None:
            self._leave()
        await self.catalogue.open(profile.store_id)
        self._stop_waiting()
        await self.sync.enter(profile, self._store(profile).short_name, self._device)
        self.workplace = self._workplace(profile)
        self.sign_in_screen = None
        self.window.show_page(self.workplace)
        self.workplace.go(FIND)
        self.workplace.bar.focus()
        self.changed.emit()

    async def close(self) -> None:
        """Stop everything and close the store; what was being written is finished first."""
        self._signing_in.cancel()
        self._moving.cancel()
        self._stop_waiting()
        self._application.removeEventFilter(self._scanner)
        self._leave()
        self.catalogue.close()
        await finish(_FINISH_SECONDS)
        await self.sync.close()
        await self.session.close()

    def _leave(self) -> None:
        if self.workplace is not None:
            self.workplace.close_all()
            self.catalogue.close()
            self.workplace = None
        self._unfollow()

    async def _work_in(self, profile: Profile) -> None:
        """The same person, at the same screen, in another store."""
        assert self.workplace is not None
        shown = self.workplace.shown
        self.workplace.setEnabled(False)
        self._leave()
        await self.sign_in(profile)
        self.workplace.show_again(shown)

    def _on_stores(self, stores: list[Store]) -> None:
        if self.workplace is None and stores != self._stores:
            self._stores = stores
            self.show_sign_in()

    def _on_sign_in_failed(self, error: ZavaError) -> None:
        if self.sign_in_screen is None:
            self.show_sign_in()
        assert self.sign_in_screen is not None
        self.sign_in_screen.show_problem(str(error))

    def _on_scanned(self, code: str) -> None:
        if self.workplace is None:
            return
        for covering in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if covering is not None:
                covering.close()
        self.workplace.scan(code)

    def _workplace(self, profile: Profile) -> Workplace:
        actor = Actor(profile, self._device, lambda: self.sync.connected)
        selling = Selling(
            self.session,
            self.catalogue,
            self.stock,
            self.sync,
            self.appearance,
            actor,
            self._now,
            self._settings.data_dir / "pictures",
            lambda name: workplace.go(name),
            lambda name: workplace.make(name),
        )
        screens = Screens(
            self.session,
            self.catalogue,
            self.stock,
            self.sync,
            self.appearance,
            actor,
            self._stores,
            self._now,
            lambda name: workplace.go(name),
            selling,
        )
        status = StatusViewModel(
            self.stock,
            self.catalogue,
            actor,
            self.sync,
            self._now,
            lambda: self.session.size,
            self.session.on_written,
        )
        workplace = Workplace(
            profile,
            screens.store,
            screens.routes(),
            screens.find,
            screens.product,
            status,
            self.appearance,
            self.show_sign_in,
            self._others(profile) if profile.role is Role.MANAGER else None,
        )
        self.oversold = screens.follow_oversold()
        self.oversold.state_changed.connect(
            lambda state: workplace.rail.set_count("desk", state.waiting)
        )
        settler = Settler(self.session, self._now)
        self.tidying = Tidying(self.session, screens.receiving, settler, actor)
        if profile.role in STOCK_ROOM:
            self.alerts = screens.follow_alerts()
            self.alerts.state_changed.connect(
                lambda state: workplace.rail.set_count("alerts", state.total)
            )
        return workplace

    def _others(self, profile: Profile) -> OtherStores:
        def held() -> list[Store]:
            its = self.sync.state.stores
            # Offline nothing leaves, so everything is there.
            return [one for one in self._stores if not its or one.store_id in its]

        def go(store: Store) -> None:
            self._moving.execute(replace(profile, store_id=store.store_id))

        def choose() -> None:
            if self.workplace is not None:
                self.workplace.open_item("sync", "stores")

        offline = self.sync.state.mode is Mode.OFFLINE
        return OtherStores(held, go, None if offline else choose)

    def _unfollow(self) -> None:
        if self.tidying is not None:
            self.tidying.close()
            self.tidying = None
        if self.alerts is not None:
            self.alerts.close()
            self.alerts = None
        if self.oversold is not None:
            self.oversold.close()
            self.oversold = None

    def _store(self, profile: Profile) -> Store:
        return next(one for one in self._stores if one.store_id == profile.store_id)
