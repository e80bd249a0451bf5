"""Sync through a MongoDB of one's own: the link runs inside the app."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.data.store.session import Session
from app.data.sync.state import PeerView, Phase, Report
from connector_config.link.state import Comparison, LinkState
from connector_config.link.state import Phase as LinkPhase
from connector_config.schema.collections import COLLECTIONS
from connector_config.schema.scope import Wanted
from connector_config.wording import counted

if TYPE_CHECKING:
    from connector_config.mongodb.connection import MongoSettings

_PHASES = {
    LinkPhase.CONNECTING: Phase.CONNECTING,
    LinkPhase.FIRST_SYNC: Phase.FIRST_SYNC,
    LinkPhase.LIVE: Phase.CONNECTED,
    LinkPhase.WAITING: Phase.TROUBLE,
    LinkPhase.REFUSED: Phase.TROUBLE,
}

Runs = Callable[[tuple[Wanted, ...], Callable[[LinkState], None]], "asyncio.Future[None]"]
"""Starts a link for a scope; its future ends when it is cancelled or cannot go on."""

Counts = Callable[[Sequence[Wanted]], Awaitable[int | None]]
"""How many documents of a scope MongoDB has; None when it does not say."""


def join(
    session: Session,
    settings: MongoSettings,
    wanted: Sequence[Wanted],
    device_id: str,
    now: Callable[[], datetime],
    on_state: Callable[[LinkState], None],
) -> asyncio.Task[None]:
    """Run a link on a session until it is cancelled; every write of the session wakes it."""
    # pymongo takes 0.1 s to load, and only this mode needs it.
    from connector_config.link.link import Link

    its = session.peer, settings, wanted, device_id, now, on_state
    link = Link(*its, on_items=session.arrived)
    stop = session.on_written(lambda written: link.wake(written.waiting))
    running = asyncio.get_running_loop().create_task(link.run())
    running.add_done_callback(lambda _: stop())
    return running


class Linked:
    """Runs one link at a time, for the documents that are asked for."""

    def __init__(
        self,
        run: Runs,
        count: Counts,
        server: str,
        now: Callable[[], datetime],
        report: Callable[[Report], None],
        log: Callable[[str, str], None],
    ) -> None:
        self._run = run
        self._count = count
        self._server = server
        self._now = now
        self._report = report
        self._log = log
        self._scope: tuple[Wanted, ...] = ()
        self._running: asyncio.Future[None] | None = None
        self._started = False
        self._since: datetime | None = None
        self._logged = ""
        self._compared: Comparison | None = None
        self._mended = 0

    async def unsubscribe(self) -> None:
        await self._end()
        self._scope = ()

    async def subscribe(self, scope: Sequence[Wanted]) -> None:
        self._scope = tuple(scope)
        if self._started:
            self._begin()

    async def count(self, scope: Sequence[Wanted]) -> int | None:
        """How many documents MongoDB has of a scope; None while it is not connected."""
        return await self._count(scope) if self._since is not None else None

    async def start(self) -> None:
        """Begin to exchange; a problem is reported, never raised."""
        self._started = True
        if self._scope and self._running is None:
            self._begin()

    async def stop(self) -> None:
        """Stop exchanging."""
        self._started = False
        await self._end()

    def _begin(self) -> None:
        self._report(Report(Phase.CONNECTING))
        self._running = self._run(self._scope, self._on_state)
        self._running.add_done_callback(self._on_ended)

    async def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self._since = None

    def _on_ended(self, running: asyncio.Future[None]) -> None:
        if running is not self._running or running.cancelled():
            return
        self._running = None
        if (error := running.exception()) is not None:
            self._report(Report(Phase.TROUBLE, f"The link to MongoDB ended: {error}"))
            loop = asyncio.get_running_loop()
            loop.call_exception_handler({"message": "the link ended", "exception": error})

    def _on_state(self, state: LinkState) -> None:
        phase = _PHASES[state.phase]
        connected = phase in (Phase.CONNECTED, Phase.FIRST_SYNC)
        if not connected:
            self._since = None
        elif self._since is None:
            self._since = self._now()
            self._log(f"Connected to MongoDB at {self._server}", "")
        if state.reason and state.reason != self._logged:
            self._log(state.reason, "warn")
        self._logged = state.reason
        if state.compared is not None and state.compared != self._compared:
            self._compared = state.compared
            if state.compared.found:
                self._mended += sum(found for _, found in state.compared.found)
                self._log(_mended(state.compared), "warn")
        peers: tuple[PeerView, ...] = ()
        if self._since is not None:
            peers = (
                PeerView(
                    "mongodb", "MongoDB", self._server, "Network", self._since, state.last_exchange
                ),
            )
        self._report(
            Report(
                phase,
                state.reason,
                peers,
                state.last_exchange,
                state.done,
                state.total or None,
                state.parked,
                compared=self._compared.at if self._compared else None,
                mended=self._mended,
            )
        )


def _mended(compared: Comparison) -> str:
    count = sum(found for _, found in compared.found)
    its = ", ".join(f"{COLLECTIONS[name].title} {found:,}" for name, found in compared.found)
    return f"Mended {counted(count, 'document')} that differed from MongoDB: {its}"
