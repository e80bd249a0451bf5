"""Which documents of a batch are parked, with the reason, and which are no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector_config.link import store
from connector_config.link.incoming import Incoming
from connector_config.link.notes import Key, Look, Notes
from connector_config.link.store import Body
from connector_config.store.local_only import PARKED
from connector_config.store.outbox import Executes, row_id


class Parking:
    """Follows the changes of a batch in their order: of a document, the last one counts."""

    def __init__(self, notes: Notes, changes: Sequence[Incoming]) -> None:
        self._notes = notes
        self._wrong: dict[Key, Incoming] = {}
        self._right: dict[Key, Any] = {}
        self._seen = {one.key for one in changes if one.problem}
        # Where nothing is wrong nor was, which is nearly always, there is nothing to do.
        if notes.parked or self._seen:
            for one in changes:
                self._take(one)

    def concerns(self, key: Key) -> bool:
        """Whether a document is parked, or was wrong in between."""
        return key in self._seen or key in self._notes.parked

    def set_aside(self, change: Incoming) -> None:
        """Park a document that turned out to be wrong."""
        self._right.pop(change.key, None)
        self._wrong[change.key] = change

    async def store(self, tx: Executes, look: Look, at: str) -> None:
        """Store what is parked now, when all else is done."""
        freed = self._right.keys() - self._wrong.keys()
        gone = [row_id(key[0], self._right[key]) for key in freed]
        await store.drop_rows(tx, PARKED, gone)
        await store.put_rows(tx, PARKED, [_row(one, at) for one in self._wrong.values()])
        look.park(set(self._wrong), set(freed))

    def _take(self, one: Incoming) -> None:
        if one.problem:
            self.set_aside(one)
            return
        for key, name in zip(one.keys, (one.name, f"{one.mongo_id}"), strict=True):
            self._wrong.pop(key, None)
            if key in self._notes.parked:
                self._right[key] = name


def _row(change: Incoming, at: str) -> Body:
    return {
        "_id": row_id(change.collection, change.name),
        "collection": change.collection,
        "document_id": change.name,
        "direction": "in",
        "reason": change.problem,
        "at": at,
    }
