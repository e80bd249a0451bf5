"""A scanner that plays a keyboard: what arrives of what it sends, and how it sends it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.keyboards import Layout
from app.ui.core.scanner import ScannerFilter

US_KEYS = (
    "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
    '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'
)
_MARKS = {"`": "\u0300", "´": "\u0301", "^": "\u0302", "¨": "\u0308"}


def typed_on(layout: Layout, sent: str) -> str:
    """What arrives of what the scanner sent; an accent waits for the next key."""
    keys = dict(zip(US_KEYS, layout.keys, strict=True))
    arrived, accent = "", ""
    for char in sent:
        key = keys.get(char, char)
        if accent:
            composed = unicodedata.normalize("NFC", key + _MARKS[accent])
            arrived += composed if len(composed) == 1 else accent + key
            accent = ""
        elif key in layout.dead:
            accent = key
        else:
            arrived += key
    return arrived + accent


CONTROL = Qt.KeyboardModifier.ControlModifier
NOTHING = Qt.KeyboardModifier.NoModifier
CR = (Qt.Key.Key_Return, NOTHING)
ENDS: dict[str, tuple[tuple[Qt.Key, Qt.KeyboardModifier], ...]] = {
    "CR": (CR,),
    "CR LF": (CR, (Qt.Key.Key_Enter, NOTHING)),
    "CR CR": (CR, CR),
    "Tab": ((Qt.Key.Key_Tab, NOTHING),),
    "CR Tab": (CR, (Qt.Key.Key_Tab, NOTHING)),
    "Down": ((Qt.Key.Key_Down, NOTHING),),
    "Ctrl+J": ((Qt.Key.Key_J, CONTROL),),
    "Ctrl+M Ctrl+J": ((Qt.Key.Key_M, CONTROL), (Qt.Key.Key_J, CONTROL)),
    "nothing": (),
}
"""What scanners send behind a code, by name."""


class Wedge:
    """A scanner whose keys go to whatever has the keyboard, shortcuts and lists included.

    They come `gap` ms apart by a clock of its own, so that nothing waits.
    """

    def __init__(self, scanner: ScannerFilter) -> None:
        self._scanner = scanner
        self._now = 1_000_000.0
        scanner._pressed_at = lambda _: self._now / 1000

    def scan(self, code: str, gap: float, end: str = "CR") -> None:
        """Send a code as after a pause, and wait until nothing more can come."""
        self.rest()
        self.type(code, [gap] * len(code))
        for key, modifier in ENDS[end]:
            self.press(key, gap, modifier)
        self.rest()

    def type(self, text: str, gaps: Iterable[float]) -> None:
        """Send characters, each so many ms after the one before."""
        for char, gap in zip(text, gaps, strict=False):
            self.press(Qt.Key(ord(char.upper())), gap, text=char)

    def press(
        self,
        key: Qt.Key,
        gap: float = 1_000,
        modifier: Qt.KeyboardModifier = NOTHING,
        text: str = "",
    ) -> None:
        """Send a key, so many ms after the one before."""
        self._now += gap
        # To a window, QTest would run Qt's loop within the task that presses the key.
        target = self._scanner._focus()
        assert target is not None, "nothing has the keyboard"
        if text:
            QTest.keyClicks(target, text)
        else:
            QTest.keyClick(target, key, modifier)

    def rest(self) -> None:
        """Nothing comes for a second."""
        self._now += 1_000
        self._scanner.settle()
