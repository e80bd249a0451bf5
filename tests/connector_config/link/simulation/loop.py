"""An event loop whose time passes only while everybody waits: the same run each time, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StillError(Exception):
    """Everybody waits, and nothing will ever come."""


class _Selector:
    """Stands in for the wait of a loop for the machine: it lets time pass."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise StillError
        self._loop.passed += timeout
        return []

    def close(self) -> None:
        pass


class SimulatedLoop(asyncio.BaseEventLoop):
    """A loop without files, threads and a clock; tasks that are ready run in asyncio's order.

    So a run follows from how long things take, which is drawn from a seed by who does them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.failures: list[dict[str, Any]] = []
        self._selector = _Selector(self)
        self._clock_resolution = 1e-6
        self.set_exception_handler(lambda _, context: self.failures.append(context))

    def time(self) -> float:
        return self.passed

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def simulate(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it on a loop of its own; what a task raised that nobody asked for is raised."""
    loop = SimulatedLoop()
    try:
        asyncio.set_event_loop(loop)
        outcome = loop.run_until_complete(work())
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    for context in loop.failures:
        raise AssertionError(context["message"]) from context.get("exception")
    return outcome
