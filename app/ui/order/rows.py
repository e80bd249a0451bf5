"""The rows of a cart: what the lines cost, and whether the goods are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.carts import Cart, CartLine
from app.domain.pricing import Priced, PricedLine
from app.ui.core.formats import counted


@dataclass(frozen=True, slots=True)
class CartRow:
    """A line; `on_hand` is None before it is known, and where the store does not carry it."""

    line: CartLine
    priced: PricedLine
    on_hand: int | None = None

    @property
    def product_id(self) -> str:
        """The id of the product."""
        return self.line.product_id

    @property
    def short(self) -> bool:
        """Whether more units are wanted than are known to be there."""
        return self.on_hand is not None and self.line.quantity > self.on_hand


def rows_of(cart: Cart, priced: Priced, on_hand: Mapping[str, int]) -> tuple[CartRow, ...]:
    """The rows of a cart in the order of its lines; `on_hand` by product id."""
    return tuple(
        CartRow(line, one, on_hand.get(line.product_id))
        for line, one in zip(cart.lines, priced.lines, strict=True)
    )


def cart_name(cart: Cart, most: int = 160) -> str:
    """The name of a parked cart: at most `most` letters of the customer's, and `3 products`."""
    who = cart.customer.name if cart.customer else "No customer yet"
    if len(who) > most:
        who = f"{who[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"
    return f"{who}, {contents(cart)}"


def contents(cart: Cart) -> str:
    """Words for how much is in a cart, such as `3 products`."""
    lines = len(cart.lines)
    return counted(lines, "product") if lines else "empty"
