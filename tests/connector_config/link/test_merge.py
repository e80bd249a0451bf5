"""Which value a field gets when both sides changed a document."""

from __future__ import annotations

import pytest

from connector_config.collections import CUSTOMERS, INVENTORY
from connector_config.link.merge import merge

_EARLY, _LATE = "2026-11-20T08:00:00.000Z", "2026-11-20T09:00:00.000Z"
_BASE = {"a": 1, "b": 1, "updated_at": "2026-11-20T07:00:00.000Z"}


@pytest.mark.parametrize(
    ("ours", "theirs", "a", "b"),
    [
        ({"a": 2, "updated_at": _EARLY}, {"updated_at": _LATE}, 2, 1),
        ({"updated_at": _LATE}, {"a": 3, "updated_at": _EARLY}, 3, 1),
        ({"a": 2, "updated_at": _EARLY}, {"b": 3, "updated_at": _LATE}, 2, 3),
        ({"a": 2, "updated_at": _LATE}, {"a": 3, "updated_at": _EARLY}, 2, 1),
        ({"a": 2, "updated_at": _EARLY}, {"a": 3, "updated_at": _LATE}, 3, 1),
        ({"a": 2, "updated_at": _LATE}, {"a": 3, "updated_at": _LATE}, 3, 1),
    ],
    ids=["ours", "theirs", "different fields", "ours is later", "theirs is later", "equal times"],
)
def test_fields_merge_one_by_one(
    ours: dict[str, object], theirs: dict[str, object], a: int, b: int
) -> None:
    merged = merge(CUSTOMERS, _BASE, {**_BASE, **ours}, {**_BASE, **theirs})
    assert (merged["a"], merged["b"]) == (a, b)
    assert merged["updated_at"] == max(str(ours["updated_at"]), str(theirs["updated_at"]))


def test_a_field_that_one_side_took_away_is_gone() -> None:
    assert merge(CUSTOMERS, {"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 1}) == {"a": 1}
    assert merge(CUSTOMERS, {"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 1}) == {"a": 1}


def test_a_place_is_never_put_together_from_two() -> None:
    here, there = {"aisle": "2", "shelf": "A"}, {"aisle": "1", "shelf": "Z"}
    base = {"location": {"aisle": "1", "shelf": "A"}, "updated_at": _EARLY}
    ours = {"location": here, "updated_at": _LATE}
    assert (
        merge(INVENTORY, base, ours, {"location": there, "updated_at": _EARLY})["location"] == here
    )


def test_the_opening_level_is_that_of_mongodb() -> None:
    ours = {"stock_level": 9, "updated_at": _LATE}
    theirs = {"stock_level": 5, "updated_at": _EARLY}
    assert merge(INVENTORY, {"stock_level": 5}, ours, theirs)["stock_level"] == 5
