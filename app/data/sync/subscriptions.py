"""The scope of each role: one table, few and long-lived queries, only immutable fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from app.domain.entities import Role
from connector_config.schema.collections import COLLECTIONS, Kind
from connector_config.schema.condition import NOTHING, Condition
from connector_config.schema.instants import to_iso
from connector_config.schema.scope import Wanted, of_stores, shared

# A rep's customers are those of the rep's store: a customer who moves store is a new document.
# And a rep's card of a product explains its number too.
_KINDS: dict[Role, tuple[Kind, ...]] = {
    Role.WORKER: ("people", "sales", "ledger", "papers"),
    Role.REP: ("people", "sales", "ledger"),
    Role.MANAGER: ("people", "sales", "ledger", "papers"),
}


def wanted(
    role: Role, store_ids: Sequence[str], now: datetime, orders_days: int | None = None
) -> tuple[Wanted, ...]:
    """The scope of a role at some stores; with `orders_days`, only orders of the last days."""
    since = None
    if orders_days is not None:
        # To the day, so that it stays one and the same subscription for a day.
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        since = to_iso(today - timedelta(days=orders_days))
    return shared() + of_stores(sorted(store_ids), _KINDS[role], since)


def subscription(one: Wanted) -> tuple[str, dict[str, Any]]:
    """The DQL subscription for a part of a scope, and its parameters."""
    where, parameters = one.condition().where()
    return f"SELECT * FROM {one.collection}{where}", parameters


def uncovered(scope: Sequence[Wanted]) -> dict[str, Condition]:
    """The condition of the documents that a scope does not want, by collection.

    Collections that are wanted whole are left out.
    """
    result: dict[str, Condition] = {}
    for collection in (name for name, one in COLLECTIONS.items() if one.sync):
        conditions = (one.condition() for one in scope if one.collection == collection)
        if (outside := ~reduce(or_, conditions, NOTHING)) != NOTHING:
            result[collection] = outside
    return result


def as_documents(scope: Sequence[Wanted]) -> list[dict[str, Any]]:
    """A scope as plain values, to keep in a file."""
    return [
        {name: getattr(one, name) for name in Wanted.__slots__ if getattr(one, name)}
        for one in scope
    ]


def from_documents(documents: Sequence[Mapping[str, Any]]) -> tuple[Wanted, ...]:
    """A scope from what `as_documents` made; raises KeyError or TypeError where it is none."""
    return tuple(
        Wanted(**{**document, "values": tuple(document.get("values", ()))})
        for document in documents
    )
