"""What holds text grows with it, and shrinks to what it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core import appearance as appearance_module
from app.ui.core.appearance import TEXT_SIZES, Appearance
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.table import RowsTable
from app.ui.core.widgets import button
from app.ui.core.zoom import factor, px


@pytest.fixture
def look(qapp: QApplication, preferences: QSettings) -> Iterator[Appearance]:
    """The light look in the size of the system, and again at the end."""
    made = Appearance(qapp, preferences, "light")
    yield made
    made.choose_text_size(100)


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_sizes_grow_and_come_back(qtbot: QtBot, look: Appearance, percent: int):
    page = QWidget()
    qtbot.addWidget(page)
    fixed, least, high, free = (QWidget(page) for _ in range(4))
    fixed.setFixedWidth(px(117))
    least.setMinimumSize(px(33), px(51))
    high.setMaximumHeight(px(260))
    pressed = button("Save", lambda: None)
    pressed.setParent(page)
    page.show()
    before = [(one.minimumSize(), one.maximumSize()) for one in (fixed, least, high, free)]
    hint = pressed.sizeHint()
    look.choose_text_size(percent)
    assert fixed.width() == round(117 * percent / 100) == px(117)
    assert least.minimumSize() == QSize(px(33), px(51))
    assert high.maximumHeight() == px(260)
    assert (free.minimumSize(), free.maximumSize()) == before[3]
    assert pressed.sizeHint().height() == hint.height() - 20 + px(20)
    look.choose_text_size(100)
    assert [(one.minimumSize(), one.maximumSize()) for one in (fixed, least, high, free)] == before
    assert pressed.sizeHint() == hint


def test_a_window_keeps_the_size_that_fits_the_screen(qtbot: QtBot, look: Appearance):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setMinimumSize(480, 320)
    look.choose_text_size(200)
    assert window.minimumSize() == QSize(480, 320)


def test_rows_of_tables_that_are_there_grow(qtbot: QtBot, look: Appearance):
    model = RowsModel[str]([Column("Name", Cell), Column("Number", Cell, 80)], str)
    table = RowsTable(model, look, "Names", row_height=44)
    qtbot.addWidget(table)
    model.set_rows(["one", "two"])
    table.resize(600, 300)
    table.show()
    wide = table.columnWidth(1)
    look.choose_text_size(150)
    assert table.rowHeight(0) == 66
    assert table.columnWidth(1) > wide
    model.set_rows(["one", "two", "three"])
    assert table.rowHeight(2) == 66


def test_keys_step_through_the_sizes_and_stop_at_the_ends(look: Appearance):
    seen = []
    for by in (1, 1, 1, 1, 1, 1, -1):
        look.step_text_size(by)
        seen.append(look.text_size)
    assert seen == [110, 125, 150, 175, 200, 200, 175]
    assert factor() == 1.75
    assert QApplication.font().pixelSize() == round(14 * 1.75)


def test_a_chosen_size_is_remembered(qapp: QApplication, look: Appearance, preferences: QSettings):
    look.choose_text_size(125)
    assert Appearance(qapp, preferences, "light").text_size == 125
    for wrong in ("", "huge", "1000", "-5", "124"):
        preferences.setValue("text_size", wrong)
        assert Appearance(qapp, preferences, "light").text_size == 100


@pytest.mark.parametrize(
    ("family", "pixels", "shown", "size"),
    [
        ("Sans Serif", 12, "Inter", 14),
        ("", 12, "Inter", 14),
        ("Noto Sans", 13, "Noto Sans", 14),
        ("Noto Sans", 21, "Noto Sans", 21),
        ("Sans Serif", 28, "Inter", 28),
    ],
)
def test_the_font_and_size_of_the_system_are_followed(
    qapp: QApplication,
    preferences: QSettings,
    monkeypatch: pytest.MonkeyPatch,
    look: Appearance,
    family: str,
    pixels: int,
    shown: str,
    size: int,
):
    class Desktop(QFontDatabase):
        """A desktop with a font of its own."""

        @staticmethod
        def systemFont(kind: QFontDatabase.SystemFont) -> QFont:
            font = QFont(family)
            font.setPixelSize(pixels)
            return font

    monkeypatch.setattr(appearance_module, "QFontDatabase", Desktop)
    Appearance(qapp, preferences, "light")
    label = QLabel("text")
    label.ensurePolished()
    assert (label.font().family(), label.font().pixelSize()) == (shown, size)
    label.deleteLater()
    monkeypatch.undo()
    Appearance(qapp, preferences, "light")
    assert factor() == 1
