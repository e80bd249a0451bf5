"""Adds the orders of stores up by day, and keeps the sums of each store and month on the device.

Adding up 100,000 orders takes seconds, so a month is added up anew only when one of its orders has
come or changed, however late, or when the store's days begin at other times than they did. At first
all months are compared with what was kept of them: the number of orders, and the sum of the times
at which they were changed last. From then on one remembers which orders changed in the last 60
days, and when, and compares everything again when there are more or fewer orders than that tells.
So only a change that is older than that and arrives after it was first looked waits for the next
sign-in; an order never does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.data.papers.settling import SETTLE_DAYS
from app.data.store.reading import entities, sound_rows
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.stock import show_store
from app.domain.entities import Store
from app.domain.sales import Added, add_up, changed_afterwards, to_text
from app.domain.shop_days import DayFinder, start_of, zone_key
from connector_config.schema.collections import ORDER_ITEMS, ORDERS
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import SALES

Slice = tuple[str, str]
"""A store and a month of it such as `2026-11`."""

CHANGES: Final = "date_diff(updated_at, '2020-01-01T00:00:00.000Z', 'millisecond')"
"""When an order was changed, as a number, so that the sum of many tells whether one did."""

_STORES: Final = "SELECT * FROM stores WHERE deleted = false LIMIT 1000"
# Aggregates need only the index; and only what is a time.
_ENDS: Final = (
    "SELECT MIN(order_date) AS first, MAX(order_date) AS last FROM orders "
    "USE INDEX 'orders_time' WHERE order_date >= '1' AND order_date < '3'"
)
_COUNT: Final = "SELECT COUNT(*) AS n FROM orders"
_COUNTED: Final = f"SELECT SUM(n) AS n FROM {SALES}"
_KEPT: Final = f"SELECT store_id, month, n, stamp, zone FROM {SALES} WHERE n >= 0"
_RECENT: Final = (
    "SELECT store_id, order_id, order_date, updated_at FROM orders "
    "USE INDEX 'orders_changed' WHERE updated_at >= :since"
)
_IN_MONTH: Final = "USE INDEX 'orders_time' WHERE order_date >= :first AND order_date < :until"
_STAMPS: Final = (
    f"SELECT store_id, COUNT(*) AS n, SUM({CHANGES}) AS stamp FROM orders {_IN_MONTH} "
    "GROUP BY store_id"
)
_ORDERS: Final = (
    f"SELECT store_id, order_id, order_date, status, who, returns, {CHANGES} AS changes "
    f"FROM orders {_IN_MONTH}"
)
_ITEMS: Final = (
    "SELECT store_id, order_id, order_item_id, product_id, quantity, line_total FROM order_items "
    "USE INDEX 'sold_at' WHERE created_at >= :first AND created_at < :until"
)
_BEFORE: Final = f"SELECT * FROM {SALES} USE IDS LIST :ids"
_PUT: Final = f"INSERT INTO {SALES} DOCUMENTS (:documents) ON ID CONFLICT DO UPDATE"

_LOOKED: Final = "looked"
"""The id under which is kept when the sums were last seen to be those of all orders."""

_Stamp = tuple[int, int, str]


class AddingUp:
    """Keeps the sums of some stores up to date with the orders on this device."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._zones: dict[str, str] = {}
        self._recent: dict[tuple[str, str], object] = {}
        self._others = 0

    async def stores(self, store_ids: Sequence[str]) -> list[Store]:
        """The stores as their documents are now."""
        found = entities(await self._session.query(_STORES), show_store)
        return [one for one in found if one.store_id in store_ids]

    async def catch_up(self, store_ids: Sequence[str], mark: bool) -> int:
        """Add up the months that have changed; returns how many."""
        at = to_iso(self._now())
        stores = {one.store_id: one for one in await self.stores(store_ids)}
        zones = {one.store_id: zone_key(one) for one in stores.values()}
        known, self._zones = self._zones == zones, zones
        slices = await self._changed_since(stores)
        if not known:
            slices = await self._differing(stores)
        await self._add_up(slices, stores, mark)
        if known and await self._count_others() != self._others:
            late = await self._differing(stores)
            await self._add_up(late, stores, mark)
            slices |= late
        self._others = await self._count_others()
        looked = {"_id": _LOOKED, "at": at}
        await self._session.tidy(lambda unit: unit.keep(_PUT, {"documents": [looked]}))
        return len(slices)

    async def _count_others(self) -> int:
        """How many orders there are that no month has counted."""
        (have,) = await self._session.query(_COUNT)
        (counted,) = await self._session.query(_COUNTED)
        return int(have["n"]) - int(counted.get("n") or 0)

    async def _changed_since(self, stores: Mapping[str, Store]) -> set[Slice]:
        """The months with orders that are not as they were when this was last asked."""
        since = to_iso(self._now() - timedelta(days=SETTLE_DAYS))
        rows = await self._session.query(_RECENT, {"since": since})
        before, self._recent = self._recent, {}
        finders = {store_id: DayFinder(one.zone) for store_id, one in stores.items()}
        slices = set()
        for row in rows:
            store_id, changed = str(row.get("store_id")), row.get("updated_at")
            key = store_id, str(row.get("order_id"))
            self._recent[key] = changed
            if store_id in stores and before.get(key) != changed:
                slices.add((store_id, finders[store_id].month(row.get("order_date"))))
        return {one for one in slices if one[1]}

    async def _differing(self, stores: Mapping[str, Store]) -> set[Slice]:
        """All months of which the orders, or the days, are not those that were added up."""
        kept: dict[Slice, _Stamp] = {
            (row["store_id"], row["month"]): _stamp(row, str(row.get("zone")))
            for row in await self._session.query(_KEPT)
            if row["store_id"] in stores
        }
        found: dict[Slice, _Stamp] = {}
        (ends,) = await self._session.query(_ENDS)
        for group in _by_zone(stores.values()):
            finder, key = DayFinder(group[0].zone), zone_key(group[0])
            ids = {one.store_id for one in group}
            month, last = finder.month(ends.get("first")), finder.month(ends.get("last"))
            while month and month <= last:
                for row in await self._session.query(_STAMPS, _span(month, group[0])):
                    if row.get("store_id") in ids:
                        found[row["store_id"], month] = _stamp(row, key)
                month = _next(month)
        # Of some months the orders have left the device.
        gone = {one for one, its in kept.items() if its[0] and one not in found}
        return {one for one, its in found.items() if kept.get(one) != its} | gone

    async def _add_up(
        self, slices: Iterable[Slice], stores: Mapping[str, Store], mark: bool
    ) -> None:
        months: dict[str, list[Store]] = {}
        for store_id, month in sorted(slices):
            months.setdefault(month, []).append(stores[store_id])
        # The newest first: these are looked at.
        for month in sorted(months, reverse=True):
            for group in _by_zone(months[month]):
                await self._add_up_month(month, group, mark)

    async def _add_up_month(self, month: str, stores: Sequence[Store], mark: bool) -> None:
        """Add up a month of stores whose days begin at the same time."""
        span, at = _span(month, stores[0]), to_iso(self._now())
        finder = DayFinder(stores[0].zone)

        async def work(unit: UnitOfWork) -> None:
            ids = [f"{one.store_id}|{month}" for one in stores]
            rows = await unit.query(_BEFORE, {"ids": [*ids, _LOOKED]})
            before = {row["_id"]: row for row in rows}
            looked = str(before.get(_LOOKED, {}).get("at", ""))
            found = await unit.query(_ORDERS, span)
            orders = _by_store(ORDERS, found, "order_id", "order_date")
            items = _by_store(
                ORDER_ITEMS,
                await unit.query(_ITEMS, span),
                *("order_id", "order_item_id", "product_id", "quantity", "line_total"),
            )
            documents = []
            for one, key in zip(stores, ids, strict=True):
                added = add_up(orders.get(one.store_id, ()), items.get(one.store_id, ()), finder)
                its = _document(one, month, added, _sum_up(found, one))
                late = _late(before.get(key), its, one, added, looked, at) if mark else {}
                documents.append({"_id": key, **its, "late": json.dumps(late)})
            await unit.update(SALES, _PUT, {"documents": documents})

        await self._session.tidy(work)


def _late(
    before: Row | None, its: Row, store: Store, added: Added, looked: str, at: str
) -> dict[str, Any]:
    """How far figures changed since they were `looked` at when their days were over."""
    if before is None or before.get("zone") != its["zone"]:
        return {}
    return changed_afterwards(
        json.loads(before["figures"]),
        json.loads(before["late"]),
        added.figures(),
        lambda day: _end(day, store) <= looked,
        at,
    )


def _document(store: Store, month: str, added: Added, stamp: _Stamp) -> Row:
    n, changes, zone = stamp
    return {
        "store_id": store.store_id,
        "month": month,
        "n": n,
        "stamp": changes,
        "zone": zone,
        # As text: Ditto would merge maps field by field, and reads a text faster.
        "totals": json.dumps({day: sums.total for day, sums in added.days.items()}),
        "details": json.dumps(to_text(added.days)),
        "moved": json.dumps(to_text(added.moved)),
        "figures": json.dumps(added.figures()),
    }


def _stamp(row: Row, zone: str) -> _Stamp:
    return int(row.get("n") or 0), int(row.get("stamp") or 0), zone


def _sum_up(orders: Iterable[Row], store: Store) -> _Stamp:
    """What `_STAMPS` would say of a store's orders, be they faulty or not."""
    its = [int(row.get("changes") or 0) for row in orders if row.get("store_id") == store.store_id]
    return len(its), sum(its), zone_key(store)


def _by_store(collection: str, rows: Iterable[Row], *needed: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sound_rows(collection, rows, "store_id", *needed):
        found.setdefault(row["store_id"], []).append(row)
    return found


def _by_zone(stores: Iterable[Store]) -> list[list[Store]]:
    found: dict[str, list[Store]] = {}
    for one in stores:
        found.setdefault(zone_key(one), []).append(one)
    return list(found.values())


def _span(month: str, store: Store) -> dict[str, str]:
    first, until = (date.fromisoformat(f"{one}-01") for one in (month, _next(month)))
    return {
        "first": to_iso(start_of(first, store.zone)),
        "until": to_iso(start_of(until, store.zone)),
    }


def _end(day: str, store: Store) -> str:
    return to_iso(start_of(date.fromisoformat(day) + timedelta(days=1), store.zone))


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"
