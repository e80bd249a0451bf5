"""The screens that find a product: the search and the product card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen
from app.ui.find.screen import FindScreen

if TYPE_CHECKING:
    from app.ui.product.nearby import NearbyViewModel
    from app.ui.product.screen import ProductScreen


def routes(parts: Parts) -> tuple[Route, ...]:
    """The routes of the search and of the product card."""
    return (Route("find", "Find", "search", "Alt+1", lambda: find(parts)),)


def find(parts: Parts) -> Screen:
    """The search for products; its text is in the bar on top."""
    return FindScreen(parts.find, parts.appearance, parts.ways)


# The start waits for none of the modules that are imported from here on.


def product(parts: Parts) -> ProductScreen:
    """The product card."""
    from app.ui.product.codes_view_model import CodesViewModel
    from app.ui.product.places_view_model import PlacesViewModel
    from app.ui.product.screen import ProductScreen
    from app.ui.product.view_model import ProductViewModel

    data = parts.repositories
    outbox = None if parts.offline else parts.sync.outbox
    return ProductScreen(
        ProductViewModel(
            data.catalogue,
            data.stock,
            parts.actor,
            list(parts.stores),
            outbox,
            conventions=parts.conventions,
        ),
        PlacesViewModel(data.places, parts.actor),
        _nearby(parts),
        CodesViewModel(data.product_codes, parts.actor),
        parts.appearance,
        parts.approving,
    )


def _nearby(parts: Parts) -> NearbyViewModel:
    """What the product card says of other stores and of the carts."""
    from app.ui.product.nearby import NearbyViewModel, Ways

    data = parts.repositories

    def sell(product_id: str) -> None:
        from app.ui.order.screen import OrderScreen

        parts.made(OrderScreen, "order").view_model.sell(product_id)

    def request(store_id: str, product_id: str) -> None:
        from app.ui.transfers.screen import TransfersScreen

        if (screen := parts.shown(TransfersScreen, "transfers")) is not None:
            screen.ask_for(store_id, product_id)

    ways = Ways(sell, request)
    here = parts.store.short_name
    return NearbyViewModel(data.carts, parts.sync, parts.actor, data.now, ways, here)
