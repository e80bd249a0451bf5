"""The sums of stores, with returns on the day of the sale, or on the day they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.data.selling.sales import Beside
from app.domain.sales import BY_RETURN, BY_SALE, Bucket, Pair, Sums, merged

NO_DIFFERENCE = Beside()


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums by store and day; `ways` says of each store on which day its returns count."""

    ways: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, Pair]] = field(default_factory=dict)
    details: Mapping[str, Mapping[str, Sums]] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)

    def days(self, way: str = "") -> dict[date, Pair]:
        """Orders and cents by day, all stores in one way, or each in its own."""
        days: dict[date, Pair] = {}
        for store_id, its in self.totals.items():
            figures = list(its.items())
            if (way or self.way(store_id)) == BY_RETURN:
                moved = self.beside.get(store_id, NO_DIFFERENCE).moved
                figures += [(day, sums.total) for day, sums in moved.items()]
            for text, (count, cents) in figures:
                day = date.fromisoformat(text)
                before = days.get(day, (0, 0))
                days[day] = before[0] + count, before[1] + cents
        return days

    def by_store(self, first: date, until: date, way: str = "") -> dict[str, Sums]:
        """The sums of each store from a day up to, and without, another one."""
        start, end = first.isoformat(), until.isoformat()
        found = {}
        for store_id, its in self.details.items():
            parts = [sums for day, sums in its.items() if start <= day < end]
            if (way or self.way(store_id)) == BY_RETURN:
                moved = self.beside.get(store_id, NO_DIFFERENCE).moved
                parts += [sums for day, sums in moved.items() if start <= day < end]
            found[store_id] = merged(parts)
        return found

    def late(self, bucket: Bucket) -> list[tuple[int, int, str]]:
        """By how much, and when, days of a bucket changed after they were over."""
        first, until = bucket.first.isoformat(), bucket.until.isoformat()
        return [
            its
            for store_id, beside in self.beside.items()
            for day, its in beside.late.get(self.way(store_id), {}).items()
            if first <= day < until
        ]

    def way(self, store_id: str) -> str:
        """On which day the returns of a store count."""
        return self.ways.get(store_id, BY_SALE)
