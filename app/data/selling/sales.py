"""The sales of stores, added up once and kept, on the embedded store.

Adding up 100,000 orders takes seconds, so the sums of each store and month are kept on the device.
A month is added up anew when an order of it has changed: those are found by the time of their last
change. What was made offline arrives with a time that lies back, so at the start 60 days are looked
through again, and a store of which the number of orders differs is added up whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.data.papers.settling import SETTLE_DAYS
from app.data.store.reading import ON_HAND, REORDER, sound_rows
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.documents.parts import from_iso
from app.domain.documents.reading import number, whole
from app.domain.sales import Pair, Sums, add_up, from_text, to_text
from connector_config.schema.collections import ORDER_ITEMS, ORDERS
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import SALES

Cancel = Callable[[], None]
Slice = tuple[str, str]
"""A store and a month such as `2026-11`."""

_MONTH: Final = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")
# Aggregates need only the index; a first row in the order against it sorts everything.
_HAVE: Final = (
    "SELECT COUNT(*) AS n, MIN(order_date) AS first, MAX(order_date) AS last "
    "FROM orders USE INDEX 'orders_store' WHERE store_id = :store_id"
)
_KEPT: Final = f"SELECT SUM(n) AS n FROM {SALES} WHERE store_id = :store_id"
_MONTHS: Final = f"SELECT month FROM {SALES} WHERE store_id = :store_id"
_CHANGED: Final = "SELECT store_id, order_date, updated_at FROM orders WHERE updated_at >= :since"
_ORDERS: Final = (
    "SELECT store_id, order_id, order_date, status, who, returns FROM orders "
    "USE INDEX 'orders_time' WHERE order_date >= :first AND order_date < :until"
)
_ITEMS: Final = (
    "SELECT store_id, order_id, order_item_id, product_id, quantity, line_total FROM order_items "
    "USE INDEX 'sold_at' WHERE created_at >= :first AND created_at < :until"
)
_PUT: Final = f"INSERT INTO {SALES} DOCUMENTS (:documents) ON ID CONFLICT DO UPDATE"
# By id: with two long IN lists in one condition, Ditto 5.2.0.dev0 finds nothing.
_TOTALS: Final = f"SELECT store_id, totals FROM {SALES} USE IDS LIST :ids"
_DETAILS: Final = f"SELECT store_id, details FROM {SALES} USE IDS LIST :ids"
# Only what is a time.
_NEWEST: Final = (
    "SELECT updated_at FROM orders WHERE updated_at >= '1' AND updated_at < '3' "
    "ORDER BY updated_at DESC LIMIT 1"
)
_STOCK: Final = (
    f"SELECT product_id, SUM({ON_HAND}) AS on_hand, "
    f"SUM(CASE WHEN {ON_HAND} < 0 THEN 1 ELSE 0 END) AS negative, "
    f"SUM(CASE WHEN {ON_HAND} <= {REORDER} THEN 1 ELSE 0 END) AS low "
    "FROM inventory WHERE store_id IN :ids AND deleted = false GROUP BY product_id"
)
_COSTS: Final = "SELECT product_id, cost FROM products LIMIT 100000"


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What the stock cost, in cents; how many items are low or out, and how many below zero."""

    cents: int = 0
    low: int = 0
    negative: int = 0


class SalesRepository:
    """Sums over the orders of stores on this device."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._since = ""

    async def catch_up(self, store_ids: Sequence[str], thorough: bool = False) -> int:
        """Add up the months that have changed; returns how many. Be `thorough` at the start."""
        newest = await self._session.query(_NEWEST)
        if not newest:
            return 0
        slices: set[Slice] = set()
        if thorough:
            for store_id in store_ids:
                slices |= await self._uneven(store_id)
        since = self._since
        if thorough or not since:
            latest = from_iso(newest[0]["updated_at"])
            since = to_iso(latest - timedelta(days=SETTLE_DAYS)) if latest is not None else ""
        for row in await self._session.query(_CHANGED, {"since": since}):
            month = str(row.get("order_date"))[:7]
            if row.get("store_id") in store_ids and _MONTH.fullmatch(month):
                slices.add((row["store_id"], month))
        # The newest first: these are looked at.
        for month in sorted({month for _, month in slices}, reverse=True):
            await self._add_up(month, sorted(one for one, its in slices if its == month))
        self._since = newest[0]["updated_at"]
        return len(slices)

    async def totals(
        self, store_ids: Sequence[str], months: Sequence[str]
    ) -> dict[str, dict[str, Pair]]:
        """Orders and cents by store and day, of months such as `2026-11`."""
        found: dict[str, dict[str, Pair]] = {one: {} for one in store_ids}
        for row in await self._session.query(_TOTALS, {"ids": _ids(store_ids, months)}):
            found[row["store_id"]] |= json.loads(row["totals"])
        return found

    async def details(
        self, store_ids: Sequence[str], months: Sequence[str]
    ) -> dict[str, dict[str, Sums]]:
        """Sums by store and day, of months such as `2026-11`."""
        found: dict[str, dict[str, Sums]] = {one: {} for one in store_ids}
        for row in await self._session.query(_DETAILS, {"ids": _ids(store_ids, months)}):
            found[row["store_id"]] |= from_text(json.loads(row["details"]))
        return found

    async def stock(self, store_ids: Sequence[str]) -> StockFigures:
        """The figures of what is in stock now."""
        rows = await self._session.query(_STOCK, {"ids": list(store_ids)})
        costs = {
            row["product_id"]: round((number(row.get("cost")) or 0) * 100)
            for row in await self._session.query(_COSTS)
            if isinstance(row.get("product_id"), str)
        }
        stocked = [
            row for row in rows if row.get("product_id") and isinstance(row["product_id"], str)
        ]
        return StockFigures(
            # Of a product that is owed everywhere, nothing is worth less than nothing.
            sum(
                max(whole(one.get("on_hand")) or 0, 0) * costs.get(one["product_id"], 0)
                for one in stocked
            ),
            sum(int(one["low"]) for one in stocked),
            sum(int(one["negative"]) for one in stocked),
        )

    def watch(self, store_ids: Sequence[str], on_change: Callable[[], None]) -> Cancel:
        """Call back when an order or the stock has changed."""
        parameters = {"ids": list(store_ids)}
        following = ExitStack()
        following.callback(self._session.watch(_NEWEST, None, lambda rows: on_change()))
        following.callback(self._session.watch(_STOCK, parameters, lambda rows: on_change()))
        return following.close

    async def _uneven(self, store_id: str) -> set[Slice]:
        """All months of a store, where the number of its orders is not the one that was kept."""
        key = {"store_id": store_id}
        (have,) = await self._session.query(_HAVE, key)
        kept = await self._session.query(_KEPT, key)
        if int(have["n"]) == int(kept[0].get("n") or 0):
            return set()
        months = {(store_id, row["month"]) for row in await self._session.query(_MONTHS, key)}
        if not int(have["n"]):
            return months
        month, last = (str(have.get(name))[:7] for name in ("first", "last"))
        if not _MONTH.fullmatch(month) or not _MONTH.fullmatch(last):
            return months
        found = {(store_id, month)}
        while month < last:
            month = _next(month)
            found.add((store_id, month))
        # What was interrupted goes on where it was; of some months the orders have left the device.
        return found - months or found | months

    async def _add_up(self, month: str, store_ids: Sequence[str]) -> None:
        span = {"first": month, "until": _next(month)}

        async def work(unit: UnitOfWork) -> None:
            orders = _by_store(ORDERS, await unit.query(_ORDERS, span), "order_id", "order_date")
            items = _by_store(
                ORDER_ITEMS,
                await unit.query(_ITEMS, span),
                *("order_id", "order_item_id", "product_id", "quantity", "line_total"),
            )
            documents = [
                _document(one, month, orders.get(one, []), items.get(one, [])) for one in store_ids
            ]
            await unit.update(SALES, _PUT, {"documents": documents})

        await self._session.tidy(work)


def _by_store(collection: str, rows: Iterable[Row], *needed: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sound_rows(collection, rows, "store_id", *needed):
        found.setdefault(row["store_id"], []).append(row)
    return found


def _document(store_id: str, month: str, orders: list[Row], items: list[Row]) -> Row:
    days = add_up(orders, items)
    return {
        "_id": f"{store_id}|{month}",
        "store_id": store_id,
        "month": month,
        "n": len(orders),
        # As text: Ditto would merge maps field by field, and reads a text faster.
        "totals": json.dumps({day: sums.total for day, sums in days.items()}),
        "details": json.dumps(to_text(days)),
    }


def _ids(store_ids: Sequence[str], months: Sequence[str]) -> list[str]:
    return [f"{store_id}|{month}" for store_id in store_ids for month in months]


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"
