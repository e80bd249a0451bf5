"""How numbers and days are written on this computer, as Qt knows it."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from app.domain.conventions import US, Conventions, in_ascii

_MONTHS = range(1, 13)
_LONG = 1_000_000_000


def conventions_of(locale: QLocale) -> Conventions:
    """The conventions of a locale; of none those of the US, where the shops are."""
    if locale.language() is QLocale.Language.C:
        return US
    pattern = locale.dateFormat(QLocale.FormatType.ShortFormat)
    order = "".join(dict.fromkeys(sign for sign in pattern.lower() if sign in "dmy"))
    signs = [sign for sign in pattern if sign.isprintable() and not sign.isalpha()]
    return Conventions(
        in_ascii(locale.decimalPoint()) or US.decimal,
        in_ascii(locale.groupSeparator()),
        order if len(order) == 3 else US.day_order,
        signs[0] if signs else US.day_separator,
        tuple(_names(locale, month) for month in _MONTHS),
        _group_sizes(locale),
    )


def _group_sizes(locale: QLocale) -> tuple[int, int]:
    """Those of a number that is long enough to show them; Qt tells them in no other way."""
    groups = locale.toString(_LONG).split(locale.groupSeparator())
    return (len(groups[-1]), len(groups[-2])) if len(groups) > 2 else US.group_sizes


def _names(locale: QLocale, month: int) -> tuple[str, ...]:
    forms = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
    names = [locale.monthName(month, form) for form in forms]
    names += [locale.standaloneMonthName(month, form) for form in forms]
    return tuple(dict.fromkeys(names))
