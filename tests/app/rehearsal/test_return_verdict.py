"""A return that moved other stock than it says is found."""

from __future__ import annotations

from typing import Any

import pytest

from app.rehearsal.return_verdict import odd_returns


def documents(**changed: Any) -> dict[str, list[dict[str, Any]]]:
    """Two came back of an order of Tacoma, one of them damaged, in Seattle."""
    line = {"quantity": 2, "damaged": 1}
    entry = {"store_id": "store_seattle", "lines": {"i1": line}}
    came = {"store_id": "store_seattle", "quantity": 2} | changed
    reference = {"order": "o1", "return": "r1"}
    return {
        "orders": [{"store_id": "store_tacoma", "order_id": "o1", "returns": {"r1": entry}}],
        "order_items": [{"order_item_id": "i1", "product_id": "p1"}],
        "stock_movements": [
            {"product_id": "p1", "reference": reference, **came},
            {**came, "product_id": "p1", "reference": reference, "quantity": -1},
            {"product_id": "p1", "reference": {"return": "r2"}, **came},
        ],
    }


def test_a_return_is_in_the_stock_of_the_store_that_took_it_in() -> None:
    assert list(odd_returns(documents())) == []


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        (
            {"store_id": "store_tacoma"},
            [
                "the return r1 says +1 p1 into store_seattle, the ledger +0",
                "the return r1 says +0 p1 into store_tacoma, the ledger +1",
            ],
        ),
        ({"quantity": 3}, ["the return r1 says +1 p1 into store_seattle, the ledger +2"]),
    ],
)
def test_other_stock_is_found(changed: dict[str, Any], sentences: list[str]) -> None:
    assert list(odd_returns(documents(**changed))) == sentences
