"""The first sync, and the full compare where the history of changes is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from ditto import Ditto, Transaction
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.asynchronous.database import AsyncDatabase

from connector_config.link import store
from connector_config.link.inbox import Inbox
from connector_config.link.incoming import Incoming, device_id, incoming
from connector_config.link.progress import Progress, copy_row
from connector_config.link.store import Body
from connector_config.link.stream import end_if_cancelled
from connector_config.mongodb.mapping import query_for
from connector_config.schema.collections import COLLECTIONS, STOCK_MOVEMENTS
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import OUTBOX, PARKED, PROGRESS
from connector_config.store.outbox import (
    PendingRow,
    from_stored,
    read_stored,
    row_id,
    text_of,
    to_stored,
)

# More at once is no quicker, and the loop waits while a statement is handed over.
BATCH: Final = 250
_ITEMS: Final = (
    "SELECT _id, store_id, inventory_id, stock_delta FROM inventory "
    "ORDER BY _id LIMIT :limit OFFSET :offset"
)

_Found = tuple[Any, list[Incoming]]
OnProgress = Callable[[int, int], None]


class Copier:
    """Brings the documents of MongoDB that a device wants, a batch and a transaction at a time."""

    def __init__(
        self,
        ditto: Ditto,
        database: AsyncDatabase[Body],
        inbox: Inbox,
        wanted: Sequence[Wanted],
        device_id: str,
    ) -> None:
        self._ditto = ditto
        self._database = database
        self._inbox = inbox
        # Movements first: the counter of a new item is the sum of those that are here.
        self._wanted = sorted(wanted, key=lambda one: one.collection != STOCK_MOVEMENTS)
        self._device_id = device_id

    async def run(self, progress: Progress, at: str, on_progress: OnProgress) -> None:
        """Copy what is not here yet, from where it was interrupted; raises PyMongoError."""
        missing = []
        for part in self._wanted:
            after, done, never_met = progress.copied(part) or (None, False, True)
            if not done:
                missing.append((part, after, never_met))
        totals = [
            await self._database[one.collection].count_documents(one.mongo_filter())
            for one, _, _ in missing
        ]
        total, done_before = sum(totals), 0
        on_progress(0, total)
        for (part, after, never_met), count in zip(missing, totals, strict=True):
            met = await self._any(part)
            start = done_before

            def on_copied(done: int, start: int = start) -> None:
                on_progress(min(start + done, total), total)

            await self._copy(part, after, never_met, at, on_copied)
            done_before += count
            on_progress(done_before, total)
            if met or not never_met:
                await self._sweep(part, never_met, at)
            row = copy_row(part, None, done=True, never_met=False)
            if part.collection == STOCK_MOVEMENTS:
                await self._recount(part)
            await store.put_rows(self._ditto.store, PROGRESS, [row])

    async def _copy(
        self,
        wanted: Wanted,
        after: Any,
        never_met: bool,
        at: str,
        on_copied: Callable[[int], None],
    ) -> None:
        query = wanted.mongo_filter()
        if after is not None:
            query = {"$and": [query, {"_id": {"$gt": after}}]}
        found = self._database[wanted.collection].find(query, batch_size=BATCH).sort("_id", 1)
        done = (
            await self._database[wanted.collection].count_documents(
                {"$and": [wanted.mongo_filter(), {"_id": {"$lte": after}}]}
            )
            if after is not None
            else 0
        )
        fresh = True
        async with found as cursor, _ahead(cursor, wanted.collection) as batches:
            async for last, batch in batches:
                end_if_cancelled()
                row = copy_row(wanted, last, done=False, never_met=never_met)
                # Where one batch meets what is here, the next one is likely to.
                fresh = fresh and await self._inbox.insert(wanted.collection, batch, row)
                if not fresh:
                    await self._inbox.receive(batch, row, copying=True, never_met=never_met)
                done += len(batch)
                on_copied(done)

    async def _any(self, wanted: Wanted) -> bool:
        where, parameters = wanted.condition().where()
        one = f"SELECT _id FROM {wanted.collection}{where} LIMIT 1"
        return bool(await store.rows(self._ditto.store, one, parameters))

    async def _sweep(self, wanted: Wanted, never_met: bool, at: str) -> None:
        """What is here and not in MongoDB: sent when this device made it and the two never met,
        deleted when it was exchanged before, with what waits of it, and otherwise left alone.
        """
        name, offset = wanted.collection, 0
        page = f"SELECT * FROM {name} ORDER BY _id LIMIT {BATCH} OFFSET :offset"
        while documents := await store.rows(self._ditto.store, page, {"offset": offset}):
            offset += len(documents)
            ours = [one for one in documents if wanted.covers(one)]
            unknown = {text_of(one["_id"]): one for one in ours}
            *_, last = fields = COLLECTIONS[name].id_fields
            query = query_for(name, ours)
            async for there in self._database[name].find(query, dict.fromkeys(fields, 1)):
                if (its := device_id(name, there)) is not None:
                    unknown.pop(text_of(its), None)
                else:
                    # What cannot be read is there all the same.
                    names = (there["_id"], there.get(last))
                    unknown = {text: one for text, one in unknown.items() if one[last] not in names}
            if unknown:
                offset -= await self._strangers(name, list(unknown.values()), never_met, at)

    async def _strangers(
        self, name: str, documents: Sequence[Body], never_met: bool, at: str
    ) -> int:
        """Gives how many documents were deleted here."""

        async def work(tx: Transaction) -> list[Incoming]:
            keys = [row_id(name, one["_id"]) for one in documents]
            waiting = {**await read_stored(tx, PARKED, keys), **await read_stored(tx, OUTBOX, keys)}
            found = [waiting.get(text_of(key), {}) for key in keys]
            # What cannot come in is no change of the device.
            rows = [from_stored(one) if "base" in one else None for one in found]
            if never_met:
                new = [
                    to_stored(PendingRow(name, one["_id"], "insert", at, None))
                    for one, row in zip(documents, rows, strict=True)
                    if row is None and one.get("device_id") == self._device_id
                ]
                await store.put_rows(tx, OUTBOX, new)
                return []
            return [
                Incoming(name, one["_id"], None)
                for one, row in zip(documents, rows, strict=True)
                if row is None or row.base is not None
            ]

        gone = await store.transaction(self._ditto, work)
        if gone:
            await self._inbox.receive(gone, {}, copying=True)
        return len(gone)

    async def _recount(self, wanted: Wanted) -> None:
        """Set the counters of the stores whose movements are now all here to the sums of them."""
        offset = 0

        async def work(tx: Transaction) -> list[Body]:
            found = await store.rows(tx, _ITEMS, {"limit": BATCH, "offset": offset})
            items = [item for item in found if wanted.covers(item)]
            totals = await store.moved_units(tx, [item["inventory_id"] for item in items])
            differences = (
                store.Move(
                    one["_id"],
                    totals.get(one["inventory_id"], 0) - store.counter(one),
                )
                for one in items
            )
            await store.add_stock(tx, differences)
            return found

        while found := await store.transaction(self._ditto, work):
            self._inbox.on_items([one["_id"] for one in found])
            offset += len(found)


@asynccontextmanager
async def _ahead(
    cursor: AsyncCursor[Body], collection: str
) -> AsyncIterator[AsyncIterator[_Found]]:
    """The batches of a cursor, each with its last MongoDB `_id`; the next one is read meanwhile."""

    def to_changes(documents: Sequence[Body]) -> list[Incoming]:
        return [incoming(collection, document) for document in documents]

    async def read() -> _Found | None:
        documents = await cursor.to_list(BATCH)
        if not documents:
            return None
        # Not on the loop: it would hold it up.
        return documents[-1]["_id"], await asyncio.to_thread(to_changes, documents)

    reading = asyncio.ensure_future(read())

    async def batches() -> AsyncIterator[_Found]:
        nonlocal reading
        while found := await reading:
            reading = asyncio.ensure_future(read())
            yield found

    try:
        yield batches()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
