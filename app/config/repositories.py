"""The repositories of one sign-in, made in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from app.data.papers.numbers import PaperNumbers
from app.data.papers.purchase_orders import PurchaseOrderRepository
from app.data.papers.receiving import ReceivingRepository
from app.data.papers.settling import Settler
from app.data.papers.transfers import TransferRepository
from app.data.selling.carts import DittoCartRepository
from app.data.selling.forgetting import ForgettingRepository
from app.data.selling.merging import MergingRepository
from app.data.selling.orders import OrderRepository
from app.data.selling.oversell import OversellRepository
from app.data.stock.alerts import AlertRepository
from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.feed import StockFeed
from app.data.stock.stock import DittoStockRepository
from app.data.store.session import Session
from app.data.sync.space import DittoSpace

if TYPE_CHECKING:
    from app.data.papers.stocktakes import StocktakeRepository
    from app.data.selling.bought import BoughtRepository
    from app.data.selling.closings import DayClosingRepository
    from app.data.selling.customer_directory import CustomerDirectory
    from app.data.selling.customers import CustomerRepository
    from app.data.selling.order_list import OrderListRepository
    from app.data.selling.sales import SalesRepository
    from app.data.staff.staff import StaffRepository
    from app.data.staff.verifying import Verifier
    from app.data.stock.history import HistoryRepository
    from app.data.stock.places import PlaceRepository
    from app.data.stock.product_codes import ProductCodeRepository
    from app.data.store.faulty import DittoFaultyDocuments
    from app.data.undoing.undo import UndoRepository


@dataclass(frozen=True)
class Repositories:
    """All repositories over one open store, each made when it is first asked for, and once."""

    session: Session
    now: Callable[[], datetime]
    store_id: str
    """The store that one is signed in to."""

    @cached_property
    def feed(self) -> StockFeed:
        """What changed in the stock, told to all who follow it."""
        return StockFeed(self.session)

    @cached_property
    def catalogue(self) -> DittoCatalogue:
        """The catalogue, not opened yet: whoever opens it closes it."""
        return DittoCatalogue(self.session, self.feed)

    @cached_property
    def stock(self) -> DittoStockRepository:
        return DittoStockRepository(self.session, self.now, self.feed)

    @cached_property
    def transfers(self) -> TransferRepository:
        return TransferRepository(self.session, self.now)

    @cached_property
    def paper_numbers(self) -> PaperNumbers:
        return PaperNumbers(self.session, self.store_id)

    @cached_property
    def receiving(self) -> ReceivingRepository:
        return ReceivingRepository(self.session, self.now)

    @cached_property
    def purchase_orders(self) -> PurchaseOrderRepository:
        return PurchaseOrderRepository(self.session, self.now)

    @cached_property
    def settler(self) -> Settler:
        return Settler(self.session, self.now)

    @cached_property
    def alerts(self) -> AlertRepository:
        return AlertRepository(
            self.now, self.feed, self.transfers, self.purchase_orders, self.receiving
        )

    @cached_property
    def orders(self) -> OrderRepository:
        return OrderRepository(self.session, self.now)

    @cached_property
    def carts(self) -> DittoCartRepository:
        return DittoCartRepository(self.session, self.now)

    @cached_property
    def oversell(self) -> OversellRepository:
        return OversellRepository(self.session, self.now, self.feed)

    @cached_property
    def merging(self) -> MergingRepository:
        return MergingRepository(self.session, self.now)

    @cached_property
    def forgetting(self) -> ForgettingRepository:
        return ForgettingRepository(self.session, self.now)

    @cached_property
    def space(self) -> DittoSpace:
        return DittoSpace(self.session)

    # The start waits for none of the modules that are imported from here on.

    @cached_property
    def faulty(self) -> DittoFaultyDocuments:
        from app.data.store.faulty import DittoFaultyDocuments

        return DittoFaultyDocuments(self.session)

    @cached_property
    def staff(self) -> StaffRepository:
        from app.data.staff.staff import StaffRepository

        return StaffRepository(self.session, self.now)

    @cached_property
    def verifier(self) -> Verifier:
        """Tells who somebody is, by PIN or badge."""
        from app.data.staff.verifying import Verifier

        return Verifier(self.session, self.now)

    @cached_property
    def places(self) -> PlaceRepository:
        from app.data.stock.places import PlaceRepository

        return PlaceRepository(self.session, self.now)

    @cached_property
    def product_codes(self) -> ProductCodeRepository:
        from app.data.stock.product_codes import ProductCodeRepository

        return ProductCodeRepository(self.session, self.now)

    @cached_property
    def undoing(self) -> UndoRepository:
        from app.data.undoing.undo import UndoRepository

        return UndoRepository(
            self.session,
            self.now,
            stock=self.stock,
            history=self.history,
            places=self.places,
            receiving=self.receiving,
            transfers=self.transfers,
            purchase_orders=self.purchase_orders,
            stocktakes=self.stocktakes,
            orders=self.orders,
            oversell=self.oversell,
            closings=self.closings,
        )

    @cached_property
    def history(self) -> HistoryRepository:
        from app.data.stock.history import HistoryRepository

        return HistoryRepository(self.session, self.now)

    @cached_property
    def stocktakes(self) -> StocktakeRepository:
        from app.data.papers.stocktakes import StocktakeRepository

        return StocktakeRepository(self.session, self.now)

    @cached_property
    def customers(self) -> CustomerRepository:
        from app.data.selling.customers import CustomerRepository

        return CustomerRepository(self.session, self.now)

    @cached_property
    def customer_directory(self) -> CustomerDirectory:
        """The directory that holds all customers of the store while a screen has it open."""
        from app.data.selling.customer_directory import CustomerDirectory

        return CustomerDirectory(self.session, self.store_id)

    @cached_property
    def purchases(self) -> BoughtRepository:
        from app.data.selling.bought import BoughtRepository

        return BoughtRepository(self.session)

    @cached_property
    def order_list(self) -> OrderListRepository:
        from app.data.selling.order_list import OrderListRepository

        return OrderListRepository(self.session, self.now)

    @cached_property
    def sales(self) -> SalesRepository:
        from app.data.selling.sales import SalesRepository

        return SalesRepository(self.session, self.now, self.feed)

    @cached_property
    def closings(self) -> DayClosingRepository:
        from app.data.selling.closings import DayClosingRepository

        return DayClosingRepository(self.session, self.now, self.store_id)
