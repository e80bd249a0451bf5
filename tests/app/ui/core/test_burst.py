"""Whether keys came from a scanner or from a person, by their pace and by what they say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.ui.core.burst import Key, start_of_code

SKU = "HND-HAMMER-001"
CODES = (SKU, "4006381333931", "0012345", "PWR-SAW-001", "AB+12-3=M", "LOC-3-B")
KNOWN = {"LOC-3-B", "TOOLS"}


def burst(text: str, gaps: Sequence[int]) -> list[Key]:
    """Keys, with the times between them."""
    return [Key(char, char, gap) for char, gap in zip(text, (0, *gaps), strict=True)]


def start(text: str, gaps: Sequence[int], in_text: bool, ended: int | None = None) -> int | None:
    return start_of_code(
        burst(text, gaps), KNOWN.__contains__, in_text=in_text, ended_after_ms=ended
    )


@pytest.mark.parametrize("in_text", [True, False])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("gap", [0, 4, 20, 35, 60, 80, 100])
def test_a_scanner_is_known_by_its_pace(code: str, gap: int, in_text: bool):
    assert start(code, [gap] * (len(code) - 1), in_text) == 0


@given(st.sampled_from(CODES), st.sampled_from([4, 20, 35, 60, 100]), st.data())
def test_the_clocks_of_a_computer_do_not_hide_it(code: str, gap: int, data: st.DataObject):
    """A keyboard is asked every 8 ms, and Windows stamps keys every 16."""
    late = data.draw(st.lists(st.integers(0, 8), min_size=len(code), max_size=len(code)))
    stamps = [(at * gap + by) // 16 * 16 for at, by in enumerate(late)]
    gaps = [after - before for before, after in pairwise(stamps)]
    assert start(code, gaps, in_text=False) == 0
    assert start(code, gaps, in_text=True) == 0


@given(
    st.sampled_from(["25", "1200", "hammer", "Wet, returned", "O'Neill", "saw 10 in.", "12"]),
    st.data(),
)
def test_a_person_s_pace_varies(text: str, data: st.DataObject):
    gap = st.integers(70, 250)
    gaps = data.draw(st.lists(gap, min_size=len(text) - 1, max_size=len(text) - 1))
    # What comes after a longer pause is a burst of its own.
    quick = [one for one in gaps if one <= 110]
    assume(len(quick) < 3 or max(quick) - min(quick) > 20 or text.isalpha())
    for first in range(len(text)):
        for last in range(first + 1, len(text) + 1):
            if all(one <= 110 for one in gaps[first : last - 1]):
                part = text[first:last]
                assert start(part, gaps[first : last - 1], in_text=True, ended=90) is None


@pytest.mark.parametrize(
    ("text", "gaps", "in_text", "begins"),
    [
        # What was typed just before it is no part of a code.
        ("5" + SKU, [90] + [4] * 13, True, 1),
        ("5" + SKU, [90] + [4] * 13, False, 1),
        ("25" + SKU, [90, 100] + [35] * 13, True, 2),
        # A computer that has much to do is late with one key.
        (SKU, [4] * 6 + [90] + [4] * 6, True, 0),
        (SKU, [60] * 6 + [105] + [60] * 6, False, 0),
        # Its code tells where it begins, however it was held up: some gaps of 49 and one of 95.
        ("LOC-3-B", [49, 50, 95, 46, 46, 46], True, 0),
        ("5LOC-3-B", [90, 49, 50, 95, 46, 46, 46], True, 1),
        # Words and quantities are a person's at a slow scanner's pace too.
        ("hammer", [60] * 5, True, None),
        ("1200", [60] * 3, True, None),
        ("25", [100], True, None),
        # Nor is somebody a scanner who is quick on the number pad; a code says so by its end.
        ("12345", [80] * 4, True, None),
        ("1234567", [60] * 6, True, None),
        ("12345678", [60] * 7, True, 0),
        ("0123", [60] * 3, True, 0),
        ("TOOLS", [60] * 4, True, 0),
        # Nobody presses so many keys that act, so soon one after the other.
        ("hammer", [60] * 5, False, 0),
        ("1200", [60] * 3, False, 0),
        ("a25", [60] * 2, False, None),
        ("++++++++++", [90] * 9, False, None),
        ("++-+", [20] * 3, False, None),
        # Somebody who types evenly and quickly; no code of ours has a blank.
        ("hammer 16 oz", [60] * 11, True, None),
    ],
)
def test_what_it_says_decides_where_its_pace_does_not(
    text: str, gaps: list[int], in_text: bool, begins: int | None
):
    assert start(text, gaps, in_text) == begins


@pytest.mark.parametrize(("text", "begins"), [("12345", 0), ("1200", None)])
def test_digits_that_are_ended_at_once_are_a_code(text: str, begins: int | None):
    assert start(text, [60] * (len(text) - 1), in_text=True, ended=60) == begins


@pytest.mark.parametrize("in_text", [True, False])
@pytest.mark.parametrize(
    ("text", "gap", "ended", "begins"),
    [
        ("12", 4, 4, 0),
        ("a", 4, 4, None),
        ("12", 4, None, None),
        ("12", 30, 4, None),
        ("12", 4, 60, None),
    ],
)
def test_two_keys_and_an_end_are_a_code_where_all_come_at_once(
    text: str, gap: int, ended: int | None, begins: int | None, in_text: bool
):
    assert start(text, [gap] * (len(text) - 1), in_text, ended) == begins
