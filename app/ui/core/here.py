"""How numbers, days and distances are written where the computer is."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def place() -> QLocale:
    """The computer's locale; where none is set, as in the US."""
    here = QLocale()
    if here.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return here
