"""The sales of stores as they were added up, and what their stock is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from app.data.papers.settling import SETTLE_DAYS
from app.data.selling.adding_up import CHANGES, AddingUp
from app.data.stock.feed import StockFeed
from app.data.stock.selection import STOCKED, Change, Selection
from app.data.store.reading import ON_HAND, REORDER
from app.data.store.session import Row, Session
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
_STOCK: Final = Selection(
    f"_id, product_id, {ON_HAND} AS on_hand, "
    f"CASE WHEN {ON_HAND} < 0 THEN 1 ELSE 0 END AS negative, "
    f"CASE WHEN {ON_HAND} <= {REORDER} THEN 1 ELSE 0 END AS low",
    STOCKED,
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


class StockTotals(NamedTuple):
    """Units on hand by product, over all stores; how many items are low or out, and below zero."""

    units: dict[str, float]
    low: int
    negative: int

    def figures(self, costs: Mapping[str, int]) -> StockFigures:
        """The figures by what products cost, in cents."""
        # Of a product that is owed everywhere, nothing is worth less than nothing.
        cents = sum(
            max(whole(units) or 0, 0) * costs.get(product_id, 0)
            for product_id, units in self.units.items()
        )
        return StockFigures(cents, self.low, self.negative)


class SalesRepository:
    """Sums over the orders of stores on this device."""

    def __init__(self, session: Session, now: Callable[[], datetime], feed: StockFeed) -> None:
        self._session = session
        self._now = now
        self._feed = feed
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
        """Call back when an order, or what a store's days are, has changed."""
        since = to_iso(self._now() - timedelta(days=SETTLE_DAYS))
        following = ExitStack()
        for dql in _NEWS:
            parameters = {"since": since} if ":since" in dql else None
            following.callback(self._session.watch(dql, parameters, lambda rows: on_change()))
        return following.close

    async def watch_stock(
        self, store_ids: Sequence[str], on_stock: Callable[[StockFigures], None]
    ) -> Cancel:
        """The figures of what is in stock, after every change; by what products cost now."""
        costs = {
            row["product_id"]: round((number(row.get("cost")) or 0) * 100)
            for row in await self._session.query(_COSTS)
            if isinstance(row.get("product_id"), str)
        }
        return self._feed.follow(
            _STOCK, store_ids, add_up, lambda totals: on_stock(totals.figures(costs))
        )


def add_up(
    before: StockTotals | None, rows: Mapping[str, Row], changes: Sequence[Change]
) -> StockTotals:
    """How many units of each product there are, and how many items are low and below zero."""
    totals = before or StockTotals({}, 0, 0)
    units, low, negative = dict(totals.units), totals.low, totals.negative
    for old, new in changes:
        for row, sign in ((old, -1), (new, 1)):
            if row is not None and row.get("product_id") and isinstance(row["product_id"], str):
                its = row["product_id"]
                units[its] = units.get(its, 0) + sign * (row.get("on_hand") or 0)
                low += sign * (row.get("low") or 0)
                negative += sign * (row.get("negative") or 0)
    return StockTotals(units, low, negative)


def _ids(store_ids: Sequence[str], months: Sequence[str]) -> list[str]:
    return [f"{store_id}|{month}" for store_id in store_ids for month in months]
