"""What one sign-in reads and writes the store with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from app.data.papers.receiving import DittoReceivingRepository
from app.data.papers.replenishment import DittoReplenishmentRepository
from app.data.papers.settling import DittoSettler
from app.data.papers.transfers import DittoTransferRepository
from app.data.selling.carts import DittoCartRepository
from app.data.selling.orders import DittoOrderRepository
from app.data.selling.oversell import DittoOversellRepository
from app.data.stock.alerts import DittoAlertRepository
from app.data.stock.catalogue import DittoCatalogue
from app.data.stock.stock import DittoStockRepository
from app.data.store.session import Session
from app.data.sync.space import DittoSpace

if TYPE_CHECKING:
    from app.data.papers.stocktakes import DittoStocktakeRepository
    from app.data.selling.customer_directory import DittoCustomerDirectory
    from app.data.selling.customers import DittoCustomerRepository
    from app.data.selling.order_list import DittoOrderList
    from app.data.selling.purchases import DittoPurchaseRepository
    from app.data.selling.sales import DittoSalesRepository
    from app.data.stock.history import DittoHistoryRepository
    from app.data.stock.places import DittoPlaceRepository


@dataclass(frozen=True)
class Repositories:
    """All repositories over one open store, each made when it is first asked for, and once."""

    session: Session
    now: Callable[[], datetime]
    store_id: str
    """The store that one is signed in to."""

    @cached_property
    def catalogue(self) -> DittoCatalogue:
        """Not opened: whoever opens it closes it."""
        return DittoCatalogue(self.session)

    @cached_property
    def stock(self) -> DittoStockRepository:
        return DittoStockRepository(self.session, self.now)

    @cached_property
    def transfers(self) -> DittoTransferRepository:
        return DittoTransferRepository(self.session, self.now)

    @cached_property
    def receiving(self) -> DittoReceivingRepository:
        return DittoReceivingRepository(self.session, self.now)

    @cached_property
    def replenishment(self) -> DittoReplenishmentRepository:
        return DittoReplenishmentRepository(self.session, self.now)

    @cached_property
    def settler(self) -> DittoSettler:
        return DittoSettler(self.session, self.now)

    @cached_property
    def alerts(self) -> DittoAlertRepository:
        return DittoAlertRepository(
            self.session, self.now, self.transfers, self.replenishment, self.receiving
        )

    @cached_property
    def orders(self) -> DittoOrderRepository:
        return DittoOrderRepository(self.session, self.now)

    @cached_property
    def carts(self) -> DittoCartRepository:
        return DittoCartRepository(self.session, self.now)

    @cached_property
    def oversell(self) -> DittoOversellRepository:
        return DittoOversellRepository(self.session, self.now)

    @cached_property
    def space(self) -> DittoSpace:
        return DittoSpace(self.session)

    # The start waits for none of the modules that are imported from here on.

    @cached_property
    def places(self) -> DittoPlaceRepository:
        from app.data.stock.places import DittoPlaceRepository

        return DittoPlaceRepository(self.session, self.now)

    @cached_property
    def history(self) -> DittoHistoryRepository:
        from app.data.stock.history import DittoHistoryRepository

        return DittoHistoryRepository(self.session, self.now)

    @cached_property
    def stocktakes(self) -> DittoStocktakeRepository:
        from app.data.papers.stocktakes import DittoStocktakeRepository

        return DittoStocktakeRepository(self.session, self.now)

    @cached_property
    def customers(self) -> DittoCustomerRepository:
        from app.data.selling.customers import DittoCustomerRepository

        return DittoCustomerRepository(self.session, self.now)

    @cached_property
    def customer_directory(self) -> DittoCustomerDirectory:
        """Holds all customers of the store while a screen has it open."""
        from app.data.selling.customer_directory import DittoCustomerDirectory

        return DittoCustomerDirectory(self.session, self.store_id)

    @cached_property
    def purchases(self) -> DittoPurchaseRepository:
        from app.data.selling.purchases import DittoPurchaseRepository

        return DittoPurchaseRepository(self.session)

    @cached_property
    def order_list(self) -> DittoOrderList:
        from app.data.selling.order_list import DittoOrderList

        return DittoOrderList(self.session, self.now)

    @cached_property
    def sales(self) -> DittoSalesRepository:
        from app.data.selling.sales import DittoSalesRepository

        return DittoSalesRepository(self.session)
