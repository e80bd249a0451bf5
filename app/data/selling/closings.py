"""Closed days, and what a day comes to now, on the embedded store; rules: `app.domain.closings`.

A day is read in pieces of a few hours, by the time of its orders, in one transaction: however many
orders there are of other days, they are not looked at. Older orders of which something came back on
the day are found among those that changed since it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from app.data.papers import papers
from app.data.papers.settling import SETTLE_DAYS
from app.data.selling.adding_up import CHANGES
from app.data.store.reading import ON_HAND, entities, sound_rows, whole_number
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind, NewlyMade
from app.domain.closings import (
    ClosedDay,
    Closing,
    Counted,
    DayFigures,
    Oversold,
    add_up_day,
    closing_key,
    comes_back_on,
)
from app.domain.documents.closings import new_closing, new_day, to_closed_day
from app.domain.documents.stock import show_store
from app.domain.entities import Actor, Store
from app.domain.errors import InvalidInputError, PaperError
from app.domain.orders import OrderStatus
from app.domain.rights import Right, check
from app.domain.shop_days import DayFinder, day_of, start_of
from connector_config.schema.closing_documents import ClosingTakenBack, closing_id
from connector_config.schema.collections import DAY_CLOSINGS, ORDER_ITEMS, ORDERS, ditto_id
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_PIECE: Final = timedelta(hours=3)
_MONTH: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)
LOOKED_BACK: Final = 31
"""Days before today among which one looks for those that nobody closed."""
_END: Final = "~"

_STORE: Final = "SELECT * FROM stores WHERE _id = :id"
_FIELDS: Final = (
    "store_id, order_id, order_date, status, who, returns, tax, tax_percent, total, item_count"
)
_IN_DAY: Final = "order_date >= :first AND order_date < :until AND store_id = :store_id"
_ORDERS: Final = f"SELECT {_FIELDS} FROM orders USE INDEX 'orders_time' WHERE {_IN_DAY}"
_CHANGED: Final = (
    f"SELECT {_FIELDS} FROM orders USE INDEX 'orders_changed' WHERE updated_at >= :first "
    "AND updated_at < :until AND order_date < :begins AND store_id = :store_id"
)
_LINE: Final = (
    "store_id, order_id, order_item_id, product_id, quantity, line_total, discount_amount"
)
_ITEMS: Final = (
    f"SELECT {_LINE} FROM order_items USE INDEX 'sold_at' "
    "WHERE created_at >= :first AND created_at < :until AND store_id = :store_id"
)
_OF_ORDER: Final = (
    f"SELECT {_LINE} FROM order_items USE INDEX 'order_lines' "
    "WHERE order_id = :order_id AND store_id = :store_id LIMIT 1000"
)
_OPEN_BEFORE: Final = (
    "SELECT COUNT(*) AS n FROM orders USE INDEX 'orders_status' "
    "WHERE status = :status AND order_date < :first AND store_id = :store_id"
)
_MOVED: Final = whole_number("quantity")
_COUNTED: Final = (
    "SELECT COUNT(DISTINCT reference.stocktake) AS counts, COUNT(*) AS items, "
    f"SUM(CASE WHEN {_MOVED} > 0 THEN {_MOVED} ELSE 0 END) AS found, "
    f"SUM(CASE WHEN {_MOVED} < 0 THEN {_MOVED} ELSE 0 END) AS lost "
    "FROM stock_movements USE INDEX 'history_time' "
    "WHERE at >= :first AND at < :until AND reason = 'counted' AND store_id = :store_id"
)
_BELOW_ZERO: Final = (
    f"SELECT COUNT(*) AS items, SUM({ON_HAND}) AS units FROM inventory "
    f"WHERE store_id = :store_id AND deleted = false AND {ON_HAND} < 0"
)
_ANY: Final = f"SELECT order_id FROM orders USE INDEX 'orders_time' WHERE {_IN_DAY} LIMIT 1"
_CLOSED: Final = "SELECT * FROM day_closings WHERE _id = :id"
_CLOSED_DAYS: Final = "SELECT * FROM day_closings USE IDS LIST :ids"
_BEGIN: Final = "INSERT INTO day_closings INITIAL DOCUMENTS (:document)"

# What tells of news of a day: its orders and lines, and whatever else came back on it.
_NEWS: Final = (
    f"SELECT COUNT(*) AS n, SUM({CHANGES}) AS changes FROM orders USE INDEX 'orders_time' "
    f"WHERE {_IN_DAY}",
    f"SELECT COUNT(*) AS n, SUM({CHANGES}) AS changes FROM orders USE INDEX 'orders_changed' "
    "WHERE updated_at >= :since",
    "SELECT COUNT(*) AS n FROM order_items USE INDEX 'sold_at' "
    "WHERE created_at >= :first AND created_at < :until AND store_id = :store_id",
    "SELECT COUNT(*) AS n FROM stock_movements USE INDEX 'history_time' "
    "WHERE at >= :first AND at < :until AND store_id = :store_id",
    "SELECT store_id, time_zone, returns_on FROM stores WHERE _id = :store_id",
    "SELECT * FROM day_closings WHERE _id = :id",
)


@dataclass(frozen=True, slots=True)
class DayBook:
    """A day of a store as it is known now; `closed` is None where nobody ever closed it."""

    day: date
    store: Store
    figures: DayFigures
    closed: ClosedDay | None

    @property
    def standing(self) -> Closing | None:
        """The closing that stands; None where the day is open."""
        return self.closed.standing if self.closed is not None else None


class DayClosingRepository:
    """Reads and closes the days of the store that one is in."""

    def __init__(self, session: Session, now: Callable[[], datetime], store_id: str) -> None:
        self._session = session
        self._now = now
        self._store_id = store_id

    async def look(self, day: date) -> DayBook:
        """What a day comes to now, beside its closings."""

        async def work(unit: UnitOfWork) -> DayBook:
            store = await self._store(unit)
            closed = await self._closed(unit, day)
            return DayBook(day, store, await self._figures(unit, day, store), closed)

        return await self._session.read(work)

    def watch(self, day: date, store: Store, on_change: Callable[[], None]) -> Cancel:
        """Call back when what `look` says of a day may have changed."""
        since = max(start_of(day, store.zone), self._now() - timedelta(days=SETTLE_DAYS))
        parameters = {
            **self._span(day, store),
            "since": to_iso(since),
            "id": ditto_id(DAY_CLOSINGS, self._key(day)),
        }
        following = ExitStack()
        for dql in _NEWS:
            its = {name: value for name, value in parameters.items() if f":{name}" in dql}
            following.callback(self._session.watch(dql, its, lambda rows: on_change()))
        return following.close

    async def unclosed(self, today: date) -> list[date]:
        """Days before today that had orders and were not closed, the oldest first.

        They are looked for after the first one that was closed, of the last `LOOKED_BACK` days:
        who begins to close days has not missed all those before.
        """
        days = [today - _DAY * back for back in range(LOOKED_BACK, 0, -1)]

        async def work(unit: UnitOfWork) -> list[date]:
            store = await self._store(unit)
            ids = [ditto_id(DAY_CLOSINGS, self._key(day)) for day in days]
            rows = await unit.query(_CLOSED_DAYS, {"ids": ids})
            closed = {one.day for one in entities(rows, to_closed_day) if one.standing}
            if not closed:
                return []
            open_days = [day for day in days if day > min(closed) and day not in closed]
            return [day for day in open_days if await unit.query(_ANY, self._span(day, store))]

        return await self._session.read(work)

    async def close(self, day: date, actor: Actor) -> ClosedDay:
        """Keep what a day came to so far, in one transaction with reading it.

        Raises PaperError where it is closed already, and InvalidInputError where it has not begun.
        """
        check(actor, Right.CLOSE_DAYS)
        now = self._now()
        at = to_iso(now)

        async def work(unit: UnitOfWork) -> ClosedDay:
            store = await self._store(unit)
            if day > day_of(now, store.zone):
                raise InvalidInputError("day", "This day has not begun: choose one up to today.")
            known = await self._closed(unit, day)
            if known is not None and known.standing is not None:
                who = known.standing.signature.who
                raise PaperError(
                    f"{who} has closed this day already: what came since stands beside it."
                )
            key = closing_key(day, known, actor)
            begun = new_day(self._store_id, day, start_of(day, store.zone))
            document = {"_id": ditto_id(DAY_CLOSINGS, begun), **begun}
            await unit.update(DAY_CLOSINGS, _BEGIN, {"document": document})
            figures = await self._figures(unit, day, store)
            entry = new_closing(figures, store.returns_count, actor, at)
            fields = {**self._key(day), "closings": {key: entry}}
            await papers.merge(unit, DAY_CLOSINGS, fields, at)
            its = {**self._key(day), "day": day.isoformat(), "closing": key}
            unit.note(NewlyMade(Kind.DAY_CLOSED, self._store_id, its, actor.device.device_id))
            closed = await self._closed(unit, day)
            assert closed is not None
            return closed

        return await self._session.write(work)

    async def take_back(self, closed: ClosedDay, key: str, actor: Actor) -> None:
        """Let the closing with a key count for nothing."""
        check(actor, Right.CLOSE_DAYS)
        at = to_iso(self._now())
        taken_back: ClosingTakenBack = {"taken_back_at": at}
        fields = {**closed.key, "closings": {key: taken_back}}
        await self._session.write(lambda unit: papers.merge(unit, DAY_CLOSINGS, fields, at))

    def _key(self, day: date) -> dict[str, str]:
        its = closing_id(self._store_id, day.isoformat())
        return {"store_id": self._store_id, "closing_id": its}

    async def _store(self, unit: UnitOfWork) -> Store:
        rows = await unit.query(_STORE, {"id": self._store_id})
        for store in entities(rows, show_store):
            return store
        raise PaperError("This store is not on this device yet: wait until the sync is done.")

    async def _closed(self, unit: UnitOfWork, day: date) -> ClosedDay | None:
        rows = await unit.query(_CLOSED, {"id": ditto_id(DAY_CLOSINGS, self._key(day))})
        return next(iter(entities(rows, to_closed_day)), None)

    async def _figures(self, unit: UnitOfWork, day: date, store: Store) -> DayFigures:
        span, finder = self._span(day, store), DayFinder(store.zone)
        orders: list[Row] = []
        items: list[Row] = []
        for piece in self._pieces(day, store):
            orders += _orders(await unit.query(_ORDERS, piece))
            items += _lines(await unit.query(_ITEMS, piece))
        for older in await self._came_back(unit, day, store):
            key = {"order_id": older["order_id"], "store_id": self._store_id}
            orders.append(older)
            items += _lines(await unit.query(_OF_ORDER, key))
        (counted,) = await unit.query(_COUNTED, span)
        at_first = {"first": span["first"], "store_id": self._store_id}
        pending = {"status": OrderStatus.PENDING.value, **at_first}
        (before,) = await unit.query(_OPEN_BEFORE, pending)
        (below,) = await unit.query(_BELOW_ZERO, {"store_id": self._store_id})
        return replace(
            add_up_day(orders, items, day, finder),
            open_before=_whole(before, "n"),
            counted=Counted(
                _whole(counted, "counts"),
                _whole(counted, "items"),
                _whole(counted, "found"),
                -_whole(counted, "lost"),
            ),
            oversold=Oversold(_whole(below, "items"), -_whole(below, "units")),
        )

    async def _came_back(self, unit: UnitOfWork, day: date, store: Store) -> list[Row]:
        """Older orders of which something came back on a day."""
        begins, finder = start_of(day, store.zone), DayFinder(store.zone)
        found: list[Row] = []
        for first, until in _steps(begins, max(self._now(), begins), _MONTH):
            parameters = {
                "first": to_iso(first),
                # Of a clock that is ahead.
                "until": _END if until is None else to_iso(until),
                "begins": to_iso(begins),
                "store_id": self._store_id,
            }
            rows = _orders(await unit.query(_CHANGED, parameters))
            found += [one for one in rows if comes_back_on(one, day, finder)]
        return found

    def _span(self, day: date, store: Store) -> dict[str, str]:
        first, until = (start_of(one, store.zone) for one in (day, day + _DAY))
        return {"first": to_iso(first), "until": to_iso(until), "store_id": self._store_id}

    def _pieces(self, day: date, store: Store) -> Iterator[dict[str, str]]:
        """The hours of a day, some at a time, so that a big day never holds up the loop."""
        begins, ends = (start_of(one, store.zone) for one in (day, day + _DAY))
        for first, until in _steps(begins, ends, _PIECE):
            piece = {"first": to_iso(first), "until": to_iso(until or ends)}
            yield {**piece, "store_id": self._store_id}


def _steps(
    first: datetime, last: datetime, by: timedelta
) -> Iterator[tuple[datetime, datetime | None]]:
    """A span of time in steps; the last one has no end."""
    while first + by < last:
        yield first, first + by
        first += by
    yield first, None


def _orders(rows: Sequence[Row]) -> list[Row]:
    return sound_rows(ORDERS, rows, "store_id", "order_id", "order_date")


def _lines(rows: Sequence[Row]) -> list[Row]:
    # What Sales needs of a line, so that both leave out the same.
    needed = ("order_id", "order_item_id", "product_id", "quantity", "line_total")
    return sound_rows(ORDER_ITEMS, rows, "store_id", *needed)


def _whole(row: Row, name: str) -> int:
    return int(row.get(name) or 0)
