"""A month to pick a day from, with days that are often asked for beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCalendarWidget,
    QDialog,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app.ui.core.appearance import Appearance
from app.ui.core.here import place
from app.ui.core.widgets import button, column, row, tinted
from app.ui.core.zoom import px

_NAMES = {
    "qt_calendar_prevmonth": "The month before",
    "qt_calendar_nextmonth": "The next month",
    "qt_calendar_monthbutton": "Month",
    "qt_calendar_yearbutton": "Year",
}
_WIDTH, _HEIGHT = 308, 236
_WEEKEND = (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)


class Calendar(QDialog):
    """Opens over a field and closes by itself; `picked` carries a day.

    The arrows walk, Page up and Page down turn the month, Enter picks, Esc picks nothing.
    """

    picked = Signal(object)

    def __init__(
        self,
        day: date | None,
        today: date,
        latest: bool,
        appearance: Appearance,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("calendar")
        self.setWindowTitle("Choose a day")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.month = QCalendarWidget()
        self.month.setAccessibleName("Days")
        self.month.setMinimumSize(px(_WIDTH), px(_HEIGHT))
        self.month.setLocale(place())
        self.month.setFirstDayOfWeek(place().firstDayOfWeek())
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        # What is typed is for the field, in any way of writing a day.
        self.month.setDateEditEnabled(False)
        for weekday in _WEEKEND:
            # No red: that is for what is wrong.
            self.month.setWeekdayTextFormat(weekday, QTextCharFormat())
        if latest:
            self.month.setMaximumDate(_date(today))
        self.month.setSelectedDate(_date(day or today))
        self.month.clicked.connect(self._pick)
        self.month.activated.connect(self._pick)
        self._name_parts(appearance)
        self._presets = column(None, spacing=2)
        layout = row(self.month, spacing=6)
        layout.addLayout(self._presets)
        layout.setContentsMargins(8, 8, 8, 8)
        self.setLayout(layout)

    @property
    def days(self) -> QAbstractItemView:
        """The days of the month that is shown."""
        found = self.month.findChild(QAbstractItemView, "qt_calendar_calendarview")
        assert isinstance(found, QAbstractItemView)
        return found

    def offer(self, words: str, act: Callable[[], object]) -> None:
        """Put a choice beside the month."""

        def choose() -> None:
            self.close()
            act()

        one = button(words, choose, "quiet")
        one.setAutoDefault(False)
        self._presets.insertWidget(self._presets.count() - 1, one)

    def open_below(self, field: QWidget) -> None:
        """Show it below a field, within the screen that the field is on."""
        self.adjustSize()
        self._place(field)
        self.show()
        # With its border it is a little larger.
        self._place(field)
        self.days.setFocus()

    def _place(self, field: QWidget) -> None:
        corner = field.mapToGlobal(QPoint(0, field.height() + 2))
        screen = field.screen().availableGeometry()
        x = max(min(corner.x(), screen.right() + 1 - self.width()), screen.left())
        y = max(min(corner.y(), screen.bottom() + 1 - self.height()), screen.top())
        self.move(x, y)

    def _pick(self, day: QDate) -> None:
        self.close()
        self.picked.emit(date(day.year(), day.month(), day.day()))

    def _name_parts(self, appearance: Appearance) -> None:
        for part in self.month.findChildren(QToolButton):
            part.setAccessibleName(_NAMES.get(part.objectName(), ""))
            part.setToolTip(part.accessibleName())
        for year in self.month.findChildren(QSpinBox):
            year.setAccessibleName("Year")
        self.days.setAccessibleName("Days of the month")
        arrows = (
            ("qt_calendar_prevmonth", "arrow_back"),
            ("qt_calendar_nextmonth", "arrow_forward"),
        )
        for name, sign in arrows:
            arrow = self.month.findChild(QToolButton, name)
            assert isinstance(arrow, QToolButton)
            tinted(arrow, sign, appearance)


def _date(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
