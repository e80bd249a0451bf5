"""Puts what MongoDB holds into the device's store, beside what the device changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ditto import Ditto, DittoError, Transaction

from connector_config.collections import INVENTORY, STOCK_MOVEMENTS, ditto_id
from connector_config.link import store
from connector_config.link.merge import merge
from connector_config.link.outbox import (
    PendingRow,
    body_of,
    from_stored,
    read_stored,
    row_id,
    text_of,
    to_stored,
)
from connector_config.link.store import Body
from connector_config.local_only import OUTBOX, PARKED, PROGRESS, SENT
from connector_config.mongodb.mapping import to_device

_MOVEMENTS_OF: Final = (
    "SELECT _id, inventory_id, quantity FROM stock_movements WHERE inventory_id IN :ids"
)
_EARLY: Final = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document as MongoDB has it, with its Ditto `_id`; without a `document` it was deleted.

    `time` is when MongoDB changed it, by its logical clock; None for what was read just now.
    `stock_delta` is MongoDB's sum of the movements of an item. A `problem` says why a device
    cannot store it.
    """

    collection: str
    document_id: Any
    document: Mapping[str, Any] | None
    time: int | None = None
    stock_delta: int = 0
    problem: str = ""


@dataclass(slots=True)
class _Document:
    """A document while a batch is worked in: as it was, as it will be, and the rows about it."""

    document_id: Any
    stored: Body | None
    now: Body | None
    rows: dict[str, Body]
    """What is stored about it, by local collection."""
    row: PendingRow | None = None
    """The change of the device that MongoDB does not have."""
    home: str = OUTBOX
    """Where that row is."""
    sent: Body | None = None


Ledgers = Callable[[str], bool]
"""Whether this device holds the movements of a store."""


def incoming(collection: str, document: Mapping[str, Any], time: int | None = None) -> Incoming:
    """What MongoDB holds, as it comes in; with a `problem` when a device cannot store it."""
    try:
        fitting = to_device(collection, document)
    except ValueError as error:
        named = f"{document.get('_id')}"
        return Incoming(collection, named, None, time, problem=str(error))
    delta = int(fitting.get("stock_delta") or 0) if collection == INVENTORY else 0
    return Incoming(collection, fitting["_id"], body_of(collection, fitting), time, delta)


class Inbox:
    """Applies changes of MongoDB to the device's store."""

    def __init__(self, ditto: Ditto, ledgers: Ledgers, now: Callable[[], str]) -> None:
        self._ditto = ditto
        self._ledgers = ledgers
        self._now = now

    async def receive(
        self,
        changes: Sequence[Incoming],
        progress: Mapping[str, Any],
        *,
        copying: bool = False,
        never_met: bool = False,
    ) -> None:
        """Work in changes, in their order, and remember the progress, in one transaction.

        While `copying`, movements do not move stock: their sums are set when all are here.
        `never_met` says that the two sides have not exchanged these documents before: where they
        differ, the later one wins, and not MongoDB. What the store refuses is found by halving,
        and parked.
        """
        try:
            await self._apply(changes, progress, copying, never_met)
        except (DittoError, ValueError, OverflowError) as error:
            if len(changes) > 1:
                half = len(changes) // 2
                # The progress belongs to the last of them.
                for part, its in ((changes[:half], {}), (changes[half:], progress)):
                    await self.receive(part, its, copying=copying, never_met=never_met)
            elif changes and not changes[0].problem:
                refused = replace(changes[0], document=None, problem=_first_line(error))
                await self._apply([refused], progress, copying, never_met)
            else:
                raise

    async def _apply(
        self,
        changes: Sequence[Incoming],
        progress: Mapping[str, Any],
        copying: bool,
        never_met: bool,
    ) -> None:
        async def work(tx: Transaction) -> None:
            problems = [one for one in changes if one.problem]
            fitting = [one for one in changes if not one.problem]
            batch = _Batch(tx, self._ledgers, copying, never_met)
            # Movements first: the counter of a new item is the sum of those that are here.
            for name in sorted(
                {one.collection for one in fitting}, key=lambda name: name != STOCK_MOVEMENTS
            ):
                await batch.work_in(name, [one for one in fitting if one.collection == name])
            await batch.move_stock()
            await store.put_rows(tx, PARKED, [_parked(one, self._now()) for one in problems])
            if progress:
                await store.put_rows(tx, PROGRESS, [dict(progress)])

        await store.transaction(self._ditto, work)


class _Batch:
    def __init__(self, tx: Transaction, ledgers: Ledgers, copying: bool, never_met: bool) -> None:
        self._tx = tx
        self._ledgers = ledgers
        self._copying = copying
        self._never_met = never_met
        self._moved: dict[str, tuple[Any, int]] = {}

    async def work_in(self, name: str, changes: Sequence[Incoming]) -> None:
        """Work in the changes of one collection."""
        documents = await self._load(name, {text_of(o.document_id): o.document_id for o in changes})
        for change in changes:
            one = documents[text_of(change.document_id)]
            if name == STOCK_MOVEMENTS:
                self._movement(one, change)
            else:
                self._other(name, one, change)
        await self._save(name, documents.values())
        if name == INVENTORY:
            await self._counters(documents, changes)

    async def move_stock(self) -> None:
        """Move the counters by what the batch adds up to."""
        await store.add_stock(self._tx, self._moved.values())

    async def _load(self, name: str, ids: Mapping[str, Any]) -> dict[str, _Document]:
        stored = await read_stored(self._tx, name, list(ids.values()))
        keys = [row_id(name, its) for its in ids.values()]
        rows: dict[str, dict[str, Body]] = {text: {} for text in ids}
        for home in (OUTBOX, PARKED, SENT):
            for row in (await read_stored(self._tx, home, keys)).values():
                rows[text_of(row["_id"]["document"])][home] = row
        documents = {}
        for text, its in ids.items():
            there = stored.get(text)
            now = None if there is None else body_of(name, there)
            one = documents[text] = _Document(its, there, now, rows[text])
            one.sent = rows[text].get(SENT)
            for home in (PARKED, OUTBOX):
                if "base" in rows[text].get(home, {}):
                    one.row, one.home = from_stored(rows[text][home]), home
        return documents

    def _movement(self, one: _Document, change: Incoming) -> None:
        """Movements never change: MongoDB's is the one that everybody has."""
        one.row = one.sent = None
        before = one.now
        one.now = None if change.document is None else dict(change.document)
        either = one.now or before
        if either is None:
            return
        if not self._ledgers(either["store_id"]):
            # It was made here, and of that store only the sums come from MongoDB.
            one.now = one.now if before is not None else None
        elif not self._copying:
            item = ditto_id(INVENTORY, either)
            quantity = _quantity(one.now) - _quantity(before)
            moved = self._moved.get(text_of(item), (item, 0))[1]
            self._moved[text_of(item)] = (item, moved + quantity)

    def _other(self, name: str, one: _Document, change: Incoming) -> None:
        if change.document is None:
            one.now = one.row = one.sent = None
            return
        theirs = dict(change.document)
        if one.sent is not None:
            echo = json.loads(one.sent["expected"]) == theirs
            if not echo and change.time is not None and change.time <= one.sent["time"]:
                # From before our own change, with which it is merged already.
                return
            one.sent = None
        if one.row is None and self._never_met and one.now is not None and one.now != theirs:
            kind = PendingRow(name, one.document_id, "update", _at(one.now), None)
            one.row, one.home = kind, OUTBOX
        if one.row is None or one.now is None:
            one.now, one.row = theirs, None
            return
        one.now = merge(name, one.row.base, one.now, theirs)
        one.row = replace(one.row, base=theirs) if one.now != theirs else None

    async def _save(self, name: str, documents: Iterable[_Document]) -> None:
        changed = list(documents)
        puts = [
            (one.stored, {"_id": one.document_id, **one.now})
            for one in changed
            if one.now is not None and (one.stored is None or one.now != body_of(name, one.stored))
        ]
        await store.put_documents(self._tx, name, puts)
        gone = [one.document_id for one in changed if one.now is None and one.stored is not None]
        await store.delete_documents(self._tx, name, gone)
        for home in (OUTBOX, PARKED):
            kept = [one.row for one in changed if one.row is not None and one.home == home]
            await store.put_rows(self._tx, home, [to_stored(row) for row in kept])
            held = {text_of(row.document_id) for row in kept}
            await store.drop_rows(
                self._tx,
                home,
                [
                    one.rows[home]["_id"]
                    for one in changed
                    if home in one.rows and text_of(one.document_id) not in held
                ],
            )
        await store.drop_rows(
            self._tx,
            SENT,
            [one.rows[SENT]["_id"] for one in changed if SENT in one.rows and one.sent is None],
        )

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
        totals = await store.held(
            self._tx, [one.now["inventory_id"] for one in fresh.values() if one.now]
        )
        for text, one in fresh.items():
            assert one.now is not None
            self._moved[text] = (one.document_id, totals.get(one.now["inventory_id"], 0))
        others = {
            text: one
            for text, one in documents.items()
            if text in sums
            and one.now is not None
            and not self._ledgers(one.document_id["store_id"])
        }
        unseen = await self._unseen([one.document_id["inventory_id"] for one in others.values()])
        for text, one in others.items():
            current = int((one.stored or {}).get("stock_delta") or 0)
            wanted = sums[text] + unseen.get(one.document_id["inventory_id"], 0)
            self._moved[text] = (one.document_id, wanted - current)

    async def _unseen(self, inventory_ids: Sequence[str]) -> dict[str, int]:
        """What this device moved in other stores and MongoDB's sums do not have yet, by item."""
        if not inventory_ids:
            return {}
        own = await store.rows(self._tx, _MOVEMENTS_OF, {"ids": list(inventory_ids)})
        keys = [row_id(STOCK_MOVEMENTS, row["_id"]) for row in own]
        waiting: set[str] = set()
        for home in (OUTBOX, PARKED, SENT):
            waiting |= (await read_stored(self._tx, home, keys)).keys()
        sums: dict[str, int] = {}
        for row, key in zip(own, keys, strict=True):
            if text_of(key) in waiting:
                sums[row["inventory_id"]] = sums.get(row["inventory_id"], 0) + row["quantity"]
        return sums


def _quantity(document: Mapping[str, Any] | None) -> int:
    return 0 if document is None else int(document.get("quantity") or 0)


def _at(document: Mapping[str, Any]) -> str:
    return str(document.get("updated_at") or _EARLY)


def _parked(one: Incoming, at: str) -> Body:
    return {
        "_id": row_id(one.collection, one.document_id),
        "collection": one.collection,
        "direction": "in",
        "reason": one.problem,
        "at": at,
    }


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
