"""What is said when more is ordered than is there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.carts import Cart, CartLine
from app.domain.entities import Store
from app.ui.order.shortage import Shortage
from tests.helpers.fakes import make_item

HERE = Store("here", "Zava Retail Here", "Here", where=(47.6, -122.3))
NEAR = Store("near", "Zava Retail Near", "Near", where=(47.7, -122.2))
FAR = Store("far", "Zava Retail Far", "Far", where=(45.0, -120.0))
NOWHERE = Store("nowhere", "Zava Retail Nowhere", "Nowhere")
EMPTY = Store("empty", "Zava Retail Empty", "Empty", where=HERE.where)
STORES = {one.store_id: one for one in (HERE, NEAR, FAR, NOWHERE, EMPTY)}


def test_the_nearest_stores_that_have_it_are_named() -> None:
    on_hand = {"nowhere": 99, "far": 50, "near": 2, "empty": 0, "here": 1}
    items = [replace(make_item("p1", n), store_id=store) for store, n in on_hand.items()]
    line = CartLine("p1", "HND-1", "Claw Hammer", Decimal("9.99"), 3)
    cart = Cart("c1", "here", "", lines=(line,))
    said = Shortage.of(cart, [(line, 1, items)], HERE, STORES)
    assert said.text == "Claw Hammer: 3 ordered, 1 on hand; Near 2, Far 50, Nowhere 99."
    assert not said.refused
    alone = Shortage.of(cart, [(line, 1, items[-2:])], HERE, STORES)
    assert alone.text == "Claw Hammer: 3 ordered, 1 on hand, and no other store has it."
