"""The screens of one sign-in: what each is made of, who gets it, and its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.config.selling import Selling
from app.data.papers.receiving import DittoReceivingRepository
from app.data.papers.replenishment import DittoReplenishmentRepository
from app.data.papers.transfers import DittoTransferRepository
from app.data.selling.oversell import DittoOversellRepository
from app.data.stock.alerts import DittoAlertRepository
from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.stock import DittoStockRepository
from app.data.store.session import Session
from app.data.sync.modes import Mode
from app.data.sync.service import SyncService
from app.data.sync.space import DittoSpace
from app.domain.entities import Actor, Role, Store
from app.ui.alerts.view_model import AlertsViewModel
from app.ui.core.appearance import Appearance
from app.ui.core.screen import Route, Screen
from app.ui.find.screen import FindScreen
from app.ui.find.view_model import FindViewModel
from app.ui.oversold.view_model import OversoldViewModel

if TYPE_CHECKING:
    from app.domain.receiving import Paper
    from app.ui.product.screen import ProductScreen

_EVERYBODY = frozenset(Role)
STOCK_ROOM = frozenset({Role.WORKER, Role.MANAGER})
_SALES = frozenset({Role.REP, Role.MANAGER})


class Screens:
    """Makes each screen when it is first asked for; `go` shows one, by its name."""

    def __init__(
        self,
        session: Session,
        catalogue: DittoCatalogue,
        stock: DittoStockRepository,
        sync: SyncService,
        appearance: Appearance,
        actor: Actor,
        stores: Sequence[Store],
        now: Callable[[], datetime],
        go: Callable[[str], Screen],
        selling: Selling,
    ) -> None:
        self._session = session
        self._catalogue = catalogue
        self._stock = stock
        self._sync = sync
        self._look = appearance
        self._actor = actor
        self._stores = list(stores)
        self._now = now
        self._go = go
        self._selling = selling
        self._offline = sync.state.mode is Mode.OFFLINE
        store_id = actor.profile.store_id
        self.store = next(one for one in stores if one.store_id == store_id)
        self.papers = DittoTransferRepository(session, now)
        self.receiving = DittoReceivingRepository(session, now)
        self.find = FindViewModel(catalogue, stock)
        self.alerts: AlertsViewModel | None = None
        self.oversold: OversoldViewModel | None = None

    def follow_alerts(self) -> AlertsViewModel:
        """What waits for somebody in the store, from now on; whoever asks closes it."""
        orders = DittoReplenishmentRepository(self._session, self._now)
        alerts = DittoAlertRepository(self._session, self._now, self.papers, orders, self.receiving)
        self.alerts = AlertsViewModel(alerts, self._stores, self.store.store_id)
        return self.alerts

    def follow_oversold(self) -> OversoldViewModel:
        """What was sold although it was not there, from now on; whoever asks closes it."""
        self.oversold = OversoldViewModel(
            DittoOversellRepository(self._session, self._now),
            self._stock,
            self._catalogue,
            self._stores,
            [one.store_id for one in self._held()],
            self._actor,
        )
        return self.oversold

    def routes(self) -> tuple[Route, ...]:
        """All screens in the order of the navigation."""
        return (
            Route("find", "Find", "search", "Alt+1", _EVERYBODY, self._make_find),
            Route("order", "Order", "shopping_cart", "Alt+O", _SALES, self._make_order),
            Route("orders", "Orders", "receipt", "Alt+R", _SALES, self._make_orders),
            Route("catalogue", "Catalogue", "category", "Alt+C", _SALES, self._selling.browse),
            Route("customers", "Customers", "person", "Alt+U", _SALES, self._selling.customers),
            Route("aisles", "Aisles", "shelves", "Alt+2", STOCK_ROOM, self._make_aisles),
            Route(
                "low_stock",
                "Low stock",
                "production_quantity_limits",
                "Alt+3",
                STOCK_ROOM,
                self._make_low_stock,
            ),
            Route("receive", "Receive", "inventory_2", "Alt+4", STOCK_ROOM, self._make_receive),
            Route("transfers", "Transfers", "transfers", "Alt+5", STOCK_ROOM, self._make_transfers),
            Route("count", "Count", "barcode_scanner", "Alt+6", STOCK_ROOM, self._make_count),
            Route("reorder", "Reorder", "assignment", "Alt+7", STOCK_ROOM, self._make_reorder),
            Route("history", "History", "history", "Alt+8", STOCK_ROOM, self._make_history),
            Route("alerts", "Alerts", "bell", "Alt+9", STOCK_ROOM, self._make_alerts),
            Route("desk", "Oversold", "warning", "Alt+D", _EVERYBODY, self._make_desk),
            Route(
                "sales",
                "Sales",
                "bar_chart",
                "Alt+M",
                frozenset({Role.MANAGER}),
                self._make_sales,
            ),
            # Its number stays when other screens come.
            Route("sync", "Sync", "sync", "Alt+0", _EVERYBODY, self._make_sync),
        )

    def _make_find(self) -> Screen:
        return FindScreen(self.find, self._look)

    # The start waits for none of the modules that are imported from here on.

    def product(self) -> ProductScreen:
        """The product card."""
        from app.data.stock.places import DittoPlaceRepository
        from app.ui.product.places_view_model import PlacesViewModel
        from app.ui.product.screen import ProductScreen
        from app.ui.product.view_model import ProductViewModel

        places = PlacesViewModel(DittoPlaceRepository(self._session, self._now), self._actor)
        outbox = None if self._offline else self._sync.outbox
        card = ProductViewModel(self._catalogue, self._stock, self._actor, self._stores, outbox)
        return ProductScreen(card, places, self._selling.nearby(), self._look)

    def _make_aisles(self) -> Screen:
        from app.ui.aisles.screen import AislesScreen
        from app.ui.aisles.view_model import AislesViewModel

        return AislesScreen(
            AislesViewModel(self._catalogue, self._stock, self.store.store_id), self._look
        )

    def _make_low_stock(self) -> Screen:
        from app.ui.low_stock.screen import LowStockScreen
        from app.ui.low_stock.view_model import LowStockViewModel

        suggest = DittoReplenishmentRepository(self._session, self._now).suggestions
        screen = LowStockScreen(
            LowStockViewModel(self._catalogue, self._stock, suggest, self.store.store_id),
            self._look,
        )
        screen.order_asked.connect(self._order_low)
        return screen

    def _make_receive(self) -> Screen:
        from app.ui.receive.screen import ReceiveScreen
        from app.ui.receive.view_model import ReceiveViewModel

        orders = DittoReplenishmentRepository(self._session, self._now)
        view_model = ReceiveViewModel(
            self._catalogue,
            self.receiving,
            self.papers,
            orders,
            self._actor,
            self._stores,
            self._now,
        )
        return ReceiveScreen(view_model, self._catalogue, self._look)

    def _make_reorder(self) -> Screen:
        from app.ui.reorder.screen import ReorderScreen
        from app.ui.reorder.view_model import ReorderViewModel

        orders = DittoReplenishmentRepository(self._session, self._now)
        view_model = ReorderViewModel(self._catalogue, self._stock, orders, self._actor, self._now)
        screen = ReorderScreen(view_model, self._catalogue, self.store, self._look)
        screen.receive_asked.connect(self._receive)
        return screen

    def _make_order(self) -> Screen:
        from app.data.selling.carts import DittoCartRepository
        from app.data.selling.orders import DittoOrderRepository
        from app.ui.order.screen import OrderScreen
        from app.ui.order.view_model import OrderViewModel

        session, now = self._session, self._now
        view_model = OrderViewModel(
            self._catalogue,
            self._stock,
            DittoCartRepository(session, now),
            DittoOrderRepository(session, now),
            self._actor,
            self.store,
            {one.store_id: one for one in self._stores},
        )
        lookup, draft = self._selling.look_up(), self._selling.new_customer()
        return OrderScreen(view_model, lookup, draft, self._catalogue, self._look)

    def _make_orders(self) -> Screen:
        return self._selling.orders(self._held)

    def _make_count(self) -> Screen:
        from app.data.papers.stocktakes import DittoStocktakeRepository
        from app.ui.count.counting_view_model import CountingViewModel
        from app.ui.count.review_view_model import ReviewViewModel
        from app.ui.count.screen import CountScreen
        from app.ui.count.sessions_view_model import SessionsViewModel

        stocktakes = DittoStocktakeRepository(self._session, self._now)
        return CountScreen(
            SessionsViewModel(stocktakes, self._stock, self._actor),
            CountingViewModel(self._catalogue, self._stock, stocktakes, self._actor),
            ReviewViewModel(self._catalogue, stocktakes, self._actor),
            self.store.short_name,
            self._look,
        )

    def _make_transfers(self) -> Screen:
        from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel
        from app.ui.transfers.screen import TransfersScreen
        from app.ui.transfers.view_model import TransfersViewModel

        return TransfersScreen(
            TransfersViewModel(self.papers, self._stores, self.store.store_id),
            OpenTransferViewModel(
                self.papers, self.receiving, self._stock, self._catalogue, self._stores, self._actor
            ),
            self._look,
        )

    def _make_history(self) -> Screen:
        from app.data.stock.history import DittoHistoryRepository
        from app.ui.history.screen import HistoryScreen
        from app.ui.history.view_model import HistoryViewModel

        movements = DittoHistoryRepository(self._session, self._now)
        return HistoryScreen(
            HistoryViewModel(movements, self._stock, self._catalogue, self._actor), self._look
        )

    def _make_alerts(self) -> Screen:
        from app.ui.alerts.screen import AlertsScreen

        assert self.alerts is not None
        return AlertsScreen(self.alerts, self._look)

    def _make_desk(self) -> Screen:
        from app.ui.oversold.screen import OversoldScreen

        assert self.oversold is not None
        return OversoldScreen(self.oversold, self._look)

    def _make_sales(self) -> Screen:
        from app.data.selling.sales import DittoSalesRepository
        from app.ui.sales.screen import SalesScreen
        from app.ui.sales.view_model import SalesViewModel

        sales = DittoSalesRepository(self._session)
        view_model = SalesViewModel(sales, self._catalogue, self._held(), self._now)
        return SalesScreen(view_model, self._look)

    def _make_sync(self) -> Screen:
        from app.ui.sync.screen import SyncScreen
        from app.ui.sync.stores_view_model import StoresViewModel
        from app.ui.sync.view_model import SyncViewModel

        space = DittoSpace(self._session)
        stores = (
            None
            if self._offline or self._actor.profile.role is not Role.MANAGER
            else StoresViewModel(self._sync, self._stores, self.store.store_id)
        )
        view_model = SyncViewModel(
            self._sync, self._sync.outbox, space, self._stock, self._catalogue
        )
        return SyncScreen(view_model, self._look, stores)

    def _held(self) -> list[Store]:
        """The store one is in, and for a manager all that this device holds."""
        if self._actor.profile.role is not Role.MANAGER:
            return [self.store]
        its = self._sync.state.stores
        # Offline nothing leaves, so everything is there.
        return [one for one in self._stores if not its or one.store_id in its]

    def _receive(self, paper: Paper) -> None:
        from app.ui.receive.screen import ReceiveScreen

        screen = self._go("receive")
        assert isinstance(screen, ReceiveScreen)
        screen.receive(paper)

    def _order_low(self) -> None:
        from app.ui.reorder.screen import ReorderScreen

        screen = self._go("reorder")
        assert isinstance(screen, ReorderScreen)
        screen.order_low()
