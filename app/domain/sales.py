"""Sums of orders by day, kept for each store and month, and by week, month and year.

An order counts on the day of its store on which it was placed, with what was paid for goods before
tax, less what was given back since. A cancelled order counts for nothing, and so does a returned
one that is older than order numbers. Where a store's returns count on the day they came, `moved`
says by how much that differs. Amounts are whole cents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from app.domain.papers import Document
from app.domain.shop_days import DayFinder

Pair = tuple[int, int]
"""How many (orders or units), and how many cents."""

BY_SALE: Final = "sale"
BY_RETURN: Final = "return"
"""On which day a return counts: that of the sale, or the one on which it came."""

Late = Mapping[str, Mapping[str, Sequence[Any]]]
"""By the day on which returns count, and by day: orders, cents, and when that changed last."""

NOBODY: Final = ""
"""Who took orders from before the app."""


@dataclass(slots=True)
class Sums:
    """Sums of some orders: of all, by product and by seller; a product's count is its units."""

    total: Pair = (0, 0)
    products: dict[str, Pair] = field(default_factory=dict)
    people: dict[str, Pair] = field(default_factory=dict)


@dataclass(slots=True)
class Added:
    """Sums by day (`2026-11-21`): `days` where returns count on the day of the sale.

    Added to those, `moved` takes returns from the day of the sale to the day they came, which may
    be long after the last of `days`.
    """

    days: dict[str, Sums] = field(default_factory=dict)
    moved: dict[str, Sums] = field(default_factory=dict)

    def figures(self) -> dict[str, dict[str, Pair]]:
        """What each day comes to, by the day on which returns count."""
        sold = {day: sums.total for day, sums in self.days.items()}
        moved = dict(sold)
        for day, sums in self.moved.items():
            moved[day] = _plus(sold.get(day, (0, 0)), sums.total)
        return {BY_SALE: sold, BY_RETURN: moved}


def add_up(orders: Iterable[Document], items: Iterable[Document], finder: DayFinder) -> Added:
    """Sums of orders and of all their lines."""
    added = Added()
    lines: dict[str, list[Document]] = {}
    for item in items:
        lines.setdefault(item["order_id"], []).append(item)
    for order in orders:
        if is_gone(order):
            continue
        day = finder.day(order["order_date"])
        sums = added.days.setdefault(day, Sums())
        paid = 0
        for line in lines.get(order["order_id"], ()):
            units, cents = kept(order, line)
            _add(sums.products, line["product_id"], units, cents)
            paid += cents
        _add(sums.people, order.get("who") or NOBODY, 1, paid)
        sums.total = sums.total[0] + 1, sums.total[1] + paid
        _move(added.moved, order, lines.get(order["order_id"], ()), day, finder)
    return added


def is_gone(order: Document) -> bool:
    """Whether an order counts for nothing."""
    status, returns = order.get("status"), order.get("returns") or {}
    # Of two steps that were done at once, the other one may have set the status.
    if status == "cancelled" or any(one.get("cancelled") for one in returns.values()):
        return True
    return status == "returned" and not returns


def kept(order: Document, item: Document) -> Pair:
    """Units and cents of a line of an order that are sold for good.

    Nothing of a cancelled order, and of every other one what has not come back.
    """
    if is_gone(order):
        return 0, 0
    returns = (order.get("returns") or {}).values()
    back = [its for one in returns if (its := (one.get("lines") or {}).get(item["order_item_id"]))]
    units = int(item.get("quantity") or 0) - sum(int(its.get("quantity") or 0) for its in back)
    return units, _cents(item.get("line_total")) - sum(_cents(its.get("refund")) for its in back)


def changed_afterwards(
    before: Mapping[str, Mapping[str, Sequence[int]]],
    late: Late,
    figures: Mapping[str, Mapping[str, Pair]],
    is_over: Callable[[str], bool],
    at: str,
) -> dict[str, dict[str, Sequence[Any]]]:
    """How far the figures of days that were over have changed since, in all; `late` is so far."""
    result: dict[str, dict[str, Sequence[Any]]] = {}
    for way, days in figures.items():
        had, its = before.get(way, {}), dict(late.get(way, {}))
        for day in had.keys() | days.keys():
            (count, cents), (count_had, cents_had) = days.get(day, (0, 0)), had.get(day, (0, 0))
            change = count - count_had, cents - cents_had
            if change != (0, 0) and is_over(day):
                so_far = its.pop(day, (0, 0))
                count, cents = so_far[0] + change[0], so_far[1] + change[1]
                if (count, cents) != (0, 0):
                    its[day] = count, cents, at
        if its:
            result[way] = its
    return result


def _move(
    moved: dict[str, Sums],
    order: Document,
    lines: Iterable[Document],
    sold: str,
    finder: DayFinder,
) -> None:
    products = {line["order_item_id"]: line["product_id"] for line in lines}
    who = order.get("who") or NOBODY
    for one in (order.get("returns") or {}).values():
        day = finder.day(one["at"]) if one.get("at") else sold
        if day == sold:
            continue
        for item_id, its in (one.get("lines") or {}).items():
            if item_id not in products:
                continue
            units, cents = int(its.get("quantity") or 0), _cents(its.get("refund"))
            for when, sign in ((sold, 1), (day, -1)):
                sums = moved.setdefault(when, Sums())
                sums.total = sums.total[0], sums.total[1] + sign * cents
                _add(sums.products, products[item_id], sign * units, sign * cents)
                _add(sums.people, who, 0, sign * cents)


def merged(sums: Iterable[Sums]) -> Sums:
    """Some sums as one."""
    result = Sums()
    for one in sums:
        result.total = _plus(result.total, one.total)
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


def _add(into: dict[str, Pair], key: str, count: int, cents: int) -> None:
    before = into.get(key, (0, 0))
    into[key] = before[0] + count, before[1] + cents


def _plus(one: Pair, other: Pair) -> Pair:
    return one[0] + other[0], one[1] + other[1]


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
