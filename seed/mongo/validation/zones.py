"""Whether the stores say by which clock their days begin and end."""

from __future__ import annotations

from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import STORES
from connector_config.schema.time_zones import has_database, zone_named
from connector_config.wording import counted
from seed.mongo.validation.report import MOST_EXAMPLES, Outcome, outcome


def check_zones(database: MongoDatabase, most: int = MOST_EXAMPLES) -> list[Outcome]:
    """Hold the `time_zone` of every store against the names that there are.

    A store without one works, with the days of each computer: it is named, and does not fail.
    """
    title = "time zones exist"
    zones = {
        str(row["_id"]): row.get("time_zone")
        for row in database[STORES].find({}, {"time_zone": 1}).sort("_id").limit(10_000)
    }
    if not has_database():
        why = "this computer knows no time zones: install the package tzdata"
        return [Outcome(STORES, "time_zone", title, None, detail=why)]
    # What is no text is the business of the rules of the shape.
    wrong = [key for key, one in zones.items() if isinstance(one, str) and not zone_named(one)]
    if wrong:
        return [outcome(STORES, "time_zone", title, len(wrong), wrong, "time_zone", most)]
    without = [key for key, one in zones.items() if one is None]
    detail = (
        f"{counted(len(without), 'store')} without: each computer's own days" if without else ""
    )
    return [Outcome(STORES, "time_zone", title, True, 0, tuple(without[:most]), detail)]
