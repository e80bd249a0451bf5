"""Keys that wait to be known for a person's or a scanner's, and whom they are given to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from app.ui.core.burst import Key
from app.ui.core.field_text import FieldText


@dataclass(slots=True)
class Stroke:
    """A key of the burst: what stood in its field before it, or how to give it back."""

    key: Key
    in_text: bool
    before: FieldText | None
    held: tuple[QWidget, QKeyEvent] | None


class KeyboardTarget:
    """What has the keyboard; `giving` while it is given keys that were held."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._popup: QWidget | None = None
        self.giving = False

    @property
    def widget(self) -> QWidget | None:
        """Where a key goes now."""
        # WORKAROUND: PySide takes the wrappers of a popup's children away when nobody holds the
        # wrapper of the popup itself.
        self._popup = self._application.activePopupWidget()
        inside: QWidget | None = self._popup.focusWidget() if self._popup is not None else None
        if self._popup is not None:
            return inside if inside is not None else self._popup
        return self._application.focusWidget() or self._application.activeWindow()

    def give_back(self, strokes: Sequence[Stroke]) -> None:
        """Give keys that were held to the widget they were meant for."""
        before = self.widget
        for widget, event in [one.held for one in strokes if one.held is not None]:
            # One of them may have moved the focus: the rest were typed for where it led.
            now = self.widget
            self.give(widget if now is before or now is None else now, event)

    def give(self, target: QWidget, event: QKeyEvent) -> None:
        """Press and release a key in a widget, if that is still there."""
        self.giving = True
        try:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                if isValid(target):
                    QCoreApplication.sendEvent(target, copy_of(event, kind))
        finally:
            self.giving = False


def copy_of(event: QKeyEvent, kind: QEvent.Type = QEvent.Type.KeyPress) -> QKeyEvent:
    """A key event that stays when Qt takes its own away."""
    return QKeyEvent(kind, event.key(), event.modifiers(), event.text())


def restore_fields(strokes: Sequence[Stroke]) -> None:
    """Let every field be as it was before the first of these keys went into it."""
    first: dict[int, FieldText] = {}
    for stroke in strokes:
        if stroke.before is not None:
            first.setdefault(id(stroke.before.field), stroke.before)
    for before in first.values():
        before.restore()
