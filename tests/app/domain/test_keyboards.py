"""Keyboard layouts: what a US scanner types on other keyboards is what it sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.keyboards import LAYOUTS
from tests.helpers.wedge import US_KEYS, typed_on

NAMES = [layout.name for layout in LAYOUTS]


def meant(name: str, typed: str) -> str | None:
    return next(one for one in LAYOUTS if one.name == name).as_meant(typed)


@pytest.mark.parametrize(
    ("name", "typed", "sent"),
    [
        ("German", "HNDßHAMMERß001", "HND-HAMMER-001"),
        ("German", "PLZßYOOß2", "PLY-ZOO-2"),
        ("German", "+C0HND", "]C0HND"),
        ("German", ")01=", "(01)"),
        ("Swiss", "HND'HAMMER'001", "HND-HAMMER-001"),
        ("Swiss", "SCREWY?7", "SCREWZ_7"),
        ("French", "&é\"'(-è_çà", "1234567890"),
        ("French", "HND)HQ??ER)àà&", "HND-HAMMER-001"),
        ("Italian", "HND'HAMMER'001", "HND-HAMMER-001"),
        ("Spanish", "HND'HAMMER'001", "HND-HAMMER-001"),
        ("Danish", "HND+HAMMER+001", "HND-HAMMER-001"),
        ("Norwegian", "HND+HAMMER+001", "HND-HAMMER-001"),
        ("Swedish/Finnish", "HND+HAMMER+001", "HND-HAMMER-001"),
        # Their dead key of ] makes one letter with the next key, or stands in front of it.
        ("Swedish/Finnish", "Ë04006381333931", "]E04006381333931"),
        ("Swedish/Finnish", "¨C0HND", "]C0HND"),
        ("Danish", "Ë0", "]E0"),
        ("German", "Ä", '"'),
        ("German", "a\x1db", "a\x1db"),
    ],
)
def test_what_arrives_is_what_was_sent(name: str, typed: str, sent: str) -> None:
    assert meant(name, typed) == sent


@pytest.mark.parametrize(
    ("name", "typed"),
    [("French", "HNDßHAMMERß001"), ("German", "HND©1"), ("Italian", "ñ"), ("German", "Ë0")],
)
def test_what_a_layout_has_no_key_for_did_not_come_through_it(name: str, typed: str) -> None:
    assert meant(name, typed) is None


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
def test_no_two_keys_type_the_same(layout) -> None:
    assert len(set(layout.keys)) == len(layout.keys) == len(US_KEYS)


@pytest.mark.parametrize("layout", LAYOUTS, ids=NAMES)
@given(sent=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ ", max_size=30))
def test_every_code_comes_back(layout, sent: str) -> None:
    assert layout.as_meant(typed_on(layout, sent)) == sent


@given(st.text(max_size=50))
def test_of_any_text_it_makes_keys_of_a_us_keyboard_or_nothing(typed: str) -> None:
    for layout in LAYOUTS:
        sent = layout.as_meant(typed)
        assert sent is None or all(
            char in US_KEYS or char == " " or not char.isprintable() for char in sent
        )
