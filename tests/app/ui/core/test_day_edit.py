"""Days are typed as people write them, or picked in a calendar."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.core.appearance import Appearance
from app.ui.core.calendar import Calendar
from app.ui.core.day_edit import DayEdit, DaySpan
from app.ui.core.filters import Days
from tests.helpers.hands import named

TODAY = date(2026, 11, 30)
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def span(qtbot: QtBot, appearance: Appearance) -> DaySpan:
    span = DaySpan(Days(lambda: TODAY), appearance)
    for edit in (span.since, span.until):
        qtbot.addWidget(edit)
        edit.show()
    return span


def calendar() -> Calendar:
    """The calendar that is open."""
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, Calendar)
    return shown


def opened(edit: DayEdit) -> Calendar:
    """Open it by keyboard."""
    QTest.keyClick(edit, Qt.Key.Key_Down, ALT)
    return calendar()


def texts(span: DaySpan) -> tuple[str, str]:
    return span.since.text(), span.until.text()


@pytest.mark.parametrize(
    "typed", ["yesterday", "11/29/2026", "29 nov", "2026-11-29", "Nov 29, 2026", "20261129"]
)
def test_what_is_typed_is_shown_as_lists_show_days(span: DaySpan, typed: str):
    told: list[str] = []
    span.since.editingFinished.connect(lambda: told.append(span.since.text()))
    QTest.keyClicks(span.since, typed)
    QTest.keyClick(span.since, Qt.Key.Key_Return)
    assert told == ["Nov 29, 2026"]


def test_what_is_no_day_stays_as_it_was_typed(span: DaySpan):
    QTest.keyClicks(span.since, "someday")
    QTest.keyClick(span.since, Qt.Key.Key_Return)
    assert (span.since.text(), span.since.day) == ("someday", None)


def test_the_keyboard_picks_a_day(span: DaySpan):
    told: list[str] = []
    span.since.editingFinished.connect(lambda: told.append(span.since.text()))
    span.since.setText("Nov 20, 2026")
    page = opened(span.since)
    QTest.keyClick(page.days, Qt.Key.Key_Right)
    QTest.keyClick(page.days, Qt.Key.Key_Down)
    QTest.keyClick(page.days, Qt.Key.Key_Return)
    assert told == ["Nov 28, 2026"]
    assert QApplication.activePopupWidget() is None
    # And picks nothing.
    QTest.keyClick(opened(span.since), Qt.Key.Key_Escape)
    assert (told, QApplication.activePopupWidget()) == (["Nov 28, 2026"], None)


def test_the_mouse_picks_a_day(span: DaySpan):
    (sign,) = span.since.findChildren(QToolButton)
    QTest.mouseClick(sign, Qt.MouseButton.LeftButton)
    page = calendar()
    days = page.days
    index = next(
        days.model().index(row, column)
        for row in range(1, 3)
        for column in range(7)
        if days.model().index(row, column).data() == 3
    )
    QTest.mouseClick(
        days.viewport(), Qt.MouseButton.LeftButton, pos=days.visualRect(index).center()
    )
    assert span.since.text() == "Nov 3, 2026"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("Today", ("Nov 30, 2026", "Nov 30, 2026")),
        ("Last 7 days", ("Nov 24, 2026", "Nov 30, 2026")),
        ("This month", ("Nov 1, 2026", "Nov 30, 2026")),
        ("Last year", ("Jan 1, 2025", "Dec 31, 2025")),
    ],
)
def test_a_preset_fills_both_days(span: DaySpan, words: str, days: tuple[str, str]):
    told: list[tuple[str, str]] = []
    span.until.editingFinished.connect(lambda: told.append(texts(span)))
    QTest.mouseClick(named(opened(span.since), words), Qt.MouseButton.LeftButton)
    assert (texts(span), told) == (days, [days])


def test_the_same_days_of_the_year_before(span: DaySpan):
    offered = [one.text() for one in opened(span.until).findChildren(QPushButton)]
    assert "The same a year before" not in offered
    calendar().close()
    span.since.setText("Feb 29, 2024")
    QTest.mouseClick(named(opened(span.until), "The same a year before"), Qt.MouseButton.LeftButton)
    assert texts(span) == ("Feb 28, 2023", "")


def test_a_kept_preset_goes_on_with_the_calendar_and_typed_days_stay(
    qtbot: QtBot, appearance: Appearance, span: DaySpan
):
    QTest.mouseClick(named(opened(span.since), "Today"), Qt.MouseButton.LeftButton)
    assert span.kept == {"preset": "TODAY"}
    later = DaySpan(Days(lambda: date(2026, 12, 24)), appearance)
    later.restore(span.kept)
    assert texts(later) == ("Dec 24, 2026", "Dec 24, 2026")
    span.since.setText("Nov 27, 2026")
    assert span.kept == {"since": "2026-11-27", "until": "2026-11-30"}
    later.restore(span.kept)
    assert texts(later) == ("Nov 27, 2026", "Nov 30, 2026")
    later.restore({"preset": "of another version"})
    assert texts(later) == ("", "")


def test_no_day_that_is_still_to_come_is_picked_where_that_says_nothing(
    qtbot: QtBot, appearance: Appearance
):
    edit = DayEdit(Days(lambda: TODAY), appearance, latest=True)
    qtbot.addWidget(edit)
    edit.show()
    page = opened(edit)
    QTest.keyClick(page.days, Qt.Key.Key_Down)
    QTest.keyClick(page.days, Qt.Key.Key_Return)
    assert edit.day == TODAY
    # What is typed all the same is refused by the screen, and stays as it is.
    edit.selectAll()
    QTest.keyClicks(edit, "tomorrow")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "tomorrow"


def test_whoever_does_not_see_the_calendar_can_use_it(span: DaySpan):
    page = opened(span.since)
    controls = [
        one
        for one in page.findChildren(QWidget)
        if one.isVisible()
        and one.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(one, QLineEdit)
    ]
    names = {
        QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name) for one in controls
    }
    assert "" not in names
    assert {"Days of the month", "Last 7 days"} <= names
    page.close()


def test_its_arrows_follow_the_look(span: DaySpan, appearance: Appearance):
    arrow = opened(span.since).month.findChild(QToolButton, "qt_calendar_nextmonth")
    assert isinstance(arrow, QToolButton)

    def darkest() -> int:
        image = arrow.icon().pixmap(20).toImage()
        spots = [image.pixelColor(x, y) for x in range(20) for y in range(20)]
        return min(one.lightness() for one in spots if one.alpha() > 200)

    light = darkest()
    appearance.choose("dark")
    assert light < 80 < 180 < darkest()
    calendar().close()


def test_it_opens_on_the_screen(span: DaySpan):
    room = span.since.screen().availableGeometry()
    span.since.move(room.bottomRight() - QPoint(20, 20))
    page = opened(span.since)
    assert room.contains(page.geometry())
    page.close()
