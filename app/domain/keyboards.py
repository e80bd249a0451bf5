"""Keyboard layouts: what arrives of a scanner that is set to a US keyboard and the computer is not.

A scanner that plays a keyboard sends the places of keys, not characters. Set to a US keyboard, it
presses the key right of 0 for a hyphen, and a German computer takes that for ß.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_US: Final = (
    "`1234567890-=" "qwertyuiop[]\\" "asdfghjkl;'" "zxcvbnm,./"
    "~!@#$%^&*()_+" "QWERTYUIOP{}|" 'ASDFGHJKL:"' "ZXCVBNM<>?"
)  # fmt: skip
_BLANK: Final = "\N{NO-BREAK SPACE}"
"""In place of a key that types nothing."""
_ACCENTS: Final = {
    "\N{COMBINING GRAVE ACCENT}": "`",
    "\N{COMBINING ACUTE ACCENT}": "´",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "^",
    "\N{COMBINING DIAERESIS}": "¨",
}


@dataclass(frozen=True)
class Layout:
    """What the keys of a US keyboard type on another one, in the order of `_US`.

    A key in `dead` types nothing until the next one: an accent on it, or itself in front of it.
    """

    name: str
    keys: str
    dead: str = ""

    @cached_property
    def _meant(self) -> Mapping[str, str]:
        return dict(zip(self.keys, _US, strict=True)) | {" ": " "}

    def as_meant(self, typed: str) -> str | None:
        """The text that a US scanner sent; None where this layout cannot have made `typed` of it.

        Control characters are as they are.
        """
        meant = []
        for char in unicodedata.normalize("NFC", typed):
            for key in self._pressed(char):
                if key.isprintable() and key not in self._meant:
                    return None
                meant.append(self._meant.get(key, key))
        return "".join(meant)

    def _pressed(self, char: str) -> tuple[str, ...]:
        """The keys of a character: two for a letter with an accent that has a dead key here."""
        if char in self._meant or not char.isprintable():
            return (char,)
        decomposed = unicodedata.normalize("NFD", char)
        accent = _ACCENTS.get(decomposed[1:], "")
        return (accent, decomposed[0]) if accent and accent in self.dead else (char,)


LAYOUTS: Final = (
    Layout(
        "German",
        "^1234567890ß´" "qwertzuiopü+#" "asdfghjklöä" "yxcvbnm,.-"
        '°!"§$%&/()=?`' "QWERTZUIOPÜ*'" "ASDFGHJKLÖÄ" "YXCVBNM;:_",
        "^´`",
    ),
    Layout(
        "Swiss",
        "§1234567890'^" "qwertzuiopü¨$" "asdfghjklöä" "yxcvbnm,.-"
        '°+"*ç%&/()=?`' "QWERTZUIOPè!£" "ASDFGHJKLéà" "YXCVBNM;:_",
        "^¨`",
    ),
    Layout(
        "French",
        "²&é\"'(-è_çà)=" "azertyuiop^$*" "qsdfghjklmù" "wxcvbn,;:!"
        f"{_BLANK}1234567890°+" "AZERTYUIOP¨£µ" "QSDFGHJKLM%" "WXCVBN?./§",
        "^¨",
    ),
    Layout(
        "Italian",
        "\\1234567890'ì" "qwertyuiopè+ù" "asdfghjklòà" "zxcvbnm,.-"
        '|!"£$%&/()=?^' "QWERTYUIOPé*§" "ASDFGHJKLç°" "ZXCVBNM;:_",
    ),
    Layout(
        "Spanish",
        "º1234567890'¡" "qwertyuiop`+ç" "asdfghjklñ´" "zxcvbnm,.-"
        'ª!"·$%&/()=?¿' "QWERTYUIOP^*Ç" "ASDFGHJKLÑ¨" "ZXCVBNM;:_",
        "`´^¨",
    ),
    Layout(
        "Danish",
        "½1234567890+´" "qwertyuiopå¨'" "asdfghjklæø" "zxcvbnm,.-"
        '§!"#¤%&/()=?`' "QWERTYUIOPÅ^*" "ASDFGHJKLÆØ" "ZXCVBNM;:_",
        "´¨`^",
    ),
    Layout(
        "Norwegian",
        "|1234567890+\\" "qwertyuiopå¨'" "asdfghjkløæ" "zxcvbnm,.-"
        '§!"#¤%&/()=?`' "QWERTYUIOPÅ^*" "ASDFGHJKLØÆ" "ZXCVBNM;:_",
        "¨`^",
    ),
    Layout(
        "Swedish/Finnish",
        "§1234567890+´" "qwertyuiopå¨'" "asdfghjklöä" "zxcvbnm,.-"
        '½!"#¤%&/()=?`' "QWERTYUIOPÅ^*" "ASDFGHJKLÖÄ" "ZXCVBNM;:_",
        "´¨`^",
    ),
)  # fmt: skip
