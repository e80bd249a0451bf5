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
from app.ui.core.widgets import column, scrolling

UI = Path(__file__).parents[4] / "app" / "ui"


def roll(over: QWidget) -> None:
    """Turn the wheel one notch towards oneself."""
    at = over.rect().center()
    event = QWheelEvent(
        QPointF(at),
        QPointF(over.mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(over, event)


@pytest.mark.parametrize("focused", [True, False])
def test_the_wheel_scrolls_the_page(qtbot: QtBot, focused: bool) -> None:
    choice, box, below = Choice(), NumberBox(), QWidget()
    choice.addItems(["Damaged", "Lost", "Sample"])
    box.setValue(3)
    below.setMinimumHeight(2_000)
    page = QWidget()
    page.setLayout(column(choice, box, below))
    area = scrolling(page)
    qtbot.addWidget(area)
    with qtbot.waitActive(area):
        area.show()
        area.activateWindow()
    for one in (choice, box):
        if focused:
            one.setFocus()
        before = area.verticalScrollBar().value()
        roll(one)
        assert (choice.currentText(), box.value()) == ("Damaged", 3)
        assert area.verticalScrollBar().value() > before
        assert one.hasFocus() is focused
        assert one.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_no_other_boxes_are_used() -> None:
    for kind in (QComboBox, QSpinBox):
        made = re.compile(rf"\b{kind.__name__}\(\)|\({kind.__name__}\):")
        files = {one.name for one in UI.rglob("*.py") if made.search(one.read_text("utf-8"))}
        assert files == {"choice.py"}
