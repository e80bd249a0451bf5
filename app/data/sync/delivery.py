"""The delivery of what this device wrote: what still waits, and when the rest went where."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork, Written
from app.domain.documents.parts import from_iso
from app.domain.errors import StorageError
from connector_config.schema.collections import INVENTORY
from connector_config.schema.instants import to_iso
from connector_config.store.local_only import DELIVERED, OUTBOX, PARKED
from connector_config.store.outbox import COUNT_PENDING, document_of, row_id, text_of

Cancel = Callable[[], None]

PAGE = 200
_KEPT = timedelta(days=90)
"""How long a line of a history knows when it was delivered; that it was, it knows for ever."""

_INDEX = f"CREATE INDEX IF NOT EXISTS local_outbox_at ON {OUTBOX} (at)"
# Oldest first, so that a row can only leave the page by being delivered.
_OLDEST = (
    f"SELECT collection, document_id, kind, at, changed FROM {OUTBOX} ORDER BY at, _id LIMIT {PAGE}"
)
_COUNT_OF = f"SELECT COUNT(*) AS n FROM {OUTBOX} WHERE collection = :collection"
_WAITING = f"SELECT document_id FROM {OUTBOX} USE IDS LIST :keys"
# What cannot come in, which has no base, waits for nobody here.
_REFUSED = f"SELECT document_id FROM {PARKED} USE IDS LIST :keys WHERE base > ''"
_WHY = f"SELECT _id, collection, document_id, kind, at, reason FROM {PARKED} ORDER BY _id LIMIT 50"
_GONE = f"SELECT document_id, at, destination FROM {DELIVERED} USE IDS LIST :keys"
_KEEP = f"INSERT INTO {DELIVERED} DOCUMENTS (:rows) ON ID CONFLICT DO UPDATE"
_FORGET = f"EVICT FROM {DELIVERED} WHERE at < :before"
_CHANGED = f"SELECT _id, changed FROM {OUTBOX} USE IDS LIST :keys"
_EMPTY = f"EVICT FROM {OUTBOX} WHERE _id IN :keys"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that has not left this device; `kind` is `insert` or `update`.

    `refused` is why the other side does not take it, `changed` has which fields were changed when,
    as text: another text after an edit.
    """

    collection: str
    document_id: Any
    kind: str
    at: datetime | None
    refused: str = ""
    changed: str = ""

    @property
    def key(self) -> str:
        """A key that is the same for the same document."""
        return key_of(self.collection, self.document_id)


def key_of(collection: str, document_id: Any) -> str:
    """A document as a key of a dictionary."""
    return f"{collection} {text_of(document_id)}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether a document of this device has left it; `at` and `to` where that is known."""

    sent: bool
    at: datetime | None = None
    to: str = ""


class Deliveries(Protocol):
    """The outbox as view models need it."""

    @property
    def page(self) -> tuple[Waiting, ...]:
        """The documents that the other side refuses, and then the oldest that wait."""
        ...

    def on_changed(self, listener: Callable[[], None]) -> Cancel:
        """Call `listener` when a document begins or ends to wait; returns the cancel."""
        ...

    async def deliveries_of(self, collection: str, document_ids: Sequence[Any]) -> list[Delivery]:
        """What has become of documents that this device made, one delivery for each."""
        ...


class Outbox:
    """Follows the outbox: its count, and at most a page of its documents."""

    def __init__(self, session: Session, destination: str, now: Callable[[], datetime]) -> None:
        self._session = session
        self._destination = destination
        self._now = now
        self._page: tuple[Waiting, ...] = ()
        self._refused: tuple[Waiting, ...] = ()
        self._listeners: list[Callable[[], None]] = []
        self._following = ExitStack()
        self._task: asyncio.Task[None] | None = None
        self._again = False
        self.pending = 0

    @property
    def page(self) -> tuple[Waiting, ...]:
        return self._refused + self._page

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The oldest documents that wait to be sent."""
        return self._page

    async def open(self) -> None:
        """Begin to follow."""
        await self._session.query(_INDEX)
        before = to_iso(self._now() - _KEPT)
        await self._session.tidy(lambda unit: _run(unit, _FORGET, {"before": before}))
        self._following.callback(self._session.watch(_OLDEST, None, lambda _: self._soon()))
        self._following.callback(self._session.on_written(self._on_written))
        await self._refresh()

    async def close(self) -> None:
        """Follow no longer."""
        self._following.close()
        if self._task is not None:
            await self._task

    def on_changed(self, listener: Callable[[], None]) -> Cancel:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def deliveries_of(self, collection: str, document_ids: Sequence[Any]) -> list[Delivery]:
        if not document_ids:
            return []
        keys = {"keys": [row_id(collection, one) for one in document_ids]}
        waiting = await self._texts(_WAITING, keys) | await self._texts(_REFUSED, keys)
        gone = {
            text_of(row["document_id"]): Delivery(True, from_iso(row["at"]), row["destination"])
            for row in await self._session.query(_GONE, keys)
        }
        texts = [text_of(one) for one in document_ids]
        return [
            Delivery(False) if text in waiting else gone.get(text, Delivery(True)) for text in texts
        ]

    async def _texts(self, query: str, keys: dict[str, Any]) -> set[str]:
        return {text_of(row["document_id"]) for row in await self._session.query(query, keys)}

    async def delivered(self, rows: Sequence[Waiting]) -> None:
        """Take rows out of the outbox, except those that were changed again since they were seen.

        The link does so by itself, Ditto's own sync does not.
        """
        seen = {text_of(row_id(row.collection, row.document_id)): row.changed for row in rows}
        keys = [row_id(row.collection, row.document_id) for row in rows]

        async def work(unit: UnitOfWork) -> None:
            stored = await unit.query(_CHANGED, {"keys": keys})
            same = [row["_id"] for row in stored if row["changed"] == seen[text_of(row["_id"])]]
            await _run(unit, _EMPTY, {"keys": same})

        await self._session.tidy(work)

    def _on_written(self, _: Written) -> None:
        self._soon()

    def _soon(self) -> None:
        if self._task is not None:
            self._again = True
            return
        self._task = asyncio.get_running_loop().create_task(self._settle())

    async def _settle(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._again = True
            while self._again:
                self._again = False
                await self._refresh()
        except StorageError as error:
            loop.call_exception_handler({"message": "the outbox failed", "exception": error})
        finally:
            self._task = None

    async def _refresh(self) -> None:
        page, refused, everything, stock = await self._session.read(_snapshot)
        still = {one.key for one in page}
        # Only what was made here has a history; what was edited is delivered many times.
        gone = [one for one in self._page if one.kind == "insert" and one.key not in still]
        if gone:
            await self._note(gone)
        self._page, self._refused = page, refused
        # A change of stock is its movement; the item that it changed is not a second change.
        self.pending = everything - stock or stock
        for listener in tuple(self._listeners):
            listener()

    async def _note(self, vanished: Sequence[Waiting]) -> None:
        """Keep when these left, but for those that were refused."""
        keys = [row_id(one.collection, one.document_id) for one in vanished]
        refused = await self._texts(_REFUSED, {"keys": keys})
        at = to_iso(self._now())
        rows = [
            {
                "_id": row_id(document.collection, document.document_id),
                "document_id": document.document_id,
                "at": at,
                "destination": self._destination,
            }
            for document in vanished
            if text_of(document.document_id) not in refused
        ]
        if rows:
            await self._session.tidy(lambda unit: _run(unit, _KEEP, {"rows": rows}))


def _waiting(row: Row) -> Waiting:
    return Waiting(
        row["collection"],
        document_of(row),
        row.get("kind", "update"),
        from_iso(row.get("at")),
        row.get("reason", ""),
        row.get("changed", ""),
    )


async def _snapshot(
    unit: UnitOfWork,
) -> tuple[tuple[Waiting, ...], tuple[Waiting, ...], int, int]:
    """At one moment: the page, what is refused, how many rows there are, and how many of stock."""
    return (
        tuple(_waiting(row) for row in await unit.query(_OLDEST, {})),
        tuple(_waiting(row) for row in await unit.query(_WHY, {})),
        int((await unit.query(COUNT_PENDING, {}))[0]["n"]),
        int((await unit.query(_COUNT_OF, {"collection": INVENTORY}))[0]["n"]),
    )


async def _run(unit: UnitOfWork, statement: str, parameters: dict[str, Any]) -> None:
    await unit.update(OUTBOX, statement, parameters)
