"""A store is opened for work: when somebody comes in, or while they still say who they are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from app.config.repositories import Repositories
from app.data.stock.catalogue import StoreDirectory
from app.data.store.session import Session
from app.domain.entities import Store
from app.domain.errors import StorageError


@dataclass(eq=False, slots=True)
class OpenStore:
    """A store that is open on this device: its repositories, with the catalogue open.

    `stores` are all of them, as they were when it was opened.
    """

    store: Store
    stores: Sequence[Store]
    repositories: Repositories
    opened: ExitStack = field(default_factory=ExitStack)


async def open_store(
    session: Session, now: Callable[[], datetime], store_id: str, known: Sequence[Store]
) -> OpenStore:
    """Open a store; `known` are the stores where none can be read.

    Raises StorageError where it is not on this device, or its catalogue cannot be read.
    """
    # What was faulty at the start may have been mended.
    stores = await StoreDirectory(session).stores() or known
    repositories = Repositories(session, now, store_id)
    with ExitStack() as opened:
        opened.callback(repositories.catalogue.close)
        await repositories.catalogue.open(store_id)
        store = next((one for one in stores if one.store_id == store_id), None)
        if store is None:
            raise StorageError("This store is no longer on this device: choose another one.")
        return OpenStore(store, stores, repositories, opened.pop_all())


class Ahead:
    """The store that somebody is about to enter, which is opened while they type who they are."""

    def __init__(self, open_store: Callable[[str], Awaitable[OpenStore]]) -> None:
        self._open = open_store
        self._store_id = ""
        self._task: asyncio.Task[OpenStore] | None = None

    def begin(self, store_id: str) -> None:
        """Open a store that somebody may enter now; the one before is closed."""
        if store_id != self._store_id:
            self.leave()
            self._store_id = store_id
            self._task = asyncio.ensure_future(self._open(store_id))
            self._task.add_done_callback(_see)

    async def take(self, store_id: str) -> OpenStore:
        """The store, for whoever enters it; raises StorageError where it cannot be opened."""
        begun, self._task = (self._task, None) if store_id == self._store_id else (None, self._task)
        self.leave()
        if begun is not None and not (begun.done() and begun.exception()):
            return await begun
        return await self._open(store_id)

    def leave(self) -> None:
        """Nobody enters: close what was opened for them."""
        task, self._task, self._store_id = self._task, None, ""
        if task is not None and not task.cancel() and not task.exception():
            task.result().opened.close()


def _see(task: asyncio.Task[OpenStore]) -> None:
    """Take note of an error: whoever enters opens the store anew, and is told."""
    if not task.cancelled():
        task.exception()
