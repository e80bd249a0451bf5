"""Fields for days: typed in any way, or picked in a calendar; two of them for a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton

from app.domain.days import Preset
from app.domain.errors import InvalidInputError
from app.domain.shop_days import year_before
from app.ui.core.appearance import Appearance
from app.ui.core.bindings import Binding, Keys
from app.ui.core.calendar import Calendar
from app.ui.core.filters import Days
from app.ui.core.formats import shown_day
from app.ui.core.icons import icon
from app.ui.core.theme import Tokens
from app.ui.core.zoom import px

_WIDTH = 148
_EXAMPLE = date(2026, 11, 30)
_YEAR_BEFORE = "The same a year before"


class DayEdit(QLineEdit):
    """A field for a day as `Days` reads it; a calendar opens by its sign, or Alt+Down.

    What is picked there is told as what is typed is: by `editingFinished`. `latest` is whether no
    day after today can be picked.
    """

    def __init__(self, days: Days, appearance: Appearance, latest: bool = False) -> None:
        super().__init__()
        self.days = days
        self.span: DaySpan | None = None
        self._latest = latest
        self._appearance = appearance
        self.setPlaceholderText(shown_day(_EXAMPLE))
        self.setFixedWidth(px(_WIDTH))
        self._sign = QAction(self)
        self._sign.setToolTip("Choose a day in the calendar (Alt+Down)")
        self._sign.triggered.connect(self.open)
        self.addAction(self._sign, QLineEdit.ActionPosition.TrailingPosition)
        for part in self.findChildren(QToolButton):
            part.setAccessibleName("Choose a day")
        self.keys = Keys()
        self.keys.press(Binding("Alt+Down", "Choose a day in the calendar", self.open))
        self.editingFinished.connect(self._tidy)
        self._tint(appearance.tokens)
        appearance.changed.connect(self._tint)

    @property
    def day(self) -> date | None:
        """The day that stands there; None for none."""
        try:
            return self.days.read("", self.text())
        except InvalidInputError:
            return None

    def open(self) -> Calendar:
        """Open the calendar below the field."""
        calendar = Calendar(self.day, self.days.today(), self._latest, self._appearance, self)
        calendar.picked.connect(self.pick)
        if self.span is not None:
            for preset in Preset:
                calendar.offer(preset.value, partial(self.span.choose, preset))
            if self.span.is_known:
                calendar.offer(_YEAR_BEFORE, self.span.show_year_before)
        else:
            calendar.offer("Today", lambda: self.pick(self.days.today()))
        calendar.open_below(self)
        return calendar

    def pick(self, day: date) -> None:
        """Put a day into the field, and tell it."""
        self.setText(shown_day(day))
        self.editingFinished.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open()
        else:
            super().keyPressEvent(event)

    def _tidy(self) -> None:
        day, tidy = self.day, self.days.tidy(self.text())
        # What is refused stays as it was typed.
        is_late = self._latest and day is not None and day > self.days.today()
        if tidy != self.text() and not is_late:
            self.setText(tidy)

    def _tint(self, tokens: Tokens) -> None:
        self._sign.setIcon(icon("event_available", tokens.muted))


class DaySpan:
    """The fields for the first and the last day of a time, which presets fill both."""

    def __init__(self, days: Days, appearance: Appearance) -> None:
        self._days = days
        self.since, self.until = DayEdit(days, appearance), DayEdit(days, appearance)
        self.since.span = self.until.span = self
        self._preset: Preset | None = None

    @property
    def is_known(self) -> bool:
        """Whether a day stands in one of the fields."""
        return self.since.day is not None or self.until.day is not None

    def choose(self, preset: Preset) -> None:
        """Fill in the days of a preset."""
        self._preset = preset
        self._show(*preset.days(self._days.today()))

    def show_year_before(self) -> None:
        """Fill in the same days of the year before."""
        since, until = self.since.day, self.until.day
        self._show(since and year_before(since), until and year_before(until))

    @property
    def kept(self) -> dict[str, str]:
        """What a saved filter keeps: a preset goes on with the calendar, other days stay."""
        preset, shown = self._preset, (self.since.day, self.until.day)
        if preset is not None and preset.days(self._days.today()) == shown:
            return {"preset": preset.name}
        named = (("since", shown[0]), ("until", shown[1]))
        return {name: day.isoformat() for name, day in named if day is not None}

    def restore(self, kept: Mapping[str, str]) -> None:
        """Fill in what `kept` said, without a word to anybody."""
        self._preset = Preset.__members__.get(kept.get("preset", ""))
        texts = [self._days.tidy(kept.get(name, "")) for name in ("since", "until")]
        if self._preset is not None:
            texts = [shown_day(day) for day in self._preset.days(self._days.today())]
        for edit, text in zip((self.since, self.until), texts, strict=True):
            edit.setText(text)

    def _show(self, since: date | None, until: date | None) -> None:
        for edit, day in ((self.since, since), (self.until, until)):
            edit.setText("" if day is None else shown_day(day))
        self.until.editingFinished.emit()
