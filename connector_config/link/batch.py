"""Works changes of MongoDB into the store, beside what the device changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ditto import Transaction

from connector_config.link import ledger, store
from connector_config.link.counters import Counters, Item, Ledgers
from connector_config.link.incoming import Incoming
from connector_config.link.merge import merge
from connector_config.link.notes import Look, Notes, key_of
from connector_config.link.parking import Parking
from connector_config.link.store import Body
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import ECHOES, OUTBOX, PARKED
from connector_config.store.outbox import (
    PendingRow,
    body_of,
    from_stored,
    joined,
    read_stored,
    row_id,
    text_of,
    to_stored,
)

_EARLY: Final = "1970-01-01T00:00:00.000Z"


@dataclass(slots=True)
class _Document:
    """A document while a batch is worked in: as it was, and as it will be."""

    document_id: Any
    stored: Body | None
    now: Body | None
    row: PendingRow | None
    """The change of the device that MongoDB does not have."""
    waits: bool
    """Whether that row is in OUTBOX."""


class Batch:
    """Changes of MongoDB on their way into the store, in one transaction."""

    def __init__(
        self,
        tx: Transaction,
        notes: Notes,
        ledgers: Ledgers,
        changes: Sequence[Incoming],
        *,
        copying: bool,
        never_met: bool,
    ) -> None:
        self._tx = tx
        self._notes = notes
        self._ledgers = ledgers
        self._changes = changes
        self._copying = copying
        self._never_met = never_met
        self._counters = Counters(tx, notes, ledgers)
        self._look = Look(notes)
        self._parking = Parking(notes, changes)

    async def insert(self, name: str, changes: Sequence[Incoming]) -> None:
        """Insert documents of one collection; raises DittoError when one of them is here."""
        new = [(one, one.document) for one in changes if one.document is not None]
        await store.insert(self._tx, name, [{"_id": one.document_id, **its} for one, its in new])
        if name == INVENTORY:
            await self._counters.come(
                [Item(one.document_id, None, one.stock_delta) for one, _ in new]
            )
        await self._counters.store()

    async def movements(self, changes: Mapping[str, Incoming]) -> None:
        """Work in movements, which never change: MongoDB's is the one that everybody has."""
        changes = {text: one for text, one in changes.items() if not self._is_own(text, one)}
        if not changes:
            return
        held = {
            text: {"_id": change.document_id, **change.document}
            for text, change in changes.items()
            if change.document is not None and self._ledgers(change.document["store_id"])
        }
        new = await store.insert_new(self._tx, STOCK_MOVEMENTS, list(held.values()))
        for text in new:
            self._move(held[text], ledger.units(held[text]))
        if len(new) < len(changes):
            await self._known([one for text, one in changes.items() if text not in new])

    async def _known(self, changes: Sequence[Incoming]) -> None:
        """Movements that are here already, or of ledgers that are not held here."""
        ids = [change.document_id for change in changes]
        there = await read_stored(self._tx, STOCK_MOVEMENTS, ids)
        await store.drop_rows(self._tx, OUTBOX, [row_id(STOCK_MOVEMENTS, its) for its in ids])
        puts: list[tuple[Body | None, Body]] = []
        gone: list[Any] = []
        for change in changes:
            before = there.get(text_of(change.document_id))
            if before is None:
                continue
            if change.document is None:
                gone.append(change.document_id)
                self._move(before, -ledger.units(before))
            elif (why := ledger.changed(before, change.document)) and ledger.is_sound(before):
                self._parking.set_aside(replace(change, problem=why))
            elif body_of(STOCK_MOVEMENTS, before) != change.document:
                puts.append((before, {"_id": change.document_id, **change.document}))
                self._move(before, -ledger.units(before))
                self._move(change.document, ledger.units(change.document))
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
        for one in documents.values():
            # Stock that moved earlier in the batch must not set the time back.
            if (move := self._counters.known(one.document_id)) and move.last_updated and one.now:
                move.last_updated = max(move.last_updated, _text(one.now.get("last_updated")))
        if name == INVENTORY:
            sums = {
                text_of(change.document_id): change.stock_delta
                for change in changes
                if change.document is not None
            }
            await self._counters.come(
                [
                    Item(one.document_id, one.stored, sums.get(text))
                    for text, one in documents.items()
                    if one.now is not None
                ]
            )

    async def finish(self, at: str) -> None:
        """Move the counters of stock by the sums of the batch, and park what is wrong."""
        await self._counters.store()
        await self._parking.store(self._tx, self._look, at)

    @property
    def items(self) -> list[Any]:
        """The Ditto ids of the stock items that it changed."""
        its = [one.document_id for one in self._changes if one.collection == INVENTORY]
        return its + self._counters.moved

    def give_back(self) -> None:
        """Take back what was noted, because this batch was not stored."""
        self._look.give_back()

    def _is_moved(self, change: Incoming) -> bool:
        """Whether the movements of this batch tell all of a change, but when it was."""
        if not change.only_stock or not self._ledgers(change.document_id["store_id"]):
            return False
        key = key_of(INVENTORY, change.document_id)
        if self._notes.is_awaited(key) or self._parking.concerns(key):
            return False  # it may be the echo, or more than stock may have changed since
        at = _text((change.document or {}).get("last_updated"))
        self._counters.of(change.document_id).last_updated = at
        return True

    def _move(self, movement: Mapping[str, Any], quantity: int) -> None:
        if not self._copying:
            self._counters.add(movement, quantity)

    def _is_own(self, text: str, change: Incoming) -> bool:
        """Whether a movement was sent from here, and nothing is left to do about it."""
        is_echo = self._look.is_echo((STOCK_MOVEMENTS, text), change.transaction)
        # Of other stores, MongoDB's sums have it from now on, and so it no longer waits.
        return is_echo and self._ledgers(change.document_id["store_id"])

    async def _load(self, name: str, ids: Mapping[str, Any]) -> dict[str, _Document]:
        stored = await read_stored(self._tx, name, list(ids.values()))
        keys = {text: row_id(name, its) for text, its in ids.items()}
        waiting = await read_stored(self._tx, OUTBOX, list(keys.values()))
        parked = [keys[text] for text in ids if (name, text) in self._notes.parked]
        refused = await read_stored(self._tx, PARKED, parked)
        documents = {}
        for text, document_id in ids.items():
            there = stored.get(text)
            now = None if there is None else body_of(name, there)
            key = text_of(keys[text])
            row = _pending(refused.get(key), waiting.get(key))
            documents[text] = _Document(document_id, there, now, row, key in waiting)
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
        # What MongoDB refused is tried again: what came from there may have mended it.
        rows = [to_stored(one.row) for one in documents if one.row]
        await store.put_rows(self._tx, OUTBOX, rows)
        settled = [one for one in documents if one.row is None and one.waits]
        keys = [row_id(name, one.document_id) for one in settled]
        await store.drop_rows(self._tx, OUTBOX, keys)


def _pending(refused: Body | None, waiting: Body | None) -> PendingRow | None:
    """The change of the device, of its rows in PARKED and in OUTBOX."""
    row = waiting or refused
    return joined(refused, from_stored(row)) if row is not None and "base" in row else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _at(document: Mapping[str, Any]) -> str:
    return _text(document.get("updated_at")) or _EARLY
