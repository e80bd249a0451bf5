"""Statements of one transaction that do not need each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*parts: Awaitable[Any]) -> list[Any]:
    """Run statements side by side: the store works on one while the next is handed over.

    Returns their results. All of them have ended before the first of their errors is raised.
    """
    outcomes = await asyncio.gather(*parts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def settle_failure(future: asyncio.Future[Any]) -> None:
    """Let a failure be nobody's where whoever asked was cancelled meanwhile; a done callback."""
    if not future.cancelled():
        future.exception()
