"""Which documents a device wants: what both Ditto subscriptions and the link are made of.

Only immutable fields decide, so that no document ever leaves what a device wants by being edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from connector_config.schema import collections as names
from connector_config.schema.condition import EVERYTHING, Condition, at_least, one_of

# The stock of all stores is small, and it is what shows who else has a product without a network.
SHARED: Final = (
    names.STORES,
    names.CATEGORIES,
    names.PRODUCT_TYPES,
    names.PRODUCTS,
    names.INVENTORY,
)
"""What every device holds whole."""

SALES: Final = (
    (names.CUSTOMERS, "primary_store_id"),
    (names.ORDERS, "store_id"),
    (names.ORDER_ITEMS, "store_id"),
)
"""What belongs to a store's sales, with the immutable field that names the store."""

LEDGER: Final = (
    (names.STOCK_MOVEMENTS, "store_id"),
    (names.OVERSELL_CASES, "store_id"),
)
"""What explains a store's stock, unit by unit, and what became of what was sold twice."""

STOCK: Final = (
    *LEDGER,
    (names.TRANSFERS, "from_store_id"),
    (names.TRANSFERS, "to_store_id"),
    (names.REPLENISHMENTS, "store_id"),
    (names.GOODS_RECEIPTS, "store_id"),
    (names.STOCKTAKES, "store_id"),
    (names.STOCKTAKE_COUNTS, "store_id"),
)
"""What belongs to a store's stock."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The documents of one collection whose `field` has one of `values`; all without a field.

    `since` is an instant and `since_field` the immutable field that must not lie before it.
    """

    collection: str
    field: str | None = None
    values: tuple[str, ...] = ()
    since_field: str | None = None
    since: str | None = None

    def mongo_filter(self, prefix: str = "") -> dict[str, Any]:
        """As a MongoDB query; `prefix` such as `fullDocument.` for a change stream."""
        query: dict[str, Any] = {}
        if self.field is not None:
            query[prefix + self.field] = {"$in": list(self.values)}
        if self.since_field is not None:
            query[prefix + self.since_field] = {"$gte": self.since}
        return query

    def condition(self) -> Condition:
        """As a condition of Ditto's query language."""
        result = EVERYTHING
        if self.field is not None:
            result &= one_of(self.field, self.values)
        if self.since_field is not None:
            result &= at_least(self.since_field, self.since)
        return result

    def parts(self) -> tuple[Wanted, ...]:
        """The same documents value by value, so that a further value is a further part."""
        if self.field is None:
            return (self,)
        return tuple(replace(self, values=(value,)) for value in self.values)

    def covers(self, document: Mapping[str, Any]) -> bool:
        """Whether a document is one of them."""
        if self.field is not None and document.get(self.field) not in self.values:
            return False
        return self.since_field is None or str(document.get(self.since_field)) >= str(self.since)


def everything_of(stores: Sequence[str]) -> tuple[Wanted, ...]:
    """All about some stores, and what all stores share."""
    return (
        *(Wanted(name) for name in SHARED),
        *(Wanted(name, field, tuple(stores)) for name, field in SALES + STOCK),
    )
