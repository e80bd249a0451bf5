"""The tasks of the screens, which are finished before the store is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

_under_way: set[asyncio.Task[None]] = set()


def begin(work: Coroutine[object, object, None]) -> asyncio.Task[None]:
    """Start a task that `finish` waits for."""
    task = asyncio.get_event_loop().create_task(work)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return task


async def finish(seconds: float) -> None:
    """Wait until every task that was begun is done, but no longer than `seconds`."""
    loop = asyncio.get_running_loop()
    tasks = [task for task in _under_way if task.get_loop() is loop]
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
