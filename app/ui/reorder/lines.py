"""The rows of a purchase order, each with the reasoning behind its quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from app.domain.reordering import Suggestion
from app.ui.core.formats import number


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A product of an order; `suggestion` is None where this store does not carry it."""

    line: PurchaseOrderLine
    suggestion: Suggestion | None = None

    @property
    def product_id(self) -> str:
        """The id of the product."""
        return self.line.product_id

    @property
    def suggested(self) -> int | None:
        """The suggested units; None without a suggestion."""
        return self.suggestion.quantity if self.suggestion else None

    @property
    def reasoning(self) -> str:
        """The reasoning behind the quantity, as a sentence."""
        if self.suggestion is None:
            return "This store does not carry it yet: nothing to reckon with."
        verb = f"{number(self.suggestion.quantity)} suggested: "
        text = self.suggestion.text
        return verb + text[0].lower() + text[1:]


def rows_of(paper: PurchaseOrder, suggestions: Mapping[str, Suggestion]) -> tuple[OrderRow, ...]:
    """The rows of an order by name; `suggestions` by product id."""
    return tuple(OrderRow(line, suggestions.get(line.product_id)) for line in paper.lines)


def units(paper: PurchaseOrder) -> int:
    """How many units an order has."""
    return sum(line.quantity for line in paper.lines)
