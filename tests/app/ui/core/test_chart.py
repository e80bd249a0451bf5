"""The scale of a picture of bars."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from app.ui.core.appearance import Appearance
from app.ui.core.chart import Bar, BarChart


def bars(*values: float) -> list[Bar]:
    return [Bar(str(at), value, 0, "", f"bar {at}") for at, value in enumerate(values)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.floats(1.01, 1e12))
def test_a_scale_has_a_few_round_values_up_to_the_highest_bar(
    appearance: Appearance, most: float
) -> None:
    chart = BarChart(appearance, "sales", str)
    chart.set_bars(bars(most / 3, most))
    marks = chart._marks()
    (apart,) = {round((b - a) / marks[1], 6) for a, b in pairwise(marks)}
    assert (marks[0], apart) == (0, 1)
    assert f"{marks[1]:.3e}"[:5] in ("1.000", "2.000", "5.000")
    assert 3 <= len(marks) <= 6
    assert marks[-1] / most <= 1 + 1e-9
    assert most / (marks[-1] + marks[1]) <= 1 + 1e-9


def test_nothing_sold_has_a_scale_of_nothing(appearance: Appearance) -> None:
    chart = BarChart(appearance, "sales", str)
    chart.set_bars(bars(0, 0))
    assert chart._marks() == [0]


def test_the_mouse_finds_the_bars_beside_the_scale(appearance: Appearance) -> None:
    chart = BarChart(appearance, "sales", lambda value: f"${value:,.0f}")
    chart.set_bars(bars(1_000_000, 2_000_000))
    chart.resize(400, 200)
    assert [chart._at(x, 100) for x in (10, 130, 370)] == [-1, 0, 1]
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.accessibleDescription() == "bar 0"


def test_a_picture_that_is_gone_does_not_mind_another_look(appearance: Appearance) -> None:
    chart = BarChart(appearance, "sales", str)
    chart.deleteLater()
    QCoreApplication.sendPostedEvents(chart, QEvent.Type.DeferredDelete)
    appearance.choose("dark")
    appearance.choose("light")
