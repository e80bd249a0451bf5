"""Words and icons for sync, and for when something was delivered."""

from __future__ import annotations

from datetime import datetime

from app.data.sync.delivery import Delivery
from app.data.sync.state import Phase, SyncState
from app.ui.core.formats import local_clock, local_date
from app.ui.core.rows import Cell
from connector_config.schema.collections import COLLECTIONS
from connector_config.store.local_only import OUTBOX


def collection_title(collection: str) -> str:
    """The name of a collection for people."""
    if collection == OUTBOX:
        return "Not sent yet"
    its = COLLECTIONS.get(collection)
    return its.title if its is not None else collection


def sync_icon(state: SyncState) -> tuple[str, str]:
    """The icon and the token of its colour; green only for what is delivered."""
    if state.tone == "ok":
        return "check_circle", "ok"
    if state.report.phase is Phase.TROUBLE or state.report.parked:
        return "warning", "warn"
    return "sync" if state.connected else "cloud_off", state.tone or "muted"


def delivery_cell(delivery: Delivery | None, written: datetime) -> Cell:
    """Whether and when a document left this device; empty for what was made elsewhere."""
    if delivery is None:
        return Cell("")
    if not delivery.sent:
        return Cell("Not sent yet", tone="warn")
    if delivery.at is None:
        return Cell("Delivered", tone="ok")
    same_day = local_date(delivery.at) == local_date(written)
    when = local_clock(delivery.at) if same_day else local_date(delivery.at)
    return Cell(f"To {delivery.to}", when, "ok")
