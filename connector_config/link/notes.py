"""The notes of the link: what it knows about documents beyond their rows.

A change of this device that is in MongoDB is told by the change stream too, as an *echo*: it has
the name of its transaction. What the stream tells of the document before that is old, because the
transaction read the document with it, and what was written here since knows more. So the echoes
that are awaited are stored with the acknowledgement, for a new start that is told of them again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from connector_config.link.store import change, rows
from connector_config.store.local_only import ECHOES, PARKED
from connector_config.store.outbox import Executes, document_of, row_id, text_of

T = TypeVar("T")
Key = tuple[str, str]

_PARKED: Final = f"SELECT _id, document_id FROM {PARKED} LIMIT :limit OFFSET :offset"
_ECHOES: Final = f"SELECT * FROM {ECHOES} LIMIT :limit OFFSET :offset"
_FORGET: Final = f"EVICT FROM {ECHOES} WHERE at > ''"
_PAGE: Final = 1_000


def key_of(collection: str, document_id: Any) -> Key:
    """A key for a document of any collection."""
    return collection, text_of(document_id)


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction of this device that MongoDB has committed, at `time` or earlier.

    How much earlier nobody knows: a commit that had to be repeated is answered with the newest time
    there is. So it says when an echo will not come any more, and never whose a change is.
    """

    transaction: str
    time: int


@dataclass(slots=True)
class Notes:
    """Changes that the change stream will tell of, by their documents, and parked documents.

    Those in `posted` are on their way: only their echo can say before the answer that MongoDB has
    them. Those in `sent` are in MongoDB.
    """

    posted: dict[Key, str] = field(default_factory=dict)
    sent: dict[Key, Sent] = field(default_factory=dict)
    parked: set[Key] = field(default_factory=set)

    @classmethod
    async def read(cls, store: Executes) -> Notes:
        """The notes as they are stored."""
        notes = cls()
        async for row in _pages(store, _PARKED):
            notes.parked.add(_key_of_row(row))
        async for row in _pages(store, _ECHOES):
            # 0.1.0 did not store the transaction; its echo counts as old, and what follows as news.
            notes.sent[_key_of_row(row)] = Sent(row.get("transaction", ""), row["time"])
        return notes

    def is_awaited(self, key: Key, transaction: str | None = None) -> bool:
        """Whether an echo of a document is awaited: of any transaction, or of this one."""
        posted, sent = self.posted.get(key), self.sent.get(key)
        if transaction is None:
            return posted is not None or sent is not None
        return posted == transaction or (sent is not None and sent.transaction == transaction)

    def answered(self, key: Key, sent: Sent) -> None:
        """MongoDB has committed what was posted; unless the change stream has told of it."""
        if self.posted.get(key) == sent.transaction:
            del self.posted[key]
            self.sent[key] = sent

    def forget(self, key: Key) -> None:
        """Await no echo of a document any more."""
        self.posted.pop(key, None)
        self.sent.pop(key, None)

    def is_old(self, key: Key, transaction: str, time: int | None) -> bool:
        """Whether a change is older than our own one, with which it is merged already.

        An echo, which is not, is awaited no longer.
        """
        if transaction and self.is_awaited(key, transaction):
            if self.posted.get(key) == transaction:
                del self.posted[key]
            self.sent.pop(key, None)
            return False
        sent = self.sent.get(key)
        if sent is None or time is None:
            return False
        if time > sent.time:
            del self.sent[key]
            return False
        return True


class Look:
    """The notes as a transaction of the store looks at them: what it takes can be given back."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._posted: dict[Key, str] = {}
        self._sent: dict[Key, Sent] = {}
        self._parked: set[Key] = set()
        self._unparked: set[Key] = set()

    def is_old(self, key: Key, transaction: str, time: int | None) -> bool:
        """See `Notes.is_old`."""
        return self._take(key, lambda: self._notes.is_old(key, transaction, time))

    def is_echo(self, key: Key, transaction: str) -> bool:
        """Whether a movement is an echo; none is awaited any more."""
        is_echo = bool(transaction) and self._notes.is_awaited(key, transaction)
        self._take(key, lambda: self._notes.forget(key))
        return is_echo

    def park(self, wrong: set[Key], right: set[Key]) -> None:
        """Note documents as parked, and others as parked no longer."""
        self._parked = wrong - self._notes.parked
        self._unparked = right & self._notes.parked
        self._notes.parked |= self._parked
        self._notes.parked -= self._unparked

    def give_back(self) -> None:
        """Let all be noted as it was; what was noted since stays."""
        self._notes.posted = self._posted | self._notes.posted
        self._notes.sent = self._sent | self._notes.sent
        self._notes.parked -= self._parked
        self._notes.parked |= self._unparked

    def _take(self, key: Key, look: Callable[[], T]) -> T:
        posted, sent = self._notes.posted.get(key), self._notes.sent.get(key)
        found = look()
        if posted is not None and key not in self._notes.posted:
            self._posted[key] = posted
        if sent is not None and key not in self._notes.sent:
            self._sent[key] = sent
        return found


def echo_row(collection: str, document_id: Any, sent: Sent, at: str) -> dict[str, Any]:
    """The row of ECHOES for what was sent."""
    row = row_id(collection, document_id)
    return {
        "_id": row,
        "document_id": document_id,
        "transaction": sent.transaction,
        "time": sent.time,
        "at": at,
    }


async def forget_echoes(store: Executes) -> None:
    """Drop the rows of what was sent: no change stream will come to them."""
    await change(store, _FORGET)


async def _pages(store: Executes, page: str) -> AsyncIterator[Mapping[str, Any]]:
    offset = 0
    while found := await rows(store, page, {"limit": _PAGE, "offset": offset}):
        for row in found:
            yield row
        offset += _PAGE


def _key_of_row(row: Mapping[str, Any]) -> Key:
    return key_of(row["_id"]["collection"], document_of(row))
