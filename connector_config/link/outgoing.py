"""Sends what this device changed to MongoDB, and notes what MongoDB made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import pymongo
from bson.errors import InvalidDocument
from ditto import Ditto, Transaction
from pymongo import InsertOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from connector_config.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.link import store
from connector_config.link.incoming import Ledgers
from connector_config.link.merge import merge
from connector_config.link.notes import Key, Notes, Sent, key_of
from connector_config.link.outbox import (
    Executes,
    PendingRow,
    body_of,
    different,
    from_stored,
    pending_rows,
    read_stored,
    text_of,
    to_stored,
)
from connector_config.link.store import Body
from connector_config.local_only import OUTBOX, PARKED
from connector_config.mongodb.explain import codes, explain
from connector_config.mongodb.mapping import mongo_id, query_for, to_device, to_mongo

BATCH: Final = 250
# What one batch may take, retries of the driver included.
_SECONDS: Final = 15.0
_END_SECONDS: Final = 1.0

T = TypeVar("T")

_WRONG: Final = (ValueError, OverflowError, InvalidDocument)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A row and its document as they are sent."""

    key: Key
    row: PendingRow
    document: Body | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What MongoDB holds after a letter; `echo` when the change stream will come to it."""

    letter: _Letter
    document: Body
    echo: bool
    followed: bool = True
    was_there: bool = False
    """Whether it is a movement that MongoDB had already."""


class Sender:
    """Empties the outbox; `ledgers` says whether this device holds the movements of a store."""

    def __init__(
        self,
        ditto: Ditto,
        database: AsyncDatabase[Body],
        notes: Notes,
        ledgers: Ledgers,
        device_id: str,
    ) -> None:
        self._ditto = ditto
        self._database = database
        self._notes = notes
        self._ledgers = ledgers
        self._device_id = device_id
        self.stale: set[str] = set()
        """Items of other stores whose sums here may count a movement twice: it waited to be sent
        while MongoDB's sum had it.
        """

    async def send(self, *, followed: bool = True) -> int:
        """Send one batch; gives how many rows it took, 0 when nothing waits.

        Not `followed` while no change stream runs that will show these changes again. Raises
        PyMongoError when MongoDB cannot be reached or refuses everything.
        """
        letters = await self._letters()
        if letters:
            await self._deliver(letters, followed)
        return len(letters)

    async def _letters(self) -> list[_Letter]:
        """Without a transaction: a document that is newer than its row is what should be sent."""
        rows = await pending_rows(self._ditto.store, BATCH)
        documents: dict[Key, Body] = {}
        for name in {row.collection for row in rows}:
            ids = [row.document_id for row in rows if row.collection == name]
            for text, document in (await read_stored(self._ditto.store, name, ids)).items():
                documents[name, text] = body_of(name, document)
        keys = [key_of(row.collection, row.document_id) for row in rows]
        known = [row.key for key, row in zip(keys, rows, strict=True) if key in self._notes.parked]
        parked = await read_stored(self._ditto.store, PARKED, known)
        letters = []
        for key, row in zip(keys, rows, strict=True):
            before = parked.get(text_of(row.key), {}) if parked else {}
            # What was parked was never exchanged, so the base is still the one from before.
            its = row
            if "base" in before:
                first = from_stored(before)
                its = replace(row, base=first.base, changed={**first.changed, **row.changed})
            letters.append(_Letter(key, its, documents.get(key)))
        return letters

    async def _deliver(
        self, letters: Sequence[_Letter], followed: bool, *, careful: bool = False
    ) -> None:
        """Send letters at once; those that cannot be sent are found by halving, and parked.

        At first what was made here is taken to be new to MongoDB; when it is not, it is looked up.
        """
        try:
            answers, time = await _finished(self._post(letters, followed, careful))
        except (PyMongoError, *_WRONG) as error:
            for one in letters:
                self._notes.sent.pop(one.key, None)
            if isinstance(error, PyMongoError) and not _of_documents(error):
                raise
            if not careful:
                await self._deliver(letters, followed, careful=True)
            elif len(letters) == 1:
                await self._park(letters[0], _sentence(error))
            else:
                half = len(letters) // 2
                await self._deliver(letters[:half], followed, careful=True)
                await self._deliver(letters[half:], followed, careful=True)
            return
        await self._acknowledge(answers, time)

    async def _post(
        self, letters: Sequence[_Letter], followed: bool, careful: bool
    ) -> tuple[list[_Answer], int]:
        """All of them in one transaction of MongoDB; gives its time by MongoDB's logical clock."""

        async def work(session: AsyncClientSession) -> list[_Answer]:
            answers = await _Post(self._database, session, careful).write(letters)
            if not followed:
                return [replace(answer, followed=False) for answer in answers]
            # Before it is committed: what is committed may be told of at once.
            for answer in answers:
                if self._will_be_told(answer):
                    self._notes.sent[answer.letter.key] = Sent(answer.document)
            return answers

        with pymongo.timeout(_SECONDS):
            async with self._database.client.start_session() as session:
                answers = await session.with_transaction(work)
                time = session.operation_time
        return answers, 0 if time is None else (time.time << 32) + time.inc

    async def _acknowledge(self, answers: Sequence[_Answer], time: int) -> None:
        async def work(tx: Executes) -> None:
            still: list[Body] = []
            done = [answer for answer in answers if not self._was_told(answer)]
            for name in {answer.letter.row.collection for answer in done}:
                its = [answer for answer in done if answer.letter.row.collection == name]
                # Of a movement the change stream tells, because stock moves with it.
                if name != STOCK_MOVEMENTS:
                    still += await self._settle(tx, name, its)
                elif foreign := [one.letter for one in its if self._is_foreign(one)]:
                    waiting = await read_stored(tx, OUTBOX, [one.row.key for one in foreign])
                    for letter in foreign:
                        if text_of(letter.row.key) not in waiting:
                            self._notes.sent.pop(letter.key, None)
            await store.put_rows(tx, OUTBOX, still)
            kept = {text_of(row["_id"]) for row in still}
            keys = [answer.letter.row.key for answer in done]
            await store.drop_rows(tx, OUTBOX, [key for key in keys if text_of(key) not in kept])
            parked = [one.letter.row.key for one in answers if one.letter.key in self._notes.parked]
            await store.drop_rows(tx, PARKED, parked)

        if all(answer.letter.row.collection == STOCK_MOVEMENTS for answer in answers) and not any(
            map(self._is_foreign, answers)
        ):
            await work(self._ditto.store)  # one statement
        else:
            await store.transaction(self._ditto, work)
        self.stale |= {
            str(mongo_id(INVENTORY, answer.document))
            for answer in answers
            if answer.was_there and self._is_foreign(answer)
        }
        for answer in answers:
            self._notes.parked.discard(answer.letter.key)
            if sent := self._notes.sent.get(answer.letter.key):
                sent.time = time

    def _was_told(self, answer: _Answer) -> bool:
        """Whether the change stream has come to our change, and all is done, before this."""
        return answer.echo and answer.followed and answer.letter.key not in self._notes.sent

    def _is_foreign(self, answer: _Answer) -> bool:
        """Whether it is a movement in a store whose ledger is not held here."""
        row = answer.letter.row
        return row.collection == STOCK_MOVEMENTS and not self._ledgers(row.document_id["store_id"])

    async def _settle(self, tx: Executes, name: str, answers: Sequence[_Answer]) -> list[Body]:
        """Store what MongoDB made of documents; gives the rows of those that changed meanwhile."""
        stored = await read_stored(tx, name, [one.letter.row.document_id for one in answers])
        found = await read_stored(tx, OUTBOX, [one.letter.row.key for one in answers])
        waiting = {text: from_stored(row) for text, row in found.items()}
        puts: list[tuple[Body | None, Body]] = []
        still: list[Body] = []
        for answer in answers:
            row, there = answer.letter.row, stored.get(answer.letter.key[1])
            if there is None or answer.letter.document is None:
                continue
            local = body_of(name, there)
            # What was sent is the base of what the device changed while it was on its way.
            merged = merge(name, answer.letter.document, local, answer.document)
            if merged != local:
                puts.append((there, {"_id": there["_id"], **merged}))
            if merged != answer.document:
                times = waiting[text_of(row.key)].changed if text_of(row.key) in waiting else {}
                changed = {
                    name: times.get(name, merged.get("updated_at", row.at))
                    for name in different(answer.document, merged)
                }
                still.append(
                    to_stored(replace(row, base=answer.document, kind="update", changed=changed))
                )
        await store.put_documents(tx, name, puts)
        return still

    def _will_be_told(self, answer: _Answer) -> bool:
        if answer.letter.row.collection != STOCK_MOVEMENTS:
            return answer.echo
        # The stream tells of the movements of the ledgers that are held here, and of one's own. Of
        # what was there already it may have told before; another device's is news.
        if answer.was_there:
            return False
        document = answer.document
        return self._ledgers(document["store_id"]) or document.get("device_id") == self._device_id

    async def _park(self, letter: _Letter, reason: str) -> None:
        async def work(tx: Transaction) -> None:
            row = to_stored(letter.row) | {"reason": reason, "direction": "out"}
            await store.put_rows(tx, PARKED, [row])
            await store.drop_rows(tx, OUTBOX, [letter.row.key])

        await store.transaction(self._ditto, work)
        self._notes.parked.add(letter.key)


async def _finished(posting: Coroutine[Any, Any, T]) -> T:
    """Await it; when cancelled, let it end for a moment, because MongoDB keeps the locks of a
    transaction that nobody ends for a minute.
    """
    task = asyncio.ensure_future(posting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=_END_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


class _Post:
    """The statements of one MongoDB transaction; it may be run again from the start."""

    def __init__(
        self, database: AsyncDatabase[Body], session: AsyncClientSession, careful: bool
    ) -> None:
        self._database = database
        self._session = session
        self._careful = careful
        self._inserts: dict[str, list[Body]] = {}
        self._updates: dict[tuple[str, Any], dict[str, Body]] = {}

    async def write(self, letters: Sequence[_Letter]) -> list[_Answer]:
        answers: list[_Answer] = []
        # Movements first: the change stream tells of a movement before it tells of its sum.
        names = sorted({one.row.collection for one in letters}, key=lambda n: n != STOCK_MOVEMENTS)
        for name in names:
            its = [one for one in letters if one.row.collection == name]
            answers += await self._collection(name, its)
        for name in names:
            if documents := self._inserts.get(name):
                operations = [InsertOne(document) for document in documents]
                await self._database[name].bulk_write(operations, session=self._session)
        for name in {name for name, _ in self._updates}:
            updates = [
                UpdateOne({"_id": its}, change)
                for (collection, its), change in self._updates.items()
                if collection == name
            ]
            await self._database[name].bulk_write(updates, ordered=False, session=self._session)
        return answers

    async def _collection(self, name: str, letters: Sequence[_Letter]) -> list[_Answer]:
        there = await self._there(name, letters)
        answers = []
        for letter in letters:
            if letter.document is None:
                raise ValueError("It is not on this device any more.")
            found = there.get(letter.key[1])
            if found is None:
                if letter.row.base is not None:
                    raise ValueError("It is not in MongoDB any more.")
                self._inserts.setdefault(name, []).append(to_mongo(name, letter.document))
                if name == STOCK_MOVEMENTS:
                    self._count(letter.document)
                answers.append(_Answer(letter, letter.document, echo=False))
            else:
                answers.append(self._update(name, letter, letter.document, found))
        return answers

    async def _there(self, name: str, letters: Sequence[_Letter]) -> dict[str, Body]:
        """What MongoDB holds of the documents, by their Ditto ids."""
        documents = [
            one.document
            for one in letters
            if one.document is not None and (self._careful or one.row.base is not None)
        ]
        if not documents:
            return {}
        query = query_for(name, documents)
        found = await self._database[name].find(query, session=self._session).to_list()
        return {text_of(to_device(name, one)["_id"]): one for one in found}

    def _update(self, name: str, letter: _Letter, ours: Body, found: Body) -> _Answer:
        theirs = body_of(name, to_device(name, found))
        if name == STOCK_MOVEMENTS:
            return _Answer(letter, theirs, echo=False, was_there=True)
        merged = merge(name, letter.row.base, ours, theirs, letter.row.changed)
        changed = {n: value for n, value in merged.items() if n not in theirs or theirs[n] != value}
        gone = {n: "" for n in theirs if n not in merged}
        update = self._updates.setdefault((name, found["_id"]), {}) if changed or gone else {}
        if changed:
            update["$set"] = changed
            # A field cannot be told twice; ours is the later one already.
            if "last_updated" in changed:
                update.pop("$max", None)
        if gone:
            update["$unset"] = gone
        return _Answer(letter, merged, echo=bool(changed or gone))

    def _count(self, movement: Body) -> None:
        if quantity := int(movement.get("quantity") or 0):
            its = mongo_id(INVENTORY, movement)
            update = self._updates.setdefault((INVENTORY, its), {})
            increment = update.setdefault("$inc", {"stock_delta": 0})
            increment["stock_delta"] += quantity
            latest = update.setdefault("$max", {"last_updated": ""})
            latest["last_updated"] = max(latest["last_updated"], movement["at"])


def _of_documents(error: PyMongoError) -> bool:
    """Whether the documents are at fault, and not the way to MongoDB or the rights there."""
    if isinstance(error, ConnectionFailure) or error.timeout:
        return False
    # What the driver refuses to send at all, such as a document that is too large, has no code.
    return not isinstance(error, OperationFailure) or bool(codes(error) & _REFUSALS)


# Duplicate key, failed validation, too large, keys or values that cannot be stored.
_DUPLICATE: Final = 11000
_REFUSALS: Final = frozenset({2, 9, 14, 52, 56, 57, 121, 10334, _DUPLICATE, 17280, 17419, 17420})


def _sentence(error: Exception) -> str:
    return explain(error, "MongoDB") if isinstance(error, PyMongoError) else str(error)
