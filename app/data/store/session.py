"""The documents of the embedded Ditto store, opened once; its peers are in `sync/network.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ditto import Ditto, DittoError, QueryResult, StoreObserver, Transaction

from app.data.store.made import ChangeLog
from app.data.store.unit_of_work import UnitOfWork, Written
from app.data.sync.network import Network
from app.domain.errors import StorageError
from connector_config.paths import store_directory
from connector_config.schema.instants import to_iso
from connector_config.store.connection import DEVICES_ONLY, Connection
from connector_config.store.local_store import LocalStoreError, explain, in_use, open_local_store
from connector_config.store.outbox import record
from connector_config.store.together import settle_failure

Row = dict[str, Any]
Parameters = Mapping[str, Any]
T = TypeVar("T")

_BIG_RESULT = 2_000
"""Rows above which decoding moves off the Qt thread: 2,000 take about 60 ms."""
_FIRST_SECONDS = 1.0
"""How long the first result of a live query may take before it is asked for again."""


def store_in_use(data_dir: Path) -> bool:
    """Whether a running program holds the store."""
    return in_use(store_directory(data_dir))


class Session:
    """An open store: queries, live queries and transactions; close it before the loop ends."""

    def __init__(
        self, peer: Ditto, data_dir: Path, outbox_clock: Callable[[], datetime] | None = None
    ) -> None:
        self._peer = peer
        self._data_dir = data_dir
        self._outbox_clock = outbox_clock
        self.network = Network(peer)
        self._watches: set[_Watch] = set()
        self._listeners: list[Callable[[Written], None]] = []
        self._hearers: list[Callable[[Sequence[Any]], None]] = []
        self._closing = False
        self._under_way: set[asyncio.Future[Any]] = set()
        self._log = ChangeLog()

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        outbox_clock: Callable[[], datetime] | None = None,
        connection: Connection = DEVICES_ONLY,
    ) -> Session:
        """Open or make the store below `data_dir`; raises StorageError with the fix.

        With a clock, every write leaves its rows in the outbox of the link, at that time.
        """
        try:
            peer = await open_local_store(data_dir, connection)
        except LocalStoreError as error:
            raise StorageError(str(error)) from error
        return cls(peer, data_dir, outbox_clock)

    @property
    def peer(self) -> Ditto:
        """The store itself, for the link, which works on it beside the app."""
        return self._peer

    async def query(self, dql: str, parameters: Parameters | None = None) -> list[Row]:
        """Run one statement and return its rows."""
        try:
            with await self._peer.store.execute(dql, parameters) as result:
                return await _decoded(result)
        except DittoError as error:
            raise self._failure(error) from error

    async def look_through(
        self, dql: str, parameters: Parameters, look: Callable[[Row], T | None]
    ) -> list[T]:
        """What `look`, which runs in another thread, makes of the rows of one statement.

        No more than one row is decoded at a time, and those of which it makes None are dropped.
        """

        def found(result: QueryResult) -> list[T]:
            made = (look(item.value) for item in result.items if not self._closing)
            return [one for one in made if one is not None]

        async def run() -> list[T]:
            with await self._peer.store.execute(dql, parameters) as result:
                return await asyncio.get_running_loop().run_in_executor(None, found, result)

        # A task of its own: a result that is closed while a thread reads it ends the process.
        return await self._finished(asyncio.ensure_future(run()))

    def watch(
        self, dql: str, parameters: Parameters | None, on_rows: Callable[[list[Row]], None]
    ) -> Callable[[], None]:
        """Call `on_rows` with the whole result now and after every change; returns the cancel.

        Ditto compares results: a change outside the projection does not call back.
        """
        watch = _Watch(partial(self._peer.store.register_observer, dql, parameters), on_rows)
        self._watches.add(watch)

        def cancel() -> None:
            watch.cancel()
            self._watches.discard(watch)

        return cancel

    async def write(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run `work` in one transaction: all of it is stored, or nothing.

        Whatever `work` raises rolls back and reaches the caller; a full disk and the like
        become StorageError. Listeners hear of the write after it is committed, also where whoever
        asked for it was cancelled meanwhile.
        """

        async def scope(transaction: Transaction) -> tuple[T, UnitOfWork]:
            unit = UnitOfWork(transaction)
            outcome = await work(unit)
            await self._log.keep(unit)
            if self._outbox_clock is not None:
                at = to_iso(self._outbox_clock())
                written = unit.written
                written.waiting = await record(transaction, self._peer.store, written.touched, at)
            return outcome, unit

        async def told() -> T:
            outcome, unit = await self._peer.store.transaction(scope)
            for listener in tuple(self._listeners):
                listener(unit.written)
            return outcome

        return await self._finished(asyncio.ensure_future(told()))

    async def tidy(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run `work` in one transaction that changes no data, such as an eviction.

        No listener hears of it, and nothing of it is ever sent.
        """

        async def scope(transaction: Transaction) -> T:
            return await work(UnitOfWork(transaction))

        return await self._transact(scope)

    async def stamp(self, dql: str, parameters: Parameters) -> int:
        """Run one local statement; returns a number above that of every write before it."""
        try:
            with await self._peer.store.execute(dql, parameters) as result:
                return int(result.commit_id or 0)
        except DittoError as error:
            raise self._failure(error) from error

    async def read(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run several queries on one consistent snapshot."""

        async def scope(transaction: Transaction) -> T:
            return await work(UnitOfWork(transaction))

        return await self._transact(scope, read_only=True)

    async def _transact(
        self, scope: Callable[[Transaction], Awaitable[T]], *, read_only: bool = False
    ) -> T:
        # A task of its own: whoever asked may be cancelled, a write that began is finished. So is
        # what only reads: Ditto 5.2.0.dev0 never closes after a transaction that was given up.
        return await self._finished(
            asyncio.ensure_future(self._peer.store.transaction(scope, is_read_only=read_only))
        )

    async def _finished(self, running: asyncio.Future[T]) -> T:
        self._under_way.add(running)
        running.add_done_callback(self._under_way.discard)
        running.add_done_callback(settle_failure)
        try:
            return await asyncio.shield(running)
        except DittoError as error:
            raise self._failure(error) from error

    async def written(self) -> None:
        """Wait until every write that is under way is done, and its listeners have heard of it."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether a transaction is under way, of which the listeners hear later."""
        return bool(self._under_way)

    def on_written(self, listener: Callable[[Written], None]) -> Callable[[], None]:
        """Call `listener` after every committed write of this device; returns the cancel."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def arrived(self, items: Sequence[Any]) -> None:
        """Tell that stock items with these Ditto ids came from elsewhere, beside `write`."""
        for hearer in tuple(self._hearers):
            hearer(items)

    def on_arrived(self, hearer: Callable[[Sequence[Any]], None]) -> Callable[[], None]:
        """Call `hearer` with the Ditto ids of stock items that came; returns the cancel."""
        self._hearers.append(hearer)
        return lambda: self._hearers.remove(hearer)

    @property
    def size(self) -> int:
        """The bytes that the store takes on this device."""
        return self._peer.disk_usage.item.size_in_bytes

    async def close(self) -> None:
        """Finish the transactions under way, cancel every live query and close the store."""
        self._closing = True
        await self.written()
        for watch in tuple(self._watches):
            watch.cancel()
        self._watches.clear()
        await self._peer.close()

    def _failure(self, error: DittoError) -> StorageError:
        return StorageError(explain(error, self._data_dir))


class _Watch:
    """One live query; a result that was under way when it was cancelled is dropped.

    WORKAROUND: an observer that is registered just while a transaction commits may never call, not
    even with its first result (Ditto 5.2.0.dev0). Another one is registered then.
    """

    def __init__(
        self,
        register: Callable[[Callable[[QueryResult], Awaitable[None]]], StoreObserver],
        on_rows: Callable[[list[Row]], None],
    ) -> None:
        self._register = register
        self._on_rows = on_rows
        self._cancelled = False
        self._listen(_FIRST_SECONDS)

    async def deliver(self, result: QueryResult) -> None:
        self._waiting.cancel()
        loop = asyncio.get_running_loop()
        with result:
            if self._cancelled:
                return
            rows = await _decoded(result)
        if self._cancelled:
            return
        try:
            self._on_rows(rows)
        except Exception as error:
            # The SDK would only log it; a person should see that a screen failed.
            loop.call_exception_handler({"message": "a screen update failed", "exception": error})

    def cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._stop()

    def _listen(self, seconds: float) -> None:
        self._observer = self._register(self.deliver)
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(seconds, self._listen_again, seconds)

    def _listen_again(self, seconds: float) -> None:
        self._stop()
        # It may only be slow.
        self._listen(2 * seconds)

    def _stop(self) -> None:
        self._waiting.cancel()
        self._observer.cancel()
        self._observer.close()


async def _decoded(result: QueryResult) -> list[Row]:
    if len(result) > _BIG_RESULT:
        return await asyncio.get_running_loop().run_in_executor(None, _rows, result)
    return _rows(result)


def _rows(result: QueryResult) -> list[Row]:
    return [item.value for item in result.items]
