"""The parts of filters above a list: fields for days and boxes for choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import InvalidInputError
from app.ui.core.widgets import row

_DAY_WIDTH = 116


def read_day(field: str, text: str, edge: time) -> datetime | None:
    """Read a typed day as the UTC time of its first or last moment on this computer's clock.

    None where nothing is typed; raises InvalidInputError for `field`.
    """
    if not text.strip():
        return None
    try:
        # A day of the computer's own zone, whatever its offset was on that day.
        return datetime.combine(date.fromisoformat(text.strip()), edge).astimezone()
    except (ValueError, OverflowError):
        raise InvalidInputError(field, "Type a day such as 2026-11-21.") from None


def day_edit() -> QLineEdit:
    """A field for a day as `read_day` reads it."""
    edit = QLineEdit()
    edit.setPlaceholderText("2026-11-21")
    edit.setFixedWidth(_DAY_WIDTH)
    return edit


def choice_box() -> QComboBox:
    """A box to choose in, as wide as its place, whatever there is to choose."""
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def offer(box: QComboBox, every: str, choices: Sequence[tuple[str, object]]) -> None:
    """Offer choices after `every`, which stands for all of them; what is chosen stays chosen."""
    wanted = [(every, None), *choices]
    if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] == wanted:
        return
    chosen = box.currentData()
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
