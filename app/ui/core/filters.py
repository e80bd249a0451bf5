"""The parts of filters above a list: how days are read, and boxes for choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.domain.conventions import US, Conventions
from app.domain.days import day_readings
from app.domain.errors import InvalidInputError
from app.domain.shop_days import Zone, start_of
from app.ui.core.choice import Choice
from app.ui.core.formats import shown_day
from app.ui.core.widgets import row

_DAY = timedelta(days=1)
_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Reads typed days; `today` gives the day it is, and `zone` says where that is."""

    today: Callable[[], date]
    conventions: Conventions = US
    zone: Zone = None

    def read(self, field: str, text: str) -> date | None:
        """The day that is typed, None where nothing is; raises InvalidInputError for `field`."""
        if not text.strip():
            return None
        days = day_readings(text, self.today(), self.conventions)
        if not days:
            raise InvalidInputError(field, f"Type a day such as {shown_day(self.today())}.")
        if len(days) > 1:
            ways = " or ".join(map(shown_day, days))
            raise InvalidInputError(field, f"That can be two days: type {ways}.")
        try:
            # In every zone it begins and ends within the calendar.
            first_of(days[0] - _DAY, self.zone)
            last_of(days[0] + _DAY, self.zone)
        except (ValueError, OverflowError):
            raise InvalidInputError(field, "That day is too far away.") from None
        return days[0]

    def tidy(self, text: str) -> str:
        """A typed day as the program shows it; as it is typed where it is none, or two."""
        days = day_readings(text, self.today(), self.conventions)
        return shown_day(days[0]) if len(days) == 1 else text.strip()


def first_of(day: date | None, zone: Zone) -> datetime | None:
    """The first moment of a day where the zone is; None of no day."""
    return None if day is None else start_of(day, zone)


def last_of(day: date | None, zone: Zone) -> datetime | None:
    """The last moment of a day where the zone is, as exact as stored times are; None of no day."""
    return None if day is None else start_of(day + _DAY, zone) - _MOMENT


def choice_box() -> Choice:
    """A box to choose in, as wide as its place, whatever there is to choose."""
    box = Choice()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def offer(
    box: QComboBox, every: str, choices: Sequence[tuple[str, object]], chosen: object
) -> None:
    """Offer choices after `every`, which stands for all of them, with the chosen one on.

    One that is on in the box, and none of the choices any more, is offered still: the list is
    filtered by it.
    """
    wanted = [(every, None), *choices]
    if chosen not in [value for _, value in wanted]:
        wanted.append((box.currentText(), chosen))
    if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != wanted:
        box.clear()
        for label, value in wanted:
            box.addItem(label, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))


def filter_row(*fields: tuple[QWidget, int]) -> QHBoxLayout:
    """Fields side by side, each with its share of the width that is left."""
    layout = row(*(field for field, _ in fields))
    for field, share in fields:
        layout.setStretchFactor(field, share)
        layout.setAlignment(field, Qt.AlignmentFlag.AlignTop)
    return layout
