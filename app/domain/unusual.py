"""Quantities that are probably a slip of the hand: a scanned code, or a digit too many.

What is usual of an item is what a store orders at, or a part of what it has or had at first: goods
come in several deliveries. It is on the item itself, so that nothing is looked through when a
person presses a button.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from app.domain.entities import StockItem
from connector_config.wording import number

_DELIVERIES: Final = 4
TIMES: Final = 100
"""So many times the usual is asked about."""
MOST_UNKNOWN: Final = 1_000
"""More is asked about where nothing is known of an item."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of a product that are about to be posted; `announced` by a paper that has been sent."""

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


def usual_of(item: StockItem | None) -> int:
    """How many units are usual of an item at once; 0 where nothing is known."""
    if item is None:
        return 0
    had = max(abs(item.on_hand), item.stock_level)
    return max(ceil(had / _DELIVERIES), item.reorder_point)


def unusual(asked: Asked, item: StockItem | None) -> Unusual | None:
    """What has to be asked about before it is posted; None where it is as usual."""
    usual, units = max(usual_of(item), asked.announced), abs(asked.quantity)
    is_far = units >= TIMES * usual if usual else units > MOST_UNKNOWN
    return Unusual(asked.product_id, asked.name, units, usual) if is_far else None
