"""Scans as people read them: what was read, why it is no product, which keyboard was assumed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from app.domain.entities import Role
from app.domain.scans import (
    AmbiguousCode,
    Scan,
    ScannedOrder,
    ScannedPaper,
    ScannedPlace,
    ScannedProduct,
    UnknownCode,
    Unread,
)

_LONGEST = 48


SCAN_WAITS = "The scan was not taken: first correct what is typed."


def shown(text: str) -> str:
    """A text as it was read: control characters made visible, cut where it is long."""
    visible = "".join(map(_visible, text[: _LONGEST + 1]))
    return f"{visible[:_LONGEST]}\N{HORIZONTAL ELLIPSIS}" if len(visible) > _LONGEST else visible


def refusal(scan: Scan) -> str:
    """Why a scan is no product that one can go on with."""
    code = shown(scan.text)
    match scan.meaning:
        case ScannedPlace(place):
            reason = f"{code} is a place, no product: {place.text}."
        case ScannedPaper(kind, number):
            reason = f"{number} is a {kind.label}, no product."
        case ScannedOrder(number):
            reason = f"{number} is an order, no product."
        case ScannedProduct():
            raise ValueError("This is a product.")
        case AmbiguousCode():
            reason = f"Several products have the code {code}: look up the right one by its name."
        case UnknownCode(why, gtin):
            reason = _unknown(why, gtin, code)
    return " ".join(filter(None, (reason, layout_note(scan))))


def layout_note(scan: Scan) -> str:
    """Which keyboard was assumed for a scan, or is to blame for it; nothing where none was."""
    if not scan.layouts:
        return ""
    return (
        f"It was read as {shown(scan.meant)}: the scanner seems to be set to a US keyboard, and "
        f"this computer to {_either(scan.layouts)}."
    )


def layouts_note(scan: Scan) -> str:
    """The keyboards of `layout_note` in short; nothing where none was assumed."""
    if not scan.layouts:
        return ""
    return f"The scanner is set to a US keyboard, this computer to {_either(scan.layouts)}."


def not_shown(paper: ScannedPaper | ScannedOrder, role: Role) -> str:
    """Why somebody does not get to see a paper."""
    kind = "an order" if isinstance(paper, ScannedOrder) else f"a {paper.kind.label}"
    return f"{paper.number} is {kind}, which is not shown to a {role.label.lower()}."


def covered(code: str) -> str:
    """Why what was scanned while a dialog asks for something else was not taken."""
    return f"{shown(code)} was not taken: answer what is asked, then scan it again."


def torn(code: str) -> str:
    """Why what came right behind a code without an end was not taken."""
    return f"{shown(code)} came right behind another code, and was not taken: scan it again."


def slipped(keys: str) -> str:
    """What to do about the first keys of a code that acted as keys; digits may be of a badge."""
    first = "Its first digits" if keys.isdecimal() else shown(keys)
    return (
        f"{first} came before a pause in the code, and acted as a key: look at what it did. "
        "Ctrl+Z takes a change back."
    )


def before_sign_in(code: str) -> str:
    """Why what was scanned at the sign-in was not taken."""
    return f"{shown(code)} was not taken: sign in first, then scan it again."


BADGE_TORN = "Only a part of a badge was read, and it was not taken: scan it again."
BADGE_WAITS = "The badge was not taken: answer what is asked, then scan it again."


def _unknown(why: Unread, gtin: str, code: str) -> str:
    match why:
        case Unread.EMPTY:
            return f"No product has the code {code}." if code.strip() else "Nothing was read."
        case Unread.CHECK_DIGIT:
            return f"No product has the code {code}, and its check digit is wrong: scan it again."
        case Unread.NO_PRODUCT:
            return f"The code {code} names no product that could be counted."
        case Unread.UNKNOWN if gtin and gtin.lstrip("0") != code.lstrip("0"):
            return f"No product has the GTIN {gtin} of the code {code}: look it up by its name."
        case Unread.UNKNOWN:
            return f"No product has the code {code}: look it up by its name."


def _either(layouts: Sequence[str]) -> str:
    *others, last = layouts
    return f"{', '.join(others)} or {last}" if others else last


def _visible(char: str) -> str:
    if char < " " or char == "\x7f":
        # Unicode has a picture of each.
        return chr(0x2421 if char == "\x7f" else 0x2400 + ord(char))
    return f"\\u{ord(char):04x}" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char
