"""What a key means where no field has the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from app.ui.core.sign_keys import letter_of

HELD = Qt.KeyboardModifier
NOTHING = HELD.NoModifier


def pressed(text: str, held: Qt.KeyboardModifier = NOTHING, repeats: bool = False) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, held, text, repeats)


def test_a_letter_is_one_in_both_cases():
    assert letter_of(pressed("c")) == "C"
    assert letter_of(pressed("C", HELD.ShiftModifier)) == "C"


@pytest.mark.parametrize("held", [HELD.AltModifier, HELD.ControlModifier, HELD.MetaModifier])
def test_a_letter_with_another_key_is_the_key_of_something_else(held: Qt.KeyboardModifier):
    """Alt+C at a list of sales that are short cancelled an order."""
    assert letter_of(pressed("c", held)) == ""


def test_a_letter_that_is_held_down_acts_once():
    """C at that list was the answer for the next case, too, and for the one behind it."""
    assert letter_of(pressed("c", repeats=True)) == ""
