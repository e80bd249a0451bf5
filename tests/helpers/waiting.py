"""Waiting for what happens on the loop, never for a fixed time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE = 60.0
"""Seconds that what comes for sure may take: a net that a busy machine does not touch."""


async def settle() -> None:
    """Let everything happen that is ready to happen on the loop."""
    for _ in range(30):
        await asyncio.sleep(0)


async def until(holds: Callable[[], object], what: str = "", seconds: float = PATIENCE) -> None:
    """Wait until something holds; fails naming `what` when it does not come."""
    deadline = asyncio.get_running_loop().time() + seconds
    pause = 0.005
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what or holds}")
        await asyncio.sleep(pause)
        # To ask takes time too, which whatever is waited for may need.
        pause = min(1.2 * pause, 0.03)


def collect(signal: Any) -> list[Any]:
    """A list that grows with what a signal of one argument emits."""
    # Here, because programs that tests start wait too, and need no Qt.
    from PySide6.QtCore import SignalInstance

    assert isinstance(signal, SignalInstance)
    heard: list[Any] = []
    signal.connect(heard.append)
    return heard
