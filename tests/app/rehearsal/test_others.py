"""What somebody writes who plays no part is found, unless it is known who does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from app.domain.order_numbers import order_number
from app.rehearsal.goods import Goods
from app.rehearsal.journal import InFlight, Journal
from app.rehearsal.steps import Order
from app.rehearsal.verdict import DUPLICATES, judge

NOBODY = [
    "nobody took the order o1 of a movement in MongoDB",
    "nobody took the order o1 that is in MongoDB",
]


def sale(device_id: str, number: str = "K7Q-4M9-XTB") -> dict[str, list[dict[str, Any]]]:
    """An order of one line."""
    shared = {"order_id": "o1", "store_id": "store_seattle", "device_id": device_id}
    moved = {"reason": "sold", "quantity": -1, "inventory_id": "i1", "movement_id": "m1"}
    item = {"inventory_id": "i1", "store_id": "store_seattle", "stock_delta": -1, "notes": ""}
    return {
        "orders": [{**shared, "number": number, "item_count": 1}],
        "order_items": [{**shared, "order_item_id": "l1", "product_id": "p1"}],
        "stock_movements": [{**shared, **moved, "reference": {"order": "o1"}, "product_id": "p1"}],
        "inventory": [{**item, "location": {}}],
    }


def found(
    mongodb: Mapping[str, Any],
    others: tuple[str, ...] = (),
    made: tuple[str, ...] = (),
    journal: Journal | None = None,
) -> list[str]:
    nothing: Mapping[str, Any] = defaultdict(list)
    goods = Goods({"orders": [{"order_id": one} for one in made]}, {}, {})
    held = defaultdict(list, mongodb)
    verdict = judge(goods, nothing, journal or Journal(), held, {}, others=others)
    return verdict.problems[DUPLICATES]


def test_a_device_that_is_known_may_sell_besides() -> None:
    assert found(sale("simulation")) == NOBODY
    assert found(sale("simulation"), ("simulation",)) == []
    assert found(sale("somebody"), ("simulation",)) == NOBODY


def test_an_order_of_the_data_set_has_no_movements() -> None:
    old = {**sale("simulation"), "stock_movements": []}
    (said,) = found(old, ("simulation",))
    assert "has 1 line by its own word, 1 line and 0 movements" in said
    assert found(old, ("simulation",), made=("o1",)) == []


def test_an_order_that_was_cut_off_may_be_there() -> None:
    step = Order(do="order", peer="ann", customer=1, lines={1: 1})
    journal = Journal(in_flight=[InFlight("ann", step, "ann-1", {"order_id": "a cart"})])
    assert found(sale("ann-1", order_number("a cart")), journal=journal) == []
    assert found(sale("ann-1"), journal=journal) == NOBODY
