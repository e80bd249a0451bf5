"""Carts whose discounts do not fit any more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.errors import InvalidInputError
from app.domain.order_placing import refuse_stale
from app.domain.pricing import NO_DISCOUNT, Discount

MARY = Customer("store_seattle", "cust_1", "Mary", "Jones")


def cart(
    quantity: int, off: str = "", order_off: str = "", price: str = "17.99", percent: int = 0
) -> Cart:
    """A cart of hammers."""
    line = Discount(percent, Decimal(off or 0))
    hammers = CartLine("p1", "SKU", "Hammer", Decimal(price), quantity, line)
    order = Discount(amount=Decimal(order_off)) if order_off else NO_DISCOUNT
    return Cart("c1", "store_seattle", "2026-11-20T09:30:00Z", MARY, (hammers,), order)


@pytest.mark.parametrize(
    ("looked_at", "sentences"),
    [
        (cart(3, "40.00"), []),
        (
            cart(2, "40.00"),
            [
                "Hammer: $40.00 off is more than the $35.98 the line costs now: type it anew.",
            ],
        ),
        (
            cart(2, "20.00", price="10.00"),
            [
                "Hammer: $20.00 off is all of the $20.00 the line costs now: type it anew, or "
                "press Enter if it is meant.",
            ],
        ),
        (
            cart(1, order_off="40.00"),
            ["$40.00 off the order is more than the $17.99 it costs now: type it anew."],
        ),
        (cart(1, percent=100), []),
    ],
)
def test_dollars_off_are_doubted_when_nothing_is_left_to_pay(
    looked_at: Cart, sentences: list[str]
) -> None:
    assert [str(doubt.error) for doubt in looked_at.doubts] == sentences


def test_what_a_line_is_cheaper_is_not_there_for_the_order() -> None:
    (doubt,) = cart(2, off="10.00", order_off="26.00").doubts
    assert (doubt.product_id, doubt.most) == ("", Decimal("25.98"))
    assert doubt.error.field == "order discount"


@pytest.mark.parametrize("stale", [cart(1, "40.00"), cart(1, order_off="40.00")])
def test_no_order_is_placed_with_more_off_than_it_costs(stale: Cart) -> None:
    with pytest.raises(InvalidInputError, match="type it anew"):
        refuse_stale(stale)
    refuse_stale(cart(1, "17.99"))
