"""Signs and digits that are pressed where no field has the keyboard."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

LATELY_MS = 1_500
"""A digit that comes so soon behind a sign belongs to it: nobody types `-5` more slowly."""
_PLAIN: Final = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
_SIGNS: Final = {"+": "+", "=": "+", "-": "-", "\N{MINUS SIGN}": "-"}


def plain_text(event: QKeyEvent) -> str:
    """What a key types; nothing with Ctrl or Alt, which make it the key of something else."""
    return "" if event.modifiers() & ~_PLAIN else event.text()


def letter_of(event: QKeyEvent) -> str:
    """The letter of a key, as a capital; nothing with Ctrl or Alt, nor again while it is held."""
    return "" if event.isAutoRepeat() else plain_text(event).upper()


class SignKeys(QObject):
    """Tells a sign that is one more or one fewer from the sign of a number, as in `-5`.

    `stepped` carries 1 or -1, for a sign alone. `begun` carries the text that a number begins with,
    such as `5` or `-5`, and whether its sign was taken for one unit already. What the scanner
    filter held comes in one go, so what follows a sign within 115 ms is known before that acts;
    whoever types more slowly is the one for whom it has acted.
    """

    stepped = Signal(int)
    begun = Signal(str, bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._sign = ""
        self._waits = self._acted = False
        self._all_came = QTimer(self)
        self._all_came.setSingleShot(True)
        self._all_came.setInterval(0)
        self._all_came.timeout.connect(self.settle)
        self._lately = QTimer(self)
        self._lately.setSingleShot(True)
        self._lately.setInterval(LATELY_MS)
        self._lately.timeout.connect(self.forget)

    def press(self, event: QKeyEvent) -> bool:
        """Take a key; False, and what was pressed before has acted, for another one."""
        text = plain_text(event)
        if text in _SIGNS:
            self.settle()
            self._sign, self._waits, self._acted = _SIGNS[text], True, False
            self._all_came.start()
            self._lately.start()
            return True
        if not (len(text) == 1 and text.isdecimal()):
            self.forget()
            return False
        self._waits = False
        self._all_came.stop()
        # Where the number is not taken, its other digits come here, too.
        self._lately.start()
        self.begun.emit(self._sign + text, self._acted)
        return True

    def settle(self) -> None:
        """No digit comes at once: a sign that waits is one unit."""
        self._all_came.stop()
        if self._waits:
            self._waits, self._acted = False, True
            self.stepped.emit(-1 if self._sign == "-" else 1)

    def forget(self) -> None:
        """Let the next digit begin a number of its own."""
        self.settle()
        self._lately.stop()
        self._sign, self._acted = "", False
