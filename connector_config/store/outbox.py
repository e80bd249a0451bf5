"""The outbox: what this device changed and MongoDB does not have yet, written with the change.

A row names a document, not a change: several changes of a document are sent as one. It keeps the
document as it was before the first of them, which is what was last exchanged, because everything
after that is in the row. What is sent is the document as it is by then. It also keeps when each
field was changed: one that was changed back is as it was, and yet the device's word, and one that
was changed long ago gives way to what came to MongoDB since. And it keeps what was sent and not
answered yet: that may be in MongoDB by the time of somebody's later change, and is still our own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import cbor2

from connector_config.schema.collections import COLLECTIONS, INVENTORY, STOCK_MOVEMENTS
from connector_config.store.local_only import OUTBOX

__all__ = ["COUNT_PENDING", "OUTBOX", "Executes", "PendingRow", "pending_rows", "record"]

LONGEST_ID: Final = 256
"""Bytes of CBOR that Ditto takes as an `_id`."""
COUNT_PENDING: Final = f"SELECT COUNT(*) AS n FROM {OUTBOX}"

_PUT: Final = f"INSERT INTO {OUTBOX} DOCUMENTS (:rows) ON ID CONFLICT DO UPDATE"
_PAGE: Final = f"SELECT * FROM {OUTBOX} LIMIT :limit"
_COUNTER: Final = "stock_delta"
# `json.dumps` makes an encoder for each call, which took a third of a first sync.
_ENCODE: Final = json.JSONEncoder(sort_keys=True).encode


class Executes(Protocol):
    """A Ditto store or transaction."""

    async def execute(self, query: str, arguments: Mapping[str, Any] | None = None) -> Any: ...


class Changed(Protocol):
    """A document that a transaction changed; `is_new` when the transaction made it.

    `is_told` is set when only the stock changed, of which a movement in the same transaction tells.
    `document` is a new document as it was stored, with its `_id`, where it is known.
    """

    @property
    def collection(self) -> str: ...
    @property
    def document_id(self) -> Any: ...
    @property
    def is_new(self) -> bool: ...
    @property
    def is_told(self) -> bool: ...
    @property
    def document(self) -> Mapping[str, Any] | None: ...


@dataclass(slots=True)
class PendingRow:
    """A document that waits to be sent; `base` is the document as last exchanged, else None.

    `kind` is `insert` or `update`, `at` the time of the first change, `changed` the time of each
    field's last change. `sent` has what the fields were each time they were sent without an answer.
    `document` is never stored: a row just written has it, when the document cannot change.
    """

    collection: str
    document_id: Any
    kind: str
    at: str
    base: dict[str, Any] | None
    changed: Mapping[str, str] = field(default_factory=dict)
    sent: Sequence[Mapping[str, Any]] = ()
    document: Mapping[str, Any] | None = None

    @property
    def key(self) -> dict[str, Any]:
        """The Ditto `_id` of the row."""
        return row_id(self.collection, self.document_id)

    def times(self, document: Mapping[str, Any]) -> dict[str, str]:
        """When the device changed each field of the document, as far as that is known.

        A document that was never exchanged is the device's own, from when it was made: MongoDB may
        have it by now without an answer, and what others changed there since is later.
        """
        if self.base is not None:
            return dict(self.changed)
        made = min(self.at, str(document.get("updated_at") or self.at))
        return {**dict.fromkeys(document, made), **self.changed}


async def record(
    transaction: Executes, committed: Executes, touched: Iterable[Changed], at: str
) -> list[PendingRow]:
    """Put every touched document that syncs into the outbox, inside the transaction.

    The rows are returned. `committed` reads what is stored without this transaction, which is what
    was exchanged last.
    """
    fresh: dict[str, dict[str, Mapping[str, Any] | None]] = {}
    ids: dict[str, dict[str, Any]] = {}
    for touch in touched:
        known = COLLECTIONS.get(touch.collection)
        if known is not None and known.sync and not touch.is_told:
            ids.setdefault(touch.collection, {})[text_of(touch.document_id)] = touch.document_id
            if touch.is_new:
                fresh.setdefault(touch.collection, {})[text_of(touch.document_id)] = touch.document
    rows: list[PendingRow] = []
    for collection, found in ids.items():
        old = [its for text, its in found.items() if text not in fresh.get(collection, ())]
        bases = await read_documents(committed, collection, old)
        documents = await read_documents(transaction, collection, old)
        waiting = await read_stored(transaction, OUTBOX, [row_id(collection, its) for its in old])
        for text, document_id in found.items():
            base = bases.get(text)
            row = PendingRow(collection, document_id, "update" if base else "insert", at, base)
            if collection == STOCK_MOVEMENTS:
                row.document = fresh.get(collection, {}).get(text)
            if base is not None:
                after = documents.get(text, {})
                row.changed = dict.fromkeys(different(base, after), after.get("updated_at", at))
            if stored := waiting.get(text_of(row.key)):
                # Changes that come while a row waits belong to it: its base stays.
                first = from_stored(stored)
                row = replace(first, changed={**first.changed, **row.changed})
            rows.append(row)
    if rows:
        with await transaction.execute(_PUT, {"rows": [to_stored(row) for row in rows]}):
            pass
    return rows


async def pending_rows(store: Executes, limit: int) -> list[PendingRow]:
    """At most `limit` of the rows that wait, in no particular order."""
    with await store.execute(_PAGE, {"limit": limit}) as result:
        return [from_stored(item.value) for item in result.items]


async def note_sent(transaction: Executes, sent: Sequence[PendingRow]) -> None:
    """Store `sent` of the rows that still wait, and no other field of theirs."""
    waiting = await read_stored(transaction, OUTBOX, [row.key for row in sent])
    rows = [
        {"_id": row.key, "sent": json.dumps(row.sent)}
        for row in sent
        if text_of(row.key) in waiting
    ]
    if rows:
        with await transaction.execute(_PUT, {"rows": rows}):
            pass


async def read_documents(
    store: Executes, collection: str, ids: Sequence[Any]
) -> dict[str, dict[str, Any]]:
    """Read documents without `_id` and without the stock counter, by `text_of` their `_id`."""
    found = await read_stored(store, collection, ids)
    return {text: body_of(collection, document) for text, document in found.items()}


async def read_stored(
    store: Executes, collection: str, ids: Sequence[Any]
) -> dict[str, dict[str, Any]]:
    """Read documents as stored, by `text_of` their `_id`; `collection` must be a constant."""
    if not ids:
        return {}
    statement = f"SELECT * FROM {collection} USE IDS LIST :ids"
    with await store.execute(statement, {"ids": list(ids)}) as result:
        documents = [item.value for item in result.items]
    return {text_of(document["_id"]): document for document in documents}


def body_of(collection: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a document without what is not exchanged field by field: `_id` and the counter."""
    hidden = ("_id", _COUNTER) if collection == INVENTORY else ("_id",)
    return {name: value for name, value in document.items() if name not in hidden}


def different(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The fields in which two documents differ."""
    missing = object()
    return {
        name for name in {*before, *after} if before.get(name, missing) != after.get(name, missing)
    }


def row_id(collection: str, document_id: Any) -> dict[str, Any]:
    """The `_id` of the rows about a document, in all local collections.

    A long id does not fit into another one; what stands for it is the same each time.
    """
    row = {"collection": collection, "document": document_id}
    if id_bytes(row) <= LONGEST_ID:
        return row
    return {"collection": collection, "hash": hashlib.sha256(text_of(row).encode()).hexdigest()}


def document_of(row: Mapping[str, Any]) -> Any:
    """The `_id` of the document that a row of a local collection is about."""
    # What 0.1.0 could not take in had it in that of the row alone.
    return row["document_id"] if "document_id" in row else row["_id"].get("document")


def id_bytes(document_id: Any) -> int:
    """How many bytes Ditto counts for an `_id`; it takes `LONGEST_ID`."""
    # Its JSON, which is quicker, is never shorter.
    length = len(text_of(document_id))
    return length if length <= LONGEST_ID else len(cbor2.dumps(document_id))


def joined(parked: Mapping[str, Any] | None, row: PendingRow) -> PendingRow:
    """A row that waits, with what is parked of its document, which was never exchanged."""
    if parked is None or "base" not in parked:
        return row
    first = from_stored(parked)
    return replace(row, base=first.base, changed={**first.changed, **row.changed})


def text_of(document_id: Any) -> str:
    """An `_id` as a key of a dictionary."""
    return _ENCODE(document_id)


def to_stored(row: PendingRow) -> dict[str, Any]:
    """A row as a document; a base is text, because Ditto would merge maps field by field."""
    return {
        "_id": row.key,
        "collection": row.collection,
        "document_id": row.document_id,
        "kind": row.kind,
        "at": row.at,
        "base": json.dumps(row.base),
        "changed": json.dumps(row.changed),
        "sent": json.dumps(row.sent),
    }


def from_stored(document: Mapping[str, Any]) -> PendingRow:
    """A row from its document."""
    return PendingRow(
        document["collection"],
        document["document_id"],
        document["kind"],
        document["at"],
        json.loads(document["base"]),
        json.loads(document["changed"]),
        json.loads(document.get("sent", "[]")),
    )
