"""Sums of orders by day, kept for each store and month, and by week, month and year.

An order counts on the day it was placed (UTC, so that all devices agree), with what was paid for
goods before tax, less what was given back since. A cancelled order counts for nothing, and so does
a returned one that is older than order numbers. Amounts are whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from app.domain.papers import Document

Pair = tuple[int, int]
"""How many (orders or units), and how many cents."""

NOBODY: Final = ""
"""Who took orders from before the app."""


@dataclass(slots=True)
class Sums:
    """Sums of some orders: of all, by product and by seller; a product's count is its units."""

    total: Pair = (0, 0)
    products: dict[str, Pair] = field(default_factory=dict)
    people: dict[str, Pair] = field(default_factory=dict)


def add_up(orders: Iterable[Document], items: Iterable[Document]) -> dict[str, Sums]:
    """Sums by day (`2026-11-21`) of orders and of all their lines."""
    lines: dict[str, list[Document]] = {}
    for item in items:
        lines.setdefault(item["order_id"], []).append(item)
    days: dict[str, Sums] = {}
    for order in orders:
        if _is_gone(order):
            continue
        sums = days.setdefault(str(order["order_date"])[:10], Sums())
        paid = 0
        for line in lines.get(order["order_id"], ()):
            units, cents = kept(order, line)
            _add(sums.products, line["product_id"], units, cents)
            paid += cents
        _add(sums.people, order.get("who") or NOBODY, 1, paid)
        sums.total = sums.total[0] + 1, sums.total[1] + paid
    return days


def kept(order: Document, item: Document) -> Pair:
    """Units and cents of a line of an order that are sold for good.

    Nothing of a cancelled order, and of every other one what has not come back.
    """
    if _is_gone(order):
        return 0, 0
    returns = (order.get("returns") or {}).values()
    back = [its for one in returns if (its := (one.get("lines") or {}).get(item["order_item_id"]))]
    units = int(item.get("quantity") or 0) - sum(int(its.get("quantity") or 0) for its in back)
    return units, _cents(item.get("line_total")) - sum(_cents(its.get("refund")) for its in back)


def merged(sums: Iterable[Sums]) -> Sums:
    """Some sums as one."""
    result = Sums()
    for one in sums:
        result.total = result.total[0] + one.total[0], result.total[1] + one.total[1]
        for into, its in ((result.products, one.products), (result.people, one.people)):
            for key, (count, cents) in its.items():
                _add(into, key, count, cents)
    return result


def to_text(days: Mapping[str, Sums]) -> dict[str, Any]:
    """Sums by day as plain values."""
    return {day: [one.total, one.products, one.people] for day, one in days.items()}


def from_text(values: Mapping[str, Any]) -> dict[str, Sums]:
    """Sums by day from what `to_text` made."""
    return {
        day: Sums(
            (total[0], total[1]),
            {key: (one[0], one[1]) for key, one in products.items()},
            {key: (one[0], one[1]) for key, one in people.items()},
        )
        for day, (total, products, people) in values.items()
    }


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day, a week or a month: from its first day up to, and without, `until`."""

    first: date
    until: date


def buckets(step: str, today: date) -> tuple[Bucket, ...]:
    """The last 31 days, 26 weeks (from Monday) or 12 months; the last one up to today."""
    *whole, last = _whole_buckets(step, today)
    return (*whole, replace(last, until=today + timedelta(days=1)))


def year_before(bucket: Bucket, step: str) -> Bucket:
    """The bucket to compare with: the same days, weekdays or month a year before."""
    if step == "month":
        first = bucket.first.replace(year=bucket.first.year - 1)
        if bucket.until.day == 1:
            until = bucket.until.replace(year=bucket.until.year - 1)
        else:
            # The month that is on, as far as it has come.
            until = first + (bucket.until - bucket.first)
        return Bucket(first, until)
    # 52 weeks, so that a Saturday stands beside a Saturday.
    back = timedelta(weeks=52)
    return Bucket(bucket.first - back, bucket.until - back)


def cents_in(days: Mapping[date, Pair], bucket: Bucket) -> Pair:
    """The orders and the cents of a bucket's days; `days` has both, by day."""
    count = cents = 0
    day = bucket.first
    while day < bucket.until:
        its = days.get(day, (0, 0))
        count, cents = count + its[0], cents + its[1]
        day += timedelta(days=1)
    return count, cents


def ranked(sums: Mapping[str, Pair], limit: int) -> Sequence[tuple[str, Pair]]:
    """The entries with the most money first, at most `limit` of them."""
    return sorted(sums.items(), key=lambda one: (-one[1][1], one[0]))[:limit]


def _is_gone(order: Document) -> bool:
    status = order.get("status")
    return status == "cancelled" or (status == "returned" and not order.get("returns"))


def _add(into: dict[str, Pair], key: str, count: int, cents: int) -> None:
    before = into.get(key, (0, 0))
    into[key] = before[0] + count, before[1] + cents


def _cents(stored: object) -> int:
    # Stored with two decimals, so that this is exact.
    return round(float(str(stored or 0)) * 100)


def _month(day: date, back: int) -> date:
    month = day.year * 12 + day.month - 1 - back
    return date(month // 12, month % 12 + 1, 1)


def _whole_buckets(step: str, today: date) -> tuple[Bucket, ...]:
    if step == "day":
        days = [today - timedelta(days=back) for back in range(30, -1, -1)]
        return tuple(Bucket(day, day + timedelta(days=1)) for day in days)
    if step == "week":
        monday = today - timedelta(days=today.weekday())
        weeks = [monday - timedelta(weeks=back) for back in range(25, -1, -1)]
        return tuple(Bucket(day, day + timedelta(weeks=1)) for day in weeks)
    months = [_month(today, back) for back in range(11, -2, -1)]
    return tuple(Bucket(first, until) for first, until in pairwise(months))
