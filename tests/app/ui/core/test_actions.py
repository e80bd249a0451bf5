"""A queue of actions: all in order, whatever one ends with; a submit only after what worked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import QObject

from app.domain.errors import StorageError
from app.ui.core.actions import Actions
from connector_config.errors import UserError
from tests.helpers.waiting import collect, settle


class Work:
    """Actions that note their names in `done`; the first waits for `go`."""

    def __init__(self) -> None:
        self._parent = QObject()
        self.actions = Actions(self._parent)
        self.failed: list[UserError] = collect(self.actions.failed)
        self.running: list[bool] = []
        self.actions.changed.connect(lambda: self.running.append(self.actions.running))
        self.go = asyncio.Event()
        self.done: list[str] = []
        self.actions.add(self.go.wait)

    def add(self, name: str, error: Exception | None = None) -> None:
        self.actions.add(self._action(name, error))

    def submit(self, name: str, error: Exception | None = None) -> None:
        self.actions.submit(self._action(name, error))

    def _action(self, name: str, error: Exception | None) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            await asyncio.sleep(0)
            if error is not None:
                raise error
            self.done.append(name)

        return act

    async def rest(self) -> None:
        self.go.set()
        await settle()


async def test_what_was_asked_for_is_done_in_order():
    work = Work()
    for name in "abc":
        work.add(name)
    await settle()
    assert (work.done, work.running) == ([], [True])
    await work.rest()
    assert work.done == ["a", "b", "c"]
    assert work.running == [True, False]


async def test_after_a_failure_the_rest_is_done():
    work = Work()
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    full, mistake = StorageError("The disk is full."), ValueError("a mistake")
    work.add("a", full)
    work.add("b", mistake)
    work.add("c")
    await work.rest()
    assert work.failed == [full]
    assert [one["exception"] for one in reported] == [mistake]
    assert (work.done, work.actions.running) == (["c"], False)


async def test_what_waits_can_be_dropped_and_more_can_be_asked_for():
    work = Work()
    work.add("a")
    work.add("b")
    await settle()
    work.actions.drop_waiting()
    work.add("c")
    await work.rest()
    assert work.done == ["c"]
    assert not work.actions.running


async def test_a_failure_may_drop_what_waits_behind_it():
    work = Work()
    work.actions.failed.connect(lambda _: work.actions.drop_waiting())
    work.add("a", StorageError("The disk is full."))
    work.add("b")
    await work.rest()
    assert (work.done, work.actions.running) == ([], False)


async def test_a_submit_waits_and_is_dropped_with_what_failed_before_it():
    work = Work()
    note = UserError("note")
    work.add("line")
    work.submit("order")
    work.add("note", note)
    work.add("scan")
    work.submit("print")
    await work.rest()
    assert work.done == ["line", "order", "scan"]
    assert work.failed == [note]
    # What failed before it was asked for is another matter.
    work.submit("again")
    await work.rest()
    assert work.done[-1] == "again"


async def test_a_submit_that_fails_says_so():
    work = Work()
    order = UserError("order")
    work.submit("order", order)
    work.submit("print")
    await work.rest()
    assert (work.done, work.failed) == ([], [order])
