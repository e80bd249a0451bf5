"""What the keys are that a scanner sends: signs of its code, an end, or neither."""

from __future__ import annotations

from enum import Enum, auto
from time import monotonic

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.core.burst import SEPARATOR

_ENDS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_CONTROL_ENDS = (Qt.Key.Key_J, Qt.Key.Key_M, Qt.Key.Key_I)
"""Line feed, carriage return and Tab, as a terminal writes them."""
_SILENT = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
)
_CONTROL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier
_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class Kind(Enum):
    """What a key can be within a scan."""

    SIGN = auto()
    SEPARATOR = auto()
    END = auto()
    DOWN = auto()
    SILENT = auto()
    ALT_DIGIT = auto()
    OTHER = auto()


def kind_of(event: QKeyEvent) -> Kind:
    """What a key can be."""
    key, held = event.key(), event.modifiers() & ~_KEYPAD
    if key in _SILENT:
        return Kind.SILENT
    if key in _ENDS and not held:
        return Kind.END
    if key == Qt.Key.Key_Down and not held:
        return Kind.DOWN
    if held == _CONTROL:
        if key in _CONTROL_ENDS:
            return Kind.END
        return Kind.SEPARATOR if key == Qt.Key.Key_BracketRight else Kind.OTHER
    if held == _ALT:
        keypad = event.modifiers() & _KEYPAD and Qt.Key.Key_0 <= key <= Qt.Key.Key_9
        return Kind.ALT_DIGIT if keypad else Kind.OTHER
    text = event.text()
    if text == SEPARATOR:
        return Kind.SEPARATOR
    if text in ("\r", "\n", "\t") and not held:
        return Kind.END
    # AltGr is Ctrl and Alt in one, and makes signs.
    return Kind.SIGN if text and text.isprintable() else Kind.OTHER


def name_of(event: QKeyEvent) -> str:
    """The name of a key, as people know it, such as `Return` or `Ctrl+]`."""
    text = event.text()
    if text and text.isprintable() and text != " ":
        return text
    pressed = QKeyCombination(event.modifiers() & ~_KEYPAD, Qt.Key(event.key()))
    return QKeySequence(pressed).toString(QKeySequence.SequenceFormat.PortableText)


def is_function_key(event: QKeyEvent) -> bool:
    """Some scanners send the separators of GS1 as F8, or as another one."""
    return Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def pressed_at(event: QKeyEvent) -> float:
    """Seconds on the clock of the keyboard: a program that was busy gets many keys at once."""
    return event.timestamp() / 1000 if event.timestamp() else monotonic()


def sign_of_alt_code(digits: str) -> str:
    """The sign of a code that was typed on the keypad while Alt was down; "" for none."""
    number = int(digits) % 256 if digits else 0
    encoding = "cp1252" if digits.startswith("0") else "cp437"
    return bytes([number]).decode(encoding, "ignore") if number else ""


def is_held_down(event: QKeyEvent, focus: QWidget | None) -> bool:
    """Whether a key repeats that answers, posts or gives up: what it led to is not seen yet."""
    answers = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
    writes = isinstance(focus, QPlainTextEdit) and event.key() != Qt.Key.Key_Escape
    return answers and not writes and event.isAutoRepeat()
