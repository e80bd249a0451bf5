"""A badge whose scan stopped within: its parts are as secret as the whole is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from app.domain.gs1 import is_gtin, is_sscc, split_identifier
from app.domain.keyboards import LAYOUTS
from app.domain.staff import BADGE_DIGITS, BADGE_START, read_badge

_FEWEST: Final = BADGE_DIGITS - 4
"""Digits of a rest; of a scanner that stops so soon nobody can tell what it sent from typing."""


@dataclass(slots=True)
class TornBadges:
    """Puts the parts of a badge together as they come."""

    _before: str = field(default="", repr=False)

    def take(self, code: str, known: bool, cut_off: bool) -> str | None:
        """What a scanned text is: a badge, "" for a part of one, None for nothing of a badge.

        `known` says that it is the code of something else, `cut_off` that no end came behind it.
        """
        before, self._before = self._before, ""
        if (badge := read_badge(code)) is not None:
            return badge
        digits = _digits(code)
        if known or not digits:
            return None
        whole = before + digits
        if before and len(whole) <= BADGE_DIGITS:
            self._before = whole
            return read_badge(whole) or ""
        if cut_off and digits.startswith(BADGE_START) and len(digits) < BADGE_DIGITS:
            self._before = digits
            # A number of the trade may begin so, too: whoever scans it wants to read of it.
            return None if is_gtin(digits) else ""
        return "" if _may_be_rest(digits) else None


def _may_be_rest(digits: str) -> bool:
    missing = BADGE_DIGITS - len(digits)
    if not _FEWEST <= len(digits) < BADGE_DIGITS or is_sscc(digits):
        return False
    # Of more that is missing, one or another fits every rest.
    begin = BADGE_START[:missing]
    return missing > len(BADGE_START) or read_badge(begin + digits) is not None


def _digits(code: str) -> str:
    """The digits that the scanner sent, with whatever keyboard layout; "" where it sent others."""
    text = split_identifier(code.strip())[1]
    sent = (text, *filter(None, (layout.as_meant(text) for layout in LAYOUTS)))
    return next((one for one in sent if one.isascii() and one.isdecimal()), "")
