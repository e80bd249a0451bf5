"""The one door through which the app writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.changes import NewlyMade
from connector_config.schema.collections import ditto_id
from connector_config.store.outbox import Executes, PendingRow, text_of


@dataclass(frozen=True, slots=True)
class Touched:
    """A document that a transaction changed; `document_id` is its Ditto `_id`."""

    collection: str
    document_id: Any
    is_new: bool = field(default=False, compare=False)
    is_told: bool = field(default=False, compare=False)
    document: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(slots=True)
class Written:
    """What one committed transaction changed; `waiting` is what it put into the outbox.

    `made` is what a person can undo of it; `undoes` where it takes such a change back.
    """

    touched: list[Touched] = field(default_factory=list)
    waiting: list[PendingRow] = field(default_factory=list)
    made: list[NewlyMade] = field(default_factory=list)
    undoes: bool = False


class UnitOfWork:
    """Runs the statements of one transaction and knows every document it touched."""

    def __init__(self, transaction: Executes) -> None:
        self._transaction = transaction
        self.written = Written()

    def note(self, change: NewlyMade) -> None:
        """Let undo know what a person does with this transaction, once it has written something."""
        self.written.made.append(change)

    async def query(self, dql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows as this transaction sees them, its own changes included."""
        with await self._transaction.execute(dql, parameters) as result:
            return [item.value for item in result.items]

    async def keep(self, dql: str, parameters: Mapping[str, Any]) -> None:
        """Change what is only about this device, and nobody's business: it is not `touched`."""
        with await self._transaction.execute(dql, parameters):
            pass

    async def update(self, collection: str, dql: str, parameters: Mapping[str, Any]) -> int:
        """Run a mutating statement; returns how many documents it changed."""
        return len(await self._change(collection, dql, parameters))

    async def count(self, collection: str, dql: str, parameters: Mapping[str, Any]) -> int:
        """Run a statement that moves counters; a movement in the same transaction tells of it."""
        return len(await self._change(collection, dql, parameters, is_told=True))

    async def insert(self, collection: str, dql: str, document: Mapping[str, Any]) -> bool:
        """Store a document with the `_id` of its business ids; whether that wrote anything."""
        stored = {"_id": ditto_id(collection, document), **document}
        return bool(await self._change(collection, dql, {"document": stored}, new=[stored]))

    async def insert_all(
        self, collection: str, dql: str, documents: Sequence[Mapping[str, Any]]
    ) -> list[Mapping[str, Any]]:
        """Store documents of one collection, the statement's `:documents`; returns the new ones."""
        stored = [{"_id": ditto_id(collection, one), **one} for one in documents]
        new = await self._change(collection, dql, {"documents": stored}, new=stored)
        return [
            one for one, its in zip(documents, stored, strict=True) if text_of(its["_id"]) in new
        ]

    async def _change(
        self,
        collection: str,
        dql: str,
        parameters: Mapping[str, Any],
        *,
        new: Sequence[Mapping[str, Any]] = (),
        is_told: bool = False,
    ) -> set[str]:
        with await self._transaction.execute(dql, parameters) as result:
            ids = [document_id.value for document_id in result.mutated_document_ids()]
        made = {text_of(one["_id"]): one for one in new}
        changed = {text_of(its): its for its in ids}
        self.written.touched += [
            Touched(collection, its, bool(new), is_told, made.get(text))
            for text, its in changed.items()
        ]
        return set(changed)
