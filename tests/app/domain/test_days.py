"""A typed day is the one that is meant, or it is asked for in another form."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.conventions import US, Conventions
from app.domain.days import Preset, day_readings
from app.domain.shop_days import year_before

TODAY = date(2026, 11, 30)
MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
GERMANY = Conventions(",", ".", "dmy", ".", tuple((one, one[:3] + ".") for one in MONTHS.split()))
BRITAIN = Conventions(".", ",", "dmy", "/")
SWEDEN = Conventions(",", "", "ymd", "-")
ALL = (US, GERMANY, BRITAIN, SWEDEN)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30",
        "20261130",
        "2026/11/30",
        "11/30/2026",
        "30.11.2026",
        "30/11/2026",
        "30.11.",
        "30 Nov",
        "30 Nov 2026",
        "30 NOV 26",
        "Nov 30",
        "November 30, 2026",
        "Nov 30th",
        "30. November 2026",
        "30-Nov-2026",
        "２０２６-11-30",
        " today ",
    ],
)
@pytest.mark.parametrize("conventions", ALL)
def test_it_is_the_same_everywhere(text: str, conventions: Conventions) -> None:
    assert day_readings(text, TODAY, conventions) == (TODAY,)


def test_the_order_of_day_and_month_is_that_of_the_place() -> None:
    november, december = date(2026, 11, 12), date(2026, 12, 11)
    assert day_readings("11/12/2026", TODAY, US) == (november,)
    assert day_readings("11/12/2026", TODAY, BRITAIN) == (december,)
    assert day_readings("11.12.2026", TODAY, GERMANY) == (december,)
    # Nobody there writes it so: it may be somebody from elsewhere.
    assert day_readings("11.12.2026", TODAY, US) == (november, december)
    assert day_readings("11/12/2026", TODAY, GERMANY) == (december, november)
    assert day_readings("26-11-12", TODAY, SWEDEN) == (november,)
    assert date(2026, 11, 26) in day_readings("26-11-26", TODAY, US)
    assert len(day_readings("26-11-28", TODAY, US)) == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("yesterday", date(2026, 11, 29)),
        ("31 Dec", date(2025, 12, 31)),
        ("12/31", date(2025, 12, 31)),
        ("29 Feb", date(2024, 2, 29)),
    ],
)
def test_without_a_year_it_is_the_last_such_day(text: str, day: date) -> None:
    assert day_readings(text, TODAY, US) == (day,)


def test_the_months_have_their_local_names_too() -> None:
    assert day_readings("24. Dez. 2025", TODAY, GERMANY) == (date(2025, 12, 24),)
    assert day_readings("1. März", TODAY, GERMANY) == (date(2026, 3, 1),)


@pytest.mark.parametrize(
    "text",
    ["", "5", "x", "13/13/2026", "30 Feb", "2026-11", "Nov 2026", "30 Xyz", "11/30/202", "/"],
)
@pytest.mark.parametrize("conventions", ALL)
def test_it_is_no_day_anywhere(text: str, conventions: Conventions) -> None:
    assert day_readings(text, TODAY, conventions) == ()


@given(st.integers(0, 36_500), st.sampled_from(ALL))
def test_what_the_program_shows_is_read_again(days: int, conventions: Conventions) -> None:
    day = date(2000, 1, 1) + timedelta(days)
    for text in (f"{day:%-d %b %Y}", day.isoformat(), f"{day:%B} {day.day}, {day.year}"):
        assert day_readings(text, TODAY, conventions) == (day,)


@given(st.text("0123456789./- NovMay,", max_size=12), st.sampled_from(ALL))
def test_any_text_is_some_days_or_none(text: str, conventions: Conventions) -> None:
    assert len(day_readings(text, TODAY, conventions)) <= 3


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
def test_a_preset_ends_today_or_before_it_and_holds_both_its_days(today: date) -> None:
    for preset in Preset:
        first, last = preset.days(today)
        assert first <= last <= today
    assert [(last - first).days + 1 for first, last in (Preset.WEEK.days(today),)] == [7]
    assert Preset.MONTH.days(today)[0] == date(today.year, today.month, 1)
    assert Preset.LAST_YEAR.days(today)[1] == date(today.year - 1, 12, 31)


def test_a_year_before_a_leap_day_is_the_day_before_march() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2025, 3, 1)) == date(2024, 3, 1)


def test_before_the_first_year_there_is_none() -> None:
    assert year_before(date(1, 6, 1)) == date(1, 6, 1)
