"""The wheel of the mouse scrolls past what one chooses in, and chooses nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.choice import Choice, NumberBox
from app.ui.core.widgets import column

UI = Path(__file__).parents[4] / "app" / "ui"


def roll(over: QWidget) -> bool:
    """Turn the wheel one notch; whether the widget has used it, and not what it stands on."""
    at = QPointF(over.rect().center())
    event = QWheelEvent(
        *(at, at, QPoint(), QPoint(0, -120)),
        *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier),
        *(Qt.ScrollPhase.NoScrollPhase, False),
    )
    QApplication.sendEvent(over, event)
    return event.isAccepted()


@pytest.mark.parametrize("focused", [True, False])
def test_the_wheel_is_for_the_page(qtbot: QtBot, focused: bool) -> None:
    choice, box, usual = Choice(), NumberBox(), QComboBox()
    for one in (choice, usual):
        one.addItems(["Damaged", "Lost", "Sample"])
    box.setValue(3)
    page = QWidget()
    page.setLayout(column(choice, box, usual))
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    for widget in (choice, box):
        if focused:
            widget.setFocus()
        assert not roll(widget)
        assert (choice.currentText(), box.value()) == ("Damaged", 3)
        assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert roll(usual) and usual.currentText() == "Lost"


def test_no_other_boxes_are_used() -> None:
    for kind in (QComboBox, QSpinBox):
        made = re.compile(rf"\b{kind.__name__}\(\)|class \w+\({kind.__name__}\):")
        files = {one.name for one in UI.rglob("*.py") if made.search(one.read_text("utf-8"))}
        assert files == {"choice.py"}
