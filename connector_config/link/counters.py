"""The counters of stock while a batch of changes is worked in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from connector_config.link import ledger, store
from connector_config.link.notes import Notes, key_of
from connector_config.link.store import Body, Move
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.store.local_only import OUTBOX, PARKED
from connector_config.store.outbox import Executes, read_stored, row_id, text_of

_MOVEMENTS_OF: Final = (
    "SELECT _id, inventory_id, quantity FROM stock_movements WHERE inventory_id IN :ids"
)

Ledgers = Callable[[str], bool]
"""Whether this device holds the movements of a store."""


class Item(NamedTuple):
    """An item that is stored now: as it was, None if it is new here, and MongoDB's sum, if told."""

    document_id: Any
    before: Body | None
    total: int | None


class Counters:
    """Adds up how the counters of items move, to move each of them once."""

    def __init__(self, tx: Executes, notes: Notes, ledgers: Ledgers) -> None:
        self._tx = tx
        self._notes = notes
        self._ledgers = ledgers
        self._moves: dict[str, Move] = {}

    def of(self, item: Any) -> Move:
        """The move of an item by its Ditto `_id`."""
        return self._moves.setdefault(text_of(item), Move(item))

    def known(self, item: Any) -> Move | None:
        """The move of an item that moves already, else None."""
        return self._moves.get(text_of(item))

    @property
    def moved(self) -> list[Any]:
        """The Ditto ids of the items that move."""
        return [one.item for one in self._moves.values()]

    def add(self, movement: Mapping[str, Any], quantity: int) -> None:
        """Add what a movement moves, if its ledger is held here."""
        if self._ledgers(movement["store_id"]):
            self.of(ditto_id(INVENTORY, movement)).quantity += quantity

    async def store(self) -> None:
        """Move them."""
        await store.add_stock(self._tx, self._moves.values())

    async def come(self, items: Sequence[Item]) -> None:
        """Set the counters of items that are new here, and of stores whose movements are not held
        here.
        """
        fresh = [
            one
            for one in items
            if one.before is None and self._ledgers(one.document_id["store_id"])
        ]
        totals = await store.moved_units(
            self._tx, [one.document_id["inventory_id"] for one in fresh]
        )
        for one in fresh:
            its = one.document_id
            self.of(its).quantity = totals.get(its["inventory_id"], 0)
        others = [
            (one.document_id, one.before, one.total)
            for one in items
            if one.total is not None and not self._ledgers(one.document_id["store_id"])
        ]
        unseen = await self._unseen([its["inventory_id"] for its, _, _ in others])
        for its, before, total in others:
            wanted = total + unseen.get(its["inventory_id"], 0)
            self.of(its).quantity = wanted - store.counter(before)

    async def _unseen(self, inventory_ids: Sequence[str]) -> dict[str, int]:
        """What this device moved in other stores and MongoDB's sums do not have yet, by item."""
        if not inventory_ids:
            return {}
        own = await store.rows(self._tx, _MOVEMENTS_OF, {"ids": list(inventory_ids)})
        keys = [row_id(STOCK_MOVEMENTS, row["_id"]) for row in own]
        waiting = set(await read_stored(self._tx, OUTBOX, keys))
        refused = await read_stored(self._tx, PARKED, keys)
        # What cannot come in may be in MongoDB's sum; what cannot go out is not.
        waiting |= {text for text, row in refused.items() if "base" in row}
        waiting |= {
            text_of(row_id(STOCK_MOVEMENTS, row["_id"]))
            for row in own
            if self._notes.is_awaited(key_of(STOCK_MOVEMENTS, row["_id"]))
        }
        sums: dict[str, int] = {}
        for row, key in zip(own, keys, strict=True):
            if text_of(key) in waiting:
                its = row["inventory_id"]
                sums[its] = sums.get(its, 0) + ledger.units(row)
        return sums
