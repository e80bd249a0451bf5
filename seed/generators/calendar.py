"""How many orders fall on each day: season, weekday, growth, and some luck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp
from typing import Final

from seed.generators.streams import HOUR_MS, unit

# Monday to Sunday: projects happen at the weekend.
WEEKDAYS: Final = (0.85, 0.80, 0.82, 0.88, 1.05, 1.50, 1.25)

# The data model's "year-over-year growth: 2020 (1.0) → 2026 (1.531)", as a steady rate from day to
# day, so that no chart has a step at New Year: 1.0, 1.074, 1.153, 1.237, 1.328, 1.426, 1.531, and
# so on at the same rate.
YEARLY_GROWTH: Final = 1.531 ** (1 / 6)
GROWTH_FROM: Final = date(2020, 1, 1)

YEARS: Final = 3

# Stores are open from 7:00 to 21:00 local time.
OPENING_MS: Final = 7 * HOUR_MS
OPEN_FOR_MS: Final = 14 * HOUR_MS

_PACIFIC_STANDARD_HOURS: Final = 8
_LUCK: Final = 0.25


def days(end: date, start: date | None = None) -> list[date]:
    """The local days from `start`, by default three years, to the day before `end`."""
    first = start or _years_before(end)
    return [first + timedelta(days=number) for number in range((end - first).days)]


def utc_offset_ms(day: date) -> int:
    """The milliseconds to add to Seattle's local time of a day to get UTC.

    They follow the rule in force since 2007, and not zoneinfo, whose tables are not everywhere.
    """
    march, november = date(day.year, 3, 8), date(day.year, 11, 1)
    starts = march + timedelta(days=(6 - march.weekday()) % 7)
    ends = november + timedelta(days=(6 - november.weekday()) % 7)
    summer = starts <= day < ends
    return (_PACIFIC_STANDARD_HOURS - summer) * HOUR_MS


def orders_by_day(
    seed: int, period: Sequence[date], season: Sequence[float], last_day_share: float, total: int
) -> list[int]:
    """The number of orders on each day of the period; they add up to `total`.

    `season` holds the weight of each month, January first; `last_day_share` is how much of the last
    day counts. The luck of a day depends on the seed and the day alone, so periods that overlap
    agree about nearly all of their days.
    """
    weights: list[float] = []
    thresholds: list[float] = []
    for day in period:
        ordinal = day.toordinal()
        years = (day - GROWTH_FROM).days / 365.25
        luck = exp(_LUCK * 2 * (unit(seed, ordinal) - 0.5))
        weights.append(
            season[day.month - 1] * WEEKDAYS[day.weekday()] * YEARLY_GROWTH**years * luck
        )
        thresholds.append(unit(~seed, ordinal))
    if weights:
        weights[-1] *= last_day_share
    return _exactly(total, weights, thresholds)


def _years_before(end: date) -> date:
    try:
        return end.replace(year=end.year - YEARS)
    except ValueError:  # 29 February
        return end.replace(year=end.year - YEARS, day=28)


def _exactly(total: int, weights: Sequence[float], thresholds: Sequence[float]) -> list[int]:
    """Whole numbers near `scale * weight`, with the scale at which they add up to `total`."""

    def counts(scale: float) -> list[int]:
        return [int(scale * w + t) for w, t in zip(weights, thresholds, strict=True)]

    low, high = 0.0, (total + len(weights) + 1) / sum(weights)
    for _ in range(48):
        middle = (low + high) / 2
        result = counts(middle)
        if sum(result) == total:
            return result
        if sum(result) < total:
            low = middle
        else:
            high = middle
    # Only where two days reach their next order at the very same scale.
    result, more = counts(low), counts(high)
    missing = total - sum(result)
    for number, (less, enough) in enumerate(zip(result, more, strict=True)):
        step = min(enough - less, missing)
        result[number] += step
        missing -= step
    return result
