"""Quantities that are probably a slip of the hand: a scanned code, or a digit too many.

What is usual of an item is what its newest movements say, those that bring goods or those that take
them, as the one asked about does. Where they are too few it is on the item itself: what a store
orders at, or a part of what it has or had at first, because goods come in several deliveries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from app.domain.entities import Movement, Reason, StockItem
from connector_config.wording import number

NEWEST: Final = 50
"""So many movements of an item are asked what is usual."""
_ENOUGH: Final = 5
_MOST_OF: Final = 0.9
"""What is larger than so much of them may be a slip itself."""
_NOT_HANDLED: Final = (Reason.UNDO, Reason.COUNTED, Reason.MOVED)
_DELIVERIES: Final = 4
TIMES: Final = 100
"""So many times the usual is asked about."""
MOST_UNKNOWN: Final = 1_000
"""More is asked about where nothing is known of an item."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of a product that are about to be posted, below 0 where they leave the store.

    So many are `announced` by a paper that has been sent.
    """

    product_id: str
    name: str
    quantity: int
    announced: int = 0


@dataclass(frozen=True, slots=True)
class Unusual:
    """Far more units of a product than are usual; `usual` is 0 where nothing is known."""

    product_id: str
    name: str
    quantity: int
    usual: int

    @property
    def text(self) -> str:
        """What is asked about, such as `Hammer: 12,345. Usual at once: up to 30`."""
        known = (
            f"Usual at once: up to {number(self.usual)}."
            if self.usual
            else "Not usual here so far."
        )
        return f"{self.name}: {number(self.quantity)}. {known}"


def usual_of(
    item: StockItem | None, movements: Sequence[Movement] = (), leaving: bool = False
) -> int:
    """How many units come in at once, or leave; 0 where nothing is known.

    `movements` are the newest of the item.
    """
    undone = {one.undoes for one in movements}
    sizes = sorted(
        abs(one.quantity)
        for one in movements
        if one.quantity
        and (one.quantity < 0) is leaving
        and one.reason not in _NOT_HANDLED
        and one.movement_id not in undone
    )
    if len(sizes) >= _ENOUGH:
        return sizes[ceil(_MOST_OF * len(sizes)) - 1]
    if item is None:
        return 0
    had = max(abs(item.on_hand), item.stock_level)
    return max(ceil(had / _DELIVERIES), item.reorder_point)


def unusual(
    asked: Asked, item: StockItem | None, movements: Sequence[Movement] = ()
) -> Unusual | None:
    """What has to be asked about before it is posted; None where it is as usual."""
    usual = max(usual_of(item, movements, asked.quantity < 0), asked.announced)
    units = abs(asked.quantity)
    is_far = units >= TIMES * usual if usual else units > MOST_UNKNOWN
    return Unusual(asked.product_id, asked.name, units, usual) if is_far else None
