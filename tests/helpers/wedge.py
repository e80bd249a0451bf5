"""A scanner that plays a US keyboard, at a computer with another layout."""

from __future__ import annotations

import unicodedata

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
