"""Randomness and time stamps."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from seed.generators.streams import clock_digits, day_stream, stream, timestamp, unit, uuid4_text


@given(st.integers(0, 2**128 - 1))
def test_a_uuid_is_that_of_the_standard_library(bits: int) -> None:
    assert uuid4_text(bits) == str(uuid.UUID(int=bits, version=4))


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 3 * 86_400_000),
)
def test_a_time_stamp_is_that_of_the_standard_library(day: date, milliseconds: int) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    moment += timedelta(milliseconds=milliseconds)
    expected = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert timestamp(day.toordinal(), milliseconds) == expected


def test_the_clock() -> None:
    assert clock_digits(((14 * 60 + 32) * 60 + 7) * 1000 + 999) == "143207"


def test_streams_are_their_own() -> None:
    assert stream(1, "a").random() == stream(1, "a").random()
    draws = {stream(1, "a").random(), stream(1, "b").random(), stream(2, "a").random()}
    assert len(draws) == 3
    assert day_stream(1, 5).random() != day_stream(2, 5).random() != day_stream(2, 6).random()


def test_units_are_spread_evenly() -> None:
    units = [unit(seed, number) for seed in (0, 1, ~1, 2**32) for number in range(2_500)]
    assert all(0 <= value < 1 for value in units)
    tenths = [sum(int(value * 10) == tenth for value in units) for tenth in range(10)]
    assert max(tenths) < 1.2 * min(tenths)
