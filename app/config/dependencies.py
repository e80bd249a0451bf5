"""The one place where the parts of the client are put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from app.config.settings import SettingError, Settings
from app.config.syncing import make_sync
from app.data.alerts import DittoAlertRepository
from app.data.catalogue import DittoCatalogue, DittoStoreDirectory
from app.data.device import load_device
from app.data.receiving import DittoReceivingRepository, ReceivingRepository
from app.data.replenishment import DittoReplenishmentRepository
from app.data.session import Session
from app.data.settling import DittoSettler
from app.data.stock import DittoStockRepository
from app.data.sync.modes import Mode
from app.data.sync.service import SyncService
from app.data.sync.space import DittoSpace
from app.data.tidying import Tidying
from app.data.transfers import DittoTransferRepository, TransferRepository
from app.domain.entities import Actor, Device, Profile, Role, Store
from app.domain.errors import ZavaError
from app.ui.alerts.view_model import AlertsViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.command import Command
from app.ui.core.scanner import ScannerFilter
from app.ui.core.screen import Route, Screen
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.shell.sign_in import SignInScreen
from app.ui.shell.status import StatusViewModel
from app.ui.shell.stores import OtherStores
from app.ui.shell.window import MainWindow
from app.ui.shell.workplace import FIND, Workplace
from connector_config.local_indexes import ensure_indexes

if TYPE_CHECKING:
    from app.domain.receiving import Paper
    from app.ui.product.screen import ProductScreen

_EVERYBODY = frozenset(Role)
_STOCK_ROOM = frozenset({Role.WORKER, Role.MANAGER})
_SALES = frozenset({Role.REP, Role.MANAGER})


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
        self._stores = await DittoStoreDirectory(session).stores()
        check_store(self._settings, self._stores)
        await self.sync.open()
        self.show_sign_in()
        if not self._stores and self.sync.state.mode is not Mode.OFFLINE:
            # A new device gets its stores from the others.
            self._stop_waiting = DittoStoreDirectory(session).watch(self._on_stores)

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
        """Load the store's catalogue and show the workplace."""
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

    def _receive(self, paper: Paper) -> None:
        from app.ui.receive.screen import ReceiveScreen

        if self.workplace is not None:
            screen = self.workplace.go("receive")
            assert isinstance(screen, ReceiveScreen)
            screen.receive(paper)

    def _order_low(self) -> None:
        from app.ui.reorder.screen import ReorderScreen

        if self.workplace is not None:
            screen = self.workplace.go("reorder")
            assert isinstance(screen, ReorderScreen)
            screen.order_low()

    def _workplace(self, profile: Profile) -> Workplace:
        actor = Actor(profile, self._device, lambda: self.sync.connected)
        catalogue, stock, look, sync = self.catalogue, self.stock, self.appearance, self.sync
        find = FindViewModel(catalogue, stock)
        status = StatusViewModel(
            stock,
            catalogue,
            actor,
            sync,
            self._now,
            lambda: self.session.size,
            self.session.on_written,
        )
        store_id = profile.store_id
        papers = DittoTransferRepository(self.session, self._now)
        receiving = DittoReceivingRepository(self.session, self._now)
        store = self._store(profile)
        offline = sync.state.mode is Mode.OFFLINE
        others = self._others(profile) if profile.role is Role.MANAGER else None

        # The start waits for none of these.
        def product() -> ProductScreen:
            from app.data.places import DittoPlaceRepository
            from app.ui.product.places_view_model import PlacesViewModel
            from app.ui.product.screen import ProductScreen
            from app.ui.product.view_model import ProductViewModel

            places = PlacesViewModel(DittoPlaceRepository(self.session, self._now), actor)
            outbox = None if offline else sync.outbox
            card = ProductViewModel(catalogue, stock, actor, self._stores, outbox)
            return ProductScreen(card, places, look)

        def aisles() -> Screen:
            from app.ui.aisles.screen import AislesScreen
            from app.ui.aisles.view_model import AislesViewModel

            return AislesScreen(AislesViewModel(catalogue, stock, store_id), look)

        def low_stock() -> Screen:
            from app.ui.low_stock.screen import LowStockScreen
            from app.ui.low_stock.view_model import LowStockViewModel

            suggest = DittoReplenishmentRepository(self.session, self._now).suggestions
            screen = LowStockScreen(LowStockViewModel(catalogue, stock, suggest, store_id), look)
            screen.order_asked.connect(self._order_low)
            return screen

        def receive() -> Screen:
            from app.ui.receive.screen import ReceiveScreen
            from app.ui.receive.view_model import ReceiveViewModel

            orders = DittoReplenishmentRepository(self.session, self._now)
            view_model = ReceiveViewModel(
                catalogue, receiving, papers, orders, actor, self._stores, self._now
            )
            return ReceiveScreen(view_model, catalogue, look)

        def reorder() -> Screen:
            from app.ui.reorder.screen import ReorderScreen
            from app.ui.reorder.view_model import ReorderViewModel

            orders = DittoReplenishmentRepository(self.session, self._now)
            view_model = ReorderViewModel(catalogue, stock, orders, actor, self._now)
            screen = ReorderScreen(view_model, catalogue, store, look)
            screen.receive_asked.connect(self._receive)
            return screen

        def order() -> Screen:
            from app.data.carts import DittoCartRepository
            from app.data.customers import DittoCustomerRepository
            from app.data.orders import DittoOrderRepository
            from app.ui.order.screen import OrderScreen
            from app.ui.order.view_model import OrderViewModel

            session, now = self.session, self._now
            view_model = OrderViewModel(
                catalogue,
                stock,
                DittoCustomerRepository(session, now),
                DittoCartRepository(session, now),
                DittoOrderRepository(session, now),
                actor,
                store,
                {one.store_id: one.short_name for one in self._stores},
            )
            return OrderScreen(view_model, catalogue, look)

        def orders() -> Screen:
            from app.data.orders import DittoOrderRepository
            from app.ui.orders.screen import OrdersScreen
            from app.ui.orders.view_model import OrdersViewModel

            taken = DittoOrderRepository(self.session, self._now)
            return OrdersScreen(OrdersViewModel(taken, actor), look)

        def count() -> Screen:
            from app.data.stocktakes import DittoStocktakeRepository
            from app.ui.count.counting_view_model import CountingViewModel
            from app.ui.count.review_view_model import ReviewViewModel
            from app.ui.count.screen import CountScreen
            from app.ui.count.sessions_view_model import SessionsViewModel

            stocktakes = DittoStocktakeRepository(self.session, self._now)
            return CountScreen(
                SessionsViewModel(stocktakes, stock, actor),
                CountingViewModel(catalogue, stock, stocktakes, actor),
                ReviewViewModel(catalogue, stocktakes, actor),
                store.short_name,
                look,
            )

        def transfers() -> Screen:
            from app.ui.transfers.desk_view_model import DeskViewModel
            from app.ui.transfers.screen import TransfersScreen
            from app.ui.transfers.view_model import TransfersViewModel

            return TransfersScreen(
                TransfersViewModel(papers, self._stores, store_id),
                DeskViewModel(papers, receiving, stock, catalogue, self._stores, actor),
                look,
            )

        def history() -> Screen:
            from app.data.history import DittoHistoryRepository
            from app.ui.history.screen import HistoryScreen
            from app.ui.history.view_model import HistoryViewModel

            movements = DittoHistoryRepository(self.session)
            return HistoryScreen(HistoryViewModel(movements, stock, catalogue, actor), look)

        def alerts() -> Screen:
            from app.ui.alerts.screen import AlertsScreen

            assert self.alerts is not None
            return AlertsScreen(self.alerts, look)

        def syncing() -> Screen:
            from app.ui.sync.screen import SyncScreen
            from app.ui.sync.stores_view_model import StoresViewModel
            from app.ui.sync.view_model import SyncViewModel

            space = DittoSpace(self.session)
            stores = (
                None if others is None or offline else StoresViewModel(sync, self._stores, store_id)
            )
            view_model = SyncViewModel(sync, sync.outbox, space, stock, catalogue)
            return SyncScreen(view_model, look, stores)

        routes = (
            Route("find", "Find", "search", "Alt+1", _EVERYBODY, lambda: FindScreen(find, look)),
            Route("order", "Order", "shopping_cart", "Alt+O", _SALES, order),
            Route("orders", "Orders", "receipt", "Alt+R", _SALES, orders),
            Route("aisles", "Aisles", "shelves", "Alt+2", _STOCK_ROOM, aisles),
            Route(
                "low_stock",
                "Low stock",
                "production_quantity_limits",
                "Alt+3",
                _STOCK_ROOM,
                low_stock,
            ),
            Route("receive", "Receive", "inventory_2", "Alt+4", _STOCK_ROOM, receive),
            Route("transfers", "Transfers", "transfers", "Alt+5", _STOCK_ROOM, transfers),
            Route("count", "Count", "barcode_scanner", "Alt+6", _STOCK_ROOM, count),
            Route("reorder", "Reorder", "assignment", "Alt+7", _STOCK_ROOM, reorder),
            Route("history", "History", "history", "Alt+8", _STOCK_ROOM, history),
            Route("alerts", "Alerts", "bell", "Alt+9", _STOCK_ROOM, alerts),
            # Its number stays when other screens come.
            Route("sync", "Sync", "sync", "Alt+0", _EVERYBODY, syncing),
        )
        workplace = Workplace(
            profile, store, routes, find, product, status, look, self.show_sign_in, others
        )
        settler = DittoSettler(self.session, self._now)
        self.tidying = Tidying(self.session, receiving, settler, actor)
        if profile.role in _STOCK_ROOM:
            self.alerts = self._follow_alerts(papers, receiving, profile.store_id)
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

    def _follow_alerts(
        self, transfers: TransferRepository, receiving: ReceivingRepository, store_id: str
    ) -> AlertsViewModel:
        session, now = self.session, self._now
        orders = DittoReplenishmentRepository(session, now)
        return AlertsViewModel(
            DittoAlertRepository(session, now, transfers, orders, receiving),
            self._stores,
            store_id,
        )

    def _unfollow(self) -> None:
        if self.tidying is not None:
            self.tidying.close()
            self.tidying = None
        if self.alerts is not None:
            self.alerts.close()
            self.alerts = None

    def _store(self, profile: Profile) -> Store:
        return next(one for one in self._stores if one.store_id == profile.store_id)
