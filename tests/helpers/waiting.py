"""Waiting for what happens on the loop, never for a fixed time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SignalInstance


async def settle() -> None:
    """Let everything happen that is ready to happen on the loop."""
    for _ in range(30):
        await asyncio.sleep(0)


async def until(holds: Callable[[], object], what: str = "", seconds: float = 15.0) -> None:
    """Wait until something holds; fails naming `what` when it does not come."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what or holds}")
        await asyncio.sleep(0.005)


def collect(signal: Any) -> list[Any]:
    """A list that grows with what a signal of one argument emits."""
    assert isinstance(signal, SignalInstance)
    heard: list[Any] = []
    signal.connect(heard.append)
    return heard
