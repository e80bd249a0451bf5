"""Numbers as they were meant: read in every form that has one meaning, and nothing else.

Whole ones may be stored as fractions, and all of them as texts such as `7.0`, which is what a
Decimal128 of MongoDB becomes on a device.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

MOST: Final = 10**12
"""Above it no number of a shop is meant; what is read is exact below it, also as a float."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
_SHOWN: Final = 40


class UnreadableError(ValueError):
    """Why a value cannot be read: a verb and the rest, such as `is "abc", which is no number`."""


def number(value: Any) -> int | float:
    """A number in any form that has one meaning; raises UnreadableError for everything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise unreadable(value, "no number")
    read: int | float
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise unreadable(value, "no number")
        read = float(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise unreadable(value, "no number")
    else:
        read = value
    if abs(read) > MOST:
        raise unreadable(value, "too large")
    return read


def whole(value: Any) -> int:
    """A whole number in any form that has one meaning; raises UnreadableError."""
    read = number(value)
    if read % 1 != 0:
        raise unreadable(value, "no whole number")
    return int(read)


def unreadable(value: Any, why: str) -> UnreadableError:
    """The error for a value that is `why`, such as `no number`."""
    return UnreadableError(f"is {shown(value)}, which is {why}")


def shown(value: Any) -> str:
    """A value as a sentence shows it, never a long one."""
    if isinstance(value, str):
        return f'"{value[:_SHOWN]}…"' if len(value) > _SHOWN else f'"{value}"'
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}" if abs(value) > MOST else str(value)
    return f"a {type(value).__name__}"
