"""The notes of the link: what it knows about documents beyond their rows.

Documents that MongoDB has as this device changed them are stored too, until the change stream has
come to that change: a new start is told of older changes again, and what was written since then
knows more than they do.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connector_config.link.store import change, rows
from connector_config.store.local_only import ECHOES, PARKED
from connector_config.store.outbox import Executes, row_id, text_of

Key = tuple[str, str]

_PARKED: Final = f"SELECT _id FROM {PARKED} LIMIT :limit OFFSET :offset"
_ECHOES: Final = f"SELECT * FROM {ECHOES} LIMIT :limit OFFSET :offset"
_FORGET: Final = f"EVICT FROM {ECHOES} WHERE at > ''"
_PAGE: Final = 1_000


def key_of(collection: str, document_id: Any) -> Key:
    """A key for a document of any collection."""
    return collection, text_of(document_id)


@dataclass(slots=True)
class Sent:
    """A document as MongoDB has it after our change; `time` is at or after that change.

    Without a time the document is on its way.
    """

    document: Mapping[str, Any]
    time: int | None = None


@dataclass(slots=True)
class Notes:
    """Changes that MongoDB has and the change stream has not told of yet, and parked documents."""

    sent: dict[Key, Sent] = field(default_factory=dict)
    parked: set[Key] = field(default_factory=set)

    @classmethod
    async def read(cls, store: Executes) -> Notes:
        """The notes as they are stored."""
        notes = cls()
        async for row in _pages(store, _PARKED):
            notes.parked.add(_key_of_row(row))
        async for row in _pages(store, _ECHOES):
            notes.sent[_key_of_row(row)] = Sent(json.loads(row["body"]), row["time"])
        return notes

    def is_old(self, key: Key, document: Mapping[str, Any], time: int | None) -> bool:
        """Whether a change is older than our own one, with which it is merged already."""
        sent = self.sent.get(key)
        if sent is None:
            return False
        if sent.document == document:
            del self.sent[key]
            return False
        if sent.time is None or time is None:
            return False
        if time <= sent.time:
            return True
        del self.sent[key]
        return False


def echo_row(collection: str, document_id: Any, sent: Sent, at: str) -> dict[str, Any]:
    """The row of ECHOES for what was sent."""
    body = json.dumps(sent.document)
    row = row_id(collection, document_id)
    return {"_id": row, "body": body, "time": sent.time, "at": at}


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
    return key_of(row["_id"]["collection"], row["_id"]["document"])
