"""The time zones of the IANA database, such as `America/Los_Angeles`, which stores are in."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

USUAL: Final = "America/Los_Angeles"

# What the folders of the database also hold: names for one computer, and clocks with leap seconds.
_NO_NAMES: Final = ("posix/", "right/", "posixrules", "localtime", "Factory")


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name; None where there is none, or no database on this computer."""
    if name.startswith(_NO_NAMES):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # OSError where the name is that of a folder.
        return None


def has_database() -> bool:
    """Whether this computer knows time zones at all."""
    return zone_named("Etc/UTC") is not None
