"""What the keys of a scanner are: signs, ends, separators, and signs typed by their number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.ui.core.scanner_keys import Kind, kind_of, name_of, sign_of_alt_code

NOTHING = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def pressed(key: Qt.Key, modifiers: Qt.KeyboardModifier = NOTHING, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize(
    ("event", "kind", "name"),
    [
        (pressed(Qt.Key.Key_A, text="a"), Kind.SIGN, "a"),
        (pressed(Qt.Key.Key_7, KEYPAD, "7"), Kind.SIGN, "7"),
        (pressed(Qt.Key.Key_Space, text=" "), Kind.SIGN, "Space"),
        (pressed(Qt.Key.Key_At, CONTROL | ALT, "@"), Kind.SIGN, "@"),
        (pressed(Qt.Key.Key_Return, text="\r"), Kind.END, "Return"),
        (pressed(Qt.Key.Key_Enter, KEYPAD, "\r"), Kind.END, "Enter"),
        (pressed(Qt.Key.Key_Tab, text="\t"), Kind.END, "Tab"),
        (pressed(Qt.Key.Key_J, CONTROL, "\n"), Kind.END, "Ctrl+J"),
        (pressed(Qt.Key.Key_M, CONTROL, "\r"), Kind.END, "Ctrl+M"),
        (pressed(Qt.Key.Key_Return, CONTROL, "\r"), Kind.OTHER, "Ctrl+Return"),
        (pressed(Qt.Key.Key_Down), Kind.DOWN, "Down"),
        (pressed(Qt.Key.Key_BracketRight, CONTROL, "\x1d"), Kind.SEPARATOR, "Ctrl+]"),
        (pressed(Qt.Key.Key_F8), Kind.OTHER, "F8"),
        (pressed(Qt.Key.Key_Z, CONTROL, "\x1a"), Kind.OTHER, "Ctrl+Z"),
        (pressed(Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier), Kind.SILENT, "Shift"),
        (pressed(Qt.Key.Key_6, ALT | KEYPAD), Kind.ALT_DIGIT, "Alt+6"),
        (pressed(Qt.Key.Key_6, ALT), Kind.OTHER, "Alt+6"),
    ],
)
def test_a_key_is_what_a_scanner_means_by_it(event: QKeyEvent, kind: Kind, name: str):
    assert (kind_of(event), name_of(event)) == (kind, name)


@pytest.mark.parametrize(
    ("digits", "sign"),
    [
        ("065", "A"),
        ("0065", "A"),
        ("45", "-"),
        ("0228", "ä"),
        ("132", "ä"),
        ("", ""),
        ("0", ""),
        ("0129", ""),
    ],
)
def test_the_number_of_a_sign_on_the_keypad(digits: str, sign: str):
    assert sign_of_alt_code(digits) == sign
