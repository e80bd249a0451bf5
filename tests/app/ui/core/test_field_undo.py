"""Whose Ctrl+Z it is: the field's while there is typing to take back, the window's otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.field_undo import FieldUndo
from app.ui.core.hits_line import HitsLine
from app.ui.core.widgets import column

CONTROL = Qt.KeyboardModifier.ControlModifier


def _editable() -> QComboBox:
    box = QComboBox()
    box.setEditable(True)
    return box


def _text(field: QWidget) -> str:
    if isinstance(field, QComboBox):
        return field.currentText()
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


@pytest.mark.parametrize("make", [QLineEdit, HitsLine, QPlainTextEdit, _editable])
def test_what_is_typed_is_taken_back_in_the_field_and_then_it_is_the_windows(
    qapp: QApplication, qtbot: QtBot, make: Callable[[], QWidget]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field, other = make(), QLineEdit()
    window.setLayout(column(field, other))
    pressed: list[str] = []
    shortcut = QShortcut(QKeySequence("Ctrl+Z"), window)
    shortcut.activated.connect(lambda: pressed.append(_text(field)))
    FieldUndo(qapp, window)
    window.show()
    window.activateWindow()
    for one in (other, field):
        one.setFocus()
        qtbot.waitUntil(one.hasFocus)

    def here() -> QWidget:
        focus: QWidget | None = QApplication.focusWidget()
        assert focus is not None
        return focus

    def press() -> None:
        QTest.keyClick(here(), Qt.Key.Key_Z, CONTROL)

    press()
    assert pressed == [""], "nothing was typed"
    QTest.keyClicks(here(), "12")
    press()
    assert (_text(field), pressed) == ("", [""])
    press()
    assert pressed == ["", ""]
    # Where the program has emptied or filled it, there is nothing of a person's to take back.
    if isinstance(field, QLineEdit):
        QTest.keyClicks(field, "12")
        field.setText("")
        press()
        field.setText("7")
        press()
        assert (field.text(), pressed[2:]) == ("7", ["", "7"])
