"""What the link knows about documents beyond their rows, while it runs.

In memory, because nobody else writes it and losing it costs nothing but a moment: after a crash a
device may show an older change of MongoDB again until its own, which comes after it, has come too.
What waits to be sent is safe from that: its row says from when its base is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from connector_config.link.outbox import Executes, text_of
from connector_config.local_only import PARKED

Key = tuple[str, str]

_PARKED: Final = f"SELECT _id FROM {PARKED} LIMIT :limit OFFSET :offset"
_PAGE: Final = 1_000


def key_of(collection: str, document_id: Any) -> Key:
    """A document of any collection as a key."""
    return collection, text_of(document_id)


@dataclass(slots=True)
class Sent:
    """A document as MongoDB has it after our change; `time` is at or after that change.

    No time: it is on its way.
    """

    document: Mapping[str, Any]
    time: int | None = None


@dataclass(slots=True)
class Notes:
    """Changes that MongoDB has and the change stream has not told of yet; documents set aside."""

    sent: dict[Key, Sent] = field(default_factory=dict)
    parked: set[Key] = field(default_factory=set)

    def is_old(self, key: Key, document: Mapping[str, Any], time: int | None) -> bool:
        """Whether a change is from before our own one, with which it is merged already."""
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


async def parked_keys(store: Executes) -> set[Key]:
    """The documents that are set aside."""
    found: set[Key] = set()
    while True:
        window = {"limit": _PAGE, "offset": len(found)}
        with await store.execute(_PARKED, window) as result:
            ids = [item.value["_id"] for item in result.items]
        found |= {key_of(its["collection"], its["document"]) for its in ids}
        if len(ids) < _PAGE:
            return found
