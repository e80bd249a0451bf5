"""The day of a shop: which one an instant falls on, and when it begins.

Instants are UTC and the same everywhere; a day is that of the clock on the shop's wall. A day need
not have 24 hours, nor a midnight: it begins when the clock shows its date for good. This is the
only place that makes one out of the other.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from connector_config.schema.instants import to_iso

Zone = tzinfo | None
"""Where a clock hangs; None is the computer's own zone, for a shop whose zone is not known."""

_TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_UTC_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_of(moment: datetime, zone: Zone) -> date:
    """The shop's day on which an instant falls: `start_of` it is not later, the next one's is."""
    shown = moment.astimezone(zone).date()
    # Where a clock was set back over midnight, it shows a day for a minute and then the one before.
    return shown - _DAY if moment < start_of(shown, zone) else shown


def start_of(day: date, zone: Zone) -> datetime:
    """The first moment of a shop's day, in UTC; the day ends where the next one begins.

    Raises OverflowError or ValueError at the ends of the calendar.
    """
    first, again = (datetime.combine(day, time(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    # Midnight comes twice. Mostly the day goes on in between, rarely it is the day before again.
    if first < again and (again - _TICK).astimezone(zone).date() < day:
        return again
    # Where there is no midnight, this is the moment at which the clock is set forward.
    return first


def year_before(day: date) -> date:
    """The same day a year before: of 29 February the 28th, in the first year there is the day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day - timedelta(days=366 if day.year > 1 else 0)


class DayFinder:
    """Finds the shop's days, such as `2026-11-21`, of many stored times fast."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._days: dict[str, list[tuple[str, str]]] = {}

    def day(self, stored: str) -> str:
        """The shop's day of a stored time; raises ValueError or OverflowError where it is none."""
        utc_day = stored[:10]
        if (days := self._days.get(utc_day)) is None:
            if not _UTC_DAY.fullmatch(utc_day):
                # Written in another way, by somebody else.
                moment = datetime.fromisoformat(stored)
                return day_of(moment.replace(tzinfo=moment.tzinfo or UTC), self._zone).isoformat()
            days = self._days[utc_day] = self._around(date.fromisoformat(utc_day))
        return next(day for start, day in days if start <= stored)

    def month(self, stored: object) -> str:
        """The shop's month of a stored time, such as `2026-11`; empty where it is none."""
        try:
            return self.day(str(stored))[:7]
        except (ValueError, OverflowError):
            return ""

    def _around(self, utc_day: date) -> list[tuple[str, str]]:
        """The days that a day of UTC has parts of, each with its start as stored, latest first."""
        days = [utc_day + _DAY * by for by in (1, 0, -1, -2)]
        return [(to_iso(start_of(one, self._zone)), one.isoformat()) for one in days]
