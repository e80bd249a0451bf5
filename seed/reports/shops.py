"""The stores that a report is about, and a time by their clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import STORES
from connector_config.schema.instants import to_iso
from connector_config.schema.shop_days import Zone, start_of, year_before
from connector_config.schema.time_zones import zone_named
from connector_config.wording import counted

_MOST: Final = 10_000
_UTC: Final = "UTC"
# How long a time is down to its hour, and to its minute.
_OF_HOUR: Final = len("2026-01-31T10")
_OF_MINUTE: Final = len("2026-01-31T10:15")
_NO_SUCH_DAY: Final = "That is too near an end of the calendar: choose other days."


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a shop, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UserError(
                f"The first day is {self.first}, so the last one cannot be {self.last}: "
                "exchange them."
            )

    @property
    def text(self) -> str:
        """The days in words."""
        return f"{self.first} to {self.last}"

    def year_before(self) -> Period:
        """The same days a year before; 29 February becomes the 28th."""
        return Period(year_before(self.first), year_before(self.last))


def last_days(days: int, today: date) -> Period:
    """So many days, of which `today` is the last."""
    try:
        return Period(today - timedelta(days=days - 1), today)
    except OverflowError:
        raise UserError(_NO_SUCH_DAY) from None


def twelve_months(today: date) -> Period:
    """The month of `today`, up to it, and the eleven before."""
    months = today.year * 12 + today.month - 1 - 11
    return Period(date(months // 12, months % 12 + 1, 1), today)


@dataclass(frozen=True, slots=True)
class Shops:
    """Stores by id with their names, and the clock of each; `everything` if there are no others."""

    names: Mapping[str, str]
    zones: Mapping[str, str]
    everything: bool

    @property
    def title(self) -> str:
        """The stores in words."""
        if self.everything:
            return "all stores"
        return ", ".join(self.names.values())

    def filter(self, field: str = "store_id") -> dict[str, Any]:
        """The MongoDB query for what belongs to them."""
        if self.everything:
            return {}
        ids = list(self.names)
        return {field: ids[0] if len(ids) == 1 else {"$in": ids}}

    def within(self, period: Period | None, field: str) -> dict[str, Any]:
        """The MongoDB query for what has a stored time on these days, by each store's clock."""
        if period is None:
            return self.filter()
        groups = self._by_zone()
        parts = [
            {**self._some(ids), field: _range(period, zone_named(name))}
            for name, ids in groups.items()
        ]
        return parts[0] if len(parts) == 1 else {"$or": parts}

    def hour(self, field: str, period: Period) -> dict[str, Any]:
        """The expression for the hour of a stored time in a period, and the clock of its store.

        To read a time takes long, and an hour is read once, by `shown`, for all that happened in
        it. Where a clock is not whole hours from UTC it is the minute.
        """
        zones = [zone_named(name) or UTC for name in self._by_zone()]
        length = _OF_HOUR if all(_is_even(zone, period) for zone in zones) else _OF_MINUTE
        text = {"$convert": {"input": f"${field}", "to": "string", "onError": "", "onNull": ""}}
        return {"at": {"$substrCP": [text, 0, length]}, "zone": self._zone_expression()}

    def shown(self, key: str, form: str) -> dict[str, Any]:
        """The expression for the `hour` at a key as its clock shows it, such as `%Y-%m`.

        What is no time becomes an empty text.
        """
        hour = {"$eq": [{"$strLenCP": f"{key}.at"}, _OF_HOUR]}
        text = {"$concat": [f"{key}.at", {"$cond": [hour, ":00Z", "Z"]}]}
        return {
            "$dateToString": {
                "date": {"$dateFromString": {"dateString": text, "onError": None}},
                "format": form,
                "timezone": f"{key}.zone",
                "onNull": "",
            }
        }

    @property
    def notes(self) -> list[str]:
        """What is to be said of their clocks."""
        without = [self.names[one] for one, zone in self.zones.items() if zone == _UTC]
        if not without:
            return []
        rest = f" and {counted(len(without) - 1, 'more store')}" if without[1:] else ""
        return [f"The days of {without[0]}{rest} are those of UTC: no time_zone is known."]

    def _by_zone(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for one, zone in self.zones.items():
            groups.setdefault(zone, []).append(one)
        return groups

    def _some(self, ids: Sequence[str]) -> dict[str, Any]:
        if self.everything and len(ids) == len(self.names):
            return {}
        return {"store_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}

    def _zone_expression(self) -> object:
        groups = list(self._by_zone().items())
        (first, _), *others = groups
        if not others:
            return first
        branches = [{"case": {"$in": ["$store_id", ids]}, "then": zone} for zone, ids in others]
        return {"$switch": {"branches": branches, "default": first}}


def read_shops(database: MongoDatabase, wanted: Sequence[str] = ()) -> Shops:
    """The stores named by id, name or city, by default all; raises UserError for an unknown one."""
    fields = {"store_id": 1, "store_name": 1, "time_zone": 1, "location.city": 1}
    found = list(database[STORES].find({"deleted": {"$ne": True}}, fields).sort("_id").limit(_MOST))
    if not found:
        raise UserError(
            f"There are no stores in the database {database.name}: "
            "fill it with zava-seed generate first."
        )
    chosen = {str(_named(found, one)["_id"]) for one in wanted} or {str(s["_id"]) for s in found}
    stores = [one for one in found if str(one["_id"]) in chosen]
    return Shops(
        {str(one["_id"]): str(one.get("store_name") or one["_id"]) for one in stores},
        {str(one["_id"]): _zone(one.get("time_zone")) for one in stores},
        everything=len(stores) == len(found),
    )


def _named(stores: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    wanted = name.strip().casefold()
    for one in stores:
        place = one.get("location")
        city = place.get("city") if isinstance(place, Mapping) else None
        ids = {str(one["_id"]), str(one["_id"]).removeprefix("store_")}
        if wanted in {str(key).casefold() for key in (*ids, one.get("store_name"), city) if key}:
            return one
    known = ", ".join(str(one["_id"]) for one in stores[:20])
    raise UserError(f"There is no store {name[:40]!r}: name one of {known}.")


def _zone(value: object) -> str:
    return value if isinstance(value, str) and zone_named(value) else _UTC


def _range(period: Period, zone: Zone) -> dict[str, str]:
    try:
        first = start_of(period.first, zone or UTC)
        until = start_of(period.last + timedelta(days=1), zone or UTC)
    except (OverflowError, ValueError):
        raise UserError(_NO_SUCH_DAY) from None
    return {"$gte": to_iso(first), "$lt": to_iso(until)}


def _is_even(zone: tzinfo, period: Period) -> bool:
    """Whether a clock is whole hours from UTC on all days of a period."""
    noon = datetime.combine(period.first, time(12))
    days = (period.last - period.first).days + 1
    offsets = (zone.utcoffset(noon + timedelta(days=day)) for day in range(days))
    return all(not (offset or timedelta()) % timedelta(hours=1) for offset in offsets)
