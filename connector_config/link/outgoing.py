"""Sends what this device changed to MongoDB, and notes what MongoDB made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import pymongo
from bson.errors import InvalidDocument
from ditto import Ditto, Transaction
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, PyMongoError

from connector_config.collections import INVENTORY, STOCK_MOVEMENTS
from connector_config.link import store
from connector_config.link.batch import Ledgers
from connector_config.link.merge import merge
from connector_config.link.notes import Key, Notes, Sent, echo_row, key_of
from connector_config.link.outbox import (
    Executes,
    PendingRow,
    body_of,
    different,
    from_stored,
    note_sent,
    pending_rows,
    read_stored,
    text_of,
    to_stored,
)
from connector_config.link.post import Answer, Letter, Post
from connector_config.link.store import Body
from connector_config.local_only import ECHOES, OUTBOX, PARKED
from connector_config.mongodb.explain import codes, explain
from connector_config.mongodb.mapping import mongo_id

BATCH: Final = 250
# What one batch may take, retries of the driver included.
_SECONDS: Final = 15.0
_END_SECONDS: Final = 1.0

_REFUSED_HERE: Final = f"SELECT * FROM {PARKED} WHERE direction = 'out' ORDER BY _id LIMIT 1000"
_WAIT_AGAIN: Final = f"INSERT INTO {OUTBOX} DOCUMENTS (:rows) ON ID CONFLICT DO NOTHING"

T = TypeVar("T")

_WRONG: Final = (ValueError, OverflowError, InvalidDocument)


class Sender:
    """Empties the outbox; `ledgers` says whether this device holds the movements of a store."""

    def __init__(
        self,
        ditto: Ditto,
        database: AsyncDatabase[Body],
        session: AsyncClientSession,
        notes: Notes,
        ledgers: Ledgers,
        device_id: str,
    ) -> None:
        self._ditto = ditto
        self._database = database
        self._session = session
        self._notes = notes
        self._ledgers = ledgers
        self._device_id = device_id
        self.stale: set[str] = set()
        """Items of other stores whose sums here may count a movement twice: it waited to be sent
        while MongoDB's sum had it.
        """

    @property
    def session_id(self) -> Mapping[str, Any]:
        """By what the change stream tells what was sent here."""
        return self._session.session_id

    async def send(self, *, followed: bool = True) -> int:
        """Send one batch; gives how many rows it took, 0 when nothing waits.

        Not `followed` while no change stream runs that will show these changes again. Raises
        PyMongoError when MongoDB cannot be reached or refuses everything.
        """
        # In one moment of the store. A base from before a change of MongoDB, with the document from
        # after it, would make news of it, and beat what came to MongoDB since.
        letters = await store.transaction(self._ditto, self._letters, read_only=True)
        if letters:
            await self._note_sent(letters)
            await self._deliver(letters, followed)
        return len(letters)

    async def hand_on(self, rows: Sequence[PendingRow]) -> bool:
        """Send rows that were written just now; False, with nothing done, when they have to be
        read. Raises PyMongoError as `send` does.
        """
        letters = []
        for row in rows:
            key = key_of(row.collection, row.document_id)
            if row.document is None or key in self._notes.parked:
                return False
            letters.append(Letter(key, row, body_of(row.collection, row.document)))
        if letters:
            await self._deliver(letters, followed=True)
        return True

    async def _letters(self, tx: Executes) -> list[Letter]:
        rows = await pending_rows(tx, BATCH)
        documents: dict[Key, Body] = {}
        for name in {row.collection for row in rows}:
            ids = [row.document_id for row in rows if row.collection == name]
            for text, document in (await read_stored(tx, name, ids)).items():
                documents[name, text] = body_of(name, document)
        keys = [key_of(row.collection, row.document_id) for row in rows]
        known = [row.key for key, row in zip(keys, rows, strict=True) if key in self._notes.parked]
        parked = await read_stored(tx, PARKED, known)
        letters = []
        for key, row in zip(keys, rows, strict=True):
            before = parked.get(text_of(row.key), {}) if parked else {}
            # What was parked was never exchanged, so the base is still the one from before.
            its = row
            if "base" in before:
                first = from_stored(before)
                its = replace(row, base=first.base, changed={**first.changed, **row.changed})
            letters.append(Letter(key, its, documents.get(key)))
        return letters

    async def _note_sent(self, letters: Sequence[Letter]) -> None:
        """Before it goes: whatever ends this device now, it will know its own words again."""
        sent = []
        for one in letters:
            if one.document is not None and one.row.base is not None:
                names = different(one.row.base, one.document) & one.document.keys()
                its = {name: one.document[name] for name in names}
                if its not in one.row.sent:
                    sent.append(replace(one.row, sent=[*one.row.sent, its]))
        if sent:
            await store.transaction(self._ditto, lambda tx: note_sent(tx, sent))

    async def _deliver(
        self, letters: Sequence[Letter], followed: bool, *, careful: bool = False
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
        self, letters: Sequence[Letter], followed: bool, careful: bool
    ) -> tuple[list[Answer], int]:
        """All of them in one transaction of MongoDB; gives its time by MongoDB's logical clock."""

        async def work(session: AsyncClientSession) -> list[Answer]:
            answers = await Post(self._database, session, careful).write(letters)
            if not followed:
                return [replace(answer, followed=False) for answer in answers]
            # Before it is committed: what is committed may be told of at once.
            for answer in answers:
                if self._will_be_told(answer):
                    self._notes.sent[answer.letter.key] = Sent(answer.document)
            return answers

        with pymongo.timeout(_SECONDS):
            answers = await self._session.with_transaction(work)
        time = self._session.operation_time
        return answers, 0 if time is None else (time.time << 32) + time.inc

    async def _acknowledge(self, answers: Sequence[Answer], time: int) -> None:
        for answer in answers:
            if sent := self._notes.sent.get(answer.letter.key):
                sent.time = time

        async def work(tx: Executes) -> None:
            still: list[Body] = []
            done = [answer for answer in answers if not self._was_told(answer)]
            for name in {answer.letter.row.collection for answer in done}:
                its = [answer for answer in done if answer.letter.row.collection == name]
                # Of a movement the change stream tells, because stock moves with it.
                if name != STOCK_MOVEMENTS:
                    still += await self._settle(tx, name, its)
                    await store.put_rows(tx, ECHOES, self._awaited(its))
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
        self._notes.parked.difference_update(answer.letter.key for answer in answers)

    def _awaited(self, answers: Sequence[Answer]) -> list[Body]:
        """Rows of those that the change stream has not come to."""
        rows = ((one.letter, self._notes.sent.get(one.letter.key)) for one in answers)
        return [
            echo_row(its.row.collection, its.row.document_id, sent, its.row.at)
            for its, sent in rows
            if sent is not None
        ]

    def _was_told(self, answer: Answer) -> bool:
        """Whether the change stream has come to our change, and all is done, before this."""
        return answer.echo and answer.followed and answer.letter.key not in self._notes.sent

    def _is_foreign(self, answer: Answer) -> bool:
        """Whether it is a movement in a store whose ledger is not held here."""
        row = answer.letter.row
        return row.collection == STOCK_MOVEMENTS and not self._ledgers(row.document_id["store_id"])

    async def _settle(self, tx: Executes, name: str, answers: Sequence[Answer]) -> list[Body]:
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
            now = waiting.get(text_of(row.key))
            if answer.was_there and answer.followed and not answer.echo:
                # It was in MongoDB already, and the change stream tells all that is; what changed
                # here meanwhile waits on.
                if now is not None and local != answer.letter.document:
                    still.append(to_stored(now))
                continue
            merged = _meanwhile(answer, now, local)
            if merged != local:
                puts.append((there, {"_id": there["_id"], **merged}))
            if merged != answer.document:
                times = now.changed if now is not None else {}
                changed = {
                    name: times.get(name, merged.get("updated_at", row.at))
                    for name in different(answer.document, merged)
                }
                rest = replace(row, base=answer.document, kind="update", changed=changed)
                still.append(to_stored(replace(rest, sent=())))
        await store.put_documents(tx, name, puts)
        return still

    def _will_be_told(self, answer: Answer) -> bool:
        if answer.letter.row.collection != STOCK_MOVEMENTS:
            return answer.echo
        # The stream tells of the movements of the ledgers that are held here, and of one's own. Of
        # what was there already it may have told before; another device's is news.
        if answer.was_there:
            return False
        document = answer.document
        return self._ledgers(document["store_id"]) or document.get("device_id") == self._device_id

    async def _park(self, letter: Letter, reason: str) -> None:
        async def work(tx: Transaction) -> None:
            row = to_stored(letter.row) | {"reason": reason, "direction": "out"}
            await store.put_rows(tx, PARKED, [row])
            await store.drop_rows(tx, OUTBOX, [letter.row.key])

        await store.transaction(self._ditto, work)
        self._notes.parked.add(letter.key)


async def try_again(ditto: Ditto) -> None:
    """Let what MongoDB refused wait once more: it may take it by now.

    It stays parked until then, with what was last exchanged.
    """

    async def work(tx: Transaction) -> None:
        rows = [to_stored(from_stored(row)) for row in await store.rows(tx, _REFUSED_HERE)]
        if rows:
            await store.change(tx, _WAIT_AGAIN, {"rows": rows})

    await store.transaction(ditto, work)


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


def _meanwhile(answer: Answer, now: PendingRow | None, local: Body) -> Body:
    """An answer, with what the device changed while the letter was on its way.

    The base of that is what was sent, or what the change stream told of meanwhile: it came from
    before MongoDB had the letter, and is no change of the device.
    """
    letter = answer.letter
    assert letter.document is not None
    if now is None or now.base is None:
        return merge(letter.row.collection, letter.document, local, answer.document)
    names = different(letter.row.base or {}, now.base)
    told = {name: now.base[name] for name in names if name in now.base}
    taken = {name: its for name, its in told.items() if local.get(name) == its}
    since = {n: at for n, at in now.changed.items() if letter.row.changed.get(n) != at}
    base = letter.document | taken
    return merge(letter.row.collection, base, local, answer.document, since, [told])


def _of_documents(error: PyMongoError) -> bool:
    """Whether the documents are at fault, and not the way to MongoDB or the rights there."""
    # Of a document that it does not send at all, the driver says so with one of `_WRONG`.
    refused = isinstance(error, OperationFailure) and not error.timeout
    return refused and bool(codes(error) & _REFUSALS)


# Duplicate key, failed validation, too large, keys or values that cannot be stored.
_DUPLICATE: Final = 11000
_REFUSALS: Final = frozenset({2, 9, 14, 52, 56, 57, 121, 10334, _DUPLICATE, 17280, 17419, 17420})


def _sentence(error: Exception) -> str:
    return explain(error, "MongoDB") if isinstance(error, PyMongoError) else str(error)
