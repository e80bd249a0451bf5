"""Puts documents of MongoDB into the device's store, a transaction at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ditto import Ditto, DittoError, Transaction

from connector_config.link import store
from connector_config.link.batch import Batch, Ledgers
from connector_config.link.incoming import Incoming
from connector_config.link.notes import Notes, key_of
from connector_config.link.store import Body
from connector_config.schema.collections import STOCK_MOVEMENTS
from connector_config.store.local_only import PROGRESS
from connector_config.store.outbox import (
    row_id,
    text_of,
)
from connector_config.store.together import together


class Inbox:
    """Applies changes of MongoDB to the device's store; `received` grows with what it is told."""

    def __init__(
        self, ditto: Ditto, notes: Notes, ledgers: Ledgers, now: Callable[[], str]
    ) -> None:
        self._ditto = ditto
        self._notes = notes
        self._ledgers = ledgers
        self._now = now
        self._one_by_one = asyncio.Lock()
        self.received = 0

    def is_sent_since(self, collection: str, document_id: Any, time: int) -> bool:
        """Whether MongoDB has taken a change of this device after a time, as far as is known."""
        sent = self._notes.sent.get(key_of(collection, document_id))
        return sent is not None and sent.time > time

    async def mend(self, changes: Sequence[Incoming], received: int) -> bool:
        """Work in what was read of MongoDB when `received` was that; returns whether it was done.

        It is not where something was told since, which may be later.
        """
        async with self._one_by_one:
            if self.received != received:
                return False
            if changes:
                await self._receive(changes, {}, copying=False, never_met=False)
        return True

    async def insert(
        self, collection: str, found: Sequence[Incoming], progress: Mapping[str, Any]
    ) -> bool:
        """Insert what a first sync found, and the progress, when nothing of it is here yet.

        Returns False, and does nothing, when some of it is here, was set aside, or is refused: then
        `receive` has to do it. That saves looking each document up.
        """
        parked = self._notes.parked
        if any(one.problem for one in found) or (
            parked and not parked.isdisjoint(key_of(collection, one.document_id) for one in found)
        ):
            return False

        async def insert(batch: Batch) -> None:
            await batch.insert(collection, found)
            await batch.move_stock()

        async def work(tx: Transaction) -> None:
            batch = Batch(tx, self._notes, self._ledgers, copying=True, never_met=True)
            await together(store.put_rows(tx, PROGRESS, [dict(progress)]), insert(batch))

        try:
            await store.transaction(self._ditto, work)
        except (DittoError, ValueError, OverflowError):
            return False
        return True

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
        No progress means that the changes may be told again, see `tells_once`.
        `never_met` says that the two sides have not exchanged these documents before: where they
        differ, the later one wins, and not MongoDB. What the store refuses twice is found by
        halving, and parked: it may have failed once for another reason.
        """
        async with self._one_by_one:
            self.received += bool(changes)
            await self._receive(changes, progress, copying, never_met)

    async def _receive(
        self,
        changes: Sequence[Incoming],
        progress: Mapping[str, Any],
        copying: bool,
        never_met: bool,
    ) -> None:
        try:
            await self._apply(changes, progress, copying, never_met)
        except (DittoError, ValueError, OverflowError):
            await self._again(changes, progress, copying, never_met)

    async def _again(
        self,
        changes: Sequence[Incoming],
        progress: Mapping[str, Any],
        copying: bool,
        never_met: bool,
    ) -> None:
        try:
            await self._apply(changes, progress, copying, never_met)
        except (DittoError, ValueError, OverflowError) as error:
            if len(changes) > 1:
                half = len(changes) // 2
                # The progress belongs to the last of them.
                for part, its in ((changes[:half], {}), (changes[half:], progress)):
                    await self._again(part, its, copying, never_met)
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
        problems = [one for one in changes if one.problem]
        fitting = [one for one in changes if not one.problem]

        async def take_in(batch: Batch) -> None:
            # Movements first: the counter of a new item is the sum of those that are here.
            for name in store.in_order(one.collection for one in fitting):
                its = {text_of(o.document_id): o for o in fitting if o.collection == name}
                if name == STOCK_MOVEMENTS:
                    await batch.movements(its)
                else:
                    await batch.merge_all(name, [o for o in fitting if o.collection == name])
            await batch.move_stock()
            await batch.park([_parked(one, self._now()) for one in problems])

        batch: Batch | None = None

        async def work(tx: Transaction) -> None:
            nonlocal batch
            batch = Batch(tx, self._notes, self._ledgers, copying, never_met)
            await together(
                store.put_rows(tx, PROGRESS, [dict(progress)] if progress else []),
                take_in(batch),
            )
            batch.note(changes)

        try:
            await store.transaction(self._ditto, work)
        except BaseException:
            if batch is not None:
                batch.give_back()
            raise


def tells_once(changes: Sequence[Incoming]) -> bool:
    """Whether some of the changes must not be told again.

    A movement and the stock it moved may: a second time changes nothing. An edit may not: it would
    be the base of what was written knowing a later one.
    """
    return any(one.collection != STOCK_MOVEMENTS and not one.only_stock for one in changes)


def _parked(change: Incoming, at: str) -> Body:
    return {
        "_id": row_id(change.collection, change.document_id),
        "collection": change.collection,
        "direction": "in",
        "reason": change.problem,
        "at": at,
    }


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
