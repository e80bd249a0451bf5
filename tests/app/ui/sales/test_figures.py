"""Returns on the day of the sale or on the day they came, store by store."""

from __future__ import annotations

from datetime import date

from app.data.selling.sales import Beside
from app.domain.sales import BY_RETURN, BY_SALE, Bucket, Sums
from app.ui.sales.figures import Figures

SOLD, CAME = "2026-10-31", "2026-11-02"
MOVED = {SOLD: Sums((0, 30), {"p": (1, 30)}), CAME: Sums((0, -30), {"p": (-1, -30)})}
LATE = {BY_SALE: {SOLD: (0, -30, "T")}, BY_RETURN: {CAME: (1, 5, "T")}}
KEPT = {"a": {SOLD: (1, 70)}, "b": {SOLD: (1, 70)}}
FIGURES = Figures(
    {"a": BY_SALE, "b": BY_RETURN},
    KEPT,
    {name: {SOLD: Sums((1, 70), {"p": (2, 70)})} for name in "ab"},
    {name: Beside(MOVED, LATE) for name in "ab"},
)
OCTOBER = Bucket(date(2026, 10, 1), date(2026, 11, 1))
NOVEMBER = Bucket(date(2026, 11, 1), date(2026, 12, 1))


def test_each_store_has_its_own_way() -> None:
    sold, came = date.fromisoformat(SOLD), date.fromisoformat(CAME)
    assert FIGURES.days() == {sold: (2, 170), came: (0, -30)}
    assert FIGURES.days(BY_SALE) == {sold: (2, 140)}
    assert FIGURES.days(BY_RETURN) == {sold: (2, 200), came: (0, -60)}
    october = FIGURES.by_store(OCTOBER.first, OCTOBER.until)
    assert {name: sums.total for name, sums in october.items()} == {"a": (1, 70), "b": (1, 100)}
    assert october["b"].products == {"p": (3, 100)}
    november = FIGURES.by_store(NOVEMBER.first, NOVEMBER.until, BY_RETURN)
    assert [sums.total for sums in november.values()] == [(0, -30), (0, -30)]


def test_a_day_is_marked_in_the_way_it_is_shown() -> None:
    assert FIGURES.late(OCTOBER) == [(0, -30, "T")]
    assert FIGURES.late(NOVEMBER) == [(1, 5, "T")]
    assert Figures().days() == {}
