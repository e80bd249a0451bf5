"""How long a key waits for the next one of a scanner."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from app.ui.core.scanner_settings import MOST_GAP_MS

_SLACK_MS: Final = 10
"""A key of a scanner comes so much late at the most, by the clock of the keyboard."""
LIMIT_MS: Final = MOST_GAP_MS + _SLACK_MS
_READ_MS: Final = 5
"""What the display has handed over is read within that."""


class Patience(QObject):
    """Emits `over` when no next key can come any more."""

    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._asked = False

    def begin(self) -> None:
        """Wait anew."""
        self._asked = False
        self._timer.start(LIMIT_MS)

    def stop(self) -> None:
        """Wait no longer."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        if self._asked:
            self.over.emit()
            return
        # On a busy computer keys that were pressed in time may still be with the display, and its
        # answer comes behind them; so they come in between.
        self._asked = True
        QApplication.queryKeyboardModifiers()
        self._timer.start(_READ_MS)
