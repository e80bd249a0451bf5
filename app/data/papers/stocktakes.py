"""Stocktakes on the embedded store; the rules are in `app.domain.stocktake`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.data.papers import papers, stocktake_review
from app.data.papers.table import PaperTable
from app.data.staff import word
from app.data.stock import usual
from app.data.store.reading import entities, sound_rows
from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain import approvals
from app.domain import stocktake as rules
from app.domain.changes import Kind, NewlyMade
from app.domain.documents.papers import new_paper
from app.domain.documents.stock import to_item
from app.domain.documents.stocktakes import new_count, new_stocktake, to_count, to_stocktake
from app.domain.entities import Actor, Reason, StockItem
from app.domain.errors import InvalidInputError, PaperError
from app.domain.papers import Change
from app.domain.rights import Right, check
from app.domain.stock import MAX_QUANTITY
from app.domain.stocktake import Count, ReviewLine, Stocktake
from app.domain.unusual import Asked
from connector_config.schema.collections import (
    INVENTORY,
    STOCK_MOVEMENTS,
    STOCKTAKE_COUNTS,
    STOCKTAKES,
    ditto_id,
)
from connector_config.schema.instants import to_iso
from connector_config.wording import counted, number, plural

Cancel = Callable[[], None]

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
_ITEM = "SELECT * FROM inventory WHERE _id = :id"
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
        self._table = PaperTable(session, STOCKTAKES, to_stocktake, limit=100)

    def watch_all(self, store_id: str, on_stocktakes: Callable[[list[Stocktake]], None]) -> Cancel:
        """The newest stocktakes, at most 100, newest first."""
        return self._table.watch_newest(store_id, on_stocktakes)

    def watch(self, stocktake: Stocktake, on_stocktake: Callable[[Stocktake], None]) -> Cancel:
        """One stocktake, now and after every change."""
        return self._table.watch(stocktake, on_stocktake)

    async def with_id(self, stocktake_id: str) -> Stocktake | None:
        """The stocktake with an id, however old; None where this device has none."""
        return await self._table.find("stocktake_id", stocktake_id)

    def watch_newest(
        self, stocktake: Stocktake, limit: int, on_counts: Callable[[list[Count]], None]
    ) -> Cancel:
        """The newest counts of all people and devices, newest first."""
        return self._session.watch(
            _NEWEST,
            {"stocktake_id": stocktake.stocktake_id, "limit": limit},
            lambda rows: on_counts(
                entities((row for row in rows if not row.get("deleted")), to_count)
            ),
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
            lambda rows: on_counts(entities(rows, to_count)),
        )

    def watch_progress(
        self, stocktake: Stocktake, on_progress: Callable[[Progress], None]
    ) -> Cancel:
        """How far a stocktake is."""
        return self._session.watch(
            _PROGRESS,
            {"stocktake_id": stocktake.stocktake_id},
            lambda rows: on_progress(Progress(int(rows[0]["counts"]), int(rows[0]["items"]))),
        )

    async def open(
        self, actor: Actor, name: str, aisle: str = "", shelf: str = "", blind: bool = True
    ) -> Stocktake:
        """Begin to count the store, an aisle or a shelf."""
        check(actor, Right.COUNT)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork) -> Stocktake:
            number = await papers.next_number(unit, "ST", STOCKTAKES, actor)
            document = new_stocktake(
                new_paper(actor, at, number),
                str(uuid.uuid4()),
                actor.profile.store_id,
                name.strip() or number,
                aisle,
                shelf if aisle else "",
                blind,
            )
            begun = await self._table.insert(unit, document)
            unit.note(_made(begun, Kind.COUNT_BEGUN, actor.device.device_id))
            return begun

        return await self._session.write(work)

    async def count(
        self, stocktake: Stocktake, item: StockItem, quantity: int, actor: Actor
    ) -> Count:
        """Store what somebody counted just now; a later count of the same person replaces it.

        Raises FaultyDocumentError for an item of which nobody knows the opening level, and
        WordNeededError for so many that the store wants a manager's word.
        """
        check(actor, Right.COUNT)
        if not 0 <= quantity <= MAX_QUANTITY:
            raise InvalidInputError("quantity", f"Count from 0 to {number(MAX_QUANTITY)}.")

        async def work(unit: UnitOfWork) -> Count:
            # Within the transaction, so that no movement of this device falls in between.
            at = to_iso(self._now())
            key = {"store_id": item.store_id, "inventory_id": item.inventory_id}
            stored = await unit.query(_ITEM, {"id": ditto_id(INVENTORY, key)})
            if not stored:
                raise PaperError("This product is no longer stocked at this store.")
            units = [Asked(item.product_id, "", quantity)]
            by = await word.approved(unit, actor, await usual.asked_of(unit, actor, units))
            ahead = await unit.query(_AHEAD, {"inventory_id": item.inventory_id, "at": at})
            document = new_count(
                stocktake,
                item,
                str(uuid.uuid4()),
                quantity,
                to_item(stored[0]).stock_level,
                [
                    row["movement_id"]
                    for row in sound_rows(STOCK_MOVEMENTS, ahead, "movement_id")
                    if row.get("reason") != Reason.COUNTED.value
                ],
                by,
                at,
            )
            await papers.insert(unit, STOCKTAKE_COUNTS, document)
            device_id = actor.device.device_id
            unit.note(_made(stocktake, Kind.COUNTED, device_id, document["count_id"]))
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
        sound = sound_rows(STOCKTAKE_COUNTS, rows, "inventory_id", "quantity")
        return {row["inventory_id"]: row["quantity"] for row in sound}

    async def withdraw(self, count: Count, actor: Actor) -> None:
        """Take a count out again, as when the wrong product was scanned.

        Raises PaperError when the stocktake is known to be posted.
        """
        check(actor, Right.COUNT)
        key = {"store_id": count.store_id, "count_id": count.count_id}
        stocktake = {"store_id": count.store_id, "stocktake_id": count.stocktake_id}

        async def work(unit: UnitOfWork) -> None:
            if (await self._table.load(unit, stocktake)).posted_by:
                raise PaperError("This count is posted already: count it again in a new stocktake.")
            parameters = {"id": ditto_id(STOCKTAKE_COUNTS, key), "at": to_iso(self._now())}
            await unit.update(STOCKTAKE_COUNTS, _WITHDRAW, parameters)

        await self._session.write(work)

    async def choose(self, stocktake: Stocktake, count: Count, actor: Actor) -> Stocktake:
        """Let this count of its item hold, where people counted differently."""
        check(actor, Right.COUNT)
        at = to_iso(self._now())
        return await self._table.edit(
            stocktake, lambda one: rules.let_hold(one, count), at, stocktake.store_id
        )

    async def review(self, stocktake: Stocktake) -> list[ReviewLine]:
        """The lines of all items that are covered or were counted, by place."""

        async def work(unit: UnitOfWork) -> list[ReviewLine]:
            stored = await self._table.load(unit, stocktake.key)
            covered = await stocktake_review.covered_by(unit, stored)
            lines = await stocktake_review.review(unit, stored, covered, with_costs=True)
            return sorted(lines, key=lambda one: (one.item.place.sort_key, one.item.product_id))

        return await self._session.read(work)

    async def post(self, stocktake: Stocktake, actor: Actor) -> Stocktake:
        """Post the difference of every counted item in one transaction; each count only once.

        Raises PaperError while people disagree about an item, and WordNeededError.
        """
        check(actor, Right.COUNT)
        at = to_iso(self._now())

        async def work(unit: UnitOfWork, stored: Stocktake) -> None:
            limits = await word.limits_of(unit, actor)
            lines = await stocktake_review.review(
                unit, stored, with_costs=limits.count_value is not None
            )
            if disputed := sum(line.disputed for line in lines):
                products = f"{counted(disputed, 'product')} {plural(disputed, 'was', 'were')}"
                raise PaperError(f"{products} counted differently: choose which count holds.")
            due = [line for line in lines if line.chosen and not line.posted]
            if not due:
                return
            postings = tuple(
                rules.posting(line.chosen, line.difference or 0, 0) for line in due if line.chosen
            )
            by = await word.approved(unit, actor, approvals.of_count(limits, due))
            change = rules.close(stored, actor.device.device_id, at) + Change(postings=postings)
            await papers.apply(unit, change, by, at)
            unit.note(_made(stored, Kind.COUNT, actor.device.device_id))

        return await self._table.step(stocktake, work)

    async def cancel(self, stocktake: Stocktake, actor: Actor) -> Stocktake:
        """Stop counting and post nothing."""
        check(actor, Right.COUNT)
        at = to_iso(self._now())
        made = _made(stocktake, Kind.COUNT_CANCELLED)
        return await self._table.merge(stocktake, lambda one: rules.cancel(one, at), at, made)


def _made(stocktake: Stocktake, kind: Kind, device_id: str = "", count_id: str = "") -> NewlyMade:
    key = {**stocktake.key, "number": stocktake.number, "count_id": count_id}
    return NewlyMade(kind, stocktake.store_id, key, device_id)
