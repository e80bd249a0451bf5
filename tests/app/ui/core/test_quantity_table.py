"""Digits and signs on a table of lines: what is one unit, and what a number begins with."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core import sign_keys
from app.ui.core.appearance import Appearance
from app.ui.core.line_editor import LineEditor
from app.ui.core.quantity_table import QuantityTable
from app.ui.core.rows import Cell, Column, RowsModel
from app.ui.core.widgets import column
from tests.helpers.waiting import collect


@dataclass(frozen=True)
class Line:
    """So many of something."""

    name: str
    count: int


class Page(QWidget):
    """Lines of a paper, whose steps are stored when `arrive` is called, and which end at 0."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        model = RowsModel[Line]([Column[Line]("", lambda one: Cell(one.name))], lambda x: x.name)
        self.table = QuantityTable(model, appearance, "Lines")
        self.editor = LineEditor[Line](
            {"count": "Count"},
            lambda one: one.name,
            lambda one: (str(one.count),),
            lambda one, texts: self._put(one, int(texts[0])),
            ("count",),
        )
        self.editor.edit_for(self.table)
        self.table.begun.connect(lambda text, before: self.editor.start(text, before=before))
        self.table.stepped.connect(self._step)
        self.setLayout(column(self.table, *self.editor.fields.values()))
        self.stepped = collect(self.table.stepped)
        self.lost = collect(self.table.lost)
        self.lines = {"a": 20, "b": 1}
        self.arrive()

    @property
    def field(self) -> QLineEdit:
        return self.editor.edits["count"]

    def arrive(self) -> None:
        """What was written shows."""
        self.table.show_rows([Line(name, count) for name, count in self.lines.items() if count])
        self.editor.show(self.table.current())

    def _put(self, one: Line, count: int) -> bool:
        self.lines[one.name] = count
        return True

    def _step(self, by: int) -> None:
        one = self.table.current()
        assert one is not None
        self.lines[one.name] = max(self.lines[one.name] + by, 0)


@pytest.fixture
def page(qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The keyboard is on the first line, and the computer may be slow."""
    monkeypatch.setattr(sign_keys, "LATELY_MS", 600_000)
    page = Page(appearance)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.table.setFocus()
    page.table.select(0)
    return page


def press(text: str) -> None:
    """Keys that come in one go, as when the scanner filter held them."""
    for char in text:
        widget: QWidget | None = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClicks(widget, char)


def enter(page: Page) -> None:
    QTest.keyClick(page.field, Qt.Key.Key_Return)


@pytest.mark.parametrize(("typed", "count"), [("-5", 15), ("+12", 32), ("=3", 23), ("7", 7)])
def test_a_sign_and_digits_in_one_go_are_a_number(page: Page, typed: str, count: int) -> None:
    press(typed)
    assert page.stepped == []
    enter(page)
    assert page.lines["a"] == count


@pytest.mark.parametrize("shown", [False, True], ids=["before its step shows", "after it"])
def test_a_digit_behind_a_sign_that_has_acted_makes_it_that_number(
    qtbot: QtBot, page: Page, shown: bool
) -> None:
    press("-")
    qtbot.waitUntil(lambda: page.stepped == [-1])
    assert page.lines["a"] == 19
    if shown:
        page.arrive()
    press("12")
    enter(page)
    assert page.lines["a"] == 8
    page.arrive()
    # As often as it is saved, it is that.
    enter(page)
    assert page.lines["a"] == 8


def test_a_digit_much_later_begins_a_number_of_its_own(qtbot: QtBot, page: Page) -> None:
    press("-")
    qtbot.waitUntil(lambda: page.stepped == [-1])
    page.table._signs._lately.timeout.emit()
    press("5")
    assert page.field.text() == "5"


def test_behind_a_sign_for_what_is_typed_a_digit_begins_anew(qtbot: QtBot, page: Page) -> None:
    press("5")
    page.table.setFocus()
    press("+")
    qtbot.waitUntil(lambda: page.stepped == [1])
    press("9")
    assert page.field.text() == "9"


def test_signs_alone_are_one_unit_each(qtbot: QtBot, page: Page) -> None:
    press("+++-=")
    qtbot.waitUntil(lambda: page.stepped == [1, 1, 1, -1, 1])
    assert page.table.hasFocus()


def test_a_sign_acts_before_any_other_key(page: Page) -> None:
    press("-")
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.stepped == [-1]
    assert page.lines == {"a": 19, "b": 1}
    press("5")
    enter(page)
    assert page.lines == {"a": 19, "b": 5}


def test_what_is_typed_where_no_line_is_chosen_is_said(qtbot: QtBot, page: Page) -> None:
    page.table.clearSelection()
    page.table.setCurrentIndex(QModelIndex())
    press("2")
    press("+")
    qtbot.waitUntil(lambda: len(page.lost) == 2)
    assert [one.text for one in page.lost] == [
        "2 was not taken: choose a line first.",
        "+ was not taken: choose a line first.",
    ]
    assert page.lines == {"a": 20, "b": 1}


def test_a_digit_with_alt_is_no_quantity(page: Page) -> None:
    QTest.keyClick(page.table, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    assert page.table.hasFocus()
    assert not page.editor.typing


def test_a_sign_acts_before_the_keyboard_goes_elsewhere(page: Page) -> None:
    press("+")
    page.field.setFocus()
    assert page.stepped == [1]
    page.table.setFocus()
    press("4")
    assert page.field.text() == "4"


def test_no_other_line_gets_the_number_of_one_that_is_gone(qtbot: QtBot, page: Page) -> None:
    page.table.select(1)
    press("-")
    qtbot.waitUntil(lambda: page.stepped == [-1])
    page.arrive()
    page.table.choose("a")
    press("52")
    assert [one.text[:19] for one in page.lost] == ["-5 was not taken: t", "-2 was not taken: t"]
    assert not page.editor.typing
    assert page.lines == {"a": 20, "b": 0}


def test_fewer_than_there_are_is_refused_in_its_field(page: Page) -> None:
    press("-21")
    enter(page)
    assert page.editor.fields["count"].error == (
        "“-21” is more than the 20 that are there: type how many."
    )
    assert page.field.selectedText() == "-21"
    assert page.lines["a"] == 20
