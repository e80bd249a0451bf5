"""One collection of papers as entities, to watch, read and change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from app.data.papers import papers
from app.data.store.reading import entities
from app.data.store.session import Row, Session
from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Kind, NewlyMade
from app.domain.papers import Change, Document
from connector_config.schema.collections import ditto_id

Cancel = Callable[[], None]


class Kept(Protocol):
    """A paper that is kept under the fields of its id."""

    @property
    def key(self) -> dict[str, str]: ...
    @property
    def number(self) -> str: ...


P = TypeVar("P", bound=Kept)


class PaperTable(Generic[P]):
    """The papers of a collection; its lists hold the newest ones, at most `limit`."""

    def __init__(
        self,
        session: Session,
        collection: str,
        to_entity: Callable[[Document], P],
        limit: int = 200,
    ) -> None:
        self._session = session
        self._collection = collection
        self._to_entity = to_entity
        self._limit = limit

    def watch_newest(
        self,
        store_id: str,
        on_papers: Callable[[list[P]], None],
        store: str = "store_id",
        with_deleted: bool = True,
    ) -> Cancel:
        """The papers of a store, now and after every change, newest first.

        `store` is the field that names the store; those that were deleted can be left out.
        """

        def on_rows(rows: list[Row]) -> None:
            shown = [row for row in rows if with_deleted or not row.get("deleted")]
            on_papers(entities(shown, self._to_entity))

        return self._session.watch(self._newest(store), {"store_id": store_id}, on_rows)

    async def newest(self, unit: UnitOfWork, store_id: str, store: str = "store_id") -> list[P]:
        """The papers of a store as they are now, newest first."""
        rows = await unit.query(self._newest(store), {"store_id": store_id})
        return entities(rows, self._to_entity)

    def watch(self, paper: P, on_paper: Callable[[P], None]) -> Cancel:
        """One paper, now and after every change."""

        def on_rows(rows: list[Row]) -> None:
            for one in entities(rows[:1], self._to_entity):
                on_paper(one)

        statement = f"SELECT * FROM {self._collection} WHERE _id = :id"
        return self._session.watch(
            statement, {"id": ditto_id(self._collection, paper.key)}, on_rows
        )

    async def find(self, field: str, value: str) -> P | None:
        """A paper by what only it has, such as its number, also one that no list holds any more."""
        statement = f"SELECT * FROM {self._collection} WHERE {field} = :value LIMIT 1"
        rows = await self._session.query(statement, {"value": value})
        return self._to_entity(rows[0]) if rows else None

    async def insert(self, unit: UnitOfWork, document: Mapping[str, Any]) -> P:
        """Store a new paper."""
        await papers.insert(unit, self._collection, document)
        return self._to_entity(document)

    async def load(self, unit: UnitOfWork, key: Mapping[str, str]) -> P:
        """The paper with these id fields; raises PaperError where this device has none."""
        return self._to_entity(await papers.load(unit, self._collection, key))

    async def step(self, paper: P, work: Callable[[UnitOfWork, P], Awaitable[object]]) -> P:
        """Do a step on a paper as it is stored now, in one transaction; returns the new paper."""

        async def transaction(unit: UnitOfWork) -> P:
            await work(unit, await self.load(unit, paper.key))
            return await self.load(unit, paper.key)

        return await self._session.write(transaction)

    async def merge(self, paper: P, step: Callable[[P], Change], at: str, made: NewlyMade) -> P:
        """Do a step that moves no stock, `made` for undo; returns the paper after it."""

        async def work(unit: UnitOfWork, stored: P) -> None:
            await papers.merge_all(unit, step(stored).patches, at)
            unit.note(made)

        return await self.step(paper, work)

    async def edit(
        self,
        paper: P,
        step: Callable[[P], Change],
        at: str,
        store_id: str,
        kind: Kind = Kind.PAPER,
    ) -> P:
        """Do a step that sets what a person typed; returns the paper after it."""

        async def work(unit: UnitOfWork, stored: P) -> None:
            key = {**paper.key, "number": paper.number}
            await papers.edit(unit, step(stored).patches, at, store_id, key, kind)

        return await self.step(paper, work)

    def _newest(self, store: str) -> str:
        return (
            f"SELECT * FROM {self._collection} WHERE {store} = :store_id "
            f"ORDER BY created_at DESC LIMIT {self._limit}"
        )
