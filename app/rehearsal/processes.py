"""Peers as processes: asking one, killing one, and having another ready."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

PEER: Final = ("app.rehearsal.peer",)
"""The module of a peer, and its arguments."""

_ROOT: Final = Path(__file__).parents[2]
_LONGEST_LINE: Final = 64 * 1024 * 1024
_END_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 20.0


class RefusedByPeerError(Exception):
    """The peer said no, in a sentence; nothing was written."""


class PeerFailedError(Exception):
    """The peer failed in a way it should not."""


class PeerGoneError(Exception):
    """The process ended before it answered."""


class PeerProcess:
    """One running peer."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, module: Sequence[str], log: Path) -> PeerProcess:
        """Start a peer whose stderr goes to the log."""
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *module),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                limit=_LONGEST_LINE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join((str(_ROOT), *sys.path[1:]))},
                # Ctrl+C is for the program that started it, which then ends it.
                start_new_session=True,
            )
        return cls(process)

    async def ask(self, do: str, **arguments: Any) -> Any:
        """Ask the peer, and return its answer.

        Raises RefusedByPeerError, PeerFailedError or PeerGoneError.
        """
        number = next(self._numbers)
        answered = asyncio.get_running_loop().create_future()
        if self._reading.done():
            raise PeerGoneError
        self._waiting[number] = answered
        assert self._process.stdin is not None
        line = json.dumps({"id": number, "do": do, **arguments}) + "\n"
        self._process.stdin.write(line.encode())
        try:
            async with asyncio.timeout(_ANSWER_SECONDS + arguments.get("seconds", 0.0)):
                answer = await answered
        except TimeoutError:
            raise PeerFailedError(f"no answer within {_ANSWER_SECONDS:.0f} s") from None
        if "refused" in answer:
            raise RefusedByPeerError(answer["refused"])
        if "failed" in answer:
            raise PeerFailedError(answer["failed"])
        return answer["done"]

    async def kill(self) -> None:
        """End the peer as a power cut does."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._ended()

    async def end(self) -> None:
        """Let the peer end by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._ended()
        except TimeoutError:
            await self.kill()

    async def _ended(self) -> None:
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            answered = self._waiting.pop(answer["id"])
            if not answered.done():
                answered.set_result(answer)
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(PeerGoneError())
        self._waiting.clear()


class PeerPool:
    """Running peers without work: a start takes most of a second, so one is always ready."""

    def __init__(self, module: Sequence[str], log: Path) -> None:
        self._module = module
        self._log = log
        self._idle: list[PeerProcess] = []
        self._starting: list[asyncio.Task[PeerProcess]] = []

    async def take(self) -> PeerProcess:
        """Take a peer without an open store."""
        if self._idle:
            return self._idle.pop()
        if not self._starting:
            self.prepare()
        return await self._starting.pop(0)

    def prepare(self) -> None:
        """Start another peer for later."""
        starting = PeerProcess.start(self._module, self._log)
        self._starting.append(asyncio.create_task(starting))

    def give_back(self, peer: PeerProcess) -> None:
        """Take back a peer that has closed its store."""
        self._idle.append(peer)

    async def end(self) -> None:
        """End all peers of the pool."""
        idle = [*self._idle, *await asyncio.gather(*self._starting)]
        self._idle, self._starting = [], []
        await asyncio.gather(*(peer.end() for peer in idle))
