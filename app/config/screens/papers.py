"""The screens of goods on their way, and of what waits for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.config.screens.parts import Parts
from app.ui.core.screen import Screen

if TYPE_CHECKING:
    from app.domain.receiving import Paper

# The start waits for none of the modules that are imported from here on.


def receive(parts: Parts) -> Screen:
    """What arrives."""
    from app.ui.receive.screen import ReceiveScreen
    from app.ui.receive.view_model import ReceiveViewModel

    data = parts.repositories
    view_model = ReceiveViewModel(
        data.catalogue,
        data.receiving,
        data.transfers,
        data.purchase_orders,
        parts.actor,
        parts.stores,
        data.now,
    )
    return ReceiveScreen(view_model, data.catalogue, parts.appearance)


def transfers(parts: Parts) -> Screen:
    """What goes from one store to another."""
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
        ),
        parts.appearance,
    )


def reorder(parts: Parts) -> Screen:
    """What is ordered from suppliers."""
    from app.ui.reorder.screen import ReorderScreen
    from app.ui.reorder.view_model import ReorderViewModel

    def receive(paper: Paper) -> None:
        from app.ui.receive.screen import ReceiveScreen

        parts.shown(ReceiveScreen, "receive").receive(paper)

    data = parts.repositories
    view_model = ReorderViewModel(
        data.catalogue,
        data.stock,
        data.purchase_orders,
        parts.actor,
        data.now,
    )
    screen = ReorderScreen(view_model, data.catalogue, parts.store, parts.appearance)
    screen.receive_asked.connect(receive)
    return screen


def alerts(parts: Parts) -> Screen:
    """What waits for somebody in the store."""
    from app.ui.alerts.screen import AlertsScreen

    return AlertsScreen(parts.alerts, parts.appearance)
