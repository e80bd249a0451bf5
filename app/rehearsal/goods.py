"""The data of a rehearsal: two stores of a few items, so that everybody works on the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from app.rehearsal.contents import text_id
from app.rehearsal.steps import CUSTOMERS as CUSTOMERS_OF_STORE
from app.rehearsal.steps import ITEMS
from app.rehearsal.steps import STORES as STORE_IDS
from connector_config.schema.collections import (
    CUSTOMERS,
    INVENTORY,
    PRODUCT_CODES,
    PRODUCTS,
    STORES,
    ditto_id,
)
from seed.data_set import data_set
from seed.options import Options

Document = dict[str, Any]

OPTIONS: Final = Options(end=date(2026, 11, 21), seed=1, customers=200, orders=0)
"""The same data whenever it runs, so that a seed number repeats a schedule."""


@dataclass(frozen=True)
class Goods:
    """Documents by collection; items and customers by store, in the order of their numbers."""

    documents: Mapping[str, list[Document]]
    items: Mapping[str, list[Document]]
    customers: Mapping[str, list[Document]]

    def item_key(self, store_id: str, number: int) -> Any:
        """The Ditto `_id` of an item."""
        return ditto_id(INVENTORY, self.items[store_id][number - 1])

    def customer_key(self, store_id: str, number: int) -> Any:
        """The Ditto `_id` of a customer."""
        return ditto_id(CUSTOMERS, self.customers[store_id][number - 1])

    def line(self, store_id: str, number: int) -> dict[str, str]:
        """The product of an item as papers name it."""
        return self._products[self.items[store_id][number - 1]["product_id"]]

    @cached_property
    def _products(self) -> dict[str, dict[str, str]]:
        return {
            product["product_id"]: {
                "product_id": product["product_id"],
                "sku": product["sku"],
                "name": product["product_name"],
            }
            for product in self.documents[PRODUCTS]
        }

    def name_of(self, collection: str, key: str) -> str:
        """The name of a document for a person, given its Ditto id as text."""
        numbered = self.items if collection == INVENTORY else self.customers
        if collection in (INVENTORY, CUSTOMERS):
            for store, documents in numbered.items():
                for number, document in enumerate(documents, 1):
                    if text_id(collection, document) == key:
                        kind = "item" if collection == INVENTORY else "customer"
                        return f"{kind} {number} of {store}"
        return f"{collection} {key}"


def load_goods(options: Options = OPTIONS, *, whole: bool = False) -> Goods:
    """Load a small part of what zava-seed makes of some options, or the `whole` of it.

    Items and customers have the same numbers either way, and nobody works on others.
    """
    made = {part.collection: [dict(one) for one in part.documents] for part in data_set(options)}
    stocked: dict[str, dict[object, Document]] = {
        store: {one["product_id"]: one for one in made[INVENTORY] if one["store_id"] == store}
        for store in STORE_IDS
    }
    # The same number is the same product in both stores.
    both = [
        product["product_id"]
        for product in made[PRODUCTS]
        if all(product["product_id"] in items for items in stocked.values())
    ][:ITEMS]
    items: dict[str, list[Document]] = {
        store: [its[product] for product in both] for store, its in stocked.items()
    }
    customers: dict[str, list[Document]] = {
        store: [one for one in made[CUSTOMERS] if one["primary_store_id"] == store][
            :CUSTOMERS_OF_STORE
        ]
        for store in STORE_IDS
    }
    for store in made[STORES]:
        store["approvals"] = {"unusual_quantity": True}
    if whole:
        return Goods(made, items, customers)
    for name in (PRODUCTS, PRODUCT_CODES):
        made[name] = [one for one in made[name] if one["product_id"] in both]
    made[INVENTORY] = [one for its in items.values() for one in its]
    made[CUSTOMERS] = [one for its in customers.values() for one in its]
    return Goods(made, items, customers)
