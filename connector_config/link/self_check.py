"""A net under the link: in idle moments a device compares itself with MongoDB, and mends.

What differs is first looked at by digests, then document by document, and a last time when the
change stream has told of everything up to then. So what is on its way, in either direction, is no
difference. It is mended through the door of the changes that the stream tells of.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from ditto import Ditto, DittoError, Transaction
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from connector_config.link import store
from connector_config.link.digests import (
    differing,
    majority,
    of_device,
    of_mongodb,
    suspects,
    times_of,
)
from connector_config.link.inbox import Inbox
from connector_config.link.incoming import Incoming, incoming
from connector_config.link.state import Comparison
from connector_config.link.store import Body
from connector_config.link.stream import end_if_cancelled
from connector_config.mongodb.mapping import query_for
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.instants import to_iso
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import OUTBOX, PARKED
from connector_config.store.outbox import (
    PendingRow,
    read_stored,
    row_id,
    text_of,
    to_stored,
)

# To look at 100,000 orders takes the device 2.7 s of CPU and MongoDB 0.3 s; at the demo data 0.3 s
# and 0.05 s. The first look comes after as long, so that the net hides nothing from short tests.
EVERY: Final = timedelta(minutes=15)
# So often in a row the stream has nothing to tell, at a second each. One may have been said long
# ago, one waits in the queue, one was asked for before: the fourth is an answer from after now.
_SILENCES: Final = 4
_BATCH: Final = 250
_WAITS: Final = f"SELECT _id FROM {OUTBOX} LIMIT 1"


class SelfCheck:
    """Looks for differences from MongoDB while nothing else happens; one for the life of a link.

    `parts` are what the device holds, and `on_compared` is told of every comparison.
    """

    def __init__(
        self,
        ditto: Ditto,
        parts: Sequence[Wanted],
        device_id: str,
        now: Callable[[], datetime],
        on_compared: Callable[[Comparison], None],
    ) -> None:
        self._ditto = ditto
        self._parts = tuple(parts)
        self._device_id = device_id
        self._now = now
        self._on_compared = on_compared
        self._silence = asyncio.Event()
        self._last = now()

    def heard_nothing(self) -> None:
        """The change stream had nothing to tell, and what it told before is worked in."""
        self._silence.set()

    async def run(self, database: AsyncDatabase[Body], inbox: Inbox) -> None:
        """Look again and again until cancelled; a look that fails is made another time."""
        while True:
            await self._next_silence()
            # Either way: a clock may be set back.
            if abs(self._now() - self._last) < EVERY:
                continue
            await self._idle(inbox)
            found: Counter[str] = Counter()
            failed = False
            try:
                await self._look(database, inbox, found)
            except (PyMongoError, DittoError):
                failed = True
            self._last = self._now()
            if found or not failed:
                self._on_compared(Comparison(self._last, tuple(sorted(found.items()))))

    async def _look(self, database: AsyncDatabase[Body], inbox: Inbox, found: Counter[str]) -> None:
        """Compare everything; `found` counts what was mended, by collection."""
        for part in self._parts:
            end_if_cancelled()
            there = await of_mongodb(database, part)
            buckets = differing(await of_device(self._ditto.store, part), there)
            if not buckets:
                continue
            await self._idle(inbox)
            ids = await suspects(self._ditto.store, database, part, buckets)
            for start in range(0, len(ids), _BATCH):
                some = ids[start : start + _BATCH]
                if mended := await self._mend(database, inbox, part, some):
                    found[part.collection] += mended

    async def _mend(
        self, database: AsyncDatabase[Body], inbox: Inbox, part: Wanted, ids: Sequence[Any]
    ) -> int:
        """How many of some documents differ, now that it is known for sure; they are mended."""
        name = part.collection
        field = COLLECTIONS[name].id_fields[-1]
        named = {text_of(its): its if isinstance(its, dict) else {field: its} for its in ids}
        query = query_for(name, named.values())
        while True:
            end_if_cancelled()
            await self._idle(inbox)
            received = inbox.received
            # Earlier than what is read: what MongoDB got from here since then is not read yet.
            clock = (await database.client.admin.command("hello"))["operationTime"]
            documents = await majority(database, name).find(query).to_list()
            await self._idle(inbox)
            time = (clock.time << 32) + clock.inc
            came = [incoming(name, one, time) for one in documents]
            there = {text_of(one.document_id): one for one in came if not one.problem}
            # They are in MongoDB, though a device cannot take them.
            faulty = [
                one.get(key)
                for one, its in zip(documents, came, strict=True)
                if its.problem
                for key in ("_id", field)
            ]
            sure = [
                its
                for its in ids
                if named[text_of(its)][field] not in faulty
                and not inbox.is_sent_since(name, its, time)
            ]
            wrong, lost = await self._wrong(name, sure, there)
            if not await inbox.mend(wrong, received):
                continue
            return len(wrong) + await self._send_again(name, lost)

    async def _wrong(
        self, name: str, ids: Sequence[Any], there: dict[str, Incoming]
    ) -> tuple[list[Incoming], list[Any]]:
        """What has to be worked in, and the ids of what was made here and is not in MongoDB."""
        here = await read_stored(self._ditto.store, name, ids)
        waiting = await self._waiting(self._ditto.store, name, ids)
        wrong: list[Incoming] = []
        lost: list[Any] = []
        for its in ids:
            text = text_of(its)
            ours, theirs = here.get(text), there.get(text)
            if text_of(row_id(name, its)) in waiting:
                continue
            if ours is None or theirs is None:
                if theirs is not None:
                    wrong.append(theirs)
                elif ours is not None and ours.get("device_id") == self._device_id:
                    lost.append(its)
                elif ours is not None:
                    wrong.append(Incoming(name, its, None))
            elif times_of(name, ours) != times_of(name, dict(theirs.document or {})):
                wrong.append(theirs)
        return wrong, lost

    async def _send_again(self, name: str, ids: Sequence[Any]) -> int:
        """Rather twice than never: MongoDB knows what it has by its id."""
        if not ids:
            return 0

        async def work(tx: Transaction) -> int:
            waiting = await self._waiting(tx, name, ids)
            rows = [
                to_stored(PendingRow(name, its, "insert", to_iso(self._now()), None))
                for its in ids
                if text_of(row_id(name, its)) not in waiting
            ]
            await store.put_rows(tx, OUTBOX, rows)
            return len(rows)

        return await store.transaction(self._ditto, work)

    async def _waiting(self, tx: Any, name: str, ids: Sequence[Any]) -> set[str]:
        keys = [row_id(name, its) for its in ids]
        return {*await read_stored(tx, OUTBOX, keys), *await read_stored(tx, PARKED, keys)}

    async def _idle(self, inbox: Inbox) -> None:
        """Wait until nothing waits here, and the stream has told of all up to this call."""
        while True:
            received = inbox.received
            for _ in range(_SILENCES):
                await self._next_silence()
            if inbox.received == received and not await store.rows(self._ditto.store, _WAITS):
                return

    async def _next_silence(self) -> None:
        # PyMongo may have forgotten it, and the stream that would say something has ended too.
        end_if_cancelled()
        self._silence.clear()
        await self._silence.wait()
