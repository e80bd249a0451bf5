"""How orders spread over the days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.generators.calendar import days, orders_by_day, utc_offset_ms
from seed.generators.streams import HOUR_MS

FLAT = [1.0] * 12


def test_three_years_up_to_the_day_before() -> None:
    period = days(date(2026, 11, 21))
    assert (period[0], period[-1]) == (date(2023, 11, 21), date(2026, 11, 20))
    assert days(date(2028, 2, 29))[0] == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 7), 8),
        (date(2026, 3, 8), 7),  # second Sunday in March
        (date(2026, 10, 31), 7),
        (date(2026, 11, 1), 8),  # first Sunday in November
        (date(2025, 3, 9), 7),
        (date(2025, 11, 2), 8),
        (date(2025, 11, 1), 7),
    ],
)
def test_daylight_saving(day: date, hours: int) -> None:
    assert utc_offset_ms(day) == hours * HOUR_MS


@given(seed=st.integers(0, 2**32 - 1), total=st.integers(0, 3_000))
def test_the_days_add_up(seed: int, total: int) -> None:
    period = days(date(2026, 11, 21))[:200]
    counts = orders_by_day(seed, period, FLAT, 0.6, total)
    assert sum(counts) == total
    assert min(counts) >= 0


def test_equal_days_still_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # All days reach their next order together, so no scale gives exactly 10.
    monkeypatch.setattr("seed.generators.calendar.unit", lambda seed, number: 0.5)
    monkeypatch.setattr("seed.generators.calendar.WEEKDAYS", (1.0,) * 7)
    monkeypatch.setattr("seed.generators.calendar.YEARLY_GROWTH", 1.0)
    period = [date(2026, 1, 1) + timedelta(days=n) for n in range(7)]
    assert sum(orders_by_day(1, period, FLAT, 1.0, 10)) == 10


def test_a_month_counts_by_its_season() -> None:
    season = [1.0] * 11 + [3.0]
    period = [date(2025, 11, 1) + timedelta(days=n) for n in range(61)]
    counts = orders_by_day(1, period, season, 1.0, 6_000)
    november, december = sum(counts[:30]) / 30, sum(counts[30:]) / 31
    assert december / november == pytest.approx(3.0, rel=0.1)
