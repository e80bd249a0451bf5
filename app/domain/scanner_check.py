"""What a scanner is set to, found out from codes that are known beforehand.

Three printed codes are scanned. Whatever arrives before and behind them is what the scanner adds,
other signs in them come of a keyboard layout or of Caps Lock, and the pauses are its speed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum
from typing import Final, TypeVar

from app.domain.keyboards import LAYOUTS, Layout

T = TypeVar("T")

CODES: Final = ("ZAVA-1/QWY#", "zava;2.m_x", "012345678901234567890123456789")
"""The signs of the first two tell every known layout from every other, and none of them is on a key
that types an accent somewhere; the third is long, so that a pause within it shows."""
PROOF: Final = "Zava-4/Qm#;98765"

_IDENTIFIER: Final = re.compile(r"\][A-Za-z][0-9A-Z]\Z")


class Keyboard(Enum):
    """How the layout that the scanner assumes fits the one of the computer."""

    SAME = "same"
    SCANNER_IS_US = "scanner is US"
    """The scanner is set to a US keyboard, the computer to another: such codes are understood."""
    COMPUTER_IS_US = "computer is US"
    """The other way round: such codes are not understood."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """One scan as it arrived: `text` without the keys that ended it, `ends` their names."""

    text: str
    gaps_ms: tuple[int, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How one scan differs from the printed `code`.

    `prefix` and `suffix` are what the scanner adds, as it arrived; `identifier` is the AIM
    identifier between prefix and code. `layout` is the name of the other keyboard, "" for none.
    """

    code: str
    prefix: str = ""
    identifier: str = ""
    suffix: str = ""
    keyboard: Keyboard = Keyboard.SAME
    layout: str = ""
    swaps_case: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """What several scans agree on; None for a text that differed from scan to scan."""

    prefix: str | None
    suffix: str | None
    ends: tuple[str, ...] | None
    identifier: bool
    keyboard: Keyboard
    layouts: tuple[str, ...]
    swaps_case: bool
    usual_gap_ms: int
    slowest_gap_ms: int

    @property
    def steady(self) -> bool:
        """Whether the scanner did the same each time."""
        return None not in (self.prefix, self.suffix, self.ends)


def read_scan(text: str, codes: Sequence[str] = CODES) -> Reading | None:
    """Which of some printed codes a text is, and what became of it; None where it is none."""
    for swaps_case in (False, True):
        as_sent = _swapped(text) if swaps_case else text
        for code in codes:
            if (reading := _around(re.escape(code), as_sent, text)) is not None:
                return replace(reading, code=code, swaps_case=swaps_case)
            for layout in LAYOUTS:
                reading = _on_layout(layout, code, as_sent, text)
                if reading is not None:
                    return replace(reading, code=code, swaps_case=swaps_case)
    return None


def find(scans: Sequence[Scanned], codes: Sequence[str] = CODES) -> Findings:
    """What scans of printed codes say together; each has to be one of these codes."""
    readings = [reading for one in scans if (reading := read_scan(one.text, codes)) is not None]
    assert len(readings) == len(scans) > 0
    gaps = sorted(gap for one in scans for gap in one.gaps_ms) or [0]
    # A code of digits arrives alike on most keyboards: one that does not says more.
    keyboards = [one.keyboard for one in readings if one.keyboard is not Keyboard.SAME]
    keyboard = keyboards[0] if keyboards else Keyboard.SAME
    layouts = _layouts(scans, readings, keyboard)
    readings = [
        _again(one, scan.text, layouts) if keyboard is Keyboard.SCANNER_IS_US else one
        for one, scan in zip(readings, scans, strict=True)
    ]
    return Findings(
        _same([one.prefix for one in readings]),
        _same([one.suffix for one in readings]),
        _same([one.ends for one in scans]),
        any(one.identifier for one in readings),
        keyboard,
        layouts,
        any(one.swaps_case for one in readings),
        gaps[len(gaps) // 2],
        gaps[-1],
    )


def nearest(text: str, codes: Sequence[str] = CODES) -> str:
    """The printed code that a damaged text could be; "" where it is like none."""
    return next(iter(get_close_matches(text, codes, 1)), "")


def _again(reading: Reading, text: str, layouts: Sequence[str]) -> Reading:
    """A reading once more, now that the layout is known: an identifier looks different on it."""
    as_sent = _swapped(text) if reading.swaps_case else text
    for layout in LAYOUTS:
        again = _from_us(layout, reading.code, as_sent, text)
        if layout.name in layouts and again is not None:
            return replace(again, code=reading.code, swaps_case=reading.swaps_case)
    return reading


def _layouts(
    scans: Sequence[Scanned], readings: Sequence[Reading], keyboard: Keyboard
) -> tuple[str, ...]:
    """The names of the layouts with which all scans arrive as they did."""
    if keyboard is Keyboard.SAME:
        return ()
    read = _from_us if keyboard is Keyboard.SCANNER_IS_US else _to_us
    sent = [
        (one.code, _swapped(scan.text) if one.swaps_case else scan.text)
        for one, scan in zip(readings, scans, strict=True)
    ]
    return tuple(
        layout.name
        for layout in LAYOUTS
        if all(read(layout, code, text, text) is not None for code, text in sent)
    )


def _on_layout(layout: Layout, code: str, as_sent: str, text: str) -> Reading | None:
    if (reading := _from_us(layout, code, as_sent, text)) is not None:
        return replace(reading, keyboard=Keyboard.SCANNER_IS_US, layout=layout.name)
    if (reading := _to_us(layout, code, as_sent, text)) is not None:
        return replace(reading, keyboard=Keyboard.COMPUTER_IS_US, layout=layout.name)
    return None


def _from_us(layout: Layout, code: str, as_sent: str, text: str) -> Reading | None:
    """A text as that of a US scanner at a computer with this layout."""
    meant = layout.as_meant(as_sent)
    if meant is None or len(meant) != len(as_sent):
        return None
    return _around(re.escape(code), meant, text)


def _to_us(layout: Layout, code: str, as_sent: str, text: str) -> Reading | None:
    """A text as that of a scanner with this layout at a US computer.

    The scanner needs AltGr for some signs, which a US keyboard takes for whatever it likes.
    """
    pressed = [layout.as_meant(one) for one in code]
    pattern = "".join(".?" if one is None else re.escape(one) for one in pressed)
    return _around(pattern, as_sent, text)


def _around(pattern: str, meant: str, text: str) -> Reading | None:
    """What stands around a code: found in what was meant, and given as it arrived."""
    found = re.search(pattern, meant)
    if found is None:
        return None
    at = found.start()
    identifier = _IDENTIFIER.search(meant[:at])
    begins = identifier.start() if identifier else at
    return Reading("", text[:begins], text[begins:at], text[found.end() :])


def _swapped(text: str) -> str:
    # Sign by sign: of some letters the other case is two.
    return "".join(one.swapcase() if len(one.swapcase()) == 1 else one for one in text)


def _same(values: Sequence[T]) -> T | None:
    return values[0] if len(set(values)) == 1 else None
