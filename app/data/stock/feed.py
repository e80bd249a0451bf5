"""What changed in the stock: the figures of screens follow it by differences.

A live query reads all that its condition meets again after every change of its collection, so none
stands on the stock but one that reads no document and only says that something changed. What
changed is told by whoever wrote it: this device's own writes, and the link. Where Ditto's own sync
brings changes, nobody tells: what was changed last by its own time is looked up at once, and all is
read again soon, because what comes may be old, or may keep a later time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from math import inf
from typing import Any, Final, TypeVar

from app.data.stock.selection import Follower, Reduce, Selection
from app.data.store.background import in_background
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import Written
from app.domain.errors import StorageError
from connector_config.schema.collections import INVENTORY
from connector_config.store.outbox import text_of

Cancel = Callable[[], None]
S = TypeVar("S")

# Ditto compares results, and the time is always another one. How many there are it has at hand; for
# a first document it would open an index, which takes 22 ms of a processor where 30,000 are in it.
_SIGN: Final = "SELECT COUNT(*) AS n, clock() AS tick FROM inventory"
_LATEST: Final = 200
_NEWER: Final = (
    "SELECT _id, last_updated FROM inventory WHERE last_updated > :since "
    f"ORDER BY last_updated DESC LIMIT {_LATEST}"
)
_AT_ONCE: Final = 500
"""How many documents one statement reads by their ids."""
_TOLD_FIRST: Final = 0.5
"""Seconds in which the sign of a write that was told comes."""
_SIGN_FIRST: Final = 0.1
"""Seconds after which a sign is of something that nobody tells, unless a write is under way."""
_LATER: Final = 10.0
"""Seconds after which all is read again where something may have come beside an own write."""
_REST: Final = 20
"""How many times as long as reading all took nothing reads all again, at most `_LATER`."""

_log = logging.getLogger("zava.feed")


class StockFeed:
    """Keeps figures of the stock current for those who follow; it costs nothing without any.

    `pause` is the least time between two readings of all where Ditto's own sync is on, in seconds.
    """

    def __init__(self, session: Session, pause: float = 2.0) -> None:
        self._session = session
        self._pause = pause
        self._followers: list[Follower[Any]] = []
        self._hearers: list[tuple[frozenset[str], Callable[[], None]]] = []
        self._listening = ExitStack()
        self._heard = False
        self._own: float | None = None
        self._signs: list[asyncio.Handle] = []
        self._told: dict[str, Any] = {}
        self._since = ""
        self._look = self._again = False
        self._scanned, self._took = -inf, 0.0
        self._due = inf
        self._scan: asyncio.Handle | None = None
        self._work: asyncio.Task[None] | None = None

    def follow(
        self,
        selection: Selection,
        store_ids: Iterable[str],
        reduce: Reduce[S],
        on_figures: Callable[[S], None],
    ) -> Cancel:
        """Call `on_figures` soon, and after every change of the rows that the stores have."""
        follower = Follower(selection, frozenset(store_ids), reduce, on_figures)
        self._followers.append(follower)
        self._listen()
        self._go_on()

        def cancel() -> None:
            follower.cancelled = True
            if follower in self._followers:
                self._followers.remove(follower)
                self._rest()

        return cancel

    def on_news(self, store_ids: Iterable[str], on_news: Callable[[], None]) -> Cancel:
        """Call `on_news` whenever the stock of one of the stores has changed, or may have."""
        hearer = (frozenset(store_ids), on_news)
        self._hearers.append(hearer)
        self._listen()

        def cancel() -> None:
            if hearer in self._hearers:
                self._hearers.remove(hearer)
                self._rest()

        return cancel

    def _listen(self) -> None:
        if len(self._followers) + len(self._hearers) == 1:
            self._listening.callback(self._session.on_written(self._on_written))
            self._listening.callback(self._session.on_arrived(self._tell))
            self._listening.callback(self._session.watch(_SIGN, None, self._on_sign))

    def _rest(self) -> None:
        if self._followers or self._hearers:
            return
        self._listening.close()
        self._heard = False
        for timer in (*self._signs, *([self._scan] if self._scan else [])):
            timer.cancel()
        self._signs.clear()
        self._told.clear()
        self._own = self._scan = None
        self._due = inf
        self._look = self._again = False

    def _on_written(self, written: Written) -> None:
        self._tell([one.document_id for one in written.touched if one.collection == INVENTORY])

    def _tell(self, ids: Sequence[Any]) -> None:
        if not ids:
            return
        if self._signs:
            self._signs.pop(0).cancel()
            self._on_explained()
        else:
            self._own = asyncio.get_running_loop().time()
        self._take(ids)

    def _take(self, ids: Sequence[Any]) -> None:
        stores = {_store_of(one) for one in ids}
        for its, on_news in tuple(self._hearers):
            if "" in stores or its & stores:
                on_news()
        self._told |= {text_of(one): one for one in ids}
        self._go_on()

    def _on_sign(self, _: list[Row]) -> None:
        if not self._heard:
            # Whatever changes from now on gives another one.
            self._heard = True
            self._go_on()
            return
        if self._session.network.active:
            self._look = True
            self._go_on()
        loop = asyncio.get_running_loop()
        own, self._own = self._own, None
        if own is not None and loop.time() - own <= _TOLD_FIRST:
            self._on_explained()
        else:
            self._signs.append(loop.call_later(_SIGN_FIRST, self._on_unexplained))

    def _on_explained(self) -> None:
        # Ditto gives one sign of what comes together: something else may be behind it.
        if self._session.network.active:
            self._scan_at(asyncio.get_running_loop().time() + _LATER)

    def _on_unexplained(self) -> None:
        self._signs.pop(0)
        if self._session.busy:
            timer = asyncio.get_running_loop().call_later(_SIGN_FIRST, self._on_unexplained)
            self._signs.insert(0, timer)
            return
        least = self._pause if self._session.network.active else 0.0
        self._scan_at(self._scanned + max(least, min(_REST * self._took, _LATER)))

    def _scan_at(self, when: float) -> None:
        if self._due <= when:
            return
        if self._scan is not None:
            self._scan.cancel()
        loop = asyncio.get_running_loop()
        self._due = max(when, loop.time())
        self._scan = loop.call_at(self._due, self._on_due)

    def _on_due(self) -> None:
        self._scan, self._due = None, inf
        self._again = True
        self._go_on()

    def _go_on(self) -> None:
        if self._heard and (self._work is None or self._work.done()):
            self._work = in_background(self._read(), "the stock cannot be followed")

    async def _read(self) -> None:
        """Read what is due, one after the other: what is read later is never older."""
        while self._heard:
            try:
                if not await self._read_next():
                    return
            except StorageError as error:
                if not self._heard:
                    return
                _log.warning("the stock was not read: %s", error)
                self._scan_at(asyncio.get_running_loop().time() + _LATER)
                return

    async def _read_next(self) -> bool:
        loop = asyncio.get_running_loop()
        if new := [one for one in self._followers if not one.loaded]:
            await self._read_whole(new[0])
        elif self._told:
            texts = list(islice(self._told, _AT_ONCE))
            await self._read_part({text: self._told.pop(text) for text in texts})
        elif self._look:
            self._look = False
            await self._read_latest()
        elif self._again:
            self._again = False
            began = loop.time()
            for one in tuple(self._followers):
                if not one.cancelled:
                    await self._read_whole(one)
            self._scanned = loop.time()
            self._took = self._scanned - began
            for _, on_news in tuple(self._hearers):
                on_news()
        else:
            return False
        return True

    async def _read_whole(self, follower: Follower[S]) -> None:
        its = follower.selection.whole, follower.parameters
        rows = await self._session.look_through(*its, lambda row: (text_of(row["_id"]), row))
        # Off the Qt thread: a store has tens of thousands of items.
        compared = partial(follower.compared, dict(rows))
        follower.take(*await asyncio.get_running_loop().run_in_executor(None, compared))

    async def _read_part(self, ids: Mapping[str, Any]) -> None:
        for one in tuple(self._followers):
            its = [key for key in ids.values() if not (of := _store_of(key)) or of in one.store_ids]
            if its and one.loaded and not one.cancelled:
                asked = {**one.parameters, "ids": its}
                rows = await self._session.query(one.selection.part, asked)
                one.take_part(ids, {text_of(row["_id"]): row for row in rows})

    async def _read_latest(self) -> None:
        rows = await self._session.query(_NEWER, {"since": self._since})
        if rows:
            self._since = rows[0]["last_updated"]
            self._take([row["_id"] for row in rows])


def _store_of(document_id: Any) -> str:
    """The store in the `_id` of an item; empty where it does not say it."""
    its = document_id.get("store_id") if isinstance(document_id, dict) else None
    return its if isinstance(its, str) else ""
