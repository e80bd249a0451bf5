"""What can be done to a cart: each change gives the cart as it is then, and says what was done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.data.stock.catalogue import Catalogue
from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.entities import Product
from app.domain.errors import InvalidInputError
from app.domain.pricing import NOTHING, Discount, Priced, half_up, parse_discount
from app.domain.stock import parse_quantity
from app.ui.core.formats import money

Removed = tuple[CartLine, int]
"""A line that was taken out, and where it stood."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cart after a change; `chosen` is the product that it was about, `removed` what undo has."""

    cart: Cart
    message: str = ""
    chosen: str = ""
    removed: Removed | None = None


def more_of(cart: Cart, product: Product, by: int) -> Change:
    """So many more of a product, or fewer while some are left."""
    cart = cart.add(product, by)
    quantity = next(line.quantity for line in cart.lines if line.product_id == product.product_id)
    return Change(cart, f"{product.name}: {quantity:,}", product.product_id)


def typed(cart: Cart, line: CartLine, quantity: str, discount: str) -> Change:
    """As many of a line as typed, so much cheaper, or none; raises InvalidInputError."""
    if quantity.strip() in ("", "0"):
        return without(cart, line)
    units = parse_quantity(quantity)
    off = parse_discount(discount, half_up(units * line.unit_price))
    message = f"{line.name}: {units:,}" + (f", {_words(off)} off" if off else "")
    return Change(cart.put(replace(line, quantity=units, discount=off)), message, line.product_id)


def without(cart: Cart, line: CartLine) -> Change:
    """A line taken out."""
    message = f"{line.name} removed. Ctrl+Z brings it back."
    return Change(cart.drop(line.product_id), message, removed=(line, cart.lines.index(line)))


def with_again(cart: Cart, removed: Removed) -> Change:
    """A line brought back to where it stood."""
    line, at = removed
    return Change(cart.put(line, at), f"{line.name} is back.", line.product_id)


def cheaper(cart: Cart, priced: Priced, typed_discount: str) -> Change:
    """So much off the whole order, at most what its lines cost; raises InvalidInputError."""
    most = sum((line.total + line.order_discount for line in priced.lines), NOTHING)
    try:
        discount = parse_discount(typed_discount, most)
    except InvalidInputError as error:
        raise InvalidInputError("order discount", str(error)) from None
    message = f"{_words(discount)} off the order" if discount else "Nothing off the order"
    return Change(replace(cart, discount=discount), message)


def sold_to(cart: Cart, customer: Customer | None) -> Change:
    """For a customer, or for nobody yet."""
    return Change(replace(cart, customer=customer), f"For {customer.name}" if customer else "")


def as_listed(cart: Cart, catalogue: Catalogue) -> Cart:
    """With the names and prices that the catalogue has by now."""
    for line in cart.lines:
        listing = catalogue.listing(line.product_id)
        if listing is not None:
            now = listing.product
            cart = cart.put(replace(line, sku=now.sku, name=now.name, unit_price=now.price))
    return cart


def _words(discount: Discount) -> str:
    return f"{discount.percent}%" if discount.percent else money(discount.amount)
