"""All screens in the order of the navigation: who gets each, its icon and its key."""

from __future__ import annotations

from functools import partial

from app.config.screens import papers, selling, stock, sync
from app.config.screens.parts import Parts
from app.domain.entities import Role
from app.ui.core.screen import Route

_EVERYBODY = frozenset(Role)
_MANAGER = frozenset({Role.MANAGER})
_SALES = frozenset({Role.REP, Role.MANAGER})
STOCK_ROOM = frozenset({Role.WORKER, Role.MANAGER})


def routes(parts: Parts) -> tuple[Route, ...]:
    """Every screen, made of these parts when it is first asked for."""
    return (
        Route("find", "Find", "search", "Alt+1", _EVERYBODY, partial(stock.find, parts)),
        Route("order", "Order", "shopping_cart", "Alt+O", _SALES, partial(selling.order, parts)),
        Route("orders", "Orders", "receipt", "Alt+R", _SALES, partial(selling.orders, parts)),
        Route(
            "catalogue", "Catalogue", "category", "Alt+C", _SALES, partial(selling.catalogue, parts)
        ),
        Route(
            "customers", "Customers", "person", "Alt+U", _SALES, partial(selling.customers, parts)
        ),
        Route("aisles", "Aisles", "shelves", "Alt+2", STOCK_ROOM, partial(stock.aisles, parts)),
        Route(
            "low_stock",
            "Low stock",
            "production_quantity_limits",
            "Alt+3",
            STOCK_ROOM,
            partial(stock.low_stock, parts),
        ),
        Route(
            "receive", "Receive", "inventory_2", "Alt+4", STOCK_ROOM, partial(papers.receive, parts)
        ),
        Route(
            "transfers",
            "Transfers",
            "transfers",
            "Alt+5",
            STOCK_ROOM,
            partial(papers.transfers, parts),
        ),
        Route(
            "count", "Count", "barcode_scanner", "Alt+6", STOCK_ROOM, partial(stock.count, parts)
        ),
        Route(
            "reorder", "Reorder", "assignment", "Alt+7", STOCK_ROOM, partial(papers.reorder, parts)
        ),
        Route("history", "History", "history", "Alt+8", STOCK_ROOM, partial(stock.history, parts)),
        Route("alerts", "Alerts", "bell", "Alt+9", STOCK_ROOM, partial(papers.alerts, parts)),
        Route("desk", "Oversold", "warning", "Alt+D", _EVERYBODY, partial(selling.oversold, parts)),
        Route("sales", "Sales", "bar_chart", "Alt+M", _MANAGER, partial(selling.sales, parts)),
        # Its number stays when other screens come.
        Route("sync", "Sync", "sync", "Alt+0", _EVERYBODY, partial(sync.sync, parts)),
    )
