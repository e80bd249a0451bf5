"""Counts that are withdrawn; what happens in any order is in the papers machine."""

from __future__ import annotations

import pytest

from app.domain.documents.papers import new_paper
from app.domain.documents.parts import signed
from connector_config.schema.collections import STOCKTAKE_COUNTS, STOCKTAKES
from tests.helpers.replicas import Replica, exchange, now, settle_all


@pytest.mark.parametrize("posts", [("a",), ("a", "b"), ("b", "a")])
def test_all_who_posted_a_withdrawn_count_take_it_back(posts: tuple[str, ...]) -> None:
    devices = {name: Replica("store_0", f"device-{name}") for name in "abc"}
    everybody, counter = list(devices.values()), devices["c"]
    key = {"store_id": "store_0", "stocktake_id": "stocktake"}
    counter.insert(STOCKTAKES, new_paper(counter.actor, now(), "ST-1") | key)
    item = counter.item("drill")
    count = {"store_id": "store_0", "count_id": "count"}
    counter.insert(
        STOCKTAKE_COUNTS,
        {
            **signed(counter.actor, now()),
            **count,
            "stocktake_id": "stocktake",
            "inventory_id": item.inventory_id,
            "product_id": "drill",
            "quantity": 13,
            "stock_level": 20,
        },
    )
    exchange(everybody)
    for name in posts:
        (stocktake,) = devices[name].stocktakes()
        assert devices[name].post_stocktake(stocktake)
    counter.insert(STOCKTAKE_COUNTS, {**count, "deleted": True})
    settle_all(everybody)
    for device in everybody:
        assert device.item("drill").on_hand == 20
        moved = [one["quantity"] for one in device.of_item(item.inventory_id)]
        assert sorted(moved) == [-7] * len(posts) + [7] * len(posts)
        assert not device.settle()
