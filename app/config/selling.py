"""The screens of those who sell, and the ways from one to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.stock import DittoStockRepository
from app.data.store.session import Session
from app.data.sync.service import SyncService
from app.domain.entities import Actor, Store
from app.ui.core.appearance import Appearance
from app.ui.core.screen import Screen

if TYPE_CHECKING:
    from app.data.selling.customer_directory import CustomerDirectory
    from app.data.selling.customers import CustomerRepository
    from app.domain.customers import Customer
    from app.domain.orders import Order
    from app.ui.customers.draft import DraftViewModel
    from app.ui.order.customer_lookup import CustomerLookup
    from app.ui.order.view_model import OrderViewModel
    from app.ui.product.nearby import NearbyViewModel


class Selling:
    """`go` shows a screen by its name, `make` makes it where it is not there yet."""

    def __init__(
        self,
        session: Session,
        catalogue: DittoCatalogue,
        stock: DittoStockRepository,
        sync: SyncService,
        appearance: Appearance,
        actor: Actor,
        now: Callable[[], datetime],
        pictures: Path,
        go: Callable[[str], Screen],
        make: Callable[[str], Screen],
    ) -> None:
        self._session = session
        self._catalogue = catalogue
        self._stock = stock
        self._sync = sync
        self._look = appearance
        self._actor = actor
        self._now = now
        self._pictures = pictures
        self._go = go
        self._make = make
        self._everybody: CustomerDirectory | None = None

    def browse(self) -> Screen:
        """The catalogue."""
        from app.data.selling.carts import DittoCartRepository
        from app.ui.catalogue.screen import CatalogueScreen
        from app.ui.catalogue.view_model import CatalogueViewModel
        from app.ui.core.pictures import Pictures

        view_model = CatalogueViewModel(
            self._catalogue,
            self._stock,
            DittoCartRepository(self._session, self._now),
            self._actor.profile.store_id,
            lambda product_id, by: self._order().sell(product_id, by),
        )
        return CatalogueScreen(view_model, self._look, Pictures(self._pictures))

    def customers(self) -> Screen:
        """Whom one sells to."""
        from app.data.selling.bought import BoughtRepository
        from app.ui.customers.screen import CustomersScreen
        from app.ui.customers.view_model import CustomersViewModel

        store_id = self._actor.profile.store_id
        view_model = CustomersViewModel(
            self._customers(),
            self._directory(),
            BoughtRepository(self._session),
            store_id,
        )
        screen = CustomersScreen(view_model, self._look)
        screen.order_asked.connect(self._order_for)
        screen.card.orders.opened.connect(
            lambda order: self._show_order(order, view_model.state.chosen)
        )
        return screen

    def orders(self, held: Callable[[], Sequence[Store]]) -> Screen:
        """What was sold, in the stores that this device holds."""
        from app.data.selling.order_list import OrderListRepository
        from app.data.selling.orders import OrderRepository
        from app.ui.orders.filter_view_model import FilterViewModel
        from app.ui.orders.screen import OrdersScreen
        from app.ui.orders.view_model import OrdersViewModel

        session, now = self._session, self._now
        filters = FilterViewModel(self._customers(), held, self._actor)
        view_model = OrdersViewModel(
            OrderRepository(session, now), OrderListRepository(session, now), filters, self._actor
        )
        return OrdersScreen(view_model, self._look)

    def look_up(self) -> CustomerLookup:
        """Whom an order is for."""
        from app.ui.order.customer_lookup import CustomerLookup

        return CustomerLookup(self._customers(), self._directory(), self._actor.profile.store_id)

    def new_customer(self) -> DraftViewModel:
        """A new customer, typed in the middle of an order."""
        from app.ui.customers.draft import DraftViewModel

        return DraftViewModel(self._customers(), self._directory(), self._actor.profile.store_id)

    def nearby(self) -> NearbyViewModel:
        """What the product card says of other stores and of the carts."""
        from app.data.selling.carts import DittoCartRepository
        from app.ui.product.nearby import NearbyViewModel, Ways

        return NearbyViewModel(
            DittoCartRepository(self._session, self._now),
            self._sync,
            self._actor,
            self._now,
            Ways(lambda product_id: self._order().sell(product_id), self._request),
        )

    def _customers(self) -> CustomerRepository:
        from app.data.selling.customers import CustomerRepository

        return CustomerRepository(self._session, self._now)

    def _directory(self) -> CustomerDirectory:
        """One for all screens: it holds all customers of the store."""
        from app.data.selling.customer_directory import CustomerDirectory

        if self._everybody is None:
            self._everybody = CustomerDirectory(self._session, self._actor.profile.store_id)
        return self._everybody

    def _order(self) -> OrderViewModel:
        from app.ui.order.screen import OrderScreen

        screen = self._make("order")
        assert isinstance(screen, OrderScreen)
        return screen.view_model

    def _order_for(self, customer: Customer) -> None:
        self._order().sell_to(customer)
        self._go("order").focus_first()

    def _show_order(self, order: Order, customer: Customer | None) -> None:
        from app.ui.orders.screen import OrdersScreen

        screen = self._go("orders")
        assert isinstance(screen, OrdersScreen)
        if customer is not None:
            screen.show_customer(customer)
        screen.view_model.open(order)

    def _request(self, store_id: str, product_id: str) -> None:
        from app.ui.transfers.screen import TransfersScreen

        listing = self._catalogue.listing(product_id)
        screen = self._go("transfers")
        assert isinstance(screen, TransfersScreen)
        if listing is not None:
            screen.ask_for(store_id, listing.product.sku)
