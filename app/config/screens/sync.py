"""The screen of what this device exchanges with others."""

from __future__ import annotations

from app.config.screens.parts import Parts
from app.ui.core.screen import Screen


def sync(parts: Parts) -> Screen:
    """How this device syncs, and what waits."""
    # The start waits for none of these.
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
    )
    return SyncScreen(view_model, parts.appearance, stores)
