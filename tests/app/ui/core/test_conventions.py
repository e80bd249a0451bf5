"""What Qt knows of a locale, as the domain asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale

from app.domain.conventions import US
from app.domain.pricing import Discount, parse_discount
from app.domain.stock import parse_changed, parse_quantity
from app.ui.core.conventions import conventions_of
from app.ui.core.formats import money, number, signed
from app.ui.core.here import place

_EVERYWHERE = QLocale.matchingLocales(
    QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
)
# Each number of digits, and each group, full and not.
_NUMBERS = (0, 7, 99, 100, 999, 1_000, 1_234, 12_345, 100_000, 123_456, 999_999, 1_000_000)


@pytest.fixture(autouse=True)
def own_place() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


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
    assert conventions_of(QLocale("en_IN")).group_sizes == (3, 2)
    assert germany.group_sizes == britain.group_sizes == (3, 3)


def test_what_is_shown_anywhere_is_read_there_as_the_same() -> None:
    wrong = []
    for locale in _EVERYWHERE:
        QLocale.setDefault(locale)
        conventions = conventions_of(place())
        for value in _NUMBERS:
            amount = Decimal(f"{value}.50")
            read = (
                parse_quantity(number(value), 0, conventions),
                parse_changed(signed(value), 0, conventions),
                parse_changed(signed(-value), 1_000_000, conventions) if value else 1_000_000,
                parse_discount(money(amount), amount, conventions),
            )
            left = 1_000_000 - value
            if read != (value, value, left, Discount(amount=amount)):
                wrong.append((locale.name(), number(value), read))
    assert len(_EVERYWHERE) > 300
    assert not wrong
