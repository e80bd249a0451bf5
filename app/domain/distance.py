"""How far apart two stores are."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

from app.domain.entities import Store

_EARTH_KM: Final = 6371.0


def kilometres(start: Store, end: Store) -> float | None:
    """The distance of two stores along the great circle; None where a store has no position."""
    if start.where is None or end.where is None:
        return None
    (here, west), (there, east) = (map(radians, where) for where in (start.where, end.where))
    across = sin((there - here) / 2) ** 2
    across += cos(here) * cos(there) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(sqrt(across), 1.0))
