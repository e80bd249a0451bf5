"""A simulated device: the real link and the app's own session on a store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from app.data.store.session import Session
from app.data.sync.linked import join
from connector_config.link.state import LinkState
from connector_config.mongodb.connection import MongoSettings
from connector_config.schema.collections import INVENTORY, REPLENISHMENTS, STOCK_MOVEMENTS
from connector_config.schema.instants import to_iso
from connector_config.schema.scope import Wanted
from tests.connector_config.link.simulation.client import Client, Way
from tests.connector_config.link.simulation.device_store import DeviceStore, Disk
from tests.connector_config.link.simulation.server import Document, Server

COLLECTIONS_HELD = (INVENTORY, STOCK_MOVEMENTS, REPLENISHMENTS)
_START = datetime(2026, 11, 21, 8, tzinfo=UTC)


def time_at(late: float = 0.0) -> datetime:
    """The time by a clock that is so many seconds late, or early."""
    return _START + timedelta(seconds=asyncio.get_running_loop().time() + late)


class Program:
    """A run of the app on a device, until it is killed."""

    def __init__(self, on_killed: Callable[[], None]) -> None:
        self.is_killed = False
        self.left: int | None = None
        """So many more steps until it is killed."""
        self._on_killed = on_killed

    async def pause(self, seconds: float) -> None:
        """What takes so long, unless the program is killed meanwhile."""
        if not self.is_killed:
            await asyncio.sleep(seconds)
        if self.left is not None and not self.is_killed:
            self.left -= 1
            if self.left < 0:
                self.is_killed = True
                self._on_killed()
        if self.is_killed:
            raise asyncio.CancelledError


class Machine:
    """A device: its store outlives its programs."""

    def __init__(self, seed: int, server: Server, name: str, store: str) -> None:
        self._server = server
        self.name = name
        self.store_id = store
        self.wanted = (
            Wanted(INVENTORY),
            Wanted(STOCK_MOVEMENTS, "store_id", (store,)),
            Wanted(REPLENISHMENTS, "store_id", (store,)),
        )
        self.chance = Random(f"{seed} {name}")
        self.disk = Disk()
        self.states: list[LinkState] = []
        self.found: list[tuple[str, int]] = []
        """What the self-check mended."""
        self.comparisons = 0
        self.late = self.chance.choice((0.0, 0.0, 0.0, -4.0, 4.0))
        self.lag = 0.0
        self._joined: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[None] | None = None
        self._wanted_online = True

    @property
    def state(self) -> LinkState:
        return self.states[-1] if self.states else LinkState()

    @property
    def documents(self) -> dict[str, Any]:
        return self.disk.collections

    def start(self) -> None:
        """Start the app; the link too unless the device is offline."""
        self._program = Program(self._start_again)
        self._way = Way(self._server, self.chance, self._program.pause)
        self._way.lag = self.lag
        self.store = DeviceStore(self.disk, partial(self._store_pause, self._program))
        self.session = Session(self.store, Path(self.name), self.now)  # type: ignore[arg-type]
        if self._wanted_online:
            self.online()

    def now(self) -> datetime:
        """The time by the clock of the device, which may be wrong."""
        return time_at(self.late)

    def at(self) -> str:
        return to_iso(self.now())

    def online(self) -> None:
        self._wanted_online = True
        if self._joined is None and not self._program.is_killed:
            settings = MongoSettings(self.name)
            self.states.clear()
            self._joined = join(
                self.session, settings, self.wanted, self.name, self.now, self._on_state
            )

    async def offline(self) -> None:
        """End the link, as signing out does."""
        self._wanted_online = False
        await self._end()

    async def kill(self) -> None:
        """End the program as a power cut does, and start it again."""
        self._program.is_killed = True
        self._start_again()
        await self.started()

    def kill_after_commit(self, steps: int) -> None:
        """Kill the program so many steps after MongoDB has committed what it sends next."""
        program = self._program

        def light() -> None:
            program.left = steps

        self._way.on_commit = light

    async def started(self) -> None:
        """Wait until it runs again after it was killed."""
        while self._starting is not None and not self._starting.done():
            await asyncio.wait([self._starting])

    def _start_again(self) -> None:
        async def start() -> None:
            self.store.observers.clear()
            await self._end()
            self.start()

        if self._starting is None or self._starting.done():
            self._starting = asyncio.ensure_future(start())

    def client(self) -> Client:
        return Client(self._way)

    def trouble(self, lag: float | None = None, fails: int = 0, loses: int = 0) -> None:
        """What will happen on the way to the server."""
        if lag is not None:
            self.lag = self._way.lag = lag
        self._way.fails += fails
        self._way.loses += loses

    async def heal(self) -> None:
        """Let nothing happen to it any more."""
        self._program.left = None
        self._way.on_commit = lambda: None
        await self.started()
        self.lag = self._way.lag = 0.0
        self._way.fails = self._way.loses = 0
        self.disk.fails = 0
        self.online()

    def covered(self, name: str) -> Callable[[Mapping[str, Document]], dict[str, Document]]:
        """Leaves of documents those that the device wants."""
        wanted = next(one for one in self.wanted if one.collection == name)
        return lambda all_of: {text: one for text, one in all_of.items() if wanted.covers(one)}

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether the device wants the document of a local row."""
        wanted = next(one for one in self.wanted if one.collection == row["collection"])
        return wanted.covers(row["document"])

    def crashed(self) -> BaseException | None:
        """What ended the link, if something did."""
        if self._joined is None or not self._joined.done() or self._joined.cancelled():
            return None
        return self._joined.exception()

    def _on_state(self, state: LinkState) -> None:
        if state.compared is not None and state.compared != self.state.compared:
            self.comparisons += 1
            self.found += state.compared.found
        self.states.append(state)

    async def _end(self) -> None:
        joined, self._joined = self._joined, None
        if joined is not None:
            joined.cancel()
            await asyncio.gather(joined, return_exceptions=True)

    async def _store_pause(self, program: Program) -> None:
        slow = self.chance.random() < 0.03
        await program.pause(
            self.chance.uniform(0.01, 0.1) if slow else self.chance.uniform(0.0001, 0.001)
        )
