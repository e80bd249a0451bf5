"""Statements of one transaction that do not need each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*parts: Awaitable[Any]) -> list[Any]:
    """Run them side by side: the store works on one while the next is handed over.

    Gives what they gave. All of them end before this raises what the first of them raised.
    """
    outcomes = await asyncio.gather(*parts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes
