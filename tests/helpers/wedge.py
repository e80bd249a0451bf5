"""A scanner that plays a US keyboard, at any pace, at a computer with this or another layout."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.domain.keyboards import Layout

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


RETURN = (Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.NoModifier)
TAB = (Qt.Key.Key_Tab, "\t", Qt.KeyboardModifier.NoModifier)
DOWN = (Qt.Key.Key_Down, "", Qt.KeyboardModifier.NoModifier)
LINE_FEED = (Qt.Key.Key_J, "\n", Qt.KeyboardModifier.ControlModifier)
End = tuple[Qt.Key, str, Qt.KeyboardModifier]


def send(text: str, ends: Sequence[End], gap_ms: int, target: QWidget) -> None:
    """Send what a scanner presses, so many ms apart on the keyboard's clock, whoever is busy."""
    plain = Qt.KeyboardModifier.NoModifier
    keys: list[End] = [
        (Qt.Key(ord(sign.upper())) if sign.isascii() else Qt.Key.Key_unknown, sign, plain)
        for sign in text
    ]
    keys += ends
    pressed_at = round(monotonic() * 1000) - gap_ms * len(keys)
    for key, sign, modifier in keys:
        pressed_at += gap_ms
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifier, sign)
            event.setTimestamp(pressed_at)
            if isValid(target):
                QApplication.sendEvent(target, event)
