"""The line above a list of hits: it keeps the keyboard while one chooses."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


class HitsLine(QLineEdit):
    """The line; up and down step through the hits, Enter takes one, Esc clears it."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        down = event.key() == Qt.Key.Key_Down
        if down or event.key() == Qt.Key.Key_Up:
            self.stepped.emit(1 if down else -1)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Ctrl+Enter belongs to the screen.
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
            else:
                self.returnPressed.emit()
        else:
            super().keyPressEvent(event)
