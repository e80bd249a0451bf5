"""Order numbers: the same for a cart, never two alike, and no mistake goes unnoticed."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order_numbers import ALPHABET, order_number, read_number, read_title

carts = st.uuids(version=4).map(str)


@given(carts)
def test_it_is_short_and_without_look_alikes(cart_id: str) -> None:
    number = order_number(cart_id)
    assert number == order_number(cart_id)
    assert [len(one) for one in number.split("-")] == [3, 3, 3]
    assert not set(number) & set("01IOL")
    assert read_number(number) == number
    assert read_number(f" {number.lower().replace('-', ' ')} ") == number
    assert read_number(number.replace("-", "")) == number


@given(carts, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(cart_id: str, at: int, wrong: str) -> None:
    plain = order_number(cart_id).replace("-", "")
    mistaken = plain[:at] + wrong + plain[at + 1 :]
    assert (read_number(mistaken) is None) == (mistaken != plain)


@given(carts, st.integers(0, 8), st.integers(0, 8))
def test_two_that_changed_places_are_noticed(cart_id: str, one: int, other: int) -> None:
    plain = order_number(cart_id).replace("-", "")
    mistaken = list(plain)
    mistaken[one], mistaken[other] = mistaken[other], mistaken[one]
    assert (read_number("".join(mistaken)) is None) == ("".join(mistaken) != plain)


def test_what_is_no_number_is_none() -> None:
    for text in ("", "HND-HAMMER-001", "K7Q-4M9", "TR-SEA-3F2A-0007", "O0I-L1O-OOO", "ÄÖÜ-ÄÖÜ-ÄÖÜ"):
        assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (" Order_20251205_143207_Seattle\n", "order_20251205_143207_seattle"),
        ("order_20261121_k7q4m9xtb_new_york", "order_20261121_K7Q4M9XTB_new_york"),
        ("order_2025_1_seattle", None),
        ("order_20251205_143207", None),
        ("xorder_20251205_143207_seattle", None),
    ],
)
def test_an_order_from_before_is_called_by_its_id(text: str, title: str | None) -> None:
    assert read_title(text) == title


def test_any_other_is_called_by_its_number() -> None:
    number = order_number("a cart")
    assert read_title(number.lower()) == number
    assert read_title("K7Q-4M9") is None


def test_ten_thousand_are_all_different() -> None:
    numbers = {order_number(str(uuid.UUID(int=one, version=4))) for one in range(10_000)}
    assert len(numbers) == 10_000
