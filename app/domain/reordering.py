"""Suggestions of what to order at suppliers, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

from connector_config.wording import counted, number

LEAD_DAYS = 7
SALES_DAYS = 28


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How many units to order of an item, with every number that this follows from.

    `sold` is without what was cancelled or came back: that is no demand.
    `quantity = reorder_point + sold in the lead time - on_hand - on_the_way`, never below 0.
    """

    inventory_id: str
    product_id: str
    on_hand: int
    reorder_point: int
    on_the_way: int
    sold: int
    sales_days: int = SALES_DAYS
    lead_days: int = LEAD_DAYS

    @property
    def in_lead_time(self) -> int:
        """Units that sell until the order is here, rounded up."""
        return math.ceil(self.sold * self.lead_days / self.sales_days)

    @property
    def quantity(self) -> int:
        """Units to order."""
        return max(self.reorder_point + self.in_lead_time - self.on_hand - self.on_the_way, 0)

    @property
    def text(self) -> str:
        """The reasoning as a sentence."""
        text = (
            f"Up to {number(self.reorder_point)} (reorder point) plus {number(self.in_lead_time)} "
            f"({number(self.sold)} sold in {counted(self.sales_days, 'day')}, without what was "
            f"cancelled or came back, {counted(self.lead_days, 'day')} to arrive), "
        )
        text += (
            f"less {number(self.on_hand)} on hand"
            if self.on_hand >= 0
            else f"and {number(-self.on_hand)} to get back to zero"
        )
        return text + (f" and {number(self.on_the_way)} on the way." if self.on_the_way else ".")
