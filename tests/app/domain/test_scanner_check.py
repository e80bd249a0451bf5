"""What a scanner is set to, found out from three printed codes."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.keyboards import LAYOUTS, Layout
from app.domain.scanner_check import (
    CODES,
    PROOF,
    Keyboard,
    Reading,
    Scanned,
    find,
    nearest,
    read_scan,
)
from tests.helpers.wedge import typed_on

each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.name)
# What scanners are set to add: signs that no layout keeps for accents.
ADDED = st.text(st.sampled_from("*!.,:<>kX9 "), max_size=4)
ENDS = st.sampled_from([(), ("Return",), ("Return", "Ctrl+J"), ("Tab",), ("Down",)])


def scans(layout: Layout | None) -> list[Scanned]:
    arrived = [typed_on(layout, one) if layout else one for one in CODES]
    return [Scanned(one, (12, 15), ("Return",)) for one in arrived]


@pytest.mark.parametrize("code", [*CODES, PROOF])
def test_what_arrives_as_printed_is_read_so(code: str):
    assert read_scan(code, (*CODES, PROOF)) == Reading(code)


def test_a_plain_scanner():
    found = find(scans(None))
    assert (found.prefix, found.suffix, found.ends) == ("", "", ("Return",))
    assert (found.keyboard, found.layouts, found.identifier) == (Keyboard.SAME, (), False)
    assert (found.usual_gap_ms, found.slowest_gap_ms, found.steady) == (15, 15, True)


@each_layout
def test_a_us_scanner_on_another_keyboard_is_told_from_all_others(layout: Layout):
    found = find(scans(layout))
    assert (found.keyboard, found.layouts) == (Keyboard.SCANNER_IS_US, (layout.name,))
    assert (found.prefix, found.suffix) == ("", "")


@each_layout
def test_another_scanner_on_a_us_keyboard_too(layout: Layout):
    # "§" for what the scanner needs AltGr for.
    arrived = ["".join(layout.as_meant(sign) or "§" for sign in code) for code in CODES]
    found = find([Scanned(one) for one in arrived])
    assert found.keyboard is Keyboard.COMPUTER_IS_US
    assert layout.name in found.layouts
    assert (found.prefix, found.suffix) == ("", "")


def test_the_codes_tell_any_two_layouts_apart():
    for one, other in combinations(LAYOUTS, 2):
        assert [typed_on(one, code) for code in CODES] != [typed_on(other, code) for code in CODES]


@each_layout
def test_no_code_needs_a_key_that_types_accents(layout: Layout):
    for code in (*CODES, PROOF):
        assert not set(typed_on(layout, code)) & set(layout.dead)


@given(
    layout=st.sampled_from(LAYOUTS),
    before=ADDED,
    behind=ADDED,
    identifier=st.sampled_from(["", "]C0"]),
    ends=ENDS,
)
def test_whatever_a_scanner_adds_is_found(
    layout: Layout, before: str, behind: str, identifier: str, ends: tuple[str, ...]
):
    sent = [f"{before}{identifier}{code}{behind}" for code in CODES]
    arrived = [typed_on(layout, one) for one in sent]
    found = find([Scanned(one, (), ends) for one in arrived])
    assert found.prefix == typed_on(layout, before)
    assert found.suffix == typed_on(layout, behind)
    assert (found.identifier, found.ends) == (bool(identifier), ends)
    assert found.layouts == (layout.name,)
    for text, code in list(zip(arrived, CODES, strict=True))[:2]:
        left = text.removeprefix(found.prefix).removesuffix(found.suffix)
        reading = read_scan(left)
        assert reading is not None
        assert (reading.code, reading.prefix, reading.suffix) == (code, "", "")


def test_caps_lock_is_found():
    found = find([Scanned(one.swapcase()) for one in CODES])
    assert found.swaps_case
    assert (found.prefix, found.suffix, found.keyboard) == ("", "", Keyboard.SAME)


def test_what_differs_from_scan_to_scan_is_said():
    first, second, third = CODES
    found = find([Scanned(f"1{first}"), Scanned(f"2{second}"), Scanned(f"3{third}", (), ("Tab",))])
    assert (found.prefix, found.suffix, found.ends, found.steady) == (None, "", None, False)


def test_the_slowest_key_shows():
    found = find([Scanned(CODES[0], (4, 4, 4)), Scanned(CODES[1], (4, 60, 4))])
    assert (found.usual_gap_ms, found.slowest_gap_ms) == (4, 60)


@given(st.text())
def test_any_text_is_read_or_is_none(text: str):
    reading = read_scan(text)
    assert reading is None or reading.code in CODES


def test_lost_signs_lead_to_the_code_they_are_of():
    assert nearest(CODES[0].replace("-", "")) == CODES[0]
    assert nearest("HND-HAMMER-001") == ""
