"""Pages of a list that grows, newest first, by an index that ends with the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.data.store.session import Row, Session
from app.domain.documents.parts import from_iso
from connector_config.schema.instants import to_iso

Cancel = Callable[[], None]

_MARGIN: Final = 1.3
_DAYS: Final = 1.0
"""How far back one looks first; a page that is full tells how far the next one goes."""
_EMPTY: Final = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for: `wanted` tells lists apart; an empty `floor` or `top` is no end.

    `statement` makes the DQL and its parameters from a first time, before which it finds nothing;
    an empty one is no limit.
    """

    wanted: Hashable
    floor: str
    top: str
    limit: int
    statement: Callable[[str], tuple[str, dict[str, Any]]]


def ends(since: datetime | None, until: datetime | None, after: str = "") -> tuple[str, str]:
    """The floor and the top of a page that comes after a time; all times as stored."""
    floor = to_iso(since) if since is not None else ""
    tops = (to_iso(until) if until is not None else "", after)
    return floor, min((one for one in tops if one), default="")


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far back pages of a list go: in days, and the newest one down to the time `low`."""

    wanted: Hashable
    days: float = _DAYS
    low: str = ""


class NewestFirst:
    """Reads and watches pages of a collection by its time `field`, as stored.

    However few rows are asked for, Ditto goes on reading in the background, down to the end of the
    range of the index: seconds for a million documents, after each change. So every statement has
    a first day, and an earlier one where that does not fill the page.
    """

    def __init__(self, session: Session, now: Callable[[], datetime], field: str) -> None:
        self._session = session
        self._now = now
        self._field = field
        self._reach = _Reach(None)

    async def read(self, asked: Asked) -> tuple[list[Row], str]:
        """The rows of a page, and the time down to which they were looked for; empty for no end."""
        floor, top = asked.floor, asked.top
        if top and top < floor:
            # Of a range that ends before it begins, Ditto reads everything.
            return [], floor
        known = self._reach if self._reach.wanted == asked.wanted else _Reach(asked.wanted)
        days = known.days
        low = known.low if known.low and not top else self._earlier(top, days)
        for _ in range(3):
            low = max(floor, low)
            rows = await self._session.query(*asked.statement(low))
            if len(rows) >= asked.limit:
                self._reach = self._after(known, rows, is_newest=not top)
            if len(rows) >= asked.limit or low == floor:
                return rows, low
            # Twice as long as it takes if they are as frequent before; days without any may be
            # holidays.
            days *= 2 * asked.limit / len(rows) if rows else _EMPTY
            low = self._earlier(top, days)
        return await self._session.query(*asked.statement(floor)), floor

    def watch(
        self, asked: Asked, on_rows: Callable[[list[Row], str], None], *, is_newest: bool
    ) -> Cancel:
        """The rows of a page, now and after every change, with the time as `read` gives it."""
        loop = asyncio.get_running_loop()
        following = ExitStack()

        def follow(low: str) -> None:
            statement, parameters = asked.statement(low)
            following.callback(
                self._session.watch(statement, parameters, lambda rows: on_rows(rows, low))
            )

        async def begin() -> None:
            try:
                rows, low = await self.read(asked)
            except Exception as error:
                said = {"message": "a list cannot be read", "exception": error}
                loop.call_exception_handler(said)
                return
            on_rows(rows, low)
            follow(low)

        if is_newest and self._reach.wanted == asked.wanted and self._reach.low:
            # It is known how far back that goes: one look is enough.
            follow(max(self._reach.low, asked.floor))
            return following.close
        beginning = loop.create_task(begin())

        def cancel() -> None:
            beginning.cancel()
            following.close()

        return cancel

    def _after(self, known: _Reach, rows: list[Row], *, is_newest: bool) -> _Reach:
        """What a full page tells of the next one."""
        newest, oldest = (from_iso(rows[at].get(self._field)) for at in (0, -1))
        if newest is None or oldest is None:
            return known
        span = _MARGIN * (newest - oldest)
        try:
            low = to_iso(newest - span) if is_newest else known.low
        except OverflowError:
            return known
        return replace(known, days=span / timedelta(days=1), low=low)

    def _earlier(self, top: str, days: float) -> str:
        """So many days before a time; empty where that is before all time."""
        try:
            moment = datetime.fromisoformat(top) if top else self._now()
            return to_iso(moment - timedelta(days=days))
        except (ValueError, OverflowError):
            return ""
