"""The screens of what stands on the shelves."""

from __future__ import annotations

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen


def routes(parts: Parts) -> tuple[Route, ...]:
    """The routes of Aisles and Low stock."""
    return (
        Route("aisles", "Aisles", "shelves", "Alt+2", lambda: aisles(parts)),
        Route(
            "low_stock",
            "Low stock",
            "production_quantity_limits",
            "Alt+3",
            lambda: low_stock(parts),
        ),
    )


# The start waits for none of the modules that are imported from here on.


def aisles(parts: Parts) -> Screen:
    """The Aisles screen: aisle by aisle, shelf by shelf."""
    from app.ui.aisles.screen import AislesScreen
    from app.ui.aisles.view_model import AislesViewModel

    data = parts.repositories
    view_model = AislesViewModel(data.catalogue, data.stock, data.store_id)
    return AislesScreen(view_model, parts.appearance, parts.ways)


def low_stock(parts: Parts) -> Screen:
    """The Low stock screen: what to reorder."""
    from app.ui.low_stock.screen import LowStockScreen
    from app.ui.low_stock.view_model import LowStockViewModel

    def order() -> None:
        from app.ui.reorder.screen import ReorderScreen

        if (screen := parts.shown(ReorderScreen, "reorder")) is not None:
            screen.order_low()

    data = parts.repositories
    view_model = LowStockViewModel(
        data.catalogue,
        data.stock,
        data.purchase_orders.suggestions,
        data.store_id,
    )
    screen = LowStockScreen(view_model, parts.appearance, parts.ways)
    screen.order_asked.connect(order)
    return screen
