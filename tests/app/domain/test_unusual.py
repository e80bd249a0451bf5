"""What is asked about before it is posted."""

from __future__ import annotations

import pytest

from app.domain.entities import Place, StockItem
from app.domain.unusual import Asked, unusual, usual_of


def item(level: int, delta: int = 0, reorder_point: int = 0) -> StockItem:
    return StockItem("i1", "store_seattle", "p1", Place(), level, delta, reorder_point)


@pytest.mark.parametrize(
    ("stock", "usual"),
    [
        (None, 0),
        (item(0), 0),
        (item(1), 1),
        (item(8), 2),
        (item(8, -8), 2),
        (item(0, -12), 3),
        (item(100, 0, 30), 30),
        (item(2, 398), 100),
    ],
)
def test_usual_is_what_a_store_has_had_or_wants(stock: StockItem | None, usual: int) -> None:
    assert usual_of(stock) == usual


@pytest.mark.parametrize(
    ("quantity", "announced", "stock", "asks"),
    [
        (699, 0, item(9, 0, 7), False),
        (700, 0, item(9, 0, 7), True),
        (-700, 0, item(9, 0, 7), True),
        (12_345, 0, item(138, 0, 38), True),
        # Whoever counts or ships all there is is not asked, however low the reorder point is.
        (4_000, 0, item(0, 4_000, 1), False),
        (1_000, 0, None, False),
        (1_001, 0, None, True),
        (1_001, 0, item(0), True),
        # Who ordered so many gets so many.
        (5_000, 5_000, item(7), False),
        (500_000, 5_000, item(7), True),
        (99, 0, item(1), False),
    ],
)
def test_a_hundred_times_the_usual_is_asked_about(
    quantity: int, announced: int, stock: StockItem | None, asks: bool
) -> None:
    found = unusual(Asked("p1", "Hammer", quantity, announced), stock)
    assert (found is not None) is asks


def test_it_is_said_what_is_usual() -> None:
    known = unusual(Asked("p1", "Hammer", -12_345), item(100, 0, 30))
    assert known is not None
    assert known.text == "Hammer: 12,345. Usual at once: up to 30."
    new = unusual(Asked("p1", "Hammer", 12_345), None)
    assert new is not None
    assert new.text == "Hammer: 12,345. Not usual here so far."
