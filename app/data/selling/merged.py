"""Reads which customers are one person, on the embedded store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from app.data.store.reading import entities
from app.domain.customers import Customer
from app.domain.documents.customers import to_customer
from connector_config.schema.collections import CUSTOMERS, ditto_id
from connector_config.schema.condition import has_text
from connector_config.schema.merged import Merged

# Who was brought back stands alone again.
POINTERS: Final = (
    "SELECT customer_id, merged_into FROM customers USE INDEX 'customers_merged' "
    f"WHERE {has_text('merged_into')} AND deleted = true LIMIT 20000"
)

FORGOTTEN: Final = "This customer was removed at their own wish, and cannot be brought back."
ONE: Final = "SELECT * FROM customers WHERE _id = :id"


class Queries(Protocol):
    """An open store, or a transaction of it."""

    async def query(self, dql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]: ...


async def read_merged(store: Queries) -> Merged:
    """Who stands for whom among the customers of this device."""
    return to_merged(await store.query(POINTERS, {}))


def to_merged(rows: Iterable[Mapping[str, Any]]) -> Merged:
    """Who stands for whom, by the rows of POINTERS."""
    return Merged(
        {
            row["customer_id"]: row["merged_into"]
            for row in rows
            if isinstance(row.get("customer_id"), str)
        }
    )


async def find_kept(store: Queries, store_id: str, customer_id: str) -> Customer | None:
    """One customer, or the one who was kept of the same person; None where there is none."""
    merged = await read_merged(store)
    key = key_of(store_id, merged.kept(customer_id))
    rows = await store.query(ONE, {"id": ditto_id(CUSTOMERS, key)})
    return next(iter(standing(rows, merged)), None)


def standing(rows: Iterable[Mapping[str, Any]], merged: Merged) -> list[Customer]:
    """Those of some customers who are there and stand for themselves, with the ids of the others.

    Of those who were merged in a circle one stands, although it was given up.
    """

    def there(row: Mapping[str, Any]) -> tuple[Customer, bool]:
        return to_customer(row), not row.get("deleted") or row["customer_id"] in merged.in_circles

    return [
        replace(one, others=merged.others(one.customer_id))
        for one, is_there in entities(rows, there)
        if is_there and not one.forgotten
    ]


def key_of(store_id: str, customer_id: str) -> dict[str, str]:
    """The fields of the id of a customer."""
    return {"primary_store_id": store_id, "customer_id": customer_id}
