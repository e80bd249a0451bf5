"""Texts in the order in which people of the computer's locale look for them."""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QCollator, QCollatorSortKey, QLocale, Qt

from app.ui.core import here


def text_key(text: str) -> QCollatorSortKey:
    """The sort key of a text: `de Vries` beside `De Vries`, `Ö` where the locale has it, A2, A10.

    Two of them can be compared with `<`, never with `==`: in a tuple one is the last.
    """
    place = here.place()
    return _collator(place).sortKey(_grouped(place.groupSeparator()).sub("", text))


@lru_cache(maxsize=2)
def _grouped(separator: str) -> re.Pattern[str]:
    """Finds what stands between the thousands of a number."""
    return re.compile(rf"(?<=\d){re.escape(separator)}(?=\d{{3}}(?!\d))")


@lru_cache(maxsize=2)
def _collator(place: QLocale) -> QCollator:
    collator = QCollator(place)
    collator.setNumericMode(True)
    collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return collator
