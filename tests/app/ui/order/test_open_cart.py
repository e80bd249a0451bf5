"""What is done to a cart: line by line, off the whole, and taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.carts import Cart
from app.domain.customers import Customer
from app.domain.errors import InvalidInputError
from app.ui.core.message import Message
from app.ui.order.open_cart import OpenCart
from tests.helpers.fakes import FakeCatalogue, make_product

MARY = Customer("store_seattle", "cust_1", "Mary", "Jones")


class Counter:
    """An open cart, and what is heard of it; carts in `placing` are being placed."""

    def __init__(self) -> None:
        hammer = replace(make_product("p1", "Hammer"), price=Decimal("10.00"))
        saw = replace(make_product("p2", "Saw"), price=Decimal("30.00"))
        self.catalogue = FakeCatalogue([hammer, saw], [])
        self.placing: set[str] = set()
        self.changed: list[str] = []
        self.messages: list[Message] = []
        self.refused: list[InvalidInputError] = []
        placing: Any = self
        self.open_cart = OpenCart(
            Cart("c1", "store_seattle", "2026-11-20T09:30:00Z"),
            self.catalogue,
            placing,
            lambda message: self.changed.append(message.text),
            self.messages.append,
            self.refused.append,
        )

    def is_placing(self, cart: Cart) -> bool:
        return cart.cart_id in self.placing

    @property
    def lines(self) -> dict[str, int]:
        return {line.product_id: line.quantity for line in self.open_cart.cart.lines}


def filled() -> Counter:
    """Two hammers and a saw."""
    counter = Counter()
    for product_id, by in (("p1", 2), ("p2", 1)):
        counter.open_cart.add(product_id, by)
    return counter


def test_products_are_added_and_taken_off_one_by_one():
    counter = filled()
    counter.open_cart.add("p1", 1)
    counter.open_cart.add("p2", -1)
    counter.open_cart.add("p3", 1)
    counter.open_cart.add("p2", -1)
    assert counter.lines == {"p1": 3}
    assert counter.changed == [
        "Hammer: 2",
        "Saw: 1",
        "Hammer: 3",
        "Saw removed. Ctrl+Z brings it back.",
    ]
    assert counter.open_cart.revision == 4


def test_what_is_typed_for_a_line_counts_or_is_refused():
    counter = filled()
    assert counter.open_cart.set_line("p1", "4", "10%")
    assert (counter.changed[-1], counter.open_cart.chosen) == ("Hammer: 4, 10% off", "p1")
    assert counter.open_cart.set_line("p1", "4", "2.50")
    assert counter.changed[-1] == "Hammer: 4, $2.50 off"
    before = counter.open_cart.cart
    for quantity, discount in (("x", ""), ("4", "y"), ("1", "10.01")):
        assert not counter.open_cart.set_line("p1", quantity, discount)
    assert [error.field for error in counter.refused] == ["quantity", "discount", "discount"]
    assert not counter.open_cart.set_line("p3", "1", "")
    assert counter.messages[-1].is_problem
    assert counter.open_cart.cart == before
    assert counter.open_cart.set_line("p1", "0", "")
    assert counter.lines == {"p2": 1}


def test_a_line_that_was_taken_out_comes_back_to_its_place_until_something_else_is_done():
    counter = filled()
    assert not counter.open_cart.undo()
    assert counter.open_cart.remove("p1")
    assert not counter.open_cart.remove("p1")
    assert counter.open_cart.undo()
    assert list(counter.lines) == ["p1", "p2"]
    assert not counter.open_cart.undo()
    counter.open_cart.remove("p1")
    counter.open_cart.add("p2", 1)
    assert not counter.open_cart.undo()


def test_the_whole_is_cheaper_by_no_more_than_it_costs():
    counter = filled()
    priced = counter.open_cart.cart.priced(Decimal(10))
    assert counter.open_cart.set_discount(priced, "50.00")
    assert counter.changed[-1] == "$50.00 off the order"
    assert not counter.open_cart.set_discount(priced, "50.01")
    assert [error.field for error in counter.refused] == ["order discount"]
    revision = counter.open_cart.revision
    assert counter.open_cart.set_discount(priced, "50.00")
    assert counter.open_cart.revision == revision
    assert counter.open_cart.set_discount(priced, "")
    assert counter.changed[-1] == "Nothing off the order"


def test_a_cart_that_is_being_placed_stays_as_it_is():
    counter = filled()
    before = counter.open_cart.cart
    counter.placing.add("c1")
    counter.open_cart.add("p1", 1)
    counter.open_cart.choose_customer(MARY)
    assert not counter.open_cart.set_line("p1", "9", "")
    assert not counter.open_cart.remove("p1")
    assert not counter.open_cart.set_discount(before.priced(Decimal(0)), "1")
    assert counter.open_cart.cart == before
    assert len(counter.messages) == 5 and all(message.is_problem for message in counter.messages)
    counter.placing.clear()
    counter.open_cart.choose_customer(MARY)
    assert counter.changed[-1] == "For Mary Jones"


def test_another_cart_begins_with_nothing_to_take_back():
    counter = filled()
    counter.open_cart.remove("p1")
    counter.open_cart.open(Cart("c2", "store_seattle", "2026-11-20T09:31:00Z"))
    assert (counter.open_cart.revision, counter.open_cart.chosen) == (0, "")
    assert not counter.open_cart.undo()


@pytest.mark.parametrize(("name", "price"), [("Better Hammer", "10.00"), ("Hammer", "11.00")])
def test_names_and_prices_are_those_of_the_catalogue(name: str, price: str):
    counter = filled()
    counter.open_cart.set_line("p1", "2", "10%")
    counter.catalogue.put(replace(make_product("p1", name), price=Decimal(price)))
    counter.open_cart.refresh()
    line = counter.open_cart.cart.line("p1")
    assert line is not None
    assert (line.name, line.unit_price, line.quantity) == (name, Decimal(price), 2)
    assert line.discount.percent == 10


def test_a_discount_is_looked_at_again_at_every_change():
    counter = filled()
    cart = counter.open_cart
    assert cart.set_line("p1", "2", "15.00")
    cart.add("p1", -1)
    assert cart.doubt is not None and cart.doubt.is_too_much
    assert counter.changed[-1].startswith("Hammer: $15.00 off is more than the $10.00")
    # The same in the field is refused, less is taken.
    assert not cart.set_line("p1", "1", "15.00")
    assert cart.set_line("p1", "1", "4.00")
    assert cart.doubt is None
    cart.add("p1", 1)
    assert counter.changed[-1] == "Hammer: 2, $4.00 off"
    counter.catalogue.put(replace(make_product("p1", "Hammer"), price=Decimal("1.50")))
    cart.refresh()
    assert cart.doubt is not None and cart.doubt.most == Decimal("3.00")


def test_all_of_a_price_comes_off_when_that_is_typed_and_not_when_the_price_fell_to_it():
    counter = filled()
    cart = counter.open_cart
    assert cart.set_line("p1", "2", "20.00")
    assert cart.doubt is None
    assert cart.set_line("p1", "2", "10.00")
    # Whoever types a quantity has not looked at the discount.
    assert cart.set_line("p1", "1", "10.00")
    assert cart.doubt is not None and not cart.doubt.is_too_much
    cart.add("p2", 1)
    assert cart.doubt is not None
    assert cart.set_line("p1", "1", "10.00")
    assert cart.doubt is None
    again = cart.cart
    cart.open(again)
    assert cart.doubt is not None, "a parked cart is looked at again"


def test_what_comes_off_the_order_is_asked_again_when_a_line_goes():
    counter = filled()
    cart = counter.open_cart
    assert cart.set_discount(cart.cart.priced(Decimal(10)), "25.00")
    cart.remove("p2")
    assert cart.doubt is not None and cart.doubt.product_id == ""
    cart.undo()
    assert cart.doubt is None


def test_whose_discount_it_was_is_said_when_somebody_else_gets_it():
    counter = filled()
    counter.open_cart.set_line("p1", "2", "10%")
    counter.open_cart.choose_customer(MARY)
    assert counter.changed[-1] == "For Mary Jones"
    counter.open_cart.choose_customer(replace(MARY, customer_id="cust_2", first_name="Ana"))
    assert counter.changed[-1] == "For Ana Jones. The discounts stay: look at Hammer."
