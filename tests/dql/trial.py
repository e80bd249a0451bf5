"""Runs statements on Ditto and on the oracle, and says where the two differ."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from ditto import Ditto, DittoError, Transaction
from ditto.transaction import TransactionCompletionAction

from connector_config.store.local_store import open_local_store
from connector_config.store.outbox import Executes
from tests.dql.documents import COUNTER, Drawn, fields_of
from tests.dql.oracle import Changed, Document, RefusedError, Rows, key, run
from tests.dql.reader import read
from tests.dql.statements import Known, known
from tests.dql.values import Count

Parameters = Mapping[str, Any]
_DOCUMENTS: Final = 12


@dataclass(frozen=True)
class Case:
    """One statement on the documents of its collection."""

    dql: str
    documents: Sequence[Document]
    parameters: Parameters
    indexes: bool

    def told(self) -> str:
        """All that is needed to see it again."""
        where = "with" if self.indexes else "without"
        rows = "\n".join(f"  {one!r}" for one in self.documents)
        return (
            f"{self.dql}\n{where} the local indexes, parameters {dict(self.parameters)!r}, "
            f"documents:\n{rows}"
        )


class Engine(Protocol):
    """What is compared with the oracle."""

    async def outcome(self, case: Case) -> Outcome: ...


@dataclass(frozen=True)
class Outcome:
    """What a statement gave and left; `refused` where the engine did not run it."""

    rows: Sequence[Document] = ()
    ids: Sequence[Any] = ()
    left: Sequence[Document] = ()
    refused: str = ""


class DittoEngine:
    """A real store; what a statement writes is rolled back, so that one set serves them all."""

    def __init__(self, with_indexes: Ditto, without: Ditto) -> None:
        self._stores = {True: with_indexes, False: without}
        self._stored: dict[tuple[bool, str], Sequence[Document]] = {}

    async def outcome(self, case: Case) -> Outcome:
        """Run a statement on its documents."""
        collection = read(case.dql).collection
        await self._store(case, collection)
        store = self._stores[case.indexes].store
        if case.dql.startswith("SELECT "):
            return await _given(store, case)
        outcome = Outcome()

        async def scope(transaction: Transaction) -> TransactionCompletionAction:
            nonlocal outcome
            outcome = await _given(transaction, case)
            if not outcome.refused:
                with await transaction.execute(f"SELECT * FROM {collection}") as result:
                    outcome = replace(outcome, left=[item.value for item in result.items])
            return TransactionCompletionAction.ROLLBACK

        await store.transaction(scope)
        return outcome

    async def _store(self, case: Case, collection: str) -> None:
        """Have just these documents in the collection."""
        place = case.indexes, collection
        if self._stored.get(place) is case.documents:
            return
        store = self._stores[case.indexes].store

        async def scope(transaction: Transaction) -> None:
            await _run(transaction, f"EVICT FROM {collection}")
            plain = [_without_counter(one) for one in case.documents]
            if plain:
                insert = f"INSERT INTO {collection} DOCUMENTS (:documents)"
                await _run(transaction, insert, {"documents": plain})
            for one in case.documents:
                if isinstance(one.get(COUNTER), Count):
                    await _run(
                        transaction,
                        f"UPDATE {collection} APPLY {COUNTER} INCREMENT BY :by WHERE _id = :id",
                        {"id": one["_id"], "by": int(one[COUNTER])},
                    )

        await store.transaction(scope)
        self._stored[place] = case.documents


@asynccontextmanager
async def engine(folder: Path) -> AsyncIterator[DittoEngine]:
    """A store with all indexes that the product makes, and one without any."""
    async with (
        await open_local_store(folder / "with") as indexed,
        await open_local_store(folder / "without") as plain,
    ):
        for one in known():
            if one.dql.startswith("CREATE INDEX"):
                with await indexed.store.execute(one.dql):
                    pass
        yield DittoEngine(indexed, plain)


def difference(case: Case, outcome: Outcome) -> str:
    """How an outcome differs from that of the oracle, in words; empty where it does not."""
    try:
        expected = run(read(case.dql), case.documents, case.parameters)
    except RefusedError:
        return "" if outcome.refused else "Ditto should have refused it."
    if outcome.refused:
        return f"Ditto refuses it: {outcome.refused}"
    if isinstance(expected, Rows):
        return _difference_of_rows(expected, list(outcome.rows))
    return _difference_of_change(case, expected, outcome)


async def first_failure(
    engine: Engine, rows: Sequence[Known], seed: int, rounds: int = 1
) -> tuple[Case, str] | None:
    """The first statement of which engine and oracle differ, on as few documents as that takes."""
    fields = fields_of(
        (read(dql), one.kinds_in(dql))
        for one in (*known(), *rows)
        if one.is_tried
        for dql in one.statements()
    )
    for at in range(seed, seed + rounds):
        drawn = Drawn(at, fields)
        documents: dict[str, Sequence[Document]] = {}
        for one in (one for one in rows if one.is_tried):
            dql = one.drawn(drawn.random)
            statement = read(dql)
            name = statement.collection
            documents.setdefault(name, drawn.documents(name, _DOCUMENTS))
            parameters = drawn.parameters(statement, one.kinds_in(dql), documents[name])
            cases = [Case(dql, documents[name], parameters, indexes) for indexes in (True, False)]
            told = await asyncio.gather(*(_wrong(engine, case) for case in cases))
            for case in (case for case, wrong in zip(cases, told, strict=True) if wrong):
                smallest = await _smallest(engine, case)
                return smallest, await _wrong(engine, smallest)
    return None


async def _wrong(engine: Engine, case: Case) -> str:
    return difference(case, await engine.outcome(case))


async def _smallest(engine: Engine, case: Case) -> Case:
    """Leave out what is not needed for it to fail: documents, fields, values of lists."""
    for smaller in _smaller(case):
        if await _wrong(engine, smaller):
            return await _smallest(engine, smaller)
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for documents in _less(list(case.documents)):
        yield replace(case, documents=documents)
    for name, value in case.parameters.items():
        for less in _less(value):
            yield replace(case, parameters={**case.parameters, name: less})


def _less(value: Any) -> Iterator[Any]:
    """A list, or a document, without one of what is in it; the `_id` of a document stays."""
    if isinstance(value, list):
        yield from (value[:at] + value[at + 1 :] for at in range(len(value)))
        inner: Iterable[tuple[Any, Any]] = enumerate(value)
    elif isinstance(value, dict) and "_id" in value:
        inner = [(name, its) for name, its in value.items() if name != "_id"]
        yield from ({n: its for n, its in value.items() if n != name} for name, _ in inner)
    else:
        return
    for at, its in inner:
        for less in _less(its):
            changed = value.copy()
            changed[at] = less
            yield changed


def _difference_of_rows(expected: Rows, rows: list[Document]) -> str:
    wanted = sum(count for _, count in expected.groups)
    if len(rows) != wanted:
        return f"{len(rows)} rows and not {wanted}: {rows!r}"
    at = 0
    for group, count in expected.groups:
        right = Counter(_text(row, expected.reckoned) for row in group)
        given = Counter(_text(row, expected.reckoned) for row in rows[at : at + count])
        if given - right:
            return f"Rows {at} to {at + count} are {rows[at : at + count]!r} and not of {group!r}"
        at += count
    return ""


def _difference_of_change(case: Case, expected: Changed, outcome: Outcome) -> str:
    ids = [key(one) for one in outcome.ids]
    right = [key(one) for one in expected.ids]
    documents = expected.documents
    if expected.limit is not None:
        if len(ids) != expected.limit or not set(ids) <= set(right):
            return f"It tells of {outcome.ids!r}, not of {expected.limit} of {expected.ids!r}"
        documents = [one for one in documents if key(one["_id"]) not in ids]
    elif Counter(ids) != Counter(right):
        return f"It tells of {outcome.ids!r} and not of {expected.ids!r}"
    left = Counter(_text(one, frozenset()) for one in outcome.left)
    should = Counter(_text(one, frozenset()) for one in documents)
    if left != should:
        return f"It leaves {list(left - should)!r} in place of {list(should - left)!r}"
    return ""


def _text(row: Document, reckoned: frozenset[str]) -> str:
    """A row as text; two are alike where their texts are."""
    shown = {name: _reckoned(its) if name in reckoned else its for name, its in row.items()}
    return json.dumps(shown, sort_keys=True, ensure_ascii=False)


def _reckoned(value: Any) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{float(value) + 0.0:.12g}" if number else value


def _without_counter(document: Document) -> Document:
    counted = isinstance(document.get(COUNTER), Count)
    return {name: its for name, its in document.items() if not (counted and name == COUNTER)}


async def _given(store: Executes, case: Case) -> Outcome:
    try:
        with await store.execute(case.dql, case.parameters) as result:
            ids = [one.value for one in result.mutated_document_ids()]
            return Outcome([item.value for item in result.items], ids)
    except DittoError as error:
        return Outcome(refused=str(error))


async def _run(transaction: Transaction, dql: str, parameters: Parameters | None = None) -> None:
    with await transaction.execute(dql, parameters):
        pass
