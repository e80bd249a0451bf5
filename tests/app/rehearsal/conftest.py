"""A stage for all tests of this folder: a MongoDB, and peers in processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from app.rehearsal.schedule import Schedule
from app.rehearsal.stage import Played, Stage, Troupe, open_stage

CAST = {"ann": "store_seattle", "bob": "store_seattle", "cem": "store_tacoma"}

Play = Callable[[Schedule], Played]


class Theatre:
    """A loop of its own, on which the stage and its peers stay from test to test."""

    def __init__(self, runner: asyncio.Runner, stage: Stage) -> None:
        self.runner = runner
        self.stage = stage

    @contextmanager
    def troupe(self, stores: Mapping[str, str], seconds: float = 40.0) -> Iterator[Play]:
        """Plays schedules on the same devices."""
        stack = AsyncExitStack()

        async def enter() -> Troupe:
            return await stack.enter_async_context(self.stage.troupe(stores, seconds))

        troupe = self.runner.run(enter())
        try:
            yield lambda schedule: self.runner.run(troupe.play(schedule))
        finally:
            self.runner.run(stack.aclose())


@contextmanager
def theatre_of(folder: Path, peers: int) -> Iterator[Theatre]:
    """A theatre with so many peers."""
    stack = AsyncExitStack()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Stage]:
        async with open_stage(folder, peers) as stage:
            yield stage

    with asyncio.Runner() as runner:
        stage = runner.run(stack.enter_async_context(opened()))
        try:
            yield Theatre(runner, stage)
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="session")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The theatre with the real peers."""
    with theatre_of(tmp_path_factory.mktemp("rehearsal"), 3) as opened:
        yield opened
