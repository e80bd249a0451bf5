"""The link: one store of a device and one MongoDB, kept equal in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

from ditto import Ditto, QueryResult
from pymongo.asynchronous.database import AsyncDatabase
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from connector_config.link import store
from connector_config.link.answers import Answers
from connector_config.link.copying import Copier
from connector_config.link.failures import Failures
from connector_config.link.inbox import Inbox, OnItems, tells_once
from connector_config.link.incoming import incoming
from connector_config.link.notes import Notes, forget_echoes
from connector_config.link.outgoing import Sender, try_again
from connector_config.link.progress import Progress, Token, start_anew, stream_row
from connector_config.link.ready import check
from connector_config.link.self_check import SelfCheck
from connector_config.link.session import own_session
from connector_config.link.state import Comparison, LinkState, Phase
from connector_config.link.stream import (
    BATCH,
    Told,
    end_if_cancelled,
    next_changes,
    read,
    to_incoming,
    watch,
)
from connector_config.mongodb.connection import MongoSettings, new_async_client
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.schema.instants import to_iso
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import PARKED, PROGRESS
from connector_config.store.outbox import PendingRow

__all__ = ["Link", "LinkState", "Phase"]

_COUNT_PARKED: Final = f"SELECT COUNT(*) AS n FROM {PARKED}"
# How often the position in a stream is kept, without news and after what may be told again.
_QUIET_SECONDS: Final = 30.0
_BUSY_SECONDS: Final = 1.0
# How long what was sent without an answer waits for what the change stream tells of it.
_CATCH_UP_SECONDS: Final = 5.0
# A net under `wake`, for a program that writes without it: no row of the outbox is left behind.
_LOOK_SECONDS: Final = 10.0

Database = AsyncDatabase[dict[str, Any]]


class Link:
    """Joins an open store and a MongoDB for as long as `run` runs.

    `wanted` says what this device holds; what it wrote beyond that is sent all the same.
    `on_state` is called with every new state, on the loop, and `on_items` with the Ditto ids of the
    stock items that were stored here. The caller calls `wake` after every write, and keeps the
    store open until `run` has ended.
    """

    def __init__(
        self,
        ditto: Ditto,
        settings: MongoSettings,
        wanted: Sequence[Wanted],
        device_id: str,
        now: Callable[[], datetime],
        on_state: Callable[[LinkState], None],
        on_items: OnItems = lambda items: None,
    ) -> None:
        self._ditto = ditto
        self._settings = settings
        self._wanted = tuple(wanted)
        # Each with a progress of its own: one more store does not bring the others anew.
        self._parts = tuple(part for one in self._wanted for part in one.parts())
        self._device_id = device_id
        # Asked for every movement.
        self._ledgers = cache(self._holds_ledger)
        self._now = now
        self._on_state = on_state
        self._on_items = on_items
        self._database: Database | None = None
        self._news = asyncio.Event()
        self._caught_up = asyncio.Event()
        # What was written since the outbox was empty; None when that is not known.
        self._handed: list[PendingRow] | None = None
        self._failures = Failures(settings)
        self._check = SelfCheck(ditto, self._parts, device_id, now, self._on_compared)
        self.state = LinkState()

    async def run(self) -> None:
        """Do the first sync, then exchange both ways until cancelled; go on after any failure."""
        async with AsyncExitStack() as opened:
            retrying = AsyncRetrying(
                retry=retry_if_exception_type(Exception),
                wait=self._failures.pause,
                before_sleep=self._on_failure,
            )
            await retrying(self._run, opened)

    def wake(self, rows: Sequence[PendingRow]) -> None:
        """Send what was written: rows of the outbox, committed just now."""
        if not rows:
            return
        if self._handed is not None and len(self._handed) < BATCH:
            self._handed += rows
        else:
            self._handed = None
        self._news.set()

    async def _run(self, opened: AsyncExitStack) -> None:
        """Exchange with what is opened the first time, until something fails."""
        if self._database is None:
            observer = self._ditto.store.register_observer(_COUNT_PARKED, None, self._on_parked)
            opened.callback(observer.close)
            opened.callback(observer.cancel)
            client = new_async_client(self._settings)
            opened.push_async_callback(client.close)
            self._database = client[self._settings.database]
        await self._exchange(self._database)

    async def _exchange(self, database: Database) -> None:
        await store.change(self._ditto.store, store.INDEX)
        identity = await check(database, self._settings.shown)
        progress = await Progress.read(self._ditto.store)
        await progress.forget(self._ditto.store, self._parts, identity)
        position = token = progress.token(identity)
        if token is None:
            await forget_echoes(self._ditto.store)
        notes = await Notes.read(self._ditto.store)
        await try_again(self._ditto)
        inbox = Inbox(self._ditto, notes, self._ledgers, self._at, self._on_items)
        try:
            async with own_session(self._ditto, database) as session:
                its = notes, self._holds, self._device_id, self._on_items
                answers = Answers(self._ditto, *its)
                sender = Sender(self._ditto, database, session, notes, answers)
                if token is None:
                    token = await self._first_token(database, sender, identity)
                if not progress.is_complete(self._parts):
                    copier = Copier(self._ditto, database, inbox, self._parts, self._device_id)
                    await copier.run(progress, self._at(), self._on_copied)
                await self._follow(database, inbox, sender, identity, token)
        except Exception as error:
            if self._failures.compares(error, position):
                await start_anew(self._ditto, self._parts, identity)
            raise

    async def _first_token(self, database: Database, sender: Sender, identity: str) -> Token:
        """From when on changes are followed: after this device's own are in MongoDB."""
        while await sender.send(followed=False):
            self._exchanged()
        async with await watch(database, self._wanted, self._device_id, None) as stream:
            # There is none yet when something changed just while the stream was opened.
            while stream.resume_token is None:
                await stream.try_next()
            token: Token = stream.resume_token
        await store.put_rows(self._ditto.store, PROGRESS, [stream_row(identity, token)])
        return token

    async def _follow(
        self, database: Database, inbox: Inbox, sender: Sender, identity: str, token: Token
    ) -> None:
        told: asyncio.Queue[Told] = asyncio.Queue(maxsize=2 * BATCH)
        self._caught_up.clear()
        async with await watch(database, self._wanted, self._device_id, token) as stream:
            end_if_cancelled()
            self._failures.works()
            self._exchanged(phase=Phase.LIVE, reason="")
            tasks = [
                asyncio.ensure_future(read(stream, told)),
                asyncio.ensure_future(
                    self._receive(database, inbox, sender.session_id, identity, told)
                ),
                asyncio.ensure_future(self._send(database, inbox, sender)),
                asyncio.ensure_future(self._check.run(database, inbox)),
            ]
            # Not a TaskGroup: one that fails while it is cancelled forgets that it was.
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            for task in done:
                task.result()

    async def _receive(
        self,
        database: Database,
        inbox: Inbox,
        session: Mapping[str, Any],
        identity: str,
        told: asyncio.Queue[Told],
    ) -> None:
        kept = asyncio.get_running_loop().time()
        patience = _QUIET_SECONDS
        while True:
            end_if_cancelled()
            batch = await next_changes(told, session)
            changes = [change for change, _ in batch if change is not None]
            came = [await to_incoming(database, change) for change in changes]
            time = asyncio.get_running_loop().time()
            if time - kept >= patience or tells_once(came):
                kept, patience = time, _QUIET_SECONDS
                await inbox.receive(came, stream_row(identity, batch[-1][1]))
                self._exchanged()
            elif came:
                # Without a statement more in what somebody waits for.
                patience = _BUSY_SECONDS
                await inbox.receive(came, {})
                self._exchanged()
            if any(change is None for change, _ in batch):
                self._caught_up.set()
                self._check.heard_nothing()

    async def _send(self, database: Database, inbox: Inbox, sender: Sender) -> None:
        self._handed = None
        if await sender.has_unanswered():
            # Perhaps MongoDB has it, and others went on from there: the change stream knows.
            with suppress(TimeoutError):
                async with asyncio.timeout(_CATCH_UP_SECONDS):
                    await self._caught_up.wait()
        while True:
            end_if_cancelled()
            self._news.clear()
            refused = await sender.send_refused()
            handed: list[PendingRow] | None = None if refused else self._handed
            self._handed = []
            if handed is not None and await sender.send_written(handed):
                await self._recount(database, inbox, sender)
            else:
                # What is handed over before it is read is read.
                while await sender.send():
                    await self._recount(database, inbox, sender)
                    self._handed = []
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                self._handed = None

    async def _recount(self, database: Database, inbox: Inbox, sender: Sender) -> None:
        """After sending: take MongoDB's sums of items anew whose sums here may be wrong."""
        self._exchanged()
        while stale := list(sender.answers.stale):
            received = inbox.received
            found = await database[INVENTORY].find({"_id": {"$in": stale}}).to_list()
            # What was told meanwhile may be later than what was read.
            if await inbox.mend([incoming(INVENTORY, one) for one in found], received):
                sender.answers.stale.difference_update(stale)

    def _holds_ledger(self, store_id: str) -> bool:
        return self._holds(STOCK_MOVEMENTS, {"store_id": store_id})

    def _holds(self, collection: str, document: Mapping[str, Any]) -> bool:
        return any(one.collection == collection and one.covers(document) for one in self._wanted)

    def _on_parked(self, result: QueryResult) -> None:
        with result:
            self._set(parked=int(result.items[0].value["n"]))

    def _on_copied(self, done: int, total: int) -> None:
        self._exchanged(phase=Phase.FIRST_SYNC, reason="", done=done, total=total)

    def _on_compared(self, comparison: Comparison) -> None:
        self._set(compared=comparison)

    def _on_failure(self, attempt: RetryCallState) -> None:
        end_if_cancelled()
        error = attempt.outcome.exception() if attempt.outcome else None
        phase, reason = self._failures.explained(error)
        self._set(phase=phase, reason=reason)

    def _at(self) -> str:
        return to_iso(self._now())

    def _exchanged(self, **changes: Any) -> None:
        self._set(last_exchange=self._now(), **changes)

    def _set(self, **changes: Any) -> None:
        state = replace(self.state, **changes)
        if state != self.state:
            self.state = state
            self._on_state(state)
