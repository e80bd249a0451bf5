"""Work that nobody waits for: where it fails, the one place for unexpected failures hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


def in_background(work: Coroutine[Any, Any, None], failed: str) -> asyncio.Task[None]:
    """Start a task; `failed` says what is amiss where it ends with an exception.

    The loop's exception handler writes that to the log and tells the person calmly.
    """
    loop = asyncio.get_running_loop()

    def on_done(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            loop.call_exception_handler({"message": failed, "exception": error, "task": task})

    task = loop.create_task(work)
    task.add_done_callback(on_done)
    return task
