"""Peers as processes: asking one, killing one, and having another ready."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_LONGEST_LINE: Final = 64 * 1024 * 1024
_END_SECONDS: Final = 10.0
# A process that is just starting answers late where the computer is busy.
_ANSWER_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """What runs a peer: a module and its arguments, by a Python that finds it on `path`.

    One of another version may not know some `requests` and `collections`.
    """

    module: tuple[str, ...] = ("app.rehearsal.peer",)
    python: str = sys.executable
    path: tuple[str, ...] = (str(_ROOT), *sys.path[1:])
    lacks_requests: frozenset[str] = frozenset()
    lacks_collections: frozenset[str] = frozenset()


PEER: Final = Program()
"""A peer of this version."""


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
    async def start(cls, program: Program, log: Path) -> PeerProcess:
        """Start a peer whose stderr goes to the log."""
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(program.python, "-m", *program.module),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                limit=_LONGEST_LINE,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(program.path),
                    # Not what is in the folder where it was started, which may be another version.
                    # As an option, the packaged program would not take it.
                    "PYTHONSAFEPATH": "1",
                },
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

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
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
        starting = PeerProcess.start(self.program, self._log)
        self._starting.append(asyncio.create_task(starting))

    def give_back(self, peer: PeerProcess) -> None:
        """Take back a peer that has closed its store."""
        self._idle.append(peer)

    async def end(self) -> None:
        """End all peers of the pool."""
        idle = [*self._idle, *await asyncio.gather(*self._starting)]
        self._idle, self._starting = [], []
        await asyncio.gather(*(peer.end() for peer in idle))
