"""Compares what a script expects with what MongoDB holds in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.rehearsal.contents import Document
from app.rehearsal.goods import Goods
from app.rehearsal.journal import Journal
from app.rehearsal.paper_verdict import of_paper
from app.rehearsal.schedule import Expected
from connector_config.schema.collections import CUSTOMERS, INVENTORY, ORDERS, OVERSELL_CASES
from connector_config.schema.merged import Merged

Documents = Mapping[str, Sequence[Document]]


def unexpected(
    goods: Goods,
    expected: Sequence[Expected],
    journal: Journal,
    begin: Documents,
    mongodb: Documents,
) -> Iterator[str]:
    """Sentences about what was expected and did not come."""
    items = {one["inventory_id"]: one for one in mongodb[INVENTORY]}
    customers = {one["customer_id"]: one for one in mongodb[CUSTOMERS]}
    for expectation in expected:
        found: dict[str, Any] = {}
        what: str = expectation.store
        if expectation.item is not None:
            item = items[goods.items[expectation.store][expectation.item - 1]["inventory_id"]]
            place = item["location"]
            what = f"item {expectation.item} of {expectation.store}"
            found["on_hand"] = item["stock_level"] + int(item.get("stock_delta") or 0)
            found["place"] = f"{place['aisle']}{place['shelf']}-{place.get('bin', '')}"
            found["note"] = item["notes"]
            found["settled"] = [
                entry["kind"]
                for case in mongodb[OVERSELL_CASES]
                if case["inventory_id"] == item["inventory_id"]
                for entry in sorted(case["settlements"].values(), key=lambda one: str(one["at"]))
                if not entry.get("taken_back_at")
            ]
        if expectation.customer is not None:
            customer = goods.customers[expectation.store][expectation.customer - 1]["customer_id"]
            what = f"customer {expectation.customer} of {expectation.store}"
            found["first_name"] = customers[customer]["first_name"]
            found["stands_for"] = _group(customer, mongodb[CUSTOMERS])
        if expectation.paper is not None:
            what = (
                f"{expectation.paper}, item {expectation.item}"
                if expectation.item
                else expectation.paper
            )
            found |= of_paper(expectation, goods, journal, mongodb)
        before, after = (
            sum(order["store_id"] == expectation.store for order in orders)
            for orders in (begin[ORDERS], mongodb[ORDERS])
        )
        found["orders"] = after - before
        found["cancelled"] = sum(
            order["store_id"] == expectation.store and order["status"] == "cancelled"
            for order in mongodb[ORDERS]
            if order not in begin[ORDERS]
        )
        wanted = expectation.model_dump(
            exclude_none=True, exclude={"store", "item", "customer", "paper"}
        )
        for name, value in wanted.items():
            if found.get(name) != value:
                yield f"{name} of {what} is {found.get(name)!r}, and {value!r} was expected"


def _group(customer_id: str, customers: Sequence[Document]) -> int:
    """How many customers are one person with one; 0 where nobody of them stands, or several do."""
    pointing = {
        one["customer_id"]: one["merged_into"]
        for one in customers
        if one["deleted"] and one.get("merged_into")
    }
    merged = Merged(pointing)
    group = {merged.kept(customer_id), *merged.others(merged.kept(customer_id))}
    there = [one for one in customers if one["customer_id"] in group and not one["deleted"]]
    return len(group) if len(there) == 1 else 0
