"""The screens of what lies on the shelves, and the product card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.ui.core.screen import Screen
from app.ui.find.screen import FindScreen

if TYPE_CHECKING:
    from app.ui.product.nearby import NearbyViewModel
    from app.ui.product.screen import ProductScreen


def find(parts: Parts) -> Screen:
    """What is looked for in the bar on top."""
    return FindScreen(parts.find, parts.appearance)


# The start waits for none of the modules that are imported from here on.


def product(parts: Parts) -> ProductScreen:
    """The product card."""
    from app.ui.product.places_view_model import PlacesViewModel
    from app.ui.product.screen import ProductScreen
    from app.ui.product.view_model import ProductViewModel

    data = parts.repositories
    outbox = None if parts.offline else parts.sync.outbox
    return ProductScreen(
        ProductViewModel(data.catalogue, data.stock, parts.actor, list(parts.stores), outbox),
        PlacesViewModel(data.places, parts.actor),
        _nearby(parts),
        parts.appearance,
    )


def aisles(parts: Parts) -> Screen:
    """Aisle, shelf, bins."""
    from app.ui.aisles.screen import AislesScreen
    from app.ui.aisles.view_model import AislesViewModel

    data = parts.repositories
    view_model = AislesViewModel(data.catalogue, data.stock, data.store_id)
    return AislesScreen(view_model, parts.appearance)


def low_stock(parts: Parts) -> Screen:
    """What to reorder."""
    from app.ui.low_stock.screen import LowStockScreen
    from app.ui.low_stock.view_model import LowStockViewModel

    def order() -> None:
        from app.ui.reorder.screen import ReorderScreen

        parts.shown(ReorderScreen, "reorder").order_low()

    data = parts.repositories
    view_model = LowStockViewModel(
        data.catalogue,
        data.stock,
        data.purchase_orders.suggestions,
        data.store_id,
    )
    screen = LowStockScreen(view_model, parts.appearance)
    screen.order_asked.connect(order)
    return screen


def count(parts: Parts) -> Screen:
    """Stocktakes."""
    from app.ui.count.counting_view_model import CountingViewModel
    from app.ui.count.review_view_model import ReviewViewModel
    from app.ui.count.screen import CountScreen
    from app.ui.count.sessions_view_model import SessionsViewModel

    data = parts.repositories
    return CountScreen(
        SessionsViewModel(data.stocktakes, data.stock, parts.actor),
        CountingViewModel(data.catalogue, data.stock, data.stocktakes, parts.actor),
        ReviewViewModel(data.catalogue, data.stocktakes, parts.actor),
        parts.store.short_name,
        parts.appearance,
    )


def history(parts: Parts) -> Screen:
    """Every movement of the store."""
    from app.ui.history.screen import HistoryScreen
    from app.ui.history.view_model import HistoryViewModel

    data = parts.repositories
    view_model = HistoryViewModel(data.history, data.stock, data.catalogue, parts.actor)
    return HistoryScreen(view_model, parts.appearance)


def _nearby(parts: Parts) -> NearbyViewModel:
    """What the product card says of other stores and of the carts."""
    from app.ui.product.nearby import NearbyViewModel, Ways

    data = parts.repositories

    def sell(product_id: str) -> None:
        from app.ui.order.screen import OrderScreen

        parts.made(OrderScreen, "order").view_model.sell(product_id)

    def request(store_id: str, product_id: str) -> None:
        from app.ui.transfers.screen import TransfersScreen

        listing = data.catalogue.listing(product_id)
        screen = parts.shown(TransfersScreen, "transfers")
        if listing is not None:
            screen.ask_for(store_id, listing.product.sku)

    return NearbyViewModel(data.carts, parts.sync, parts.actor, data.now, Ways(sell, request))
