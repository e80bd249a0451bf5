"""The time, as both servers tell it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from connector_config.errors import UserError
from connector_config.schema.instants import to_iso
from connector_config.schema.time_zones import zone_named
from seed.mcp_servers.answers import Answer, answer
from seed.mcp_servers.asking import Asking


def current_time(asking: Asking) -> Answer:
    """The time in UTC and by the clocks of the person's stores; without MongoDB in UTC alone."""
    facts: dict[str, Any] = {"utc": to_iso(asking.now)}
    try:
        with asking.question() as its:
            shops = its.shops()
            facts["you are"] = its.person.name
            rows = [
                {
                    "store": shops.names[one],
                    "store_id": one,
                    "time": f"{asking.now.astimezone(zone_named(zone) or UTC):%Y-%m-%d %H:%M}",
                    "time_zone": zone,
                }
                for one, zone in shops.zones.items()
            ]
            return answer("The date and time", rows, (), facts)
    except UserError as error:
        return answer("The date and time", [], [str(error)], facts)
