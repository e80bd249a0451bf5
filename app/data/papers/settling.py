"""Taking back what happened twice on devices that did not see each other, on the embedded store.

Each device corrects only what it posted itself, so running this often, late or on all devices at
once makes every correction once; see `app.domain.papers`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from app.data.papers import papers
from app.data.papers.stocktake_review import counts_of, items_of, newer_than
from app.data.selling import orders, oversell_twice
from app.data.store.reading import entities, note
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import stocktake as rules
from app.domain.documents.reading import faulty, sound, whole
from app.domain.documents.stock import to_movement
from app.domain.documents.stocktakes import to_stocktake
from app.domain.documents.transfers import to_transfer
from app.domain.entities import Actor
from app.domain.errors import FaultyDocumentError
from app.domain.order_steps import settle
from app.domain.papers import Change, Document, Posting
from app.domain.transfer_steps import settle_returns
from app.domain.undo import superfluous, take_back
from connector_config.schema.collections import STOCK_MOVEMENTS
from connector_config.schema.instants import to_iso

SETTLE_DAYS: Final = 60
"""How long after a stocktake or an undo what arrives from other devices still corrects it."""

_TRANSFERS = (
    "SELECT * FROM transfers WHERE from_store_id = :store_id ORDER BY created_at DESC LIMIT 200"
)
_UNDOS = (
    "SELECT * FROM stock_movements WHERE store_id = :store_id AND reason = 'undo' AND at >= :since"
)
_STOCKTAKES = (
    "SELECT * FROM stocktakes WHERE store_id = :store_id AND created_at >= :since LIMIT 200"
)
# Of all stores: goods of another store's order may have come back here, and this device's there.
_RETURNED = (
    "SELECT DISTINCT reference.order AS order_id, coalesce(reference.order_store, store_id) "
    "AS store_id FROM stock_movements USE INDEX 'history_of_device' "
    "WHERE device_id = :device_id AND at >= :since AND reason = 'returned' LIMIT 1000"
)
_MOVED = "SELECT SUM(quantity) AS total FROM stock_movements WHERE inventory_id = :inventory_id"


class Settler:
    """Corrects what this device posted by what it has learned from others since."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def settle(self, actor: Actor) -> int:
        """Look once and correct; returns how many movements were posted.

        Call it at the start and when documents have arrived; it is cheap when nothing is to do.
        """
        now = self._now()
        since = to_iso(now - timedelta(days=SETTLE_DAYS))

        async def work(unit: UnitOfWork) -> int:
            change = await _due(unit, actor, since, to_iso(now))
            return len(await papers.apply(unit, change, actor, to_iso(now)))

        # Looked at first, so that a quiet store is never locked for writing.
        if not await self._session.read(lambda unit: _due(unit, actor, since, to_iso(now))):
            return 0
        return await self._session.write(work)


async def _due(unit: UnitOfWork, actor: Actor, since: str, at: str) -> Change:
    store_id, device_id = actor.profile.store_id, actor.device.device_id
    change = await oversell_twice.taking_back(unit, actor, since, at)
    for row in await unit.query(_TRANSFERS, {"store_id": store_id}):
        if row.get("returns"):
            for transfer in entities([row], to_transfer):
                change += settle_returns(transfer, device_id)
    change += await _orders(unit, device_id, since)
    postings = await _undos(unit, store_id, device_id, since)
    postings += await _counts(unit, store_id, device_id, since)
    return change + Change(postings=tuple(postings))


async def _orders(unit: UnitOfWork, device_id: str, since: str) -> Change:
    own = {"device_id": device_id, "since": since}
    change = Change()
    for row in await unit.query(_RETURNED, own):
        order_id, store_id = row.get("order_id"), row.get("store_id")
        if isinstance(order_id, str) and isinstance(store_id, str) and order_id and store_id:
            try:
                order = await orders.stored(unit, {"store_id": store_id, "order_id": order_id})
            except FaultyDocumentError as fault:
                note(fault)
                continue
            change += settle(order, device_id) if order else Change()
    return change


async def _undos(unit: UnitOfWork, store_id: str, device_id: str, since: str) -> list[Posting]:
    rows = await unit.query(_UNDOS, {"store_id": store_id, "since": since})
    undos: dict[str, list[dict[str, object]]] = {}
    for row in entities(rows, _undo):
        undos.setdefault(row["reference"]["undoes"], []).append(row)
    return [
        take_back(one)
        for of_movement in undos.values()
        if len(of_movement) > 1
        for one in superfluous(of_movement, device_id)
        if one["movement_id"] not in undos and not one.get("from_location")
    ]


async def _counts(unit: UnitOfWork, store_id: str, device_id: str, since: str) -> list[Posting]:
    postings = []
    rows = await unit.query(_STOCKTAKES, {"store_id": store_id, "since": since})
    for stocktake in entities(rows, to_stocktake):
        if device_id not in stocktake.posted_by:
            continue
        counts = await counts_of(unit, stocktake.stocktake_id, withdrawn=True)
        oldest = min((one.at for of_item in counts.values() for one in of_item), default="")
        newer, unclear = await newer_than(unit, store_id, oldest)
        items = await items_of(unit, store_id, list(counts))
        for inventory_id in [one for one in counts if one not in unclear]:
            of_item = counts[inventory_id]
            moved = items[inventory_id].stock_delta if inventory_id in items else 0
            later = newer.get(inventory_id, [])
            for count in of_item:
                off = rules.late(count, moved, later, device_id)
                # While documents of the item are under way, its counter says more than they do.
                if off and await _arrived(unit, inventory_id, moved):
                    own = [one for one in later if rules.is_of(one, count, device_id)]
                    postings.append(rules.posting(count, off, len(own)))
    return postings


async def _arrived(unit: UnitOfWork, inventory_id: str, moved: int) -> bool:
    rows = await unit.query(_MOVED, {"inventory_id": inventory_id})
    return (whole(rows[0].get("total")) or 0) == moved


def _undo(row: Document) -> dict[str, Any]:
    to_movement(row)
    found = sound(STOCK_MOVEMENTS, row)
    if not (found.get("reference") or {}).get("undoes"):
        raise faulty(STOCK_MOVEMENTS, row, "reference.undoes", "is missing")
    return found
