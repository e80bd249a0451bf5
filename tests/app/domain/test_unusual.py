"""What is asked about before it is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.entities import Movement, Place, Reason, StockItem
from app.domain.unusual import Asked, unusual, usual_of

AT = datetime(2026, 11, 20, tzinfo=UTC)


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


def moved(*quantities: int, reason: Reason = Reason.SOLD) -> list[Movement]:
    """Movements of an item, the newest first."""
    return [
        Movement(f"m{at}", "s", "i1", "p1", reason, one, AT, "Ann", "d", "d")
        for at, one in enumerate(quantities)
    ]


SALES = moved(-1, -2, -1, -3, -1, -2, -1, -2, -1, -2)


@pytest.mark.parametrize(
    ("quantity", "movements", "usual"),
    [
        # What leaves is measured by what has left, what comes in by what came in.
        (-1, SALES, 2),
        (1, SALES, 38),
        (1, SALES + moved(40, 40, 60, 40, 50), 60),
        # One slip that stayed is not what is usual.
        (-1, SALES + moved(-12_345), 3),
        # Too few to say anything.
        (-1, SALES[:4], 38),
        # A count or a move is nothing that people sell or buy.
        (-1, moved(*[-500] * 9, reason=Reason.COUNTED), 38),
        (-1, [*SALES[:5], *moved(*[0] * 90, reason=Reason.MOVED)], 3),
    ],
)
def test_usual_is_what_an_item_moved_by_so_far(
    quantity: int, movements: list[Movement], usual: int
) -> None:
    assert usual_of(item(138, 0, 38), movements, quantity < 0) == usual
    # Of an item that this device does not know, its movements say it all the same.
    assert usual_of(None, movements, quantity < 0) == (0 if usual == 38 else usual)


def test_what_was_undone_is_not_usual() -> None:
    wrong = moved(*[9_000] * 5, reason=Reason.RECEIVED)
    undone = [
        replace(one, movement_id=f"u{at}", quantity=-9_000, reason=Reason.UNDO, undoes=f"m{at}")
        for at, one in enumerate(wrong)
    ]
    assert usual_of(item(138, 0, 38), wrong) == 9_000
    assert usual_of(item(138, 0, 38), [*undone, *wrong]) == 38


def test_a_hundred_times_what_it_moved_by_is_asked_about() -> None:
    stock = item(138, 0, 38)
    assert unusual(Asked("p1", "Hammer", -199), stock, SALES) is None
    found = unusual(Asked("p1", "Hammer", -200), stock, SALES)
    assert found is not None and found.text == "Hammer: 200. Usual at once: up to 2."
    assert unusual(Asked("p1", "Hammer", 200), stock, SALES) is None


def test_it_is_said_what_is_usual() -> None:
    known = unusual(Asked("p1", "Hammer", -12_345), item(100, 0, 30))
    assert known is not None
    assert known.text == "Hammer: 12,345. Usual at once: up to 30."
    new = unusual(Asked("p1", "Hammer", 12_345), None)
    assert new is not None
    assert new.text == "Hammer: 12,345. Not usual here so far."
