"""The sales of stores as they were added up, and what their stock is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.data.papers.settling import SETTLE_DAYS
from app.data.selling.adding_up import CHANGES, AddingUp
from app.data.store.reading import ON_HAND, REORDER
from app.data.store.session import Session
from app.domain.documents.reading import number, whole
from app.domain.entities import Store
from app.domain.sales import Pair, Sums, from_text, merged
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import SALES

Cancel = Callable[[], None]

# By id: with two long IN lists in one condition, Ditto 5.2.0.dev0 finds nothing.
_TOTALS: Final = f"SELECT store_id, totals FROM {SALES} USE IDS LIST :ids"
_DETAILS: Final = f"SELECT store_id, details FROM {SALES} USE IDS LIST :ids"
_BESIDE: Final = (
    f"SELECT store_id, moved, late FROM {SALES} WHERE moved != '{{}}' OR late != '{{}}'"
)
# What tells of an order that came, however old, and of one that changed. Both are one row.
_NEWS: Final = (
    "SELECT COUNT(*) AS n FROM orders",
    f"SELECT COUNT(*) AS n, SUM({CHANGES}) AS changes FROM orders USE INDEX 'orders_changed' "
    "WHERE updated_at >= :since",
    "SELECT store_id, time_zone, returns_on FROM stores WHERE deleted = false "
    "ORDER BY store_id LIMIT 1000",
)
_STOCK: Final = (
    f"SELECT product_id, SUM({ON_HAND}) AS on_hand, "
    f"SUM(CASE WHEN {ON_HAND} < 0 THEN 1 ELSE 0 END) AS negative, "
    f"SUM(CASE WHEN {ON_HAND} <= {REORDER} THEN 1 ELSE 0 END) AS low "
    "FROM inventory WHERE store_id IN :ids AND deleted = false GROUP BY product_id"
)
_COSTS: Final = "SELECT product_id, cost FROM products LIMIT 100000"


@dataclass(slots=True)
class Beside:
    """What stands beside the sums of a store: see `app.domain.sales.Added` and `Late`."""

    moved: dict[str, Sums] = field(default_factory=dict)
    late: dict[str, dict[str, tuple[int, int, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockFigures:
    """What the stock cost, in cents; how many items are low or out, and how many below zero."""

    cents: int = 0
    low: int = 0
    negative: int = 0


class SalesRepository:
    """Sums over the orders of stores on this device."""

    def __init__(self, session: Session, now: Callable[[], datetime]) -> None:
        self._session = session
        self._now = now
        self._adding = AddingUp(session, now)

    async def stores(self, store_ids: Sequence[str]) -> list[Store]:
        """The stores as their documents are now."""
        return await self._adding.stores(store_ids)

    async def catch_up(self, store_ids: Sequence[str], mark: bool = True) -> int:
        """Add up the months that have changed; returns how many.

        A day that was over and changes is marked, unless `mark` is off: in a first sync all do.
        """
        return await self._adding.catch_up(store_ids, mark)

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

    async def beside(self, store_ids: Sequence[str]) -> dict[str, Beside]:
        """What stands beside the sums of stores, of all their months."""
        found = {one: Beside() for one in store_ids}
        for row in await self._session.query(_BESIDE):
            if (its := found.get(row["store_id"])) is None:
                continue
            for day, sums in from_text(json.loads(row.get("moved") or "{}")).items():
                its.moved[day] = merged((its.moved.get(day, Sums()), sums))
            for way, days in json.loads(row.get("late") or "{}").items():
                late = its.late.setdefault(way, {})
                for day, (count, cents, at) in days.items():
                    so_far = late.get(day, (0, 0, ""))
                    late[day] = so_far[0] + count, so_far[1] + cents, max(so_far[2], at)
        return found

    def watch(self, store_ids: Sequence[str], on_change: Callable[[], None]) -> Cancel:
        """Call back when an order, what a store's days are, or the stock has changed."""
        since = to_iso(self._now() - timedelta(days=SETTLE_DAYS))
        following = ExitStack()
        for dql in _NEWS:
            parameters = {"since": since} if ":since" in dql else None
            following.callback(self._session.watch(dql, parameters, lambda rows: on_change()))
        of_stores = {"ids": list(store_ids)}
        following.callback(self._session.watch(_STOCK, of_stores, lambda rows: on_change()))
        return following.close


def _ids(store_ids: Sequence[str], months: Sequence[str]) -> list[str]:
    return [f"{store_id}|{month}" for store_id in store_ids for month in months]
