"""Command: once at a time, never raising into Qt."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import QObject

from app.ui.core.command import Command
from connector_config.errors import UserError
from tests.helpers.waiting import collect, settle


class Work(QObject):
    """An action that waits until it is let go, and then returns or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.calls: list[tuple[Any, ...]] = []
        self.error = error
        self.command = Command(self.run, self)
        self.finished = collect(self.command.finished)
        self.failed = collect(self.command.failed)

    async def run(self, *arguments: object) -> object:
        self.calls.append(arguments)
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return "done"


async def test_it_runs_with_its_arguments_and_says_when_it_is_done():
    work = Work()
    assert work.command.execute(1, "two")
    assert work.command.running
    await settle()
    assert work.finished == []
    work.go.set()
    await settle()
    assert (work.calls, work.finished, work.failed) == ([(1, "two")], ["done"], [])
    assert not work.command.running


async def test_it_refuses_to_run_twice_at_once_and_runs_again_afterwards():
    work = Work()
    assert work.command.execute(1)
    assert not work.command.execute(2)
    await settle()
    assert not work.command.execute(3)
    work.go.set()
    await settle()
    assert work.command.execute(4)
    await settle()
    assert work.calls == [(1,), (4,)]


async def test_running_is_told_at_the_start_and_at_the_end():
    work = Work()
    told: list[bool] = []
    work.command.changed.connect(lambda: told.append(work.command.running))
    work.command.execute()
    work.go.set()
    await settle()
    assert told == [True, False]


async def test_an_expected_failure_is_said():
    error = UserError("The disk is full.")
    work = Work(error)
    work.go.set()
    work.command.execute()
    await settle()
    assert (work.finished, work.failed) == ([], [error])
    assert work.command.execute()
    await settle()


async def test_an_unexpected_failure_goes_to_the_loop():
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    work = Work(ValueError("a bug"))
    work.go.set()
    work.command.execute()
    await settle()
    loop.set_exception_handler(None)
    assert [context["exception"] for context in reported] == [work.error]
    assert (work.finished, work.failed, work.command.running) == ([], [], False)


async def test_cancelled_it_says_nothing_and_can_run_again():
    work = Work()
    work.command.execute(1)
    await settle()
    work.command.cancel()
    await settle()
    assert (work.finished, work.failed, work.command.running) == ([], [], False)
    work.go.set()
    assert work.command.execute(2)
    await settle()
    assert work.finished == ["done"]


async def test_cancelled_it_can_run_again_at_once():
    work = Work()
    work.go.set()
    work.command.execute(1)
    # Before it has begun, and again while the first one is still to end.
    work.command.cancel()
    assert not work.command.running
    assert work.command.execute(2)
    await settle()
    assert (work.calls, work.finished) == ([(2,)], ["done"])
    assert not work.command.running


async def test_what_was_cancelled_and_ends_all_the_same_says_nothing():
    told: list[str] = []

    async def run(name: str) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            told.append(name)
        return name

    parent = QObject()
    command = Command(run, parent)
    finished = collect(command.finished)
    command.execute("first")
    await settle()
    command.cancel()
    command.execute("second")
    await settle()
    assert (told, finished, command.running) == (["first"], [], True)
    command.cancel()
    await settle()


async def test_cancelling_what_does_not_run_is_nothing():
    Work().command.cancel()


async def test_a_listener_may_start_it_again():
    work = Work()
    work.go.set()
    work.command.finished.connect(lambda _: len(work.calls) < 3 and work.command.execute())
    work.command.execute()
    await settle()
    assert len(work.calls) == 3
