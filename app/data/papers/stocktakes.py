"""Stocktakes on the embedded store; the rules are in `app.domain.stocktake`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.data.papers import papers, stocktake_review
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import stocktake as rules
from app.domain.documents.papers import new_paper
from app.domain.documents.parts import signed
from app.domain.documents.stocktakes import to_count, to_stocktake
from app.domain.entities import Actor, Reason, StockItem
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import Change
from app.domain.stock import MAX_QUANTITY
from app.domain.stocktake import Count, ReviewLine, Stocktake
from connector_config.schema.collections import INVENTORY, STOCKTAKE_COUNTS, STOCKTAKES, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_ALL = "SELECT * FROM stocktakes WHERE store_id = :store_id ORDER BY created_at DESC LIMIT 100"
_ONE = "SELECT * FROM stocktakes WHERE _id = :id"
_NEWEST = (
    "SELECT * FROM stocktake_counts WHERE stocktake_id = :stocktake_id "
    "ORDER BY at DESC LIMIT :limit"
)
_OF_ITEMS = (
    "SELECT * FROM stocktake_counts WHERE stocktake_id = :stocktake_id AND deleted = false "
    "AND inventory_id IN :inventory_ids ORDER BY at LIMIT 5000"
)
_OF_PERSON = (
    "SELECT inventory_id, quantity FROM stocktake_counts WHERE stocktake_id = :stocktake_id "
    "AND deleted = false AND who = :who AND device_id = :device_id ORDER BY at LIMIT 100000"
)
_PROGRESS = (
    "SELECT COUNT(*) AS counts, COUNT(DISTINCT inventory_id) AS items FROM stocktake_counts "
    "WHERE stocktake_id = :stocktake_id AND deleted = false"
)
_ITEM = "SELECT stock_level FROM inventory WHERE _id = :id"
# What is counted is sorted out afterwards: with the reason, Ditto reads 100,000 movements for it.
_AHEAD = (
    "SELECT movement_id, reason FROM stock_movements USE INDEX 'history_item' "
    "WHERE inventory_id = :inventory_id AND at > :at"
)
_WITHDRAW = "UPDATE stocktake_counts SET deleted = true, updated_at = :at WHERE _id = :id"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many counts there are, and of how many items."""

    counts: int
    items: int


class StocktakeRepository:
    """Sessions in which people count what is on the shelves of their store."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    def watch_all(self, store_id: str, on_stocktakes: Callable[[list[Stocktake]], None]) -> Cancel:
        """The newest stocktakes, at most 100, newest first."""
        return self._session.watch(
            _ALL,
            {"store_id": store_id},
            lambda rows: on_stocktakes([to_stocktake(row) for row in rows]),
        )

    def watch(self, stocktake: Stocktake, on_stocktake: Callable[[Stocktake], None]) -> Cancel:
        """One stocktake as it goes on."""

        def on_rows(rows: list[Row]) -> None:
            if rows:
                on_stocktake(to_stocktake(rows[0]))

        return self._session.watch(_ONE, {"id": ditto_id(STOCKTAKES, stocktake.key)}, on_rows)

    def watch_newest(
        self, stocktake: Stocktake, limit: int, on_counts: Callable[[list[Count]], None]
    ) -> Cancel:
        """The newest counts of all people and devices, newest first."""
        return self._session.watch(
            _NEWEST,
            {"stocktake_id": stocktake.stocktake_id, "limit": limit},
            lambda rows: on_counts([to_count(row) for row in rows if not row["deleted"]]),
        )

    def watch_counts(
        self,
        stocktake: Stocktake,
        inventory_ids: Sequence[str],
        on_counts: Callable[[list[Count]], None],
    ) -> Cancel:
        """The counts of some items, such as those of a shelf, oldest first."""
        return self._session.watch(
            _OF_ITEMS,
            {"stocktake_id": stocktake.stocktake_id, "inventory_ids": list(inventory_ids)},
            lambda rows: on_counts([to_count(row) for row in rows]),
        )

    def watch_progress(
        self, stocktake: Stocktake, on_progress: Callable[[Progress], None]
    ) -> Cancel:
        """How far it is."""
        return self._session.watch(
            _PROGRESS,
            {"stocktake_id": stocktake.stocktake_id},
            lambda rows: on_progress(Progress(int(rows[0]["counts"]), int(rows[0]["items"]))),
        )

    async def open(
        self, actor: Actor, name: str, aisle: str = "", shelf: str = "", blind: bool = True
    ) -> Stocktake:
        """Begin to count the store, an aisle or a shelf."""
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> Stocktake:
            number = await papers.next_number(unit, "ST", STOCKTAKES, actor)
            document = new_paper(actor, at, number) | {
                "store_id": actor.profile.store_id,
                "stocktake_id": str(uuid.uuid4()),
                "name": name.strip() or number,
                "aisle": aisle,
                "shelf": shelf if aisle else "",
                "blind": blind,
                "chosen": {},
                "posted_by": {},
            }
            await papers.insert(unit, STOCKTAKES, document)
            return to_stocktake(document)

        return await self._session.write(work)

    async def count(
        self, stocktake: Stocktake, item: StockItem, quantity: int, actor: Actor
    ) -> Count:
        """Write down what somebody counted just now; a second count of theirs replaces it."""
        if not 0 <= quantity <= MAX_QUANTITY:
            raise InvalidInputError("quantity", f"Count from 0 to {MAX_QUANTITY:,}.")

        async def work(unit: UnitOfWork) -> Count:
            # Within the transaction, so that no movement of this device falls in between.
            at = to_iso(self._now())
            key = {"store_id": item.store_id, "inventory_id": item.inventory_id}
            stored = await unit.query(_ITEM, {"id": ditto_id(INVENTORY, key)})
            if not stored:
                raise PaperError("This product is no longer stocked at this store.")
            ahead = await unit.query(_AHEAD, {"inventory_id": item.inventory_id, "at": at})
            document = {
                **signed(actor, at),
                **key,
                "count_id": str(uuid.uuid4()),
                "stocktake_id": stocktake.stocktake_id,
                "product_id": item.product_id,
                "quantity": quantity,
                "stock_level": int(stored[0].get("stock_level") or 0),
                "seen_ahead": {
                    row["movement_id"]: True
                    for row in ahead
                    if row["reason"] != Reason.COUNTED.value
                },
                "deleted": False,
                "created_at": at,
                "updated_at": at,
            }
            await papers.insert(unit, STOCKTAKE_COUNTS, document)
            return to_count(document)

        return await self._session.write(work)

    async def counted_by(self, stocktake: Stocktake, actor: Actor) -> dict[str, int]:
        """What this person counted on this device so far, in units, by inventory id."""
        parameters = {
            "stocktake_id": stocktake.stocktake_id,
            "who": actor.profile.name,
            "device_id": actor.device.device_id,
        }
        rows = await self._session.query(_OF_PERSON, parameters)
        return {row["inventory_id"]: int(row["quantity"]) for row in rows}

    async def withdraw(self, count: Count) -> None:
        """Take a count out again, as when the wrong product was scanned.

        Raises PaperError when its stocktake is known to be posted.
        """
        key = {"store_id": count.store_id, "count_id": count.count_id}
        stocktake = {"store_id": count.store_id, "stocktake_id": count.stocktake_id}

        async def work(unit: UnitOfWork) -> None:
            stored = await papers.load(unit, STOCKTAKES, stocktake)
            if to_stocktake(stored).posted_by:
                raise PaperError("This count is posted already: count it again in a new stocktake.")
            parameters = {"id": ditto_id(STOCKTAKE_COUNTS, key), "at": to_iso(self._now())}
            await unit.update(STOCKTAKE_COUNTS, _WITHDRAW, parameters)

        await self._session.write(work)

    async def choose(self, stocktake: Stocktake, count: Count) -> Stocktake:
        """Let this count of its item hold, where people counted differently."""
        return await self._merge(stocktake, {"chosen": {count.inventory_id: count.count_id}})

    async def review(self, stocktake: Stocktake) -> list[ReviewLine]:
        """All items it covers and all that were counted, by place, with differences and money."""

        async def work(unit: UnitOfWork) -> list[ReviewLine]:
            stored = to_stocktake(await papers.load(unit, STOCKTAKES, stocktake.key))
            covered = await stocktake_review.covered_by(unit, stored)
            lines = await stocktake_review.review(unit, stored, covered, with_costs=True)
            return sorted(lines, key=lambda one: (one.item.place.sort_key, one.item.product_id))

        return await self._session.read(work)

    async def post(self, stocktake: Stocktake, actor: Actor) -> Stocktake:
        """Post the difference of every counted item in one transaction; each count only once.

        Raises PaperError while people disagree about an item.
        """
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> Stocktake:
            stored = to_stocktake(await papers.load(unit, STOCKTAKES, stocktake.key))
            lines = await stocktake_review.review(unit, stored)
            if disputed := sum(line.disputed for line in lines):
                products = "1 product was" if disputed == 1 else f"{disputed} products were"
                raise PaperError(f"{products} counted differently: choose which count holds.")
            due = [line for line in lines if line.chosen and not line.posted]
            if not due:
                return stored
            postings = tuple(
                rules.posting(line.chosen, line.difference or 0, 0) for line in due if line.chosen
            )
            await papers.apply(
                unit,
                rules.close(stored, actor.device.device_id, at) + Change(postings=postings),
                actor,
                at,
            )
            return to_stocktake(await papers.load(unit, STOCKTAKES, stocktake.key))

        return await self._session.write(work)

    async def cancel(self, stocktake: Stocktake) -> Stocktake:
        """Stop counting and post nothing."""
        return await self._merge(stocktake, {"cancelled_at": to_iso(self._now())})

    async def _merge(self, stocktake: Stocktake, fields: dict[str, Any]) -> Stocktake:
        async def work(unit: UnitOfWork) -> Stocktake:
            stored = to_stocktake(await papers.load(unit, STOCKTAKES, stocktake.key))
            if not stored.is_open:
                raise PaperError("This stocktake is finished: begin a new one.")
            changed = {**stocktake.key, **fields}
            await papers.merge(unit, STOCKTAKES, changed, to_iso(self._now()))
            return to_stocktake(await papers.load(unit, STOCKTAKES, stocktake.key))

        return await self._session.write(work)
