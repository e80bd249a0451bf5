"""Sends what this device changed to MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import pymongo
from ditto import Ditto, Transaction
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, PyMongoError

from connector_config.link import store
from connector_config.link.answers import Answers
from connector_config.link.incoming import why
from connector_config.link.notes import Key, Notes, Sent, key_of
from connector_config.link.post import Answer, Letter, Post
from connector_config.link.session import current_transaction
from connector_config.link.store import Body
from connector_config.mongodb.explain import codes, explain
from connector_config.store.local_only import OUTBOX, PARKED
from connector_config.store.outbox import (
    Executes,
    PendingRow,
    body_of,
    different,
    from_stored,
    joined,
    note_sent,
    pending_rows,
    read_stored,
    text_of,
    to_stored,
)

BATCH: Final = 250
# What one batch may take, retries of the driver included.
_SECONDS: Final = 15.0
_END_SECONDS: Final = 1.0
# How often what MongoDB refused is tried again: nobody tells when an index or a rule has changed.
_AGAIN_SECONDS: Final = 30.0

# What cannot come in has no base.
_REFUSED_HERE: Final = f"SELECT * FROM {PARKED} WHERE base > '' ORDER BY _id LIMIT 1000"
_UNANSWERED: Final = f"SELECT _id FROM {OUTBOX} WHERE sent > '[]' LIMIT 1"
_WAIT_AGAIN: Final = f"INSERT INTO {OUTBOX} DOCUMENTS (:rows) ON ID CONFLICT DO NOTHING"

T = TypeVar("T")


class Sender:
    """Empties the outbox, and hands MongoDB's answers to `answers`."""

    def __init__(
        self,
        ditto: Ditto,
        database: AsyncDatabase[Body],
        session: AsyncClientSession,
        notes: Notes,
        answers: Answers,
    ) -> None:
        self._ditto = ditto
        self._database = database
        self._session = session
        self._notes = notes
        self.answers = answers
        self._again_at = asyncio.get_running_loop().time() + _AGAIN_SECONDS

    @property
    def session_id(self) -> Mapping[str, Any]:
        """The id of the session, by which the change stream knows what was sent here."""
        return self._session.session_id

    async def send(self, *, followed: bool = True) -> int:
        """Send one batch; returns how many rows it took, 0 when nothing waits.

        `followed` is False while no change stream runs that will show these changes again. Raises
        PyMongoError when MongoDB cannot be reached or refuses everything.
        """
        # In one moment of the store. A base from before a change of MongoDB, with the document from
        # after it, would make news of it, and beat what came to MongoDB since.
        letters = await store.transaction(self._ditto, self._letters, read_only=True)
        if letters:
            await self._note_sent(letters)
            await self._deliver(letters, followed)
        return len(letters)

    async def send_refused(self) -> int:
        """Let what MongoDB refused wait once more, if it is time; returns how many rows that are.

        Many of them are tried less often, because each is sent on its own.
        """
        time = asyncio.get_running_loop().time()
        if not self._notes.parked or time < self._again_at:
            return 0
        count = await try_again(self._ditto)
        self._again_at = time + max(_AGAIN_SECONDS, float(count))
        return count

    async def has_unanswered(self) -> bool:
        """Whether something waits that was sent before, and nobody knows what became of it."""
        return bool(await store.rows(self._ditto.store, _UNANSWERED))

    async def send_written(self, rows: Sequence[PendingRow]) -> bool:
        """Send rows that were written just now; raises PyMongoError as `send` does.

        Returns False, and does nothing, when they have to be read first.
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
        for name in sorted({row.collection for row in rows}):
            ids = [row.document_id for row in rows if row.collection == name]
            for text, document in (await read_stored(tx, name, ids)).items():
                documents[name, text] = body_of(name, document)
        keys = [key_of(row.collection, row.document_id) for row in rows]
        known = [row.key for key, row in zip(keys, rows, strict=True) if key in self._notes.parked]
        parked = await read_stored(tx, PARKED, known)
        letters = []
        for key, row in zip(keys, rows, strict=True):
            before = parked.get(text_of(row.key)) if parked else None
            letters.append(Letter(key, joined(before, row), documents.get(key)))
        return letters

    async def _note_sent(self, letters: Sequence[Letter]) -> None:
        """Before it goes: whatever ends this device now, it will know its own words again."""
        sent = []
        for letter in letters:
            if letter.document is not None and letter.row.base is not None:
                names = different(letter.row.base, letter.document) & letter.document.keys()
                words = {name: letter.document[name] for name in names}
                if words not in letter.row.sent:
                    sent.append(replace(letter.row, sent=[*letter.row.sent, words]))
        if sent:
            await store.transaction(self._ditto, lambda tx: note_sent(tx, sent))

    async def _deliver(
        self, letters: Sequence[Letter], followed: bool, *, careful: bool = False
    ) -> None:
        """Send letters at once; those that cannot be sent are found by halving, and parked.

        At first what was made here is taken to be new to MongoDB; when it is not, it is looked up.
        """
        try:
            answers, sent = await _finished(self._post(letters, followed, careful))
        except Exception as error:
            self.answers.forget(letters)
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
        await self._acknowledge(answers, sent)

    async def _acknowledge(
        self, answers: Sequence[Answer], sent: Sent, *, careful: bool = False
    ) -> None:
        """Work in answers; those that cannot be are found by halving, and their letters parked."""
        try:
            await self.answers.acknowledge(answers, sent)
        except Exception as error:
            if not careful:
                # It may have failed for another reason.
                await self._acknowledge(answers, sent, careful=True)
            elif len(answers) == 1:
                await self._park(answers[0].letter, why(error))
            else:
                half = len(answers) // 2
                await self._acknowledge(answers[:half], sent, careful=True)
                await self._acknowledge(answers[half:], sent, careful=True)

    async def _post(
        self, letters: Sequence[Letter], followed: bool, careful: bool
    ) -> tuple[list[Answer], Sent]:
        """All of them in one transaction of MongoDB, and which one that was."""

        async def work(session: AsyncClientSession) -> tuple[list[Answer], str]:
            answers = await Post(self._database, session, careful).write(letters)
            transaction = current_transaction(session)
            answers = [
                one if followed and self.answers.is_followed(one) else replace(one, followed=False)
                for one in answers
            ]
            self.answers.expect(answers, transaction)
            return answers, transaction

        with pymongo.timeout(_SECONDS):
            answers, transaction = await self._session.with_transaction(work)
        time = self._session.operation_time
        assert time is not None
        return answers, Sent(transaction, (time.time << 32) + time.inc)

    async def _park(self, letter: Letter, reason: str) -> None:
        async def work(tx: Transaction) -> None:
            waiting = await read_stored(tx, OUTBOX, [letter.row.key])
            if not waiting:
                return  # somebody deleted the document meanwhile
            # MongoDB may have told of the document meanwhile, and that is its base then.
            parked = await read_stored(tx, PARKED, [letter.row.key])
            (stored,) = waiting.values()
            (before,) = parked.values() or (None,)
            row = to_stored(joined(before, from_stored(stored)))
            row |= {"reason": reason, "direction": "out"}
            await store.put_rows(tx, PARKED, [row])
            await store.drop_rows(tx, OUTBOX, [letter.row.key])
            # Before anything else happens in the store: whoever comes next has to know.
            self._notes.parked.add(letter.key)

        await store.transaction(self._ditto, work)


async def try_again(ditto: Ditto) -> int:
    """Let what MongoDB refused wait once more: MongoDB may take it by now.

    Until then it stays parked, with what was last exchanged. Returns how many rows that are.
    """

    async def work(tx: Transaction) -> int:
        rows = [to_stored(from_stored(row)) for row in await store.rows(tx, _REFUSED_HERE)]
        if rows:
            await store.change(tx, _WAIT_AGAIN, {"rows": rows})
        return len(rows)

    return await store.transaction(ditto, work)


async def _finished(posting: Coroutine[Any, Any, T]) -> T:
    """Await it; when cancelled, let it end for a moment, because MongoDB keeps the locks of a
    transaction that nobody ends for a minute.
    """
    task = asyncio.ensure_future(posting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([task], timeout=_END_SECONDS)
        finally:
            # However often this one is cancelled, nothing goes on without it.
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        raise


def _of_documents(error: PyMongoError) -> bool:
    """Whether the documents are at fault, and not the way to MongoDB or the rights there."""
    refused = isinstance(error, OperationFailure) and not error.timeout
    return refused and bool(codes(error) & _REFUSALS)


# Duplicate key, failed validation, too large, keys or values that cannot be stored.
_DUPLICATE: Final = 11000
_REFUSALS: Final = frozenset({2, 9, 14, 52, 56, 57, 121, 10334, _DUPLICATE, 17280, 17419, 17420})


def _sentence(error: Exception) -> str:
    return explain(error, "MongoDB") if isinstance(error, PyMongoError) else why(error)
