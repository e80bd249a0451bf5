"""Carts: orders in the making, parked on one device until they are placed or thrown away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.customers import Customer
from app.domain.entities import Product
from app.domain.errors import InvalidInputError
from app.domain.order_numbers import order_number
from app.domain.pricing import NO_DISCOUNT, NOTHING, Discount, Priced, Wanted, half_up, price
from app.domain.stock import MAX_QUANTITY
from connector_config.wording import dollars


@dataclass(frozen=True, slots=True)
class CartLine:
    """A product in a cart, with the name and the price it had when it was last looked at."""

    product_id: str
    sku: str
    name: str
    unit_price: Decimal
    quantity: int = 1
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True)
class Doubt:
    """A discount in dollars that takes all of what it comes off, or more: `most` by now.

    `product_id` names its line; it is empty for the discount of the order.
    """

    product_id: str
    name: str
    discount: Discount
    most: Decimal

    @property
    def is_too_much(self) -> bool:
        """Whether the discount is more than there is to take it off."""
        return self.discount.amount > self.most

    @property
    def error(self) -> InvalidInputError:
        """What is asked of the person, beside the field that it is about."""
        off, most = dollars(self.discount.amount), dollars(self.most)
        if self.product_id:
            field, of, costs = "discount", f"{self.name}: {off} off", f"{most} the line costs now"
        else:
            field, of, costs = "order discount", f"{off} off the order", f"{most} it costs now"
        if self.is_too_much:
            return InvalidInputError(field, f"{of} is more than the {costs}: type it anew.")
        return InvalidInputError(
            field, f"{of} is all of the {costs}: type it anew, or press Enter if it is meant."
        )


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart; `begun_at` is a stored time, `day` the shop's day then, such as `20261121`.

    The order's number and id follow from `cart_id`, so placing a cart twice makes one order.
    """

    cart_id: str
    store_id: str
    begun_at: str
    customer: Customer | None = None
    lines: tuple[CartLine, ...] = ()
    discount: Discount = NO_DISCOUNT
    day: str = ""

    @property
    def number(self) -> str:
        """The number of the order that the cart becomes."""
        return order_number(self.cart_id)

    @property
    def order_id(self) -> str:
        """The id of the order that the cart becomes, such as `order_20261121_K7Q4M9XTB_seattle`."""
        # A cart from before stores had time zones keeps the id that it was given.
        day = self.day or self.begun_at[:10].replace("-", "")
        store = self.store_id.removeprefix("store_")
        return f"order_{day}_{self.number.replace('-', '')}_{store}"

    @property
    def is_empty(self) -> bool:
        """Whether the cart has neither a line nor a customer, so that nobody would miss it."""
        return not self.lines and self.customer is None

    def line(self, product_id: str) -> CartLine | None:
        """The line of a product; None where the cart has none."""
        return next((one for one in self.lines if one.product_id == product_id), None)

    def priced(self, tax_percent: Decimal) -> Priced:
        """What the cart costs, line by line; `tax_percent` is such as 10.25."""
        lines = [Wanted(one.quantity, one.unit_price, one.discount) for one in self.lines]
        return price(lines, self.discount, tax_percent)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The discounts in dollars that leave nothing to pay, by line, and the order's last.

        A person may mean that, but not of a line that became cheaper since the discount was given.
        """
        gross = [half_up(line.quantity * line.unit_price) for line in self.lines]
        off = [(line.product_id, line.name, line.discount) for line in self.lines]
        net = (one - line.discount.of(one) for line, one in zip(self.lines, gross, strict=True))
        off.append(("", "", self.discount))
        gross.append(sum(net, NOTHING))
        return tuple(
            Doubt(*one, most)
            for one, most in zip(off, gross, strict=True)
            if one[2].amount and one[2].amount >= most
        )

    def add(self, product: Product, by: int = 1) -> Cart:
        """The cart with `by` more units of a product: a new line comes last, one at 0 leaves.

        Raises InvalidInputError for a product whose document is faulty.
        """
        before = self.line(product.product_id)
        if product.fault and by > 0:
            raise InvalidInputError("product", product.fault)
        if before is None:
            new = CartLine(product.product_id, product.sku, product.name, product.price, max(by, 1))
            return replace(self, lines=(*self.lines, new))
        quantity = min(before.quantity + by, MAX_QUANTITY)
        if quantity <= 0:
            return self.drop(product.product_id)
        return self.put(replace(before, quantity=quantity))

    def put(self, line: CartLine, at: int | None = None) -> Cart:
        """The cart with this line in place of the product's, or put in where the product has none.

        `at` is the position of a line that is put in, by default the last.
        """
        if self.line(line.product_id) is not None:
            lines = [line if one.product_id == line.product_id else one for one in self.lines]
        else:
            lines = list(self.lines)
            lines.insert(len(lines) if at is None else at, line)
        return replace(self, lines=tuple(lines))

    def drop(self, product_id: str) -> Cart:
        """The cart without the line of a product."""
        return replace(self, lines=tuple(one for one in self.lines if one.product_id != product_id))
