"""A key, what it does, and the words for that."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.bindings import Binding, Keys, bindings_below, shown_key

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PAD = Qt.KeyboardModifier.KeypadModifier


def pressed(key: Qt.Key, text: str = "", modifier: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifier, text)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("Ctrl+Return", "Ctrl+Enter"),
        ("Ctrl++", "Ctrl++"),
        ("Ctrl+-", "Ctrl+\N{MINUS SIGN}"),
        ("+", "+"),
        ("Shift+F4", "Shift+F4"),
        ("Ctrl+PgDown", "Ctrl+Page down"),
        ("Left", "\N{LEFTWARDS ARROW}"),
        ("A", "A"),
    ],
)
def test_a_key_reads_as_it_stands_on_a_keyboard(key: str, shown: str):
    assert shown_key(key) == shown


@pytest.mark.parametrize(
    ("event", "acts"),
    [
        (pressed(Qt.Key.Key_A, "a"), ["a"]),
        (pressed(Qt.Key.Key_A, "A", SHIFT), ["a"]),
        (pressed(Qt.Key.Key_A, "\x01", Qt.KeyboardModifier.ControlModifier), []),
        (pressed(Qt.Key.Key_A, "a", Qt.KeyboardModifier.AltModifier), []),
        (pressed(Qt.Key.Key_7, "/", SHIFT), ["/"]),
        (pressed(Qt.Key.Key_Minus, "-", PAD), ["-"]),
        (pressed(Qt.Key.Key_unknown, "\N{MINUS SIGN}"), ["-"]),
        (pressed(Qt.Key.Key_PageDown), ["page"]),
        (pressed(Qt.Key.Key_PageDown, "", SHIFT), []),
        (pressed(Qt.Key.Key_Delete, "\x7f", PAD), ["del"]),
        (pressed(Qt.Key.Key_Q, "q"), []),
        (pressed(Qt.Key.Key_unknown), []),
    ],
)
def test_a_pressed_key_does_what_it_is_for(event: QKeyEvent, acts: list[str]):
    done: list[str] = []
    keys = Keys()
    keys.press(
        Binding("A", "Adjust", lambda: done.append("a")),
        Binding("/", "Filter", lambda: done.append("/")),
        Binding("-", "Fewer", lambda: done.append("-"), also=("\N{MINUS SIGN}",)),
        Binding("PgDown", "Next", lambda: done.append("page")),
        Binding("Del", "Remove", lambda: done.append("del")),
    )
    assert keys.act(event) is bool(acts)
    assert done == acts


def test_a_letter_that_is_held_acts_once_and_a_sign_as_often_as_it_comes():
    done: list[str] = []
    keys = Keys()
    keys.press(
        Binding("A", "Adjust", lambda: done.append("a")),
        Binding("+", "More", lambda: done.append("+")),
        Binding("Down", "Next", lambda: done.append("down")),
        Binding("Del", "Remove", lambda: done.append("del")),
    )
    for key, text in (
        (Qt.Key.Key_A, "a"),
        (Qt.Key.Key_Plus, "+"),
        (Qt.Key.Key_Down, ""),
        (Qt.Key.Key_Delete, "\x7f"),
    ):
        held = QKeyEvent(QEvent.Type.KeyPress, key, NONE, text, True)
        assert keys.act(pressed(key, text))
        assert keys.act(held) is (text != "a")
    assert done == ["a", "+", "+", "down", "down", "del"]


def test_a_shortcut_that_is_held_acts_once(qtbot: QtBot):
    done: list[str] = []
    page = QWidget()
    qtbot.addWidget(page)
    Keys().bind(page, Binding("Ctrl+Z", "Undo", lambda: done.append("undo")), everywhere=True)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    for text, held in (("", False), ("", True), ("", True)):
        QTest.simulateEvent(page, True, Qt.Key.Key_Z, control, text, held)
    assert done == ["undo"]


def test_a_key_that_may_not_act_now_is_neither_taken_nor_listed():
    allowed = False
    keys = Keys()
    keys.press(Binding("N", "New", lambda: None, when=lambda: allowed))
    assert not keys.act(pressed(Qt.Key.Key_N, "n"))
    assert list(keys) == []
    allowed = True
    assert keys.act(pressed(Qt.Key.Key_N, "n"))
    assert [one.words for one in keys] == ["New"]


def test_the_keys_of_parts_are_listed_where_these_are_shown(qtbot: QtBot):
    class Part(QWidget):
        def __init__(self, parent: QWidget | None, *bindings: Binding) -> None:
            super().__init__(parent)
            self.keys = Keys()
            self.keys.bind(self, *bindings)

    page = Part(None, Binding("Ctrl+N", "New", lambda: None), Binding("Ctrl+P", "Page", print))
    qtbot.addWidget(page)
    part = Part(page, Binding("Ctrl+P", "Part", print), Binding("F4", "Customer", print, ("F5",)))
    hidden = Part(page, Binding("F9", "Hidden", print))
    hidden.hide()
    assert [one.words for one in bindings_below(page)] == ["New", "Page", "Customer"]
    assert len(part.findChildren(QShortcut)) == 3
