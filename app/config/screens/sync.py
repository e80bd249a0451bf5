"""The screen of what this device exchanges with others."""

from __future__ import annotations

from app.config.screens.parts import Parts
from app.ui.core.screen import Route, Screen


def routes(parts: Parts) -> tuple[Route, ...]:
    """How this device syncs."""
    return (
        # Its number stays when other screens come.
        Route("sync", "Sync", "sync", "Alt+0", lambda: sync(parts)),
    )


# The start waits for none of the modules that are imported from here on.


def sync(parts: Parts) -> Screen:
    """The Sync screen: how this device syncs, and what waits."""
    from app.ui.sync.scanner_view_model import ScannerViewModel
    from app.ui.sync.screen import SyncScreen
    from app.ui.sync.stores_view_model import StoresViewModel
    from app.ui.sync.view_model import SyncViewModel

    data = parts.repositories
    stores = (
        None
        if parts.offline or not parts.manages
        else StoresViewModel(parts.sync, parts.stores, data.store_id)
    )
    view_model = SyncViewModel(
        parts.sync,
        parts.sync.outbox,
        data.space,
        data.stock,
        data.catalogue,
        data.faulty,
    )
    device = parts.device
    scanner = ScannerViewModel(device.scanner, device.preferences, device.sounds)
    return SyncScreen(view_model, parts.appearance, scanner, stores)
