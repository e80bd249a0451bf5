"""The changes of a cart: each returns the cart after it, and says what was done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.data.stock.catalogue import Catalogue
from app.domain.carts import Cart, CartLine
from app.domain.conventions import US, Conventions
from app.domain.customers import Customer
from app.domain.entities import Product
from app.domain.errors import InvalidInputError
from app.domain.pricing import NOTHING, Discount, Priced, half_up, parse_discount
from app.domain.stock import parse_units
from app.ui.core.formats import money, number

Removed = tuple[CartLine, int]
"""A line that was taken out, and where it stood."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cart after a change of the product `chosen`; undo brings the line `removed` back.

    `discounted` names the line whose discount was typed just now, empty for that of the order.
    """

    cart: Cart
    message: str = ""
    chosen: str = ""
    removed: Removed | None = None
    discounted: str | None = None


def more_of(cart: Cart, product: Product, by: int) -> Change:
    """Add units of a product, or with a minus take some away while some are left.

    Raises InvalidInputError for a product that is faulty.
    """
    cart = cart.add(product, by)
    line = next(line for line in cart.lines if line.product_id == product.product_id)
    return Change(cart, _said(line), product.product_id)


def typed(
    cart: Cart, line: CartLine, quantity: str, discount: str, conventions: Conventions = US
) -> Change:
    """Set the typed quantity (0 takes it out) and discount of a line; raises InvalidInputError."""
    units = parse_units(quantity, conventions)
    if not units:
        return without(cart, line)
    off = parse_discount(discount, half_up(units * line.unit_price), conventions)
    now = replace(line, quantity=units, discount=off)
    # Whoever types another quantity has not looked at the discount beside it.
    looked_at = off != line.discount or units == line.quantity
    discounted = line.product_id if looked_at else None
    return Change(cart.put(now), _said(now), line.product_id, discounted=discounted)


def without(cart: Cart, line: CartLine) -> Change:
    """Take a line out."""
    message = f"{line.name} removed. Ctrl+Z brings it back."
    return Change(cart.drop(line.product_id), message, removed=(line, cart.lines.index(line)))


def with_again(cart: Cart, removed: Removed) -> Change:
    """Put a line back to where it stood."""
    line, at = removed
    return Change(cart.put(line, at), f"{line.name} is back.", line.product_id)


def cheaper(
    cart: Cart, priced: Priced, typed_discount: str, conventions: Conventions = US
) -> Change:
    """Set the typed discount of an order, at most what it costs; raises InvalidInputError."""
    most = sum((line.total + line.order_discount for line in priced.lines), NOTHING)
    try:
        discount = parse_discount(typed_discount, most, conventions)
    except InvalidInputError as error:
        raise InvalidInputError("order discount", str(error)) from None
    message = f"{_words(discount)} off the order" if discount else "Nothing off the order"
    return Change(replace(cart, discount=discount), message, discounted="")


def sold_to(cart: Cart, customer: Customer | None) -> Change:
    """Set the customer of a cart, or nobody."""
    message = f"For {customer.name}" if customer else ""
    given = [one.name for one in cart.lines if one.discount]
    if customer is not None and cart.customer is not None and (given or cart.discount):
        # They were given to somebody else.
        stays = [*given, f"{_words(cart.discount)} off the order"] if cart.discount else given
        message += f". The discounts stay: look at {', '.join(stays)}."
    return Change(replace(cart, customer=customer), message)


def as_listed(cart: Cart, catalogue: Catalogue) -> Cart:
    """The cart with the names and prices that the catalogue has by now."""
    for line in cart.lines:
        listing = catalogue.listing(line.product_id)
        # What is faulty keeps its price, and is not sold.
        if listing is not None and not listing.product.fault:
            now = listing.product
            cart = cart.put(replace(line, sku=now.sku, name=now.name, unit_price=now.price))
    return cart


def _said(line: CartLine) -> str:
    off = f", {_words(line.discount)} off" if line.discount else ""
    return f"{line.name}: {number(line.quantity)}{off}"


def _words(discount: Discount) -> str:
    return f"{discount.percent}%" if discount.percent else money(discount.amount)
