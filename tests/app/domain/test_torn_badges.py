"""A part of a badge is taken for nothing else, and the parts are put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.gs1 import is_gtin, is_sscc
from app.domain.staff import BADGE_DIGITS, BADGE_RANDOM, new_badge
from app.domain.torn_badges import TornBadges

BADGE = st.text("0123456789", min_size=BADGE_RANDOM, max_size=BADGE_RANDOM).map(new_badge)
CUTS = st.lists(st.integers(4, BADGE_DIGITS - 1), min_size=1, max_size=3, unique=True).map(sorted)


@given(BADGE, CUTS, st.sampled_from(("", "]C0")))
def test_parts_that_follow_each_other_are_the_badge(
    badge: str, cuts: list[int], identifier: str
) -> None:
    parts = [badge[at:to] for at, to in zip([0, *cuts], [*cuts, BADGE_DIGITS], strict=True)]
    parts[0] = identifier + parts[0]
    torn = TornBadges()
    *first, last = [torn.take(one, False, one is not parts[-1]) for one in parts]
    assert last == badge
    # One that is a number of the trade by chance is said as such.
    assert all(one == "" for one in first) or is_gtin(badge[: cuts[0]])
    assert badge[:8] not in repr(torn)


@given(BADGE, st.integers(1, 4))
def test_what_is_left_without_its_first_keys_is_a_part(badge: str, cut: int) -> None:
    assert is_sscc(badge[cut:]) or TornBadges().take(badge[cut:], False, False) == ""


@given(BADGE, st.integers(4, 20))
def test_what_is_known_ends_it(badge: str, cut: int) -> None:
    torn = TornBadges()
    torn.take(badge[:cut], False, True)
    assert torn.take("4006381333931", True, False) is None
    assert torn.take("4006381333931", False, False) is None


def test_other_codes_are_none() -> None:
    torn = TornBadges()
    for code in ("HND-HAMMER-001", "77", "7712", "00012345678905", "9400100000000000000000"):
        assert torn.take(code, False, False) is None
    # Without an end behind them, too.
    for code in ("HND-HAMMER-001", "4006381333931", "7790895000997", "00340123450000000017"):
        assert torn.take(code, False, True) is None
