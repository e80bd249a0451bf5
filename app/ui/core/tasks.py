"""The tasks of the screens, which are finished before the store is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

_under_way: set[asyncio.Task[None]] = set()
_writing: set[asyncio.Task[None]] = set()


def begin(work: Coroutine[object, object, None], writes: bool = False) -> asyncio.Task[None]:
    """Start a task that `finish` waits for, and `written`, too, where it `writes`."""
    task = asyncio.get_event_loop().create_task(work)
    for tasks in (_under_way, _writing) if writes else (_under_way,):
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    return task


async def written() -> None:
    """Wait until what was asked for before is written, or refused."""
    loop = asyncio.get_running_loop()
    while tasks := [task for task in _writing if task.get_loop() is loop]:
        await asyncio.wait(tasks)


async def finish(seconds: float) -> None:
    """Wait until every task that was begun is done, but no longer than `seconds`."""
    loop = asyncio.get_running_loop()
    tasks = [task for task in _under_way if task.get_loop() is loop]
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)
