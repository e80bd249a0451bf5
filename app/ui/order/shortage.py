"""The question when more is ordered than is there: how much is, and who else has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from app.domain.carts import Cart, CartLine
from app.domain.distance import kilometres
from app.domain.entities import StockItem, Store
from app.ui.core.formats import number

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Shortage:
    """A cart that cannot be placed as it is; `text` names every product that is short.

    `refused` is set where the store allows no such order.
    """

    cart: Cart
    text: str
    refused: bool

    @classmethod
    def of(
        cls,
        cart: Cart,
        lines: Sequence[tuple[CartLine, int, Sequence[StockItem]]],
        store: Store,
        stores: Mapping[str, Store],
    ) -> Shortage:
        """Make it of lines that are short, each with its units on hand and its items everywhere.

        `stores` has all stores by id; the nearest ones that have a product are named first.
        """

        def far(one: StockItem) -> tuple[float, str]:
            away = kilometres(store, stores[one.store_id])
            return (inf if away is None else away), one.store_id

        sentences = []
        for line, on_hand, items in lines:
            others = (one for one in items if one.store_id in stores and one.on_hand > 0)
            nearest = sorted((one for one in others if one.store_id != store.store_id), key=far)
            had = ", ".join(
                f"{stores[one.store_id].short_name} {number(one.on_hand)}"
                for one in nearest[:_SHOWN]
            )
            sentences.append(
                f"{line.name}: {number(line.quantity)} ordered, {number(on_hand)} on hand"
                f"{f'; {had}' if had else ', and no other store has it'}."
            )
        refused = store.blocks_oversell and not store.limits.below_zero
        if refused:
            sentences.append("This store sells nothing that is not there: order less of it.")
        return cls(cart, "\n".join(sentences), refused)
