"""The day of a shop as the app writes it; which day it is, `connector_config` says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.entities import Store
from connector_config.schema.shop_days import DayFinder, Zone, day_of, start_of, year_before
from connector_config.schema.time_zones import USUAL, has_database
from connector_config.wording import counted

__all__ = [
    "DayFinder",
    "Zone",
    "compact",
    "day_of",
    "on_paper",
    "start_of",
    "year_before",
    "zone_key",
    "zones_problem",
]


def compact(moment: datetime, zone: Zone) -> str:
    """The shop's day of an instant as ids hold it, such as `20261121`."""
    return f"{day_of(moment, zone):%Y%m%d}"


def on_paper(moment: datetime, zone: Zone) -> str:
    """The shop's day and time of an instant as a receipt says it: `21 Nov 2026, 17:30`."""
    return f"{moment.astimezone(zone):%-d %b %Y, %H:%M}"


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
