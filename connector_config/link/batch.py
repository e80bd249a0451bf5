"""Works changes of MongoDB into the store, beside what the device changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ditto import Transaction

from connector_config.link import store
from connector_config.link.incoming import Incoming
from connector_config.link.merge import merge
from connector_config.link.notes import Key, Look, Notes, key_of
from connector_config.link.store import Body, Move
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.store.local_only import ECHOES, OUTBOX, PARKED
from connector_config.store.outbox import (
    PendingRow,
    body_of,
    from_stored,
    read_stored,
    row_id,
    text_of,
    to_stored,
)

_MOVEMENTS_OF: Final = (
    "SELECT _id, inventory_id, quantity FROM stock_movements WHERE inventory_id IN :ids"
)
_EARLY: Final = "1970-01-01T00:00:00.000Z"


Ledgers = Callable[[str], bool]
"""Whether this device holds the movements of a store."""


@dataclass(slots=True)
class _Document:
    """A document while a batch is worked in: as it was, and as it will be."""

    document_id: Any
    stored: Body | None
    now: Body | None
    row: PendingRow | None
    """The change of the device that MongoDB does not have."""
    home: str | None
    """Where that row is stored."""


class Batch:
    """Changes of MongoDB on their way into the store, in one transaction."""

    def __init__(
        self, tx: Transaction, notes: Notes, ledgers: Ledgers, copying: bool, never_met: bool
    ) -> None:
        self._tx = tx
        self._notes = notes
        self._ledgers = ledgers
        self._copying = copying
        self._never_met = never_met
        self._moved: dict[str, Move] = {}
        self._look = Look(notes)
        # Still parked, because MongoDB refused it.
        self._refused: set[Key] = set()

    async def insert(self, name: str, changes: Sequence[Incoming]) -> None:
        """Insert documents of one collection; raises DittoError when one of them is here."""
        documents = (
            {
                text_of(one.document_id): _Document(
                    one.document_id, None, dict(one.document), None, None
                )
                for one in changes
                if one.document is not None
            }
            if name == INVENTORY
            else {}
        )
        await store.insert(
            self._tx,
            name,
            [
                {"_id": one.document_id, **one.document}
                for one in changes
                if one.document is not None
            ],
        )
        if documents:
            await self._counters(documents, changes)

    async def movements(self, changes: Mapping[str, Incoming]) -> None:
        """Work in movements, which never change: MongoDB's is the one that everybody has."""
        changes = {text: one for text, one in changes.items() if not self._is_own(text, one)}
        if not changes:
            return
        parked = [
            row_id(STOCK_MOVEMENTS, change.document_id)
            for text, change in changes.items()
            if (STOCK_MOVEMENTS, text) in self._notes.parked
        ]
        await store.drop_rows(self._tx, PARKED, parked)
        held = {
            text: {"_id": change.document_id, **change.document}
            for text, change in changes.items()
            if change.document is not None and self._ledgers(change.document["store_id"])
        }
        new = await store.insert_new(self._tx, STOCK_MOVEMENTS, list(held.values()))
        for text in new:
            self._move(held[text], _quantity(held[text]))
        if len(new) == len(changes):
            return
        known = [change for text, change in changes.items() if text not in new]
        ids = [change.document_id for change in known]
        there = await read_stored(self._tx, STOCK_MOVEMENTS, ids)
        await store.drop_rows(self._tx, OUTBOX, [row_id(STOCK_MOVEMENTS, its) for its in ids])
        puts: list[tuple[Body | None, Body]] = []
        gone: list[Any] = []
        for change in known:
            text = text_of(change.document_id)
            before = there.get(text)
            if before is None:
                continue
            if change.document is None:
                gone.append(change.document_id)
                self._move(before, -_quantity(before))
            elif body_of(STOCK_MOVEMENTS, before) != change.document:
                puts.append((before, {"_id": change.document_id, **change.document}))
                self._move(before, _quantity(change.document) - _quantity(before))
        await store.put_documents(self._tx, STOCK_MOVEMENTS, puts)
        await store.delete_documents(self._tx, STOCK_MOVEMENTS, gone)

    async def merge_all(self, name: str, changes: Sequence[Incoming]) -> None:
        """Work in the changes of one collection, in their order."""
        changes = [one for one in changes if not self._is_moved(one)]
        if not changes:
            return
        documents = await self._load(name, {text_of(o.document_id): o.document_id for o in changes})
        awaited = {key for text in documents if (key := (name, text)) in self._notes.sent}
        for change in changes:
            self._merge(name, documents[text_of(change.document_id)], change)
        await self._save(name, list(documents.values()))
        came = [documents[text] for _, text in awaited - self._notes.sent.keys()]
        echoes = [row_id(name, one.document_id) for one in came]
        await store.drop_rows(self._tx, ECHOES, echoes)
        for text, one in documents.items():
            # Stock that moved earlier in the batch must not set the time back.
            if (move := self._moved.get(text)) and move.last_updated and one.now:
                move.last_updated = max(move.last_updated, one.now.get("last_updated") or "")
        if name == INVENTORY:
            await self._counters(documents, changes)

    async def move_stock(self) -> None:
        """Move the counters of stock by the sums of the batch."""
        await store.add_stock(self._tx, self._moved.values())

    async def park(self, rows: Sequence[Body]) -> None:
        """Park what cannot be stored."""
        await store.put_rows(self._tx, PARKED, rows)

    def note(self, changes: Sequence[Incoming]) -> None:
        """Note what is parked after these changes, when all else is done."""
        keys = {key_of(one.collection, one.document_id) for one in changes}
        wrong = {key_of(one.collection, one.document_id) for one in changes if one.problem}
        self._look.park(wrong, keys - wrong - self._refused)

    def give_back(self) -> None:
        """Take back what was noted, because this batch was not stored."""
        self._look.give_back()

    def _is_moved(self, change: Incoming) -> bool:
        """Whether the movements of this batch tell all of a change, but when it was."""
        if not change.only_stock or not self._ledgers(change.document_id["store_id"]):
            return False
        if self._notes.is_awaited(key_of(INVENTORY, change.document_id)):
            return False  # it may be the echo
        at = str((change.document or {}).get("last_updated") or "")
        self._moving(change.document_id).last_updated = at
        return True

    def _move(self, movement: Body, quantity: int) -> None:
        if not self._copying and self._ledgers(movement["store_id"]):
            self._moving(ditto_id(INVENTORY, movement)).quantity += quantity

    def _moving(self, item: Any) -> Move:
        return self._moved.setdefault(text_of(item), Move(item))

    def _is_own(self, text: str, change: Incoming) -> bool:
        """Whether a movement was sent from here, and nothing is left to do about it."""
        is_echo = self._look.is_echo((STOCK_MOVEMENTS, text), change.transaction)
        # Of other stores, MongoDB's sums have it from now on, and so it no longer waits.
        return is_echo and self._ledgers(change.document_id["store_id"])

    async def _load(self, name: str, ids: Mapping[str, Any]) -> dict[str, _Document]:
        stored = await read_stored(self._tx, name, list(ids.values()))
        parked = [its for its in ids.values() if key_of(name, its) in self._notes.parked]
        rows: dict[str, tuple[str, PendingRow]] = {}
        for home, wanted_ids in ((PARKED, parked), (OUTBOX, list(ids.values()))):
            found = await read_stored(self._tx, home, [row_id(name, one) for one in wanted_ids])
            for row in found.values():
                if "base" in row:
                    rows[text_of(row["document_id"])] = home, from_stored(row)
        documents = {}
        for text, document_id in ids.items():
            there = stored.get(text)
            now = None if there is None else body_of(name, there)
            home_, row_ = rows.get(text, (None, None))
            documents[text] = _Document(document_id, there, now, row_, home_)
        return documents

    def _merge(self, name: str, ours: _Document, change: Incoming) -> None:
        key = key_of(name, ours.document_id)
        if self._look.is_old(key, change.transaction, change.time):
            return
        if change.document is None:
            ours.now = ours.row = None
            return
        theirs = dict(change.document)
        if ours.row is None and self._never_met and ours.now is not None and ours.now != theirs:
            ours.row = PendingRow(name, ours.document_id, "update", _at(ours.now), None)
        if ours.row is None or ours.now is None:
            ours.now, ours.row = theirs, None
            return
        row, before = ours.row, ours.now
        ours.now = merge(name, row.base, before, theirs, row.times(before), row.sent)
        # Where MongoDB's value took the place of another one, the device has no word to say.
        changed = {
            field: at
            for field, at in row.changed.items()
            if before.get(field) == theirs.get(field) or ours.now.get(field) != theirs.get(field)
        }
        ours.row = replace(row, base=theirs, changed=changed) if ours.now != theirs else None

    async def _save(self, name: str, documents: Sequence[_Document]) -> None:
        puts = [
            (one.stored, {"_id": one.document_id, **one.now})
            for one in documents
            if one.now is not None and (one.stored is None or one.now != body_of(name, one.stored))
        ]
        await store.put_documents(self._tx, name, puts)
        gone = [one.document_id for one in documents if one.now is None and one.stored is not None]
        await store.delete_documents(self._tx, name, gone)
        self._refused |= {
            key_of(name, one.document_id) for one in documents if one.row and one.home == PARKED
        }
        for home in (OUTBOX, PARKED):
            kept = [one.row for one in documents if one.row and (one.home or OUTBOX) == home]
            await store.put_rows(self._tx, home, [to_stored(row) for row in kept])
            settled = [one for one in documents if one.row is None and one.home == home]
            keys = [row_id(name, one.document_id) for one in settled]
            await store.drop_rows(self._tx, home, keys)
        parked = [
            row_id(name, one.document_id)
            for one in documents
            if one.row is None and key_of(name, one.document_id) in self._notes.parked
        ]
        await store.drop_rows(self._tx, PARKED, parked)

    async def _counters(
        self, documents: Mapping[str, _Document], changes: Sequence[Incoming]
    ) -> None:
        """Counters of items that are new here, and of stores whose movements are not held here."""
        sums = {
            text_of(change.document_id): change.stock_delta
            for change in changes
            if change.document is not None
        }
        fresh = {
            text: one
            for text, one in documents.items()
            if one.now is not None
            and one.stored is None
            and self._ledgers(one.document_id["store_id"])
        }
        totals = await store.moved_units(
            self._tx, [one.now["inventory_id"] for one in fresh.values() if one.now]
        )
        for document in fresh.values():
            assert document.now is not None
            self._moving(document.document_id).quantity = totals.get(
                document.now["inventory_id"], 0
            )
        others = {
            text: one
            for text, one in documents.items()
            if text in sums
            and one.now is not None
            and not self._ledgers(one.document_id["store_id"])
        }
        unseen = await self._unseen([one.document_id["inventory_id"] for one in others.values()])
        for text, document in others.items():
            current = int((document.stored or {}).get("stock_delta") or 0)
            wanted = sums[text] + unseen.get(document.document_id["inventory_id"], 0)
            self._moving(document.document_id).quantity = wanted - current

    async def _unseen(self, inventory_ids: Sequence[str]) -> dict[str, int]:
        """What this device moved in other stores and MongoDB's sums do not have yet, by item."""
        if not inventory_ids:
            return {}
        own = await store.rows(self._tx, _MOVEMENTS_OF, {"ids": list(inventory_ids)})
        keys = [row_id(STOCK_MOVEMENTS, row["_id"]) for row in own]
        waiting = set(await read_stored(self._tx, OUTBOX, keys))
        waiting |= set(await read_stored(self._tx, PARKED, keys))
        waiting |= {
            text_of(row_id(STOCK_MOVEMENTS, row["_id"]))
            for row in own
            if self._notes.is_awaited(key_of(STOCK_MOVEMENTS, row["_id"]))
        }
        sums: dict[str, int] = {}
        for row, key in zip(own, keys, strict=True):
            if text_of(key) in waiting:
                sums[row["inventory_id"]] = sums.get(row["inventory_id"], 0) + row["quantity"]
        return sums


def _quantity(document: Mapping[str, Any] | None) -> int:
    return 0 if document is None else int(document.get("quantity") or 0)


def _at(document: Mapping[str, Any]) -> str:
    return str(document.get("updated_at") or _EARLY)
