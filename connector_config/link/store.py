"""The device's store as the link uses it: transactions that finish, and documents in bulk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from ditto import Ditto, Transaction

from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_indexes import INDEXES
from connector_config.store.local_only import ECHOES, OUTBOX, PARKED
from connector_config.store.outbox import Executes, body_of, text_of
from connector_config.store.together import settle_failure, together

T = TypeVar("T")
Body = dict[str, Any]

_ADD: Final = "UPDATE inventory USE IDS LIST :ids APPLY stock_delta INCREMENT BY :quantity"
# An earlier time is one that is told again, or told late.
_ADD_AT: Final = (
    f"{_ADD} SET last_updated = CASE WHEN last_updated > :at THEN last_updated ELSE :at END"
)
_SET_AT: Final = (
    "UPDATE inventory USE IDS LIST :ids SET last_updated = :at "
    "WHERE coalesce(last_updated, '') < :at"
)
# By INDEX.
_HELD: Final = (
    "SELECT inventory_id, SUM(quantity) AS total FROM stock_movements "
    "WHERE inventory_id IN :ids GROUP BY inventory_id"
)
INDEX: Final = INDEXES["stock_movements.history_item"]
"""Makes the index that the link needs, also where no app has."""
# USE IDS is three times as quick as IN, and does nothing without a condition on a field.
_EVICT_ROWS: Final = {
    name: f"EVICT FROM {name} USE IDS LIST :ids WHERE at > ''" for name in (OUTBOX, PARKED, ECHOES)
}


@dataclass(slots=True)
class Move:
    """A move of an item's counter; `item` is its Ditto `_id`, `quantity` counts units."""

    item: Any
    quantity: int = 0
    last_updated: str = ""


def in_order(collections: Iterable[str]) -> list[str]:
    """Each collection once, movements first: of an item's sum they are told before."""
    return sorted(set(collections), key=lambda name: (name != STOCK_MOVEMENTS, name))


async def transaction(
    ditto: Ditto, work: Callable[[Transaction], Awaitable[T]], *, read_only: bool = False
) -> T:
    """Run a transaction to its end even when cancelled: Ditto must not be closed under it."""
    running = asyncio.ensure_future(ditto.store.transaction(work, is_read_only=read_only))
    running.add_done_callback(settle_failure)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def rows(store: Executes, dql: str, arguments: Mapping[str, Any] | None = None) -> list[Body]:
    """The rows of a query."""
    with await store.execute(dql, arguments) as result:
        return [item.value for item in result.items]


async def change(store: Executes, dql: str, arguments: Mapping[str, Any] | None = None) -> None:
    """Run a mutating statement."""
    with await store.execute(dql, arguments):
        pass


async def put_rows(store: Executes, collection: str, documents: Sequence[Body]) -> None:
    """Store rows of a local collection in place of those that are there."""
    if documents:
        statement = f"INSERT INTO {collection} DOCUMENTS (:rows) ON ID CONFLICT DO UPDATE"
        await change(store, statement, {"rows": list(documents)})


async def drop_rows(store: Executes, collection: str, ids: Iterable[Any]) -> None:
    """Drop rows of OUTBOX, PARKED or ECHOES without a trace."""
    if its := list(ids):
        await change(store, _EVICT_ROWS[collection], {"ids": its})


async def insert(store: Executes, collection: str, documents: Sequence[Body]) -> None:
    """Insert documents; raises DittoError when one of them is there."""
    statement = f"INSERT INTO {collection} DOCUMENTS (:documents)"
    await change(store, statement, {"documents": list(documents)})


async def insert_new(store: Executes, collection: str, documents: Sequence[Body]) -> set[str]:
    """Insert the documents that are not there; returns `text_of` the `_id` of each new one."""
    if not documents:
        return set()
    statement = f"INSERT INTO {collection} DOCUMENTS (:documents) ON ID CONFLICT DO NOTHING"
    with await store.execute(statement, {"documents": list(documents)}) as result:
        return {text_of(its.value) for its in result.mutated_document_ids()}


async def put_documents(
    store: Executes, collection: str, changes: Sequence[tuple[Body | None, Body]]
) -> None:
    """Store documents, each given with its stored state, of which only what differs is written.

    The counter of stock is left as it is.
    """
    fresh: list[Body] = []
    fields: list[Body] = []
    shrunk: list[tuple[Body, Body]] = []
    for before, after in changes:
        if before is None:
            fresh.append(after)
        elif _loses(body_of(collection, before), after):
            shrunk.append((before, after))
        else:
            different = {
                name: value for name, value in after.items() if before.get(name, value) != value
            } | {name: value for name, value in after.items() if name not in before}
            if different:
                fields.append({"_id": before["_id"], **different})
    if shrunk:
        # Ditto merges maps, so a field goes away only with its document.
        statement = f"EVICT FROM {collection} WHERE _id IN :ids"
        await change(store, statement, {"ids": [before["_id"] for before, _ in shrunk]})
        fresh += [after for _, after in shrunk]
    if fresh:
        await insert(store, collection, fresh)
    if fields:
        statement = f"INSERT INTO {collection} DOCUMENTS (:documents) ON ID CONFLICT DO UPDATE"
        await change(store, statement, {"documents": fields})
    if collection == INVENTORY:
        await add_stock(store, (Move(b["_id"], counter(b)) for b, _ in shrunk))


async def delete_documents(store: Executes, collection: str, ids: Sequence[Any]) -> None:
    """Delete documents."""
    if ids:
        await change(store, f"DELETE FROM {collection} WHERE _id IN :ids", {"ids": list(ids)})


async def add_stock(store: Executes, moves: Iterable[Move]) -> None:
    """Move the counters of items; those that are not stored here are skipped."""
    groups: dict[tuple[int, str], list[Any]] = {}
    for move in moves:
        if move.quantity or move.last_updated:
            groups.setdefault((move.quantity, move.last_updated), []).append(move.item)
    await together(
        *(
            change(
                store,
                _ADD_AT if quantity and at else _ADD if quantity else _SET_AT,
                {"ids": ids, "quantity": quantity, "at": at},
            )
            for (quantity, at), ids in groups.items()
        )
    )


async def moved_units(store: Executes, inventory_ids: Sequence[str]) -> dict[str, int]:
    """The sums of the movements that are held here, by inventory id."""
    if not inventory_ids:
        return {}
    found = await rows(store, _HELD, {"ids": list(inventory_ids)})
    # Ditto gives one row without a group where there is nothing to group.
    return {
        row["inventory_id"]: int(row.get("total") or 0) for row in found if row.get("inventory_id")
    }


def counter(item: Mapping[str, Any] | None) -> int:
    """The counter of an item that is here, or not."""
    moved = None if item is None else item.get("stock_delta")
    # Only increments make it, but whoever else writes into a store may put anything there.
    return int(moved) if isinstance(moved, (int, float)) else 0


def _loses(before: Any, after: Any) -> bool:
    """Whether a key is gone, at any depth."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    return any(name not in after or _loses(its, after[name]) for name, its in before.items())
