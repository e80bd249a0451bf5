"""Distances between stores, against figures from elsewhere."""

from __future__ import annotations

import pytest

from app.domain.distance import kilometres
from app.domain.entities import Store


def store(latitude: float | None, longitude: float | None) -> Store:
    known = latitude is not None and longitude is not None
    return Store("s", "S", "S", where=(latitude or 0.0, longitude or 0.0) if known else None)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # A minute of arc along a meridian is a nautical mile.
        ((0.0, 0.0), (1.0, 0.0), 60 * 1.852),
        ((0.0, 179.5), (0.0, -179.5), 60 * 1.852),
        # Seattle airport to Spokane airport: 194 nautical miles.
        ((47.449, -122.309), (47.620, -117.534), 194 * 1.852),
        ((47.5, -122.3), (47.5, -122.3), 0.0),
        ((90.0, 0.0), (-90.0, 77.0), 180 * 60 * 1.852),
    ],
)
def test_distances(one: tuple[float, float], other: tuple[float, float], expected: float) -> None:
    assert kilometres(store(*one), store(*other)) == pytest.approx(expected, rel=0.003, abs=0.01)
    assert kilometres(store(*other), store(*one)) == kilometres(store(*one), store(*other))


def test_of_a_store_without_a_place_nobody_knows() -> None:
    assert kilometres(store(None, -122.3), store(47.5, -122.3)) is None
