"""Stock: what is on hand where, its ledger, and the changes a person makes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.data.documents import from_place, to_iso, to_item, to_movement
from app.data.session import Row, Session
from app.data.unit_of_work import UnitOfWork
from app.domain.entities import Actor, Movement, Place, Reason, StockItem
from app.domain.errors import AlreadyUndoneError, ShortStockError, StorageError
from app.domain.stock import Discrepancy, Ledger, Proof, ledger
from connector_config.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id

Cancel = Callable[[], None]

_UNDO = uuid.UUID("6f1c6f0e-3d0b-4e0c-9f39-2f1d8d4c7a51")
"""Namespace of the ids of counter-movements: one movement can only ever get one."""

_BY_IDS = "SELECT * FROM inventory USE IDS LIST :ids"
_BY_PRODUCT = (
    "SELECT * FROM inventory WHERE product_id = :product_id AND deleted = false "
    "ORDER BY store_id LIMIT 100"
)
_ON_SHELF = (
    "SELECT * FROM inventory WHERE store_id = :store_id AND location.aisle = :aisle "
    "AND location.shelf = :shelf AND deleted = false ORDER BY location.bin, _id LIMIT 500"
)
_SHELVES = (
    "SELECT location.aisle AS aisle, location.shelf AS shelf, COUNT(*) AS items, "
    "SUM(CASE WHEN stock_level + coalesce(stock_delta, 0) <= 0 THEN 1 ELSE 0 END) AS empty, "
    "SUM(CASE WHEN stock_level + coalesce(stock_delta, 0) <= reorder_threshold THEN 1 ELSE 0 END) "
    "AS low FROM inventory WHERE store_id = :store_id AND deleted = false "
    "GROUP BY location.aisle, location.shelf"
)
# Worst first: below zero, then empty, then the smallest share of the reorder point.
_LOW = (
    "SELECT * FROM inventory WHERE store_id = :store_id AND deleted = false "
    "AND stock_level + coalesce(stock_delta, 0) <= reorder_threshold "
    "ORDER BY (stock_level + coalesce(stock_delta, 0)) / (reorder_threshold + 1.0), _id LIMIT 1000"
)
_MOVEMENTS = (
    "SELECT * FROM stock_movements WHERE inventory_id = :inventory_id "
    "ORDER BY at DESC, _id LIMIT :limit"
)
_MOVED = (
    "SELECT SUM(quantity) AS total, COUNT(*) AS count FROM stock_movements "
    "WHERE inventory_id = :inventory_id"
)
_OF_DEVICE = (
    "SELECT * FROM stock_movements WHERE device_id = :device_id AND store_id = :store_id "
    "ORDER BY at DESC, _id LIMIT 100"
)
_INSERT_MOVEMENT = "INSERT INTO stock_movements DOCUMENTS (:document)"
_ITEM = "SELECT * FROM inventory WHERE _id = :id"
_MOVEMENT = "SELECT * FROM stock_movements WHERE _id = :id"
_INCREMENT = (
    "UPDATE inventory APPLY stock_delta INCREMENT BY :quantity SET last_updated = :at "
    "WHERE _id = :id AND (:allow_negative OR "
    "stock_level + coalesce(stock_delta, 0) + :quantity >= 0)"
)
_SET_PLACE = "UPDATE inventory SET location = :location, updated_at = :at WHERE _id = :id"
_PROOF_ITEMS = (
    "SELECT inventory_id, stock_delta FROM inventory WHERE store_id = :store_id "
    "AND inventory_id > :after ORDER BY inventory_id LIMIT 1000"
)
# Ditto gives one row, without a group, where there is nothing to group.
_PROOF_MOVED = (
    "SELECT inventory_id, SUM(quantity) AS total, COUNT(*) AS count FROM stock_movements "
    "WHERE store_id = :store_id AND inventory_id > :after AND inventory_id <= :last "
    "GROUP BY inventory_id"
)


@dataclass(frozen=True, slots=True)
class ShelfSummary:
    """How many products a shelf holds, how many of them are low, and how many empty."""

    aisle: str
    shelf: str
    items: int
    low: int
    empty: int


class StockRepository(Protocol):
    """What the screens need of stock; every `watch_` calls back now and after each change."""

    async def items(self, keys: Sequence[Any]) -> list[StockItem]:
        """The inventory documents with these Ditto ids."""
        ...

    def watch_items(
        self, keys: Sequence[Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        """These inventory documents."""
        ...

    def watch_product(self, product_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        """The product at every store that carries it."""
        ...

    def watch_shelf(
        self, store_id: str, aisle: str, shelf: str, on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        """What stands on one shelf."""
        ...

    def watch_shelves(
        self, store_id: str, on_shelves: Callable[[list[ShelfSummary]], None]
    ) -> Cancel:
        """Every shelf of a store with its counts."""
        ...

    def watch_low(self, store_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        """What is at or below its reorder point, worst first, at most 1,000."""
        ...

    def watch_movements(
        self, inventory_id: str, limit: int, on_change: Callable[[list[Movement]], None]
    ) -> Cancel:
        """An item's newest movements."""
        ...

    async def ledger(self, item: StockItem, limit: int) -> Ledger:
        """An item's history on one snapshot of the store."""
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
        """Add (positive) or remove (negative) units; raises ShortStockError before going below
        zero unless allowed.
        """
        ...

    async def move(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        """Put the product at another place of its store: a movement of quantity 0."""
        ...

    async def last_undoable(self, store_id: str, device_id: str) -> Movement | None:
        """The newest change of this device that has no counter-movement yet."""
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

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now

    async def items(self, keys: Sequence[Any]) -> list[StockItem]:
        if not keys:
            return []
        return _items(await self._session.query(_BY_IDS, {"ids": list(keys)}))

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
        def on_rows(rows: list[Row]) -> None:
            on_shelves([_shelf(row) for row in rows if row["items"]])

        return self._session.watch(_SHELVES, {"store_id": store_id}, on_rows)

    def watch_low(self, store_id: str, on_items: Callable[[list[StockItem]], None]) -> Cancel:
        return self._watch(_LOW, {"store_id": store_id}, on_items)

    def watch_movements(
        self, inventory_id: str, limit: int, on_change: Callable[[list[Movement]], None]
    ) -> Cancel:
        return self._session.watch(
            _MOVEMENTS,
            {"inventory_id": inventory_id, "limit": limit},
            lambda rows: on_change([to_movement(row) for row in rows]),
        )

    async def ledger(self, item: StockItem, limit: int) -> Ledger:
        async def work(unit: UnitOfWork) -> Ledger:
            key = {"inventory_id": item.inventory_id}
            stored = await unit.query(_ITEM, {"id": _key(item)})
            rows = await unit.query(_MOVEMENTS, {**key, "limit": limit})
            moved = (await unit.query(_MOVED, key))[0]
            return ledger(
                to_item(stored[0]) if stored else item,
                [to_movement(row) for row in rows],
                int(moved.get("total") or 0),
                int(moved["count"]),
            )

        return await self._session.read(work)

    async def adjust(
        self,
        item: StockItem,
        quantity: int,
        reason: Reason,
        actor: Actor,
        note: str = "",
        allow_negative: bool = False,
    ) -> Movement:
        document = self._document(item, reason, actor, quantity=quantity, note=note)
        return await self._session.write(lambda unit: _post(unit, document, allow_negative))

    async def move(self, item: StockItem, place: Place, actor: Actor) -> Movement:
        document = self._document(item, Reason.MOVED, actor)

        async def work(unit: UnitOfWork) -> Movement:
            return await _relocate(unit, document, place)

        return await self._session.write(work)

    async def last_undoable(self, store_id: str, device_id: str) -> Movement | None:
        rows = await self._session.query(_OF_DEVICE, {"device_id": device_id, "store_id": store_id})
        movements = [to_movement(row) for row in rows]
        undone = {movement.undoes for movement in movements}
        for movement in movements:
            if movement.undoes is None and movement.movement_id not in undone:
                return movement
        return None

    async def undo(
        self, movement: Movement, actor: Actor, allow_negative: bool = False
    ) -> Movement:
        document = self._document(movement, Reason.UNDO, actor, quantity=-movement.quantity)
        document["movement_id"] = str(uuid.uuid5(_UNDO, movement.movement_id))
        document["reference"] = {
            "undoes": movement.movement_id,
            "undone_reason": movement.reason.value,
        }

        async def work(unit: UnitOfWork) -> Movement:
            if await unit.query(_MOVEMENT, {"id": ditto_id(STOCK_MOVEMENTS, document)}):
                raise AlreadyUndoneError("That change was undone already.")
            if movement.from_place is None:
                return await _post(unit, document, allow_negative)
            return await _relocate(unit, document, movement.from_place, movement.to_place)

        return await self._session.write(work)

    async def prove(self, store_id: str) -> Proof:
        async def work(unit: UnitOfWork) -> Proof:
            wrong: list[Discrepancy] = []
            items = movements = 0
            after = ""
            while page := await unit.query(_PROOF_ITEMS, {"store_id": store_id, "after": after}):
                last = page[-1]["inventory_id"]
                window = {"store_id": store_id, "after": after, "last": last}
                moved = [row for row in await unit.query(_PROOF_MOVED, window) if row["count"]]
                totals = {row["inventory_id"]: int(row.get("total") or 0) for row in moved}
                movements += sum(int(row["count"]) for row in moved)
                items += len(page)
                for row in page:
                    delta = int(row.get("stock_delta") or 0)
                    total = totals.get(row["inventory_id"], 0)
                    if delta != total:
                        wrong.append(Discrepancy(row["inventory_id"], delta, total))
                after = last
            return Proof(items, movements, tuple(wrong))

        return await self._session.read(work)

    def _watch(
        self, dql: str, parameters: dict[str, Any], on_items: Callable[[list[StockItem]], None]
    ) -> Cancel:
        return self._session.watch(dql, parameters, lambda rows: on_items(_items(rows)))

    def _document(
        self,
        subject: StockItem | Movement,
        reason: Reason,
        actor: Actor,
        quantity: int = 0,
        note: str = "",
    ) -> dict[str, Any]:
        at = to_iso(self._now())
        return {
            "store_id": subject.store_id,
            "movement_id": str(uuid.uuid4()),
            "inventory_id": subject.inventory_id,
            "product_id": subject.product_id,
            "reason": reason.value,
            "quantity": quantity,
            "note": note,
            "who": actor.profile.name,
            "role": actor.profile.role.value,
            "device_id": actor.device.device_id,
            "device_name": actor.device.name,
            "at": at,
            "offline": actor.offline,
            "reference": {},
            "deleted": False,
            "created_at": at,
            "updated_at": at,
        }


async def _post(unit: UnitOfWork, document: dict[str, Any], allow_negative: bool) -> Movement:
    """The guarded increment and its ledger document; must run inside one transaction."""
    key = ditto_id(INVENTORY, document)
    quantity = document["quantity"]
    changed = await unit.update(
        INVENTORY,
        _INCREMENT,
        {
            "quantity": quantity,
            "at": document["at"],
            "id": key,
            # Adding is never refused, not even while on hand is still below zero.
            "allow_negative": allow_negative or quantity > 0,
        },
    )
    if not changed:
        item = await _stored_item(unit, key)
        raise ShortStockError(item.on_hand, quantity)
    await unit.insert(STOCK_MOVEMENTS, _INSERT_MOVEMENT, document)
    return to_movement(document)


async def _relocate(
    unit: UnitOfWork, document: dict[str, Any], place: Place, expected: Place | None = None
) -> Movement:
    """The change of place and its ledger document; refuses when it has been moved since."""
    key = ditto_id(INVENTORY, document)
    item = await _stored_item(unit, key)
    if expected is not None and item.place != expected:
        raise StorageError(
            f"It has been moved to {item.place.code} since: move it from there instead."
        )
    document |= {"from_location": from_place(item.place), "to_location": from_place(place)}
    await unit.update(
        INVENTORY,
        _SET_PLACE,
        {"location": from_place(place), "at": document["at"], "id": key},
    )
    await unit.insert(STOCK_MOVEMENTS, _INSERT_MOVEMENT, document)
    return to_movement(document)


async def _stored_item(unit: UnitOfWork, key: Any) -> StockItem:
    rows = await unit.query(_ITEM, {"id": key})
    if not rows:
        raise StorageError("This product is no longer stocked at this store.")
    return to_item(rows[0])


def _key(item: StockItem) -> Any:
    return ditto_id(INVENTORY, {"store_id": item.store_id, "inventory_id": item.inventory_id})


def _items(rows: list[Row]) -> list[StockItem]:
    return [to_item(row) for row in rows]


def _shelf(row: Row) -> ShelfSummary:
    return ShelfSummary(
        aisle=str(row.get("aisle") or ""),
        shelf=str(row.get("shelf") or ""),
        items=int(row["items"]),
        low=int(row["low"]),
        empty=int(row["empty"]),
    )
