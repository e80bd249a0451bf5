"""What is kept on this device as a map, in one preference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSettings


def read_map(preferences: QSettings, key: str) -> dict[str, Any]:
    """What is kept; nothing where somebody else wrote there."""
    try:
        found = json.loads(str(preferences.value(key, "")) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_map(preferences: QSettings, key: str, kept: Mapping[str, Any]) -> None:
    """Keep a map, and no empty one."""
    if kept:
        preferences.setValue(key, json.dumps(kept))
    else:
        preferences.remove(key)
