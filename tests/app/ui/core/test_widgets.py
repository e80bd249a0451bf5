"""The small building blocks: segments by keyboard, labels that say what is wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.widgets import Elided, Segments, Text, button, column
from tests.helpers.hands import focus


def test_tab_comes_to_the_pressed_segment_and_arrows_press_another(qtbot: QtBot) -> None:
    chosen: list[str] = []
    before, after = QLineEdit(), QLineEdit()
    segments = Segments([("a", "One"), ("b", "Two"), ("c", "Three")], chosen.append, "Which")
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
    assert (segments.chosen, chosen) == ("c", ["c"])
    assert press(Qt.Key.Key_Left) is segments.button("b")
    assert press(Qt.Key.Key_Left) is segments.button("a")
    assert (segments.chosen, chosen) == ("a", ["c", "b", "a"])
    assert press(Qt.Key.Key_Tab) is after
    assert press(Qt.Key.Key_Backtab) is segments.button("a")
    assert isinstance(segments.button("a"), QPushButton)


@pytest.mark.parametrize("kind", [Text, Elided])
def test_a_problem_has_the_colour_of_errors_until_something_else_is_said(
    kind: type[Text], appearance: Appearance, qtbot: QtBot
) -> None:
    label = kind("", "muted")
    qtbot.addWidget(label)
    label.resize(600, 40)
    label.show()

    def shown() -> tuple[str, str]:
        return label.text(), label.palette().windowText().color().name()

    calm, red = appearance.tokens.muted, appearance.tokens.danger
    for message, otherwise, expected in (
        (Message("It is saved."), "", ("It is saved.", calm)),
        (problem("It is not saved."), "", ("It is not saved.", red)),
        (NO_MESSAGE, "3 lines", ("3 lines", calm)),
        (NO_MESSAGE, "", ("", calm)),
    ):
        label.say(message, otherwise)
        assert shown() == expected


@pytest.mark.parametrize(("look", "presses"), [("", 1), ("primary", 1), ("step", 2)])
def test_a_double_click_is_one_press_but_where_it_steps(
    qtbot: QtBot, look: str, presses: int
) -> None:
    done: list[int] = []
    one = button("Let them wait", lambda: done.append(1), look)
    qtbot.addWidget(one)
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    left, at = Qt.MouseButton.LeftButton, QPointF(one.rect().center())
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        held = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(one, QMouseEvent(kind, at, one.mapToGlobal(at), left, left, held))
    assert len(done) == presses
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    assert len(done) == presses + 1
