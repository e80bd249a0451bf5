"""Which value a field gets when both sides changed a document."""

from __future__ import annotations

import pytest

from connector_config.link.merge import merge
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ORDERS, TRANSFERS

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


def test_what_came_back_of_an_order_on_two_devices_is_all_there() -> None:
    base = {"returns": {"a": {"note": ""}}}
    ours = {"returns": {"a": {"note": ""}, "b": {"note": "ours"}}, "updated_at": _EARLY}
    theirs = {"returns": {"a": {"note": ""}, "c": {"note": "theirs"}}, "updated_at": _LATE}
    for before in (base, None):
        merged = merge(ORDERS, before, ours, theirs)
        assert merged["returns"] == {**ours["returns"], **theirs["returns"]}  # type: ignore[dict-item]


def test_a_place_is_never_put_together_from_two() -> None:
    here, there = {"aisle": "2", "shelf": "A"}, {"aisle": "1", "shelf": "Z"}
    base = {"location": {"aisle": "1", "shelf": "A"}, "updated_at": _EARLY}
    ours = {"location": here, "updated_at": _LATE}
    assert (
        merge(INVENTORY, base, ours, {"location": there, "updated_at": _EARLY})["location"] == here
    )


def test_a_paper_is_put_together_entry_by_entry() -> None:
    # Two devices shipped parts of one transfer, and one of them corrected its own return.
    def paper(shipments: dict[str, int], back: int) -> dict[str, object]:
        returns = {"r": {"lines": {"drill": {"quantity": back}}}}
        return {"shipments": shipments, "returns": returns, "updated_at": _EARLY}

    base, ours = paper({"a": 1}, 10), paper({"a": 1, "b": 2}, 3)
    merged = merge(TRANSFERS, base, ours, paper({"a": 1, "c": 3}, 10), {"returns": _EARLY})
    assert merged == paper({"a": 1, "b": 2, "c": 3}, 3)
    # An older state of MongoDB that comes late takes no entry away.
    assert merge(TRANSFERS, ours, ours, base, {"shipments": _EARLY, "returns": _LATE}) == ours


def test_what_was_changed_and_changed_back_is_a_change() -> None:
    # MongoDB still has what it was in between.
    base = {"a": 1, "updated_at": _BASE["updated_at"]}
    ours, between = {"a": 1, "updated_at": _LATE}, {"a": 2, "updated_at": _EARLY}
    assert merge(CUSTOMERS, base, ours, between, {"a": _LATE})["a"] == 1
    assert merge(CUSTOMERS, base, ours, between)["a"] == 2


def test_a_field_is_as_old_as_its_own_change() -> None:
    # Changed here early, in MongoDB later, while another field of the device is the latest of all.
    base = {"a": 1, "b": 1, "updated_at": _BASE["updated_at"]}
    ours = {"a": 2, "b": 2, "updated_at": "2026-11-20T10:00:00.000Z"}
    theirs = {"a": 3, "b": 1, "updated_at": _LATE}
    merged = merge(CUSTOMERS, base, ours, theirs, {"a": _EARLY, "b": str(ours["updated_at"])})
    assert (merged["a"], merged["b"]) == (3, 2)


def test_the_opening_level_is_that_of_mongodb() -> None:
    ours = {"stock_level": 9, "updated_at": _LATE}
    theirs = {"stock_level": 5, "updated_at": _EARLY}
    assert merge(INVENTORY, {"stock_level": 5}, ours, theirs)["stock_level"] == 5
