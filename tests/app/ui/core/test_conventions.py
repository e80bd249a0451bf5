"""What Qt knows of a locale, as the domain asks for it."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from app.domain.conventions import US
from app.ui.core.conventions import conventions_of


def test_a_program_without_a_locale_is_in_the_us() -> None:
    assert conventions_of(QLocale.c()) == US


def test_the_conventions_of_a_locale() -> None:
    germany, britain = conventions_of(QLocale("de_DE")), conventions_of(QLocale("en_GB"))
    assert (germany.decimal, germany.group, germany.day_order) == (",", ".", "dmy")
    assert (germany.day_separator, germany.months[2][0]) == (".", "März")
    assert (britain.decimal, britain.group) == (".", ",")
    assert (britain.day_order, britain.day_separator) == ("dmy", "/")
    # Blanks are understood everywhere.
    assert conventions_of(QLocale("fr_FR")).group == ""
    assert conventions_of(QLocale("sv_SE")).day_order == "ymd"
    assert conventions_of(QLocale("de_CH")).group == "'"
