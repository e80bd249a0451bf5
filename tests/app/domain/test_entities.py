"""What entities say about themselves: places in walking order, stock and its urgency."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entities import (
    Place,
    Reason,
    Role,
    StockItem,
    StockState,
    Store,
    natural_key,
)


def item(stock_level: int, stock_delta: int, reorder_point: int = 5) -> StockItem:
    """An item of a shop with these quantities."""
    return StockItem("i", "s", "p", Place(), stock_level, stock_delta, reorder_point)


@pytest.mark.parametrize(
    ("place", "code", "text"),
    [
        (Place("3", "B", "12"), "3B-12", "Aisle 3, shelf B, bin 12"),
        (Place("3", "B"), "3B", "Aisle 3, shelf B"),
        (Place("3"), "3", "Aisle 3"),
        (Place(), "", "No place yet"),
    ],
)
def test_a_place_has_a_short_and_a_long_form(place: Place, code: str, text: str) -> None:
    assert (place.code, place.text) == (code, text)


def test_walking_order_is_aisle_shelf_bin_with_numbers_as_numbers() -> None:
    walk = ["1A-2", "1A-10", "1B", "1B-1", "2A-1", "9B-1", "10A-1", "10A-9", "10A-10", "GARDENA-1"]
    places = {
        place.code: place
        for place in (
            Place("1", "A", "2"),
            Place("1", "A", "10"),
            Place("1", "B"),
            Place("1", "B", "1"),
            Place("2", "A", "1"),
            Place("9", "B", "1"),
            Place("10", "A", "1"),
            Place("10", "A", "9"),
            Place("10", "A", "10"),
            Place("GARDEN", "A", "1"),
        )
    }
    shuffled = walk[5:] + walk[:5]
    assert sorted(shuffled, key=lambda code: places[code].sort_key) == walk


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("2", "10"),
        ("9B", "10A"),
        ("Saw", "saw 2"),
        ("A", "b"),
        ("7", "x"),
        ("Nail 9 in.", "Nail 10 in."),
    ],
)
def test_natural_order(smaller: str, larger: str) -> None:
    assert natural_key(smaller) < natural_key(larger)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40) | st.text("0123456789aB")))
def test_any_texts_can_be_sorted(texts: list[str]) -> None:
    assert len(sorted(texts, key=natural_key)) == len(texts)


def test_natural_order_takes_ten_thousand_digits() -> None:
    assert natural_key("7" * 10_000) > natural_key("8")


@pytest.mark.parametrize(
    ("level", "delta", "on_hand", "state"),
    [
        (10, 0, 10, StockState.OK),
        (10, -4, 6, StockState.OK),
        (10, -5, 5, StockState.LOW),
        (10, -9, 1, StockState.LOW),
        (10, -10, 0, StockState.ZERO),
        (10, -11, -1, StockState.NEGATIVE),
        (0, 0, 0, StockState.ZERO),
        (-3, 10, 7, StockState.OK),
    ],
)
def test_on_hand_is_never_clamped(level: int, delta: int, on_hand: int, state: StockState) -> None:
    assert item(level, delta).on_hand == on_hand
    assert item(level, delta).state is state


def test_without_a_reorder_point_only_zero_and_below_are_urgent() -> None:
    assert item(1, 0, reorder_point=0).state is StockState.OK
    assert item(0, 0, reorder_point=0).state is StockState.ZERO


def test_roles_read_as_words() -> None:
    assert {role.label for role in Role} == {"Store worker", "Sales rep", "Manager"}


def test_every_reason_reads_as_words() -> None:
    assert len({reason.label for reason in Reason}) == len(Reason)
    assert Reason.MOVED.label == "Moved to another place"
    assert Reason.DAMAGED.label == "Damaged"


def test_a_store_is_called_by_its_city() -> None:
    assert Store("store_tacoma", "Zava Retail Tacoma", "Tacoma").short_name == "Tacoma"
    assert Store("other", "Other Shop", "Tacoma").short_name == "Other Shop"


def test_entities_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        item(1, 0).stock_level = 2  # type: ignore[misc]
