"""What was found out about a scanner, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.domain.scanner_check import CODES, PROOF, Findings, Keyboard, Reading, nearest, read_scan
from app.ui.core.scan_words import shown
from app.ui.core.scanner_settings import MOST_GAP_MS, ScannerSettings

_KEYS: Final = {
    "Return": "Enter",
    "Enter": "Enter of the keypad",
    "Down": "Arrow down",
    "Ctrl+J": "Line feed",
    "Ctrl+M": "Carriage return",
    "Ctrl+I": "Tab (Ctrl+I)",
}


BADGE_ON_PAGE: Final = "This is a badge, whose digits are secret: scan a code of the sheet."


def key_title(name: str) -> str:
    """A key as people call it."""
    return _KEYS.get(name, name)


def sentences(findings: Findings) -> tuple[str, ...]:
    """What several scans say of a scanner, a sentence each."""
    return tuple(
        filter(
            None,
            (
                _ends(findings.ends),
                f"{findings.usual_gap_ms} ms a key, {findings.slowest_gap_ms} ms at the most.",
                _added(findings.prefix, "in front of"),
                _added(findings.suffix, "behind"),
                _IDENTIFIER if findings.identifier else "",
                _layout(findings.keyboard, findings.layouts),
                _CASE if findings.swaps_case else "",
            ),
        )
    )


def settings_sentence(settings: ScannerSettings) -> str:
    """What this device knows of its scanner."""
    parts = []
    if settings.prefix:
        parts.append(f"“{shown(settings.prefix)}” in front is left out")
    if settings.suffix:
        parts.append(f"“{shown(settings.suffix)}” behind is left out")
    if parts:
        return f"Set on this device: {', '.join(parts)}."
    return (
        f"This device takes every scanner of up to {MOST_GAP_MS} ms a key; nothing needs to be set."
    )


def not_on_sheet(text: str) -> str:
    """Why a scan is none of the first three codes."""
    if read_scan(text, (PROOF,)) is not None:
        return "That is the fourth code: scan the first three before it."
    if code := nearest(text):
        return _lost(code, text)
    return f"{shown(text)} is not on the sheet: scan one of its first three codes."


def difference(text: str) -> str:
    """What keeps a scan from being the proof; nothing where it is."""
    reading = read_scan(text, (PROOF,))
    if reading is None:
        other = read_scan(text, CODES)
        if other is not None:
            return f"That is code {CODES.index(other.code) + 1} of the sheet: scan the fourth."
        if nearest(text, (PROOF,)):
            return _lost(PROOF, text)
        return f"{shown(text)} is not on the sheet: scan its fourth code."
    return _differs(reading)


def _differs(reading: Reading) -> str:
    if reading.prefix:
        return f"“{shown(reading.prefix)}” stands in front of the code. {_AGAIN}"
    if reading.suffix:
        return f"“{shown(reading.suffix)}” stands behind the code. {_AGAIN}"
    if reading.keyboard is Keyboard.COMPUTER_IS_US:
        return _layout(reading.keyboard, (reading.layout,))
    return _CASE if reading.swaps_case else ""


_AGAIN = "Begin again, and scan all four with the same scanner."
_IDENTIFIER = (
    "It says which kind of barcode it reads (AIM identifier, such as ]C0): that is understood."
)
_CASE = (
    "Upper and lower case have changed places: switch Caps Lock off, or set the scanner to leave "
    "them as they are."
)


def _lost(code: str, text: str) -> str:
    return (
        f"{shown(text)} arrived of {code}: signs got lost or changed. Scan it again; if it happens "
        "again, set the scanner to a longer pause between its keys."
    )


def _ends(ends: tuple[str, ...] | None) -> str:
    if ends is None:
        return "It ended differently from scan to scan: that is understood."
    if not ends:
        return "No key follows a code: it ends with the pause behind it."
    return f"Each code ends with {_and([key_title(one) for one in ends])}."


def _added(text: str | None, where: str) -> str:
    if text is None:
        return f"What stands {where} a code differed from scan to scan: nothing is left out there."
    return f"“{shown(text)}” stands {where} each code, and is left out." if text else ""


def _layout(keyboard: Keyboard, layouts: Sequence[str]) -> str:
    names = " or ".join(layouts) if 1 <= len(layouts) <= 3 else "another"
    match keyboard:
        case Keyboard.SAME:
            return "Scanner and computer have the same keyboard layout."
        case Keyboard.SCANNER_IS_US:
            return f"US layout on a {names} keyboard: that is understood."
        case Keyboard.COMPUTER_IS_US:
            return (
                f"{names[:1].upper()}{names[1:]} layout on a US keyboard: that is not understood. "
                "Set the scanner to a US keyboard."
            )


def _and(parts: Sequence[str]) -> str:
    *others, last = parts
    return f"{', '.join(others)} and {last}" if others else last
