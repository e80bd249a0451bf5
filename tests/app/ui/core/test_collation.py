"""Lists are in the order in which people look for something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt

from app.ui.core.rows import Cell, Column, RowsModel

NAMES = ["Zorn", "de Vries", "A10", "", "Öl", "De Boer", "Ofen", "A2", "1,000 units", "20 units"]


@pytest.fixture(autouse=True)
def locale() -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)


def in_order(place: str, names: list[str], way: Qt.SortOrder) -> list[str]:
    QLocale.setDefault(QLocale(place))
    model = RowsModel[str]((Column[str]("", Cell),), lambda one: one)
    model.set_rows(names)
    model.sort(0, way)
    return list(model.rows)


UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
NUMBERS = ["20 units", "1,000 units", "A2", "A10", "De Boer", "de Vries"]


@pytest.mark.parametrize(
    ("place", "rest"),
    [
        ("en_US", ["Ofen", "Öl", "Zorn"]),
        ("de_DE", ["Ofen", "Öl", "Zorn"]),
        ("sv_SE", ["Ofen", "Zorn", "Öl"]),
        ("C", ["Ofen", "Öl", "Zorn"]),
    ],
)
def test_texts_are_where_the_locale_has_them(place: str, rest: list[str]):
    names = [one.replace(",", QLocale(place).groupSeparator()) for one in NAMES]
    first = [one.replace(",", QLocale(place).groupSeparator()) for one in NUMBERS]
    assert in_order(place, names, UP) == [*first, *rest, ""]
    assert in_order(place, names, DOWN) == [*reversed([*first, *rest]), ""]


@pytest.mark.parametrize("way", [UP, DOWN])
def test_texts_that_differ_in_their_case_alone_keep_their_order(way: Qt.SortOrder):
    assert in_order("en_US", ["b", "B", "a", "A"], way)[-2:] in (["b", "B"], ["a", "A"])


def test_what_says_nothing_is_behind_numbers_too():
    assert in_order("en_US", ["", "x", "3", " "], UP) == ["3", "x", "", " "]
    assert in_order("en_US", ["", "x", "3", " "], DOWN) == ["x", "3", "", " "]
