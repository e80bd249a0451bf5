"""Numbers, money, days and distances are written as people write them where the computer is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale

from app.ui.core.appearance import Appearance
from app.ui.core.day_edit import DayEdit
from app.ui.core.filters import Days
from app.ui.core.formats import (
    ago,
    counted,
    distance,
    local_date,
    money,
    number,
    shown_day,
    signed,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_place() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("place", "many", "amount", "day", "far"),
    [
        ("C", "1,234 units", "$1,234.50", "Nov 21, 2026", "12 mi"),
        ("en_US", "1,234 units", "$1,234.50", "Nov 21, 2026", "12 mi"),
        ("en_CA", "1,234 units", "$1,234.50", "21 Nov 2026", "20 km"),
        ("de_DE", "1.234 units", "$1.234,50", "21 Nov 2026", "20 km"),
    ],
)
def test_the_place_decides(
    appearance: Appearance, place: str, many: str, amount: str, day: str, far: str
) -> None:
    QLocale.setDefault(QLocale(place))
    assert counted(1_234, "unit") == many
    assert money(Decimal("1234.50")) == amount
    assert local_date(NOON) == shown_day(NOON.date()) == day
    # A field for a day shows the form that the lists have.
    field = DayEdit(Days(NOON.date), appearance)
    assert field.placeholderText() == day.replace("21", "30")
    assert ago(NOON, datetime(2027, 2, 1, tzinfo=UTC)) == f"on {day}"
    assert distance(20.0) == far


def test_a_negative_cannot_be_overlooked() -> None:
    QLocale.setDefault(QLocale("en_US"))
    assert number(-1_234) == "\N{MINUS SIGN}1,234"
    assert (signed(-2), signed(0), signed(1_500)) == ("\N{MINUS SIGN}2", "0", "+1,500")
    assert money(Decimal("-0.50")) == "\N{MINUS SIGN}$0.50"


def test_one_is_one() -> None:
    assert counted(1, "unit") == "1 unit"
