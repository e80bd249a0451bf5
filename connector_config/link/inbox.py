"""Puts documents of MongoDB into the device's store, a transaction at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ditto import Ditto, Transaction

from connector_config.link import store
from connector_config.link.batch import Batch
from connector_config.link.counters import Ledgers
from connector_config.link.incoming import Incoming, why
from connector_config.link.notes import Notes, key_of
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import PROGRESS
from connector_config.store.outbox import text_of
from connector_config.store.together import together

_Work = Callable[[Sequence[Incoming], Mapping[str, Any]], Awaitable[None]]
OnItems = Callable[[Sequence[Any]], None]
"""Hears the Ditto ids of stock items that were stored here."""


class Inbox:
    """Applies changes of MongoDB to the device's store; `received` grows with what it is told.

    `on_items` hears of the stock items that were stored.
    """

    def __init__(
        self,
        ditto: Ditto,
        notes: Notes,
        ledgers: Ledgers,
        now: Callable[[], str],
        on_items: OnItems,
    ) -> None:
        self._ditto = ditto
        self._notes = notes
        self._ledgers = ledgers
        self._now = now
        self.on_items = on_items
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
                work = partial(self._apply, copying=False, never_met=False)
                await self._receive(work, changes, {})
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
            parked and any(not parked.isdisjoint(one.keys) for one in found)
        ):
            return False

        async def work(tx: Transaction) -> None:
            batch = Batch(tx, self._notes, self._ledgers, found, copying=True, never_met=True)
            await together(
                store.put_rows(tx, PROGRESS, [dict(progress)]), batch.insert(collection, found)
            )

        try:
            await store.transaction(self._ditto, work)
        except Exception:
            return False
        self.on_items([one.document_id for one in found if one.collection == INVENTORY])
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
        differ, the later one wins, and not MongoDB. What fails twice is found by halving, and
        parked, whatever happened to it: it may have failed once for another reason.
        """
        work = partial(self._apply, copying=copying, never_met=never_met)
        async with self._one_by_one:
            self.received += bool(changes)
            await self._receive(work, changes, progress)

    async def _receive(
        self, work: _Work, changes: Sequence[Incoming], progress: Mapping[str, Any]
    ) -> None:
        try:
            await work(changes, progress)
        except Exception:
            await self._again(work, changes, progress)

    async def _again(
        self, work: _Work, changes: Sequence[Incoming], progress: Mapping[str, Any]
    ) -> None:
        try:
            await work(changes, progress)
        except Exception as error:
            if len(changes) > 1:
                half = len(changes) // 2
                # The progress belongs to the last of them.
                for part, its in ((changes[:half], {}), (changes[half:], progress)):
                    await self._again(work, part, its)
            elif changes and not changes[0].problem:
                refused = replace(changes[0], document=None, problem=why(error))
                await work([refused], progress)
            else:
                raise

    async def _apply(
        self,
        changes: Sequence[Incoming],
        progress: Mapping[str, Any],
        copying: bool,
        never_met: bool,
    ) -> None:
        # What never had an id here can only be parked, or be parked no longer.
        fitting = [one for one in changes if not one.problem and one.document_id is not None]

        async def take_in(batch: Batch) -> None:
            # Movements first: the counter of a new item is the sum of those that are here.
            for name in store.in_order(one.collection for one in fitting):
                its = [one for one in fitting if one.collection == name]
                if name == STOCK_MOVEMENTS:
                    await batch.movements({text_of(one.document_id): one for one in its})
                else:
                    await batch.merge_all(name, its)
            await batch.finish(self._now())

        batch: Batch | None = None

        async def work(tx: Transaction) -> None:
            nonlocal batch
            batch = Batch(
                tx, self._notes, self._ledgers, changes, copying=copying, never_met=never_met
            )
            await together(
                store.put_rows(tx, PROGRESS, [dict(progress)] if progress else []),
                take_in(batch),
            )

        try:
            await store.transaction(self._ditto, work)
        except BaseException:
            if batch is not None:
                batch.give_back()
            raise
        if batch is not None:
            self.on_items(batch.items)


def tells_once(changes: Sequence[Incoming]) -> bool:
    """Whether some of the changes must not be told again.

    A movement and the stock it moved may: a second time changes nothing. An edit may not: it would
    be the base of what was written knowing a later one.
    """
    return any(one.collection != STOCK_MOVEMENTS and not one.only_stock for one in changes)
