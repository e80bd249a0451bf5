"""Times as documents hold them."""

from __future__ import annotations

from datetime import UTC, datetime


def to_iso(moment: datetime) -> str:
    """A time as stored, in UTC with milliseconds: `2026-11-21T09:30:00.000Z`."""
    utc = moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
