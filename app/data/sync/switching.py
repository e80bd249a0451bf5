"""From one scope of documents to another, in an order that survives a crash at any step.

The file is written first and says what is wanted, so that a start after a crash goes on with that.
Documents nobody asks for any more leave the device last, and only while it is connected: offline
they have nowhere to come back from.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.data.store.session import Session
from app.data.store.unit_of_work import UnitOfWork
from app.data.sync.subscriptions import as_documents, from_documents, uncovered
from connector_config.schema.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.schema.condition import Condition, one_of
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import OUTBOX, PARKED
from connector_config.store.outbox import text_of

_BATCH = 2_000
"""Documents a transaction evicts: 30 ms, in which nobody else can write."""

# What MongoDB refuses waits as well: it is nowhere else. What cannot come in has no base.
_WAITING = tuple(
    f"SELECT document_id FROM {waiting} WHERE collection = :collection AND base > '' LIMIT {_BATCH}"
    for waiting in (OUTBOX, PARKED)
)


class Subscribes(Protocol):
    """The part that asks other peers for documents."""

    async def unsubscribe(self) -> None:
        """Stop asking for documents."""
        ...

    async def subscribe(self, scope: Sequence[Wanted]) -> None:
        """Ask for the documents of a scope."""
        ...


class Switch:
    """Keeps which documents this device asks for, across restarts, and evicts the others."""

    def __init__(self, file: Path, session: Session, exchange: Subscribes) -> None:
        self._file = file
        self._session = session
        self._exchange = exchange
        self._scope, self._tidy = self._read()
        self._asked: tuple[Wanted, ...] | None = None

    @property
    def scope(self) -> tuple[Wanted, ...] | None:
        """The scope that is asked for; None before the first time."""
        return self._scope

    @property
    def tidy(self) -> bool:
        """Whether nothing is left on this device that nobody asks for any more."""
        return self._tidy

    async def enter(self, scope: tuple[Wanted, ...]) -> None:
        """Ask for the documents of a scope from now on, in place of what was asked for before."""
        if scope == self._asked:
            return
        first = self._scope is None
        if scope != self._scope:
            # What is here before the first time was put here by hand: nobody could bring it back.
            self._write(scope, tidy=first)
        self._asked = None
        await self._exchange.unsubscribe()
        await self._exchange.subscribe(scope)
        self._asked = scope

    async def count(self, scope: Sequence[Wanted]) -> int:
        """How many documents of a scope are on this device."""
        found = 0
        for one in scope:
            where, parameters = one.condition().where()
            query = f"SELECT COUNT(*) AS n FROM {one.collection}{where}"
            found += int((await self._session.query(query, parameters))[0]["n"])
        return found

    async def clean(self) -> int:
        """Evict what nobody asks for, but nothing undelivered; returns how many documents."""
        scope = self._scope
        if self._tidy or scope is None:
            return 0
        evicted, done = 0, True
        for collection, unwanted in uncovered(scope).items():
            while went := await self._evict(collection, unwanted, scope):
                evicted += went
            done = done and went is not None
        # A second switch in the middle has its own documents to clean up after.
        if done and scope == self._scope:
            self._write(scope, tidy=True)
        return evicted

    async def _evict(
        self, collection: str, unwanted: Condition, scope: tuple[Wanted, ...]
    ) -> int | None:
        """How many went; None when some have to stay for now."""

        async def work(unit: UnitOfWork) -> int | None:
            # The counter of an item is nowhere else while its movement waits, which is what counts.
            key = {"collection": STOCK_MOVEMENTS if collection == INVENTORY else collection}
            rows = [row for query in _WAITING for row in await unit.query(query, key)]
            # Too many to leave out of a statement: the rest goes when those are delivered.
            if collection == INVENTORY and rows:
                return None
            if len(rows) >= _BATCH or scope != self._scope:
                return None
            kept = {text_of(row["document_id"]): row["document_id"] for row in rows}
            where, parameters = (unwanted & ~one_of("_id", kept.values())).where()
            went = await unit.update(
                collection, f"EVICT FROM {collection}{where} LIMIT {_BATCH}", parameters
            )
            if not went and kept:
                where, parameters = unwanted.where()
                left = f"SELECT _id FROM {collection}{where} LIMIT 1"
                return None if await unit.query(left, parameters) else 0
            return went

        return await self._session.tidy(work)

    def _read(self) -> tuple[tuple[Wanted, ...] | None, bool]:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
            return from_documents(stored["scope"]), bool(stored["tidy"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # Damaged is as if it were new: nothing is evicted for it.
            return None, True

    def _write(self, scope: tuple[Wanted, ...], tidy: bool) -> None:
        self._scope, self._tidy = scope, tidy
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"scope": as_documents(scope), "tidy": tidy}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)
