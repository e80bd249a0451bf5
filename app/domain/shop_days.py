"""The day of a shop: which one an instant falls on, and when it begins.

Instants are UTC and the same everywhere; a day is that of the clock on the shop's wall. A day need
not have 24 hours, nor a midnight: it begins when the clock shows its date for good. This is the
only place that makes one out of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from app.domain.entities import Store
from connector_config.schema.time_zones import USUAL, has_database
from connector_config.wording import counted

Zone = tzinfo | None
"""Where a clock hangs; None is the computer's own zone, for a shop whose zone is not known."""

_TICK: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)


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


def zones_problem(stores: Sequence[Store]) -> str:
    """Why the days of some stores are this computer's, with the fix; empty where none are."""
    without = [one for one in stores if one.zone is None]
    if not without:
        return ""
    first = without[0]
    if not has_database():
        why = "this computer knows no time zones: install the package tzdata"
    elif first.time_zone:
        why = f"there is no time zone {first.time_zone[:40]!r}: correct its time_zone in MongoDB"
    else:
        why = f"its document has no time_zone: set it in MongoDB, such as {USUAL!r}"
    rest = counted(len(without) - 1, "more store")
    more = f" So it is with {rest}." if without[1:] else ""
    return f"{first.short_name} has the days of this computer, because {why}.{more}"


def zone_key(store: Store) -> str:
    """What sums by the days of a store are kept under: its zone, or this computer's two offsets."""
    if store.zone is not None:
        return store.time_zone
    winter, summer = (datetime(2026, month, 1).astimezone() for month in (1, 7))
    return f"{winter:%z}{summer:%z}"
