"""A field gets back what stood in it: the text, the selection, and whether a person typed it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from app.ui.core.field_text import field_of, text_of


@pytest.mark.parametrize(("start", "length"), [(0, 6), (2, 3), (5, -3), (4, 0)])
@pytest.mark.parametrize("modified", [True, False])
def test_a_line(qtbot: QtBot, start: int, length: int, modified: bool):
    line = QLineEdit("before")
    qtbot.addWidget(line)
    line.setModified(modified)
    if length:
        line.setSelection(start, length)
    else:
        line.setCursorPosition(start)
    before = text_of(line)
    assert before is not None
    QTest.keyClicks(line, "0012345")
    before.restore()
    assert text_of(line) == before
    assert (line.text(), line.isModified()) == ("before", modified)
    assert line.cursorPosition() == start + length
    assert line.selectedText() == "before"[min(start, start + length) : max(start, start + length)]


def test_a_note_with_a_selection(qtbot: QtBot):
    note = QPlainTextEdit("first\nsecond")
    qtbot.addWidget(note)
    note.selectAll()
    before = text_of(note)
    assert before is not None
    QTest.keyClicks(note, "AB-1")
    before.restore()
    assert text_of(note) == before
    assert note.textCursor().selectedText() == "first\u2029second"


def test_a_number_with_its_arrows(qtbot: QtBot):
    spin = QSpinBox()
    qtbot.addWidget(spin)
    spin.setRange(1, 99)
    spin.setValue(7)
    spin.lineEdit().selectAll()
    before = text_of(spin)
    assert before is not None
    QTest.keyClicks(spin, "42")
    assert spin.value() == 42
    before.restore()
    assert (spin.value(), spin.text(), spin.lineEdit().selectedText()) == (7, "7", "7")


def test_a_list_that_is_typed_into(qtbot: QtBot):
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.addItems(["Damaged", "Lost"])
    assert field_of(combo) is None
    combo.setEditable(True)
    before = text_of(combo)
    assert before is not None
    QTest.keyClicks(combo, "AB-1")
    before.restore()
    assert (combo.currentText(), combo.currentIndex()) == ("Damaged", 0)


def test_where_nothing_is_typed_there_is_no_field(qtbot: QtBot):
    line, button = QLineEdit("read"), QPushButton("Press")
    for one in (line, button):
        qtbot.addWidget(one)
    line.setReadOnly(True)
    assert field_of(line) is None
    assert text_of(button) is None
    assert line.focusPolicy() & Qt.FocusPolicy.TabFocus
