"""Whose Ctrl+Z it is in a field: the field's own while a person's typing is there to take back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from shiboken6 import isValid

from app.ui.core.field_text import field_of


class FieldUndo(QObject):
    """Leaves Ctrl+Z, and redo, to the window where the field with the keyboard has nothing for it.

    Qt gives it to every field, in which it then does nothing. What the program empties a field of,
    it sets with `setText`: then that is no typing any more.
    """

    def __init__(self, application: QApplication, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: QWidget | None = None
        application.focusChanged.connect(self._on_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo)
            redo = event.matches(QKeySequence.StandardKey.Redo)
            if (undo or redo) and isinstance(watched, QWidget) and not _has_own(watched, redo):
                event.ignore()
                return True
        return False

    def _on_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        # WORKAROUND: PySide may hand out a wrapper of what is being destroyed.
        self._watched = now if now is not None and isValid(now) and field_of(now) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)


def _has_own(widget: QWidget, redo: bool) -> bool:
    field = field_of(widget)
    if field is None:
        return False
    one = field.document() if isinstance(field, QPlainTextEdit) else field
    return one.isRedoAvailable() if redo else one.isUndoAvailable()
