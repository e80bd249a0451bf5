"""Stock: what is on hand where, its ledger, and the changes a person makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any, Protocol

from app.data.staff import word
from app.data.stock import ledger, movements, usual
from app.data.stock.feed import StockFeed
from app.data.stock.selection import STOCKED, Change, Selection
from app.data.store.reading import ON_HAND, REORDER, entities
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind
from app.domain.documents.stock import show_item, to_movement
from app.domain.entities import Actor, Movement, Place, Reason, StockItem
from app.domain.rights import Right, check
from app.domain.stock import Ledger, Proof
from app.domain.unusual import Asked
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]
Shelves = dict[tuple[str, str], tuple[int, int, int]]
"""Numbers of items, of low and of empty ones, by aisle and shelf."""

_BY_IDS = "SELECT * FROM inventory USE IDS LIST :ids"
_MOVEMENTS_BY_IDS = "SELECT * FROM stock_movements USE IDS LIST :ids"
_BY_PRODUCT = (
    "SELECT * FROM inventory WHERE product_id = :product_id AND deleted = false "
    "ORDER BY store_id LIMIT 100"
)
_ON_SHELF = (
    "SELECT * FROM inventory WHERE store_id = :store_id AND location.aisle = :aisle "
    "AND location.shelf = :shelf AND deleted = false ORDER BY location.bin, _id LIMIT 500"
)
_SHELVED = Selection(
    "_id, location.aisle AS aisle, location.shelf AS shelf, "
    f"CASE WHEN {ON_HAND} <= 0 THEN 1 ELSE 0 END AS empty, "
    f"CASE WHEN {ON_HAND} <= {REORDER} THEN 1 ELSE 0 END AS low",
    STOCKED,
)
_LOW = Selection(
    "_id, store_id, inventory_id, product_id, location, other_locations, stock_level, stock_delta, "
    "reorder_threshold, last_counted, last_updated, created_at, notes, "
    f"({ON_HAND}) / ({REORDER} + 1.0) AS share",
    f"{STOCKED} AND {ON_HAND} <= {REORDER}",
)
_MOST_LOW = 1_000


@dataclass(frozen=True, slots=True)
class ShelfSummary:
    """How many products a shelf holds, how many of them are low, and how many empty."""

    aisle: str
    shelf: str
    items: int
    low: int
    empty: int


class StockRepository(Protocol):
    """The stock as screens need it; every `watch_` calls back now and after each change."""

    async def items(self, keys: Sequence[Any]) -> list[StockItem]:
        """The inventory documents with these Ditto ids."""
        ...

    async def of_product(self, product_id: str) -> list[StockItem]:
        """The items of a product at every store that carries it, as they are now."""
        ...

    async def movements_by_id(self, keys: Sequence[Any]) -> list[Movement]:
        """The ledger documents with these Ditto ids."""
        ...

    def watch_items(
        self, keys: Sequence[Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        """The items with these Ditto ids."""
        ...

    def watch_product(self, product_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        """The items of a product at every store that carries it."""
        ...

    def watch_shelf(
        self, store_id: str, aisle: str, shelf: str, on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        """The items on one shelf."""
        ...

    def watch_shelves(
        self, store_id: str, on_shelves: Callable[[list[ShelfSummary]], None]
    ) -> Cancel:
        """Every shelf of a store with how many products it holds."""
        ...

    def watch_low(self, store_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        """The items at or below their reorder point, worst first, at most 1,000."""
        ...

    def watch_movements(
        self, inventory_id: str, limit: int, on_change: Callable[[list[Movement]], None]
    ) -> Cancel:
        """An item's newest movements."""
        ...

    async def newest(self, inventory_id: str, limit: int) -> list[Movement]:
        """An item's newest movements, as they are now."""
        ...

    async def ledger(self, item: StockItem, limit: int) -> Ledger:
        """The history of an item, read from one snapshot of the store."""
        ...

    async def adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        actor: Actor,
        note: str = "",
        allow_negative: bool = False,
    ) -> Movement:
        """Add (positive) or remove (negative) units.

        Raises ShortStockError before going below zero, unless that is allowed, and WordNeededError
        for so many that the store wants a manager's word.
        """
        ...

    async def move(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        """Put an item at another place of its store: a movement of quantity 0."""
        ...

    async def undo(
        self, movement: Movement, actor: Actor, allow_negative: bool = False
    ) -> Movement:
        """Write the counter-movement; raises AlreadyUndoneError the second time."""
        ...

    async def prove(self, store_id: str) -> Proof:
        """Check every item of a store: its counter must equal the sum of its movements."""
        ...


class DittoStockRepository:
    """StockRepository on the embedded store; see there for what each method does."""

    def __init__(self, session: Session, now: Callable[[], datetime], feed: StockFeed) -> None:
        self._session = session
        self._feed = feed
        self._now = now

    async def items(self, keys: Sequence[Any]) -> list[StockItem]:
        if not keys:
            return []
        return _items(await self._session.query(_BY_IDS, {"ids": list(keys)}))

    async def of_product(self, product_id: str) -> list[StockItem]:
        return _items(await self._session.query(_BY_PRODUCT, {"product_id": product_id}))

    async def movements_by_id(self, keys: Sequence[Any]) -> list[Movement]:
        if not keys:
            return []
        rows = await self._session.query(_MOVEMENTS_BY_IDS, {"ids": list(keys)})
        return entities(rows, to_movement)

    def watch_items(
        self, keys: Sequence[Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        return self._watch(_BY_IDS, {"ids": list(keys)}, on_items)

    def watch_product(self, product_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        return self._watch(_BY_PRODUCT, {"product_id": product_id}, on_items)

    def watch_shelf(
        self, store_id: str, aisle: str, shelf: str, on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        parameters = {"store_id": store_id, "aisle": aisle, "shelf": shelf}
        return self._watch(_ON_SHELF, parameters, on_items)

    def watch_shelves(
        self, store_id: str, on_shelves: Callable[[list[ShelfSummary]], None]
    ) -> Cancel:
        def on_figures(shelves: Shelves) -> None:
            on_shelves(
                [
                    ShelfSummary(aisle, shelf, items, low, empty)
                    for (aisle, shelf), (items, low, empty) in shelves.items()
                ]
            )

        return self._feed.follow(_SHELVED, [store_id], count_shelves, on_figures)

    def watch_low(self, store_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        return self._feed.follow(_LOW, [store_id], worst_first, on_items)

    def watch_movements(
        self, inventory_id: str, limit: int, on_change: Callable[[list[Movement]], None]
    ) -> Cancel:
        return self._session.watch(
            ledger.MOVEMENTS,
            {"inventory_id": inventory_id, "limit": limit},
            lambda rows: on_change(entities(rows, to_movement)),
        )

    async def newest(self, inventory_id: str, limit: int) -> list[Movement]:
        asked = {"inventory_id": inventory_id, "limit": limit}
        return entities(await self._session.query(ledger.MOVEMENTS, asked), to_movement)

    async def ledger(self, item: StockItem, limit: int) -> Ledger:
        return await self._session.read(lambda unit: ledger.history(unit, item, limit))

    async def adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        actor: Actor,
        note: str = "",
        allow_negative: bool = False,
    ) -> Movement:
        check(actor, Right.CHANGE_STOCK)
        at, about = self._at(), Asked(item.product_id, "", quantity)

        async def work(unit: UnitOfWork) -> Movement:
            by = await word.approved(unit, actor, await usual.asked_of(unit, actor, [about]))
            document = movements.new_document(item, reason, by, at, quantity, note)
            unit.note(movements.made(document, Kind.STOCK))
            return await movements.post(unit, document, allow_negative)

        return await self._session.write(work)

    async def move(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        check(actor, Right.CHANGE_STOCK)
        document = movements.new_document(item, Reason.MOVED, actor, self._at())

        async def work(unit: UnitOfWork) -> Movement:
            unit.note(movements.made(document, Kind.STOCK))
            return await movements.relocate(unit, document, place)

        return await self._session.write(work)

    async def undo(
        self, movement: Movement, actor: Actor, allow_negative: bool = False
    ) -> Movement:
        check(actor, Right.CHANGE_STOCK)
        document = movements.as_counter(
            movements.new_document(movement, Reason.UNDO, actor, self._at(), -movement.quantity),
            movement,
        )

        async def work(unit: UnitOfWork) -> Movement:
            await movements.refuse_second(unit, document)
            if movement.from_place is None:
                return await movements.post(unit, document, allow_negative)
            return await movements.relocate(unit, document, movement.from_place, movement.to_place)

        return await self._session.write(work)

    async def prove(self, store_id: str) -> Proof:
        return await self._session.read(lambda unit: ledger.check(unit, store_id))

    def _at(self) -> str:
        return to_iso(self._now())

    def _watch(
        self, dql: str, parameters: dict[str, Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        return self._session.watch(dql, parameters, lambda rows: on_items(_items(rows)))


def _items(rows: list[Row]) -> list[StockItem]:
    return entities(rows, show_item)


def worst_first(
    before: list[StockItem] | None, rows: Mapping[str, Row], changes: Sequence[Change]
) -> list[StockItem]:
    """Below zero, then empty, then the smallest share of the reorder point; at most 1,000."""

    def share(row: tuple[str, Row]) -> tuple[bool, float, str]:
        key, its = row
        found = its.get("share")
        return found is not None, found or 0.0, key

    return _items([row for _, row in nsmallest(_MOST_LOW, rows.items(), key=share)])


def count_shelves(
    before: Shelves | None, rows: Mapping[str, Row], changes: Sequence[Change]
) -> Shelves:
    """How many items each shelf has, how many of them are low, and how many empty."""
    shelves = dict(before or {})
    for old, new in changes:
        for row, sign in ((old, -1), (new, 1)):
            if row is None:
                continue
            place = _shelf(row)
            items, low, empty = shelves.pop(place, (0, 0, 0))
            if items + sign:
                low += sign * (row.get("low") or 0)
                empty += sign * (row.get("empty") or 0)
                shelves[place] = items + sign, low, empty
    return shelves


def _shelf(row: Row) -> tuple[str, str]:
    # A place that is no text is no place; so the item says, too.
    aisle, shelf = row.get("aisle"), row.get("shelf")
    return (aisle, shelf) if isinstance(aisle, str) and isinstance(shelf, str) else ("", "")
