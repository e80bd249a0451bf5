"""Carts: orders in the making, parked on one device until they are placed or thrown away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.customers import Customer
from app.domain.entities import Product
from app.domain.order_numbers import order_number
from app.domain.pricing import NO_DISCOUNT, Discount, Priced, Wanted, price
from app.domain.stock import MAX_QUANTITY


@dataclass(frozen=True, slots=True)
class CartLine:
    """A product in a cart, as it was called and priced when it was last looked at."""

    product_id: str
    sku: str
    name: str
    unit_price: Decimal
    quantity: int = 1
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart; `begun_at` as stored. What it becomes follows from its id, also the second time."""

    cart_id: str
    store_id: str
    begun_at: str
    customer: Customer | None = None
    lines: tuple[CartLine, ...] = ()
    discount: Discount = NO_DISCOUNT

    @property
    def number(self) -> str:
        """The number of the order it becomes."""
        return order_number(self.cart_id)

    @property
    def order_id(self) -> str:
        """The id of the order it becomes, such as `order_20261121_K7Q4M9XTB_seattle`."""
        day = self.begun_at[:10].replace("-", "")
        store = self.store_id.removeprefix("store_")
        return f"order_{day}_{self.number.replace('-', '')}_{store}"

    @property
    def is_empty(self) -> bool:
        """Whether nobody would miss it."""
        return not self.lines and self.customer is None

    def line(self, product_id: str) -> CartLine | None:
        """The line of a product."""
        return next((one for one in self.lines if one.product_id == product_id), None)

    def priced(self, tax_percent: Decimal) -> Priced:
        """What it costs, line by line in their order."""
        lines = [Wanted(one.quantity, one.unit_price, one.discount) for one in self.lines]
        return price(lines, self.discount, tax_percent)

    def add(self, product: Product, by: int = 1) -> Cart:
        """So many more of a product; a new one comes last, and none of it is left at 0."""
        before = self.line(product.product_id)
        if before is None:
            new = CartLine(product.product_id, product.sku, product.name, product.price, max(by, 1))
            return replace(self, lines=(*self.lines, new))
        quantity = min(before.quantity + by, MAX_QUANTITY)
        if quantity <= 0:
            return self.drop(product.product_id)
        return self.put(replace(before, quantity=quantity))

    def put(self, line: CartLine, at: int | None = None) -> Cart:
        """Replace the line of a product, or put it in at a place, last where none is given."""
        if self.line(line.product_id) is not None:
            lines = [line if one.product_id == line.product_id else one for one in self.lines]
        else:
            lines = list(self.lines)
            lines.insert(len(lines) if at is None else at, line)
        return replace(self, lines=tuple(lines))

    def drop(self, product_id: str) -> Cart:
        """Without a product."""
        return replace(self, lines=tuple(one for one in self.lines if one.product_id != product_id))
