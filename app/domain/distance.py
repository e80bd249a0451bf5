"""How far apart two stores are."""

from __future__ import annotations

from app.domain.entities import Store
from connector_config import distance


def kilometres(start: Store, end: Store) -> float | None:
    """The distance of two stores along the great circle; None where a store has no position."""
    if start.where is None or end.where is None:
        return None
    return distance.kilometres(start.where, end.where)
