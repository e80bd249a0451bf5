"""The small building blocks that have keys of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.widgets import Segments, column
from tests.helpers.hands import focus


def test_tab_comes_to_the_pressed_segment_and_arrows_press_another(qtbot: QtBot) -> None:
    said: list[str] = []
    before, after = QLineEdit(), QLineEdit()
    segments = Segments([("a", "One"), ("b", "Two"), ("c", "Three")], said.append, "Which")
    page = QWidget()
    page.setLayout(column(before, segments, after))
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    segments.choose("b")
    before.setFocus()
    qtbot.waitUntil(before.hasFocus)

    def press(key: Qt.Key) -> QWidget:
        QTest.keyClick(focus(), key)
        return focus()

    assert press(Qt.Key.Key_Tab) is segments.button("b")
    assert press(Qt.Key.Key_Right) is segments.button("c")
    assert press(Qt.Key.Key_Right) is segments.button("c")
    assert (segments.chosen, said) == ("c", ["c"])
    assert press(Qt.Key.Key_Left) is segments.button("b")
    assert press(Qt.Key.Key_Left) is segments.button("a")
    assert (segments.chosen, said) == ("a", ["c", "b", "a"])
    assert press(Qt.Key.Key_Tab) is after
    assert press(Qt.Key.Key_Backtab) is segments.button("a")
    assert isinstance(segments.button("a"), QPushButton)
