"""Judges what came back of orders: the ledger says the same as the orders, store by store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.rehearsal.contents import Document
from connector_config.schema.collections import ORDER_ITEMS, ORDERS, STOCK_MOVEMENTS

Documents = Mapping[str, Sequence[Document]]


def odd_returns(mongodb: Documents) -> Iterator[str]:
    """Sentences about returns that moved other stock than they say, or that of another store."""
    moved: Counter[tuple[str, str, str]] = Counter()
    for movement in mongodb[STOCK_MOVEMENTS]:
        reference = movement["reference"]
        if "order" in reference and (key := reference.get("return")) is not None:
            moved[key, movement["store_id"], movement["product_id"]] += int(movement["quantity"])
    products = {one["order_item_id"]: one["product_id"] for one in mongodb[ORDER_ITEMS]}
    said: Counter[tuple[str, str, str]] = Counter()
    for order in mongodb[ORDERS]:
        for key, entry in (order.get("returns") or {}).items():
            store_id = entry.get("store_id") or order["store_id"]
            for item_id, line in entry["lines"].items():
                units = int(line["quantity"]) - int(line["damaged"])
                said[key, store_id, products.get(item_id, item_id)] += units
    for which in sorted(said.keys() | moved.keys()):
        key, store_id, product = which
        if said[which] != moved[which]:
            yield (
                f"the return {key} says {said[which]:+d} {product} into {store_id}, the ledger "
                f"{moved[which]:+d}"
            )
