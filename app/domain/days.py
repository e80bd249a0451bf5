"""The days that a typed text can mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import Enum
from itertools import chain
from typing import Final

from app.domain.conventions import Conventions, in_ascii

_WORDS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
_MONTHS: Final = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_NUMBERS: Final = re.compile(r"([0-9]{1,4}) ?([-/. ]) ?([0-9]{1,2})(?: ?\2 ?([0-9]{1,4}))?\.?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[ -]*([^\W\d_]+)\.?[ ,-]*([0-9]*)")
_MONTH_FIRST: Final = re.compile(
    r"([^\W\d_]+)\.?[ -]*([0-9]{1,2})(?:st|nd|rd|th|\.)?(?:[ ,-]+([0-9]+))?"
)


class Preset(Enum):
    """A time that is often asked for; its value is how people call it."""

    TODAY = "Today"
    WEEK = "Last 7 days"
    MONTH = "This month"
    LAST_YEAR = "Last year"

    def days(self, today: date) -> tuple[date, date]:
        """Its first and last day, both included."""
        match self:
            case Preset.TODAY:
                return today, today
            case Preset.WEEK:
                return today - timedelta(days=6), today
            case Preset.MONTH:
                return today.replace(day=1), today
            case Preset.LAST_YEAR:
                return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)


def day_readings(text: str, today: date, conventions: Conventions) -> tuple[date, ...]:
    """What a typed text can mean as a day: nothing, one day, or two.

    It may be written as here, as in ISO 8601, as the program shows days (`30 Nov 2026` or
    `Nov 30, 2026`), or as `yesterday`. Without a year it is the last such day up to `today`.
    """
    typed = " ".join(in_ascii(text).casefold().split())
    if typed in _WORDS:
        return (today + timedelta(_WORDS[typed]),)
    if re.fullmatch("[0-9]{8}", typed):
        return tuple(_valid(typed[:4], typed[4:6], typed[6:], today))
    found: Iterator[date]
    if match := _NUMBERS.fullmatch(typed):
        first, sign, second, third = match.groups()
        found = _of_numbers(first, sign, second, third, today, conventions)
    elif match := _DAY_FIRST.fullmatch(typed):
        day, month, year = match.groups()
        found = _of_month(day, month, year, today, conventions)
    elif match := _MONTH_FIRST.fullmatch(typed):
        month, day, year = match.groups()
        found = _of_month(day, month, year or "", today, conventions)
    else:
        return ()
    return tuple(dict.fromkeys(found))


def _of_numbers(
    first: str, sign: str, second: str, third: str | None, today: date, conventions: Conventions
) -> Iterator[date]:
    if len(first) > 2:
        # The year first is the same everywhere.
        yield from _valid(first, second, third, today) if third else ()
        return
    order, year = conventions.day_order, third or ""
    by_year = list(_valid(first, second, year, today)) if len(year) == 2 else []
    if order.startswith("y") and by_year:
        yield from by_year
        return
    local = "dm" if order.index("d") < order.index("m") else "md"
    ways = [
        list(_valid(year, parts["m"], parts["d"], today))
        for parts in (dict(zip(one, (first, second), strict=True)) for one in (local, local[::-1]))
    ]
    if ways[0] and sign in (conventions.day_separator, "-"):
        # As everybody writes it here.
        yield from ways[0]
    else:
        yield from chain(*ways, by_year)


def _of_month(
    day: str, month: str, year: str, today: date, conventions: Conventions
) -> Iterator[date]:
    number = _names(conventions).get(month)
    if number is not None:
        yield from _valid(year, str(number), day, today)


def _names(conventions: Conventions) -> Mapping[str, int]:
    return {
        name.casefold().strip(". "): at
        for months in (conventions.months, _MONTHS)
        for at, its in enumerate(months, 1)
        for name in its
    }


def _valid(year: str, month: str, day: str, today: date) -> Iterator[date]:
    """The day if there is one; a year of two digits is of this century."""
    if year:
        if len(year) not in (2, 4):
            return
        years = [int(year) + (2000 if len(year) == 2 else 0)]
    else:
        # Back to the last leap year, for the 29th of February.
        years = [today.year - back for back in range(9)]
    for one in years:
        try:
            found = date(one, int(month), int(day))
        except ValueError:
            continue
        if year or found <= today:
            yield found
            return
