"""The orders of stores, page by page, on the embedded store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from app.data.session import Row, Session
from app.domain.errors import StorageError
from app.domain.orders import Order, OrderStatus, to_order
from connector_config.instants import to_iso

Cancel = Callable[[], None]

# With an OR in place of the CASE, Ditto reads the whole collection.
_AFTER: Final = (
    "CASE WHEN order_date < :at THEN true "
    "WHEN order_date = :at THEN order_id < :order_id ELSE false END"
)
_MARGIN: Final = 1.3
# With a bare IN, Ditto reads all of these stores, whichever index is named, and sorts that.
_IN_STORES: Final = "CASE WHEN store_id IN :store THEN true ELSE false END"
_DAYS: Final = 1.0
"""How far back one looks first; a page that is full tells how far the next one goes."""

_EMPTY: Final = 16

_FEW: Final = (OrderStatus.PENDING, OrderStatus.RETURNED)
"""What few of all orders are: where a person took them is then found out on the way."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders of these stores: all given conditions hold; `until` is included; times in UTC.

    `who` is the person who took the order.
    """

    store_ids: tuple[str, ...]
    customer_id: str | None = None
    status: OrderStatus | None = None
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders without their lines, newest first.

    Down to the place `end`, time and id, nothing is left out, and older ones may follow; None where
    there are surely no more.
    """

    orders: tuple[Order, ...]
    end: tuple[str, str] | None


class OrderListRepository(Protocol):
    """Orders in pages; what arrives late has its place by time."""

    async def page(
        self, wanted: OrderFilter, after: Order | None = None, limit: int = 100
    ) -> OrderPage:
        """The newest orders, or those right after one."""
        ...

    def watch(
        self,
        wanted: OrderFilter,
        on_page: Callable[[OrderPage], None],
        after: Order | None = None,
        limit: int = 100,
    ) -> Cancel:
        """The same page, now and after every change."""
        ...


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far back pages of a filter go: in days, and the newest one down to the time `low`."""

    wanted: OrderFilter | None
    days: float = _DAYS
    low: str = ""

    def after(self, rows: list[Row], is_newest: bool) -> _Reach:
        """What a full page tells of the next one."""
        try:
            newest, oldest = (datetime.fromisoformat(rows[at]["order_date"]) for at in (0, -1))
        except ValueError:
            return self
        span = _MARGIN * (newest - oldest)
        low = to_iso(newest - span) if is_newest else self.low
        return replace(self, days=span / timedelta(days=1), low=low)


class DittoOrderList:
    """OrderListRepository on the embedded store.

    However few rows are asked for, Ditto goes on reading in the background, down to the end of the
    range of the index: seconds for a million orders, after each change. So every statement has a
    first day, and an earlier one where that does not fill the page.
    """

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._reach = _Reach(None)

    async def page(
        self, wanted: OrderFilter, after: Order | None = None, limit: int = 100
    ) -> OrderPage:
        page, _ = await self._read(wanted, after, limit)
        return page

    def watch(
        self,
        wanted: OrderFilter,
        on_page: Callable[[OrderPage], None],
        after: Order | None = None,
        limit: int = 100,
    ) -> Cancel:
        loop = asyncio.get_running_loop()
        stops: list[Cancel] = []

        def follow(low: str) -> None:
            statement, parameters = _statement(wanted, after, low, limit)
            further = low if low > _floor(wanted) else ""
            stops.append(
                self._session.watch(
                    statement, parameters, lambda rows: on_page(_page(rows, limit, further))
                )
            )

        async def begin() -> None:
            try:
                page, low = await self._read(wanted, after, limit)
            except StorageError as error:
                loop.call_exception_handler(
                    {"message": "the orders cannot be read", "exception": error}
                )
                return
            on_page(page)
            follow(low)

        if after is None and self._reach.wanted == wanted and self._reach.low:
            # It is known how far back that goes: one look is enough.
            follow(max(self._reach.low, _floor(wanted)))
            return stops[0]
        beginning = loop.create_task(begin())

        def cancel() -> None:
            beginning.cancel()
            for stop in stops:
                stop()

        return cancel

    async def _read(
        self, wanted: OrderFilter, after: Order | None, limit: int
    ) -> tuple[OrderPage, str]:
        """A page, and the time down to which it was looked for; empty for no end."""
        floor = _floor(wanted)
        top = _top(wanted, after)
        if top and top < floor:
            # Of a range that ends before it begins, Ditto reads everything.
            return OrderPage((), None), floor
        known = self._reach if self._reach.wanted == wanted else _Reach(wanted)
        days = known.days
        low = known.low if known.low and not top else self._earlier(top, days)
        for _ in range(3):
            low = max(floor, low)
            rows = await self._session.query(*_statement(wanted, after, low, limit))
            if len(rows) >= limit:
                self._reach = known.after(rows, is_newest=not top)
            if len(rows) >= limit or low == floor:
                return _page(rows, limit), low
            # Twice as long as it takes if orders are as frequent before; days without any may be
            # holidays.
            days *= 2 * limit / len(rows) if rows else _EMPTY
            low = self._earlier(top, days)
        rows = await self._session.query(*_statement(wanted, after, floor, limit))
        return _page(rows, limit), floor

    def _earlier(self, top: str, days: float) -> str:
        """So many days before a time; empty where that is before all time."""
        try:
            moment = datetime.fromisoformat(top) if top else self._now()
            return to_iso(moment - timedelta(days=days))
        except (ValueError, OverflowError):
            return ""


def _index(wanted: OrderFilter) -> str:
    """The index that leaves the least to be sorted out on the way.

    It is named, because left to itself Ditto may take one that makes it sort everything. Each
    serves one condition and the order.
    """
    if wanted.customer_id is not None:
        return "orders_customer"
    if wanted.status in _FEW or (wanted.status is not None and wanted.who is None):
        return "orders_status"
    if wanted.who is not None:
        return "orders_who"
    return "orders_store" if len(wanted.store_ids) == 1 else "orders_time"


def _floor(wanted: OrderFilter) -> str:
    return to_iso(wanted.since) if wanted.since is not None else ""


def _top(wanted: OrderFilter, after: Order | None) -> str:
    """The newest time that can be on the page; empty for no end."""
    ends = [to_iso(wanted.until)] if wanted.until is not None else []
    return min([*ends, after.order_date] if after is not None else ends, default="")


def _statement(
    wanted: OrderFilter, after: Order | None, low: str, limit: int
) -> tuple[str, dict[str, Any]]:
    one_store = len(wanted.store_ids) == 1
    parameters: dict[str, Any] = {
        "store": wanted.store_ids[0] if one_store else list(wanted.store_ids),
        "limit": limit,
    }
    where = ["store_id = :store" if one_store else _IN_STORES]
    given = {
        "customer_id": wanted.customer_id,
        "status": wanted.status.value if wanted.status else None,
        "who": wanted.who,
    }
    for name, value in given.items():
        if value is not None:
            where.append(f"{name} = :{name}")
            parameters[name] = value
    if top := _top(wanted, after):
        where.append("order_date <= :top")
        parameters["top"] = top
    if low:
        where.append("order_date >= :low")
        parameters["low"] = low
    if after is not None:
        where.append(_AFTER)
        parameters |= {"at": after.order_date, "order_id": after.order_id}
    return (
        f"SELECT * FROM orders USE INDEX '{_index(wanted)}' WHERE {' AND '.join(where)} "
        "ORDER BY order_date DESC, order_id DESC LIMIT :limit"
    ), parameters


def _page(rows: list[Row], limit: int, low: str = "") -> OrderPage:
    orders = tuple(to_order(row, ()) for row in rows)
    if len(orders) >= limit:
        return OrderPage(orders, place(orders[-1]))
    return OrderPage(orders, (low, "") if low else None)


def place(order: Order) -> tuple[str, str]:
    """Where an order stands by time, the newest last."""
    return order.order_date, order.order_id
