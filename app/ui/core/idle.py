"""Locking a workplace that nobody touches."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

_LOOK_EVERY_MS: Final = 5_000


class IdleLock(QObject):
    """Emits `expired` once nothing was touched for some minutes; 0 minutes never do.

    `touched_at` tells when something was touched last, in seconds of `clock`.
    """

    expired = Signal()

    def __init__(
        self,
        minutes: int,
        touched_at: Callable[[], float],
        parent: QObject,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(parent)
        self._seconds = 60 * minutes
        self._touched_at = touched_at
        self._clock = clock
        self._since = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Somebody is at work from now on."""
        if self._seconds:
            self._since = self._clock()
            self._timer.start()

    def stop(self) -> None:
        """Nobody is at work."""
        self._timer.stop()

    def look(self) -> None:
        """Look whether it has been long enough."""
        quiet = self._clock() - max(self._touched_at(), self._since)
        if self._timer.isActive() and quiet >= self._seconds:
            self.stop()
            self.expired.emit()
