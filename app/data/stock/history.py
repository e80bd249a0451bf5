"""Every movement of a store, page by page, on the embedded store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from app.data.stock import movements
from app.data.store.newest_first import Asked, NewestFirst, ends
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.sorted_rows import Filtered, SortedRows, Sorting
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import to_item, to_movement
from app.domain.entities import Movement, Reason
from app.domain.undo import UndoPreview, preview
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

# Each index of the history serves one condition and the order; the rest is sorted out on the way.
# One that fits is named: left to itself, Ditto may take one that makes it sort everything.
_INDEXES: Final = {
    "inventory_id": "history_item",
    "reason": "history_of_reason",
    "who": "history_of_person",
    "device_id": "history_of_device",
}
# With an OR in place of the CASE, Ditto reads the whole collection.
_AFTER: Final = "at <= :at AND CASE WHEN at < :at THEN true ELSE movement_id < :movement_id END"
# One step of a walk from value to value down an index: reading them all takes seconds.
_PERSON_BEFORE: Final = (
    "SELECT who FROM stock_movements USE INDEX 'history_of_person' "
    "WHERE store_id = :store_id AND who < :before ORDER BY who DESC LIMIT 1"
)
_DEVICE_BEFORE: Final = (
    "SELECT device_id, device_name FROM stock_movements USE INDEX 'history_of_device' "
    "WHERE store_id = :store_id AND device_id < :before ORDER BY device_id DESC LIMIT 1"
)
_END: Final = "\U0010ffff"
_COUNTED_SINCE = (
    "SELECT movement_id, effective_at, at FROM stock_movements "
    "WHERE inventory_id = :inventory_id AND reason = 'counted'"
)


class HistoryColumn(Enum):
    """What movements can be sorted by, each in both directions.

    They hold no names of products, and of the few reasons the filter shows one at a time.
    """

    TIME = "at"
    QUANTITY = "quantity"


_SORTINGS: Final = {
    (column, descending): Sorting(
        tuple(dict.fromkeys((column.value, "at", "movement_id"))), descending, index
    )
    for column, descending, index in (
        (HistoryColumn.TIME, False, "history_oldest"),
        (HistoryColumn.QUANTITY, False, "history_most_out"),
        (HistoryColumn.QUANTITY, True, "history_most_in"),
    )
}


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The movements of a store under all given conditions; times in UTC, `until` is included."""

    store_id: str
    inventory_id: str | None = None
    reason: Reason | None = None
    who: str | None = None
    device_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def parameters(self) -> dict[str, Any]:
        """The given conditions by field, as stored."""
        given = {
            "inventory_id": self.inventory_id,
            "reason": self.reason.value if self.reason else None,
            "who": self.who,
            "device_id": self.device_id,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The end of a page, after which the next one begins: a movement, `at` as stored."""

    at: str
    movement_id: str


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Movements, newest first; `next` is None where there are surely no more."""

    movements: tuple[Movement, ...]
    next: Cursor | None


class HistoryRepository:
    """The ledger of a store in pages; a movement that arrives late has its place by time."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._pages = NewestFirst(session, now, "at")
        self._sorted = SortedRows(session)

    async def page(
        self, wanted: HistoryFilter, after: Cursor | None = None, limit: int = 100
    ) -> HistoryPage:
        """The newest movements, or those right after a cursor."""
        rows, _ = await self._pages.read(_asked(wanted, after, limit))
        return _page(rows, limit)

    def watch(
        self, wanted: HistoryFilter, on_page: Callable[[HistoryPage], None], limit: int = 100
    ) -> Cancel:
        """The newest movements, now and after every change."""
        asked = _asked(wanted, None, limit)

        def on_rows(rows: list[Row], low: str) -> None:
            on_page(_page(rows, limit, low if low > asked.floor else ""))

        return self._pages.watch(asked, on_rows, is_newest=True)

    def watch_sorted(
        self,
        wanted: HistoryFilter,
        column: HistoryColumn,
        descending: bool,
        on_movements: Callable[[list[Movement], bool], None],
        limit: int = 100,
    ) -> Cancel:
        """The first movements by a column, and whether there may be more, now and after changes.

        The newest first are those of `watch`.
        """
        return self._sorted.watch(
            _filtered(wanted),
            _SORTINGS[column, descending],
            limit,
            lambda rows, more: on_movements(entities(rows, to_movement), more),
        )

    async def people(self, store_id: str) -> list[str]:
        """Everybody in the ledger of a store, by name."""
        rows = await self._walk(_PERSON_BEFORE, "who", store_id)
        return sorted(row["who"] for row in rows if row["who"])

    async def devices(self, store_id: str) -> dict[str, str]:
        """Every device in the ledger of a store: names by id."""
        rows = await self._walk(_DEVICE_BEFORE, "device_id", store_id)
        names = {row["device_id"]: row.get("device_name") for row in rows if row["device_id"]}
        return {key: name if isinstance(name, str) else key for key, name in names.items()}

    async def _walk(self, statement: str, field: str, store_id: str) -> list[Row]:
        found: list[Row] = []
        before = _END
        while rows := await self._session.query(
            statement, {"store_id": store_id, "before": before}
        ):
            found += rows
            before = rows[0][field]
        return found

    async def preview_undo(self, movement: Movement) -> UndoPreview:
        """What undoing a movement would do; `StockRepository.undo` does it."""
        key = {"inventory_id": movement.inventory_id, "store_id": movement.store_id}

        async def work(unit: UnitOfWork) -> UndoPreview:
            items = await unit.query(movements.ITEM, {"id": ditto_id(INVENTORY, key)})
            undos = await unit.query(movements.UNDOS, {**key, "movement_id": movement.movement_id})
            counts = await unit.query(_COUNTED_SINCE, key)
            moment = to_iso(movement.effective_at or movement.at)
            times = (str(row.get("effective_at") or row.get("at") or "") for row in counts)
            counted = any(one >= moment for one in times)
            on_hand = to_item(items[0]).on_hand if items else 0
            return preview(movement, on_hand, bool(undos), counted)

        return await self._session.read(work)


def _asked(wanted: HistoryFilter, after: Cursor | None, limit: int) -> Asked:
    floor, top = ends(wanted.since, wanted.until, after.at if after is not None else "")
    return Asked(wanted, floor, top, limit, lambda low: _statement(wanted, after, low, limit))


def _statement(
    wanted: HistoryFilter, after: Cursor | None, low: str, limit: int
) -> tuple[str, dict[str, Any]]:
    conditions = wanted.parameters()
    index = _index(wanted) or "history_time"
    where = ["store_id = :store_id", *(f"{name} = :{name}" for name in conditions)]
    parameters = {**conditions, "store_id": wanted.store_id, "limit": limit}
    if low:
        where.append("at >= :low")
        parameters["low"] = low
    if wanted.until is not None:
        where.append("at <= :until")
        parameters["until"] = to_iso(wanted.until)
    if after is not None:
        where.append(_AFTER)
        parameters |= {"at": after.at, "movement_id": after.movement_id}
    return (
        f"SELECT * FROM stock_movements USE INDEX '{index}' WHERE {' AND '.join(where)} "
        "ORDER BY at DESC, movement_id DESC LIMIT :limit"
    ), parameters


def _index(wanted: HistoryFilter) -> str:
    """The index of what a list is filtered by; empty where it is not, but for its days."""
    conditions = wanted.parameters()
    return next((_INDEXES[one] for one in _INDEXES if one in conditions), "")


def _filtered(wanted: HistoryFilter) -> Filtered:
    conditions = wanted.parameters()
    where = ["store_id = :store_id", *(f"{name} = :{name}" for name in conditions)]
    parameters = {**conditions, "store_id": wanted.store_id}
    for name, sign, day in (("since", ">=", wanted.since), ("until", "<=", wanted.until)):
        if day is not None:
            where.append(f"at {sign} :{name}")
            parameters[name] = to_iso(day)
    by_day = "history_time" if wanted.since or wanted.until else ""
    return Filtered(STOCK_MOVEMENTS, tuple(where), parameters, _index(wanted) or by_day)


def _page(rows: list[Row], limit: int, low: str = "") -> HistoryPage:
    following = Cursor(low, "") if low else None
    if len(rows) >= limit:
        last = (str(rows[-1].get(name) or "") for name in ("at", "movement_id"))
        following = Cursor(*last)
    return HistoryPage(tuple(entities(rows, to_movement)), following)
