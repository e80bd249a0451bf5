"""How far apart two places are."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

Position = tuple[float, float]
"""Latitude and longitude in degrees."""

_EARTH_KM: Final = 6371.0


def kilometres(start: Position, end: Position) -> float:
    """The distance along the great circle."""
    (here, west), (there, east) = (map(radians, where) for where in (start, end))
    across = sin((there - here) / 2) ** 2
    across += cos(here) * cos(there) * sin((east - west) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(sqrt(across), 1.0))
