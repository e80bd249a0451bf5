"""The garbage collection of Python, kept on the thread of Qt."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 1000
_FULL: Final = 40
"""A look at everything costs most, so it waits for four times as much as Python would."""


class GarbageCollector(QObject):
    """Collects garbage in moments of the loop, and nowhere else while it is open.

    Python collects in whatever thread asks for memory. Where that is one that decodes documents, it
    destroys widgets which nobody holds any more, and Qt ends the process for it.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_MS)

    def close(self) -> None:
        """Collect what there is, and let Python do it from now on."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def _look(self) -> None:
        young, old, oldest = gc.get_count()
        limits = gc.get_threshold()
        if oldest > _FULL:
            gc.collect()
        elif old > limits[1]:
            gc.collect(1)
        elif young > limits[0]:
            gc.collect(0)
