"""What an order costs: lines, discounts and tax, exact to the cent.

Every amount that is printed is rounded half up to the cent, and every total is the sum of amounts
that are printed. What belongs to the whole order (its discount, its tax) is spread over the lines,
so that each line knows its own share to the cent and a return can give back just that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate, pairwise
from typing import Final

from app.domain.conventions import US, Conventions, in_ascii
from app.domain.errors import InvalidInputError
from app.domain.numerals import readings
from connector_config.wording import counted, dollars

CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")
USUAL_TAX_PERCENT: Final = Decimal("10.1")
"""The rate of a store whose document has none: the one of all orders in the data set."""

_HUNDRED: Final = Decimal(100)
_EXAMPLE: Final = "Type whole percent, such as 10%, or dollars, such as 2.50."


@dataclass(frozen=True, slots=True)
class Discount:
    """What comes off a price, in whole percent (0 to 100) or in US dollars: one of the two is 0."""

    percent: int = 0
    amount: Decimal = NOTHING

    def __bool__(self) -> bool:
        return bool(self.percent or self.amount)

    def of(self, price: Decimal) -> Decimal:
        """What comes off a price, in cents; never more than the price.

        An order with a discount of more is asked about, and not placed: see `Cart.doubts`.
        """
        return half_up(price * self.percent / _HUNDRED) if self.percent else min(self.amount, price)

    @property
    def text(self) -> str:
        """The discount as a person types it: `10%`, `2.50`, or nothing."""
        if self.percent:
            return f"{self.percent}%"
        return f"{self.amount:.2f}" if self.amount else ""


NO_DISCOUNT: Final = Discount()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product at a price, and the discount on their line."""

    quantity: int
    unit_price: Decimal
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line in US dollars: `total = gross - line_discount - order_discount`, without `tax`."""

    gross: Decimal
    line_discount: Decimal
    order_discount: Decimal
    tax: Decimal

    @property
    def discount(self) -> Decimal:
        """All that comes off the line, in US dollars."""
        return self.line_discount + self.order_discount

    @property
    def total(self) -> Decimal:
        """What is paid for the line, before tax."""
        return self.gross - self.discount


@dataclass(frozen=True, slots=True)
class Priced:
    """An order in US dollars; each sum is the sum over its lines."""

    lines: tuple[PricedLine, ...]

    @property
    def subtotal(self) -> Decimal:
        """What the lines cost before discounts and tax."""
        return sum((line.gross for line in self.lines), NOTHING)

    @property
    def discount(self) -> Decimal:
        """All that comes off the order."""
        return sum((line.discount for line in self.lines), NOTHING)

    @property
    def order_discount(self) -> Decimal:
        """What comes off the whole order, apart from the discounts of its lines."""
        return sum((line.order_discount for line in self.lines), NOTHING)

    @property
    def tax(self) -> Decimal:
        """The sales tax."""
        return sum((line.tax for line in self.lines), NOTHING)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.subtotal - self.discount + self.tax


def price(lines: Sequence[Wanted], discount: Discount, tax_percent: Decimal) -> Priced:
    """Price an order: lines, then its discount on what they cost, then tax on what remains."""
    gross = [half_up(line.quantity * line.unit_price) for line in lines]
    off = [line.discount.of(one) for line, one in zip(lines, gross, strict=True)]
    net = [one - less for one, less in zip(gross, off, strict=True)]
    shares = spread(discount.of(sum(net, NOTHING)), net)
    paid = [one - share for one, share in zip(net, shares, strict=True)]
    taxes = spread(half_up(sum(paid, NOTHING) * tax_percent / _HUNDRED), paid)
    return Priced(tuple(map(PricedLine, gross, off, shares, taxes)))


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Divide an amount over weights, in cents that add up to it; all 0 where all weights are 0.

    Each share is within a cent of its exact part, and not above its weight where the amount is not
    above their sum: shares are differences of the rounded running sum.
    """
    whole = sum(weights, NOTHING)
    if not whole:
        return [NOTHING] * len(weights)
    running = accumulate(weights, initial=NOTHING)
    edges = [half_up(amount * one / whole) for one in running]
    return [after - before for before, after in pairwise(edges)]


def half_up(amount: Decimal) -> Decimal:
    """An amount rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def parse_discount(text: str, most: Decimal, conventions: Conventions = US) -> Discount:
    """Read a typed discount: `10%`, `$2.50`, `2.50`, or nothing; an amount is at most `most`.

    Raises InvalidInputError with a sentence to show beside the field.
    """
    typed = in_ascii(text)
    if not typed:
        return NO_DISCOUNT
    if typed.endswith("%"):
        percent = readings(typed[:-1], conventions)
        if not _is_amount(percent, 0):
            raise InvalidInputError("discount", _EXAMPLE)
        if percent[0] > _HUNDRED:
            raise InvalidInputError("discount", "A discount can be at most 100%.")
        return Discount(percent=int(percent[0]))
    amount = readings(typed.removeprefix("$").removesuffix("$"), conventions)
    if not _is_amount(amount, 2):
        raise InvalidInputError("discount", _EXAMPLE)
    if amount[0] > most:
        raise InvalidInputError("discount", f"A discount here can be at most {dollars(most)}.")
    return Discount(amount=half_up(amount[0]))


def _is_amount(meant: Sequence[Decimal], decimals: int) -> bool:
    """Whether it is one number from 0 on, with so many decimals at most."""
    exponent = meant[0].as_tuple().exponent if len(meant) == 1 and meant[0] >= 0 else None
    return isinstance(exponent, int) and exponent >= -decimals


def refund(left: Decimal, units_left: int, units: int) -> Decimal:
    """What `units` give back of what is left of a line; the last ones take the rest.

    `left` is what was paid and not given back yet, for `units_left` units.
    """
    if not 1 <= units <= units_left:
        raise ValueError(f"{units} of {counted(units_left, 'unit')} cannot come back")
    return left if units == units_left else half_up(left * units / units_left)
