"""The screens of papers: goods on their way, orders at suppliers, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen

if TYPE_CHECKING:
    from app.domain.receiving import Paper


def routes(parts: Parts) -> tuple[Route, ...]:
    """The routes of Receive, Transfers, Count and Reorder."""
    return (
        Route("receive", "Receive", "inventory_2", "Alt+4", lambda: receive(parts)),
        Route("transfers", "Transfers", "transfers", "Alt+5", lambda: transfers(parts)),
        Route("count", "Count", "barcode_scanner", "Alt+6", lambda: count(parts)),
        Route("reorder", "Reorder", "assignment", "Alt+7", lambda: reorder(parts)),
    )


# The start waits for none of the modules that are imported from here on.


def receive(parts: Parts) -> Screen:
    """The Receive screen: goods that arrive."""
    from app.ui.receive.screen import ReceiveScreen
    from app.ui.receive.view_model import ReceiveViewModel

    data = parts.repositories
    view_model = ReceiveViewModel(
        data.catalogue,
        data.stock,
        data.receiving,
        data.transfers,
        data.purchase_orders,
        parts.actor,
        parts.stores,
        data.now,
        parts.conventions,
    )
    return ReceiveScreen(view_model, data.catalogue, parts.appearance, parts.approving)


def transfers(parts: Parts) -> Screen:
    """The Transfers screen: goods that go from one store to another."""
    from app.ui.transfers.open_transfer_view_model import OpenTransferViewModel
    from app.ui.transfers.screen import TransfersScreen
    from app.ui.transfers.view_model import TransfersViewModel

    data = parts.repositories
    return TransfersScreen(
        TransfersViewModel(data.transfers, parts.stores, data.store_id),
        OpenTransferViewModel(
            data.transfers,
            data.receiving,
            data.stock,
            data.catalogue,
            parts.stores,
            parts.actor,
            parts.conventions,
        ),
        data.catalogue,
        parts.appearance,
        parts.approving,
    )


def count(parts: Parts) -> Screen:
    """The Count screen: stocktakes."""
    from app.ui.count.counting_view_model import CountingViewModel
    from app.ui.count.review_view_model import ReviewViewModel
    from app.ui.count.screen import CountScreen
    from app.ui.count.sessions_view_model import SessionsViewModel

    data = parts.repositories
    return CountScreen(
        SessionsViewModel(data.stocktakes, data.stock, parts.actor),
        CountingViewModel(
            data.catalogue, data.stock, data.stocktakes, parts.actor, parts.conventions
        ),
        ReviewViewModel(data.catalogue, data.stocktakes, parts.actor),
        parts.store.short_name,
        parts.appearance,
        parts.approving,
    )


def reorder(parts: Parts) -> Screen:
    """The Reorder screen: what is ordered from suppliers."""
    from app.ui.reorder.screen import ReorderScreen
    from app.ui.reorder.view_model import ReorderViewModel

    def receive(paper: Paper) -> None:
        from app.ui.receive.screen import ReceiveScreen

        if (screen := parts.shown(ReceiveScreen, "receive")) is not None:
            screen.receive(paper)

    data = parts.repositories
    view_model = ReorderViewModel(
        data.catalogue,
        data.stock,
        data.purchase_orders,
        parts.actor,
        data.now,
        parts.conventions,
    )
    screen = ReorderScreen(
        view_model, data.catalogue, parts.store, parts.appearance, parts.approving
    )
    screen.receive_asked.connect(receive)
    return screen
