"""The day of a shop, by clocks that are set forward and back, over midnight too, and skip days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain import shop_days
from app.domain.documents.stock import show_store
from app.domain.entities import Store
from app.domain.shop_days import Zone, day_of, start_of, zone_key, zones_problem
from connector_config.schema.time_zones import zone_named

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
CAIRO = ZoneInfo("Africa/Cairo")
ST_JOHNS = ZoneInfo("America/St_Johns")
HAVANA = ZoneInfo("America/Havana")
APIA = ZoneInfo("Pacific/Apia")
ZONES: tuple[Zone, ...] = (
    *(LOS_ANGELES, SAO_PAULO, CAIRO, ST_JOHNS, HAVANA, APIA, UTC, None),
    *map(ZoneInfo, ("Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Beirut", "America/Asuncion")),
    *map(ZoneInfo, ("Europe/London", "Antarctica/Troll", "Pacific/Kiritimati", "Asia/Tehran")),
)
_SECONDS = int(datetime(2037, 12, 30, tzinfo=UTC).timestamp())
_MOMENTS = st.integers(0, _SECONDS).map(lambda one: datetime.fromtimestamp(one, UTC))
_DAY = timedelta(days=1)


def test_an_evening_in_august_is_in_august() -> None:
    sold = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)
    assert day_of(sold, LOS_ANGELES) == date(2026, 8, 31)
    assert start_of(date(2026, 9, 1), LOS_ANGELES) == datetime(2026, 9, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "starts", "hours"),
    [
        # No midnight: the day begins at one.
        (SAO_PAULO, date(2018, 11, 4), "2018-11-04T03:00", 23),
        (CAIRO, date(2026, 4, 24), "2026-04-23T22:00", 23),
        # The hour before midnight twice: the day before has 25.
        (CAIRO, date(2026, 10, 29), "2026-10-28T21:00", 25),
        # Midnight to one twice.
        (HAVANA, date(2026, 11, 1), "2026-11-01T04:00", 25),
        (LOS_ANGELES, date(2026, 3, 8), "2026-03-08T08:00", 23),
        (LOS_ANGELES, date(2026, 11, 1), "2026-11-01T07:00", 25),
        (LOS_ANGELES, date(2028, 2, 29), "2028-02-29T08:00", 24),
        # Set back a minute after midnight: the day begins for good an hour and a minute later.
        (ST_JOHNS, date(2006, 10, 29), "2006-10-29T03:30", 24),
        # Never was.
        (APIA, date(2011, 12, 30), "2011-12-30T10:00", 0),
    ],
)
def test_days_of_all_lengths(zone: Zone, day: date, starts: str, hours: int) -> None:
    first, end = start_of(day, zone), start_of(day + _DAY, zone)
    assert first == datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert (end - first) == timedelta(hours=hours)
    if hours:
        assert day_of(first, zone) == day_of(end - timedelta(microseconds=1), zone) == day
        assert day_of(first - timedelta(microseconds=1), zone) == day - _DAY


@given(_MOMENTS, st.sampled_from(ZONES))
@example(datetime(2006, 10, 29, 2, 30, 30, tzinfo=UTC), ST_JOHNS)
@example(datetime(2011, 12, 30, 10, tzinfo=UTC), APIA)
def test_every_instant_is_within_its_day(moment: datetime, zone: Zone) -> None:
    day = day_of(moment, zone)
    assert start_of(day, zone) <= moment < start_of(day + _DAY, zone)


@given(_MOMENTS, st.sampled_from(ZONES), st.integers(1, 5_000))
@example(datetime(2006, 10, 28, 12, tzinfo=UTC), ST_JOHNS, 17)
def test_a_clock_that_goes_on_never_goes_back_a_day(
    moment: datetime, zone: Zone, minutes: int
) -> None:
    before = day_of(moment, zone)
    for _ in range(20):
        moment += timedelta(minutes=minutes)
        assert day_of(moment, zone) >= before
        before = day_of(moment, zone)


@given(st.dates(date(1985, 1, 1), date(2037, 12, 29)), st.sampled_from(ZONES))
@example(date(2028, 2, 28), LOS_ANGELES)
@example(date(2026, 12, 31), SAO_PAULO)
def test_days_follow_each_other_without_a_gap(day: date, zone: Zone) -> None:
    assert start_of(day, zone) <= start_of(day + _DAY, zone) <= start_of(day + 2 * _DAY, zone)
    assert start_of(day + _DAY, zone) - start_of(day, zone) <= timedelta(hours=26)


@pytest.mark.parametrize(
    "name",
    [
        *("Mars/Base", "America", "", "../etc/passwd", "/etc/localtime", "a\0b", "\ud800"),
        *("localtime", "right/UTC", "posix/America/New_York", "x" * 5_000),
    ],
)
def test_a_name_that_is_none_is_no_zone(name: str) -> None:
    assert zone_named(name) is None


def _store(**fields: object) -> Store:
    return show_store({"store_id": "s", "store_name": "Zava Retail Kent", **fields})


def test_a_store_knows_its_zone_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    kent, mars = _store(time_zone="America/Los_Angeles"), _store(time_zone="Mars/Base")
    assert (kent.zone, kent.fault) == (LOS_ANGELES, "")
    # It can sell, and its name on receipts stays as it is.
    assert (mars.zone, mars.name, mars.may_sell) == (None, "Zava Retail Kent", True)
    assert zones_problem([kent]) == ""
    assert "'Mars/Base'" in zones_problem([kent, mars])
    without = zones_problem([_store(), mars, mars])
    assert without.startswith("Kent has the days of this computer, because its document has no")
    assert without.endswith("So it is with 2 more stores.")
    assert _store(time_zone=7).fault
    assert zone_key(kent) == "America/Los_Angeles" != zone_key(mars) == zone_key(_store())
    monkeypatch.setattr(shop_days, "has_database", lambda: False)
    assert "install the package tzdata" in zones_problem([_store(), mars])
