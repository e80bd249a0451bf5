"""Barcode scanners that type: a burst of keys that ends in Enter, whatever has the focus."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from app.ui.core.scanner_settings import ScannerSettings

MAX_GAP = 0.035
"""Seconds between two keys of a scanner; people are slower, scanners take 1 to 20 ms."""
MIN_LENGTH = 4

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr)


class ScannerFilter(QObject):
    """Watches the application's keys and turns a scan into `scanned(code)`.

    In a text field the keys arrive as usual, so that typing is never delayed; when they turn
    out to be a scan the field gets its text back. Elsewhere a key could mean something (a minus
    in a SKU must not remove stock), so keys wait MAX_GAP and are let go if no scan follows.
    `heard` carries every Burst of at least four keys, also a person's; `settings` may be changed.
    """

    scanned = Signal(str)
    heard = Signal(object)

    def __init__(
        self, application: QApplication, pressed_at: Callable[[QKeyEvent], float] | None = None
    ) -> None:
        super().__init__(application)
        self.settings = ScannerSettings()
        self._application = application
        self._pressed_at = pressed_at or _pressed_at
        self._buffer = ""
        self._last = 0.0
        self._undo: tuple[QWidget, str, int] | None = None
        self._held: list[tuple[QWidget, int, Qt.KeyboardModifier, str]] = []
        self._letting_go = False
        self._popup: QWidget | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(MAX_GAP * 1000 / 2) + 3)
        self._patience.timeout.connect(self._on_patience)
        self._waited = False
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._letting_go or event.type() not in _KEYS:
            return False
        # A key passes the window, its focus widget and that one's parents: look at it once.
        focus = self._focus()
        if focus is None or watched is not focus or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            # Asked before each key press; an open list would take the Enter of a scan here.
            quick = self._pressed_at(event) - self._last <= MAX_GAP
            if quick and self._ends_scan(event):
                event.accept()
                return True
            return False
        if event.type() == QEvent.Type.KeyRelease:
            # Its press is still held, and will be let go with a release of its own.
            return any(key == event.key() for _, key, _, _ in self._held)
        return self._key(focus, event)

    def _focus(self) -> QWidget | None:
        # WORKAROUND: PySide takes the wrappers of a popup's children away when nobody holds the
        # wrapper of the popup itself.
        self._popup = self._application.activePopupWidget()
        inside: QWidget | None = self._popup.focusWidget() if self._popup is not None else None
        if self._popup is not None:
            return inside if inside is not None else self._popup
        return self._application.focusWidget() or self._application.activeWindow()

    def _key(self, focus: QWidget, event: QKeyEvent) -> bool:
        now = self._pressed_at(event)
        quick = now - self._last <= MAX_GAP
        self._last = now
        if not quick:
            self._let_go()
            self._buffer = ""
            led_to = self._focus()
            if led_to is not None and led_to is not focus:
                # A key that waited has moved the focus; this one was typed for where it led.
                self._undo = None
                self._hold(led_to, event)
                self._let_go()
                return True
            self._undo = _snapshot(focus)
        if quick and self._ends_scan(event):
            self._finish()
            return True
        if event.key() in _ENDS:
            self._let_go()
            self._buffer = ""
            return False
        if self._holds(focus, event):
            self._buffer += event.text()
            self._hold(focus, event)
            self._waited = False
            self._patience.start()
            return True
        if event.text().isprintable():
            self._buffer += event.text()
        elif not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._buffer = ""
        if not _within_a_scan(event):
            # It acts at once, so what was pressed before it has to act first.
            self._let_go()
        return False

    def _hold(self, focus: QWidget, event: QKeyEvent) -> None:
        self._held.append((focus, event.key(), event.modifiers(), event.text()))

    def _ends_scan(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in _ENDS and len(self._buffer) >= MIN_LENGTH

    def _holds(self, focus: QWidget, event: QKeyEvent) -> bool:
        shortcut = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        text = event.text()
        return (
            not _is_text(focus)
            and bool(text)
            and text.isprintable()
            and not event.modifiers() & shortcut
        )

    def _finish(self) -> None:
        code = self._buffer.strip()
        self._buffer = ""
        # However soon it comes, the next key begins something new.
        self._last = 0.0
        self._held.clear()
        self._patience.stop()
        if self._undo is not None:
            _restore(*self._undo)
            self._undo = None
        if code:
            self.scanned.emit(code)

    def _on_patience(self) -> None:
        if self._waited:
            self._let_go()
        else:
            # In two halves: after a pause of the program itself, the keys that queued up
            # meanwhile come in between.
            self._waited = True
            self._patience.start()

    def _let_go(self) -> None:
        """These keys were a person's: give them to the widget they were meant for."""
        held, self._held = self._held, []
        self._patience.stop()
        self._letting_go = True
        before = self._focus()
        try:
            for widget, key, modifiers, text in held:
                # One of them may have moved the focus: the rest were typed for where it led.
                focus = self._focus()
                target = widget if focus is before or focus is None else focus
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    if isValid(target):
                        QCoreApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, text))
        finally:
            self._letting_go = False


def _pressed_at(event: QKeyEvent) -> float:
    """Seconds on the clock of the keyboard: a program that was busy gets many keys at once."""
    return event.timestamp() / 1000 if event.timestamp() else monotonic()


def _within_a_scan(event: QKeyEvent) -> bool:
    """Whether scanners send such keys too: Shift for capitals, Ctrl+] for a GS1 separator."""
    return event.key() in _MODIFIERS or bool(
        event.modifiers() & Qt.KeyboardModifier.ControlModifier
    )


def _is_text(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QPlainTextEdit)


def _snapshot(widget: QWidget) -> tuple[QWidget, str, int] | None:
    if isinstance(widget, QLineEdit):
        return widget, widget.text(), widget.cursorPosition()
    if isinstance(widget, QPlainTextEdit):
        return widget, widget.toPlainText(), widget.textCursor().position()
    return None


def _restore(widget: QWidget, text: str, position: int) -> None:
    if not isValid(widget):
        return
    if isinstance(widget, QLineEdit):
        widget.setText(text)
        widget.setCursorPosition(position)
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText(text)
        cursor = widget.textCursor()
        cursor.setPosition(position)
        widget.setTextCursor(cursor)
