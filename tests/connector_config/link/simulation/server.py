"""A stand-in for a MongoDB in memory: documents, transactions, and the history of changes.

What was measured of mongod 6.0.5: a transaction reads one moment, and is ended where what it writes
was written since or is being written; its changes have one time, its session and its number, in the
order of its statements; what changes nothing is told nowhere; a commit that is repeated is answered
with the *newest* time there is, and one of a transaction that a step-down ended with a label to
begin anew.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import Timestamp
from pymongo.errors import BulkWriteError, OperationFailure

from connector_config.schema.collections import synced
from tests.connector_config.link.simulation.device_store import copy

Document = dict[str, Any]
Documents = dict[Any, Document]
_MISSING = object()


@dataclass
class Change:
    """An entry of the history; `event` is what a change stream tells of it."""

    event: dict[str, Any]
    document: Document


@dataclass
class Transaction:
    """A transaction that a session began; `collections` is what it reads, its own writes too."""

    session: Any
    number: int
    began: int
    collections: dict[str, Documents]
    changes: list[Change] = field(default_factory=list)
    written: set[tuple[str, Any]] = field(default_factory=set)


class Server:
    """The server; whoever speaks with it does so through `client.Client`."""

    def __init__(self) -> None:
        self.collections: dict[str, Documents] = {one.name: {} for one in synced()}
        self.history: list[Change] = []
        self.forgotten = 0
        """So many changes of the history are not known any more."""
        self.is_away = False
        self.waiting: list[asyncio.Future[None]] = []
        """Done as soon as there is something new."""
        self._now = 0
        self._last: dict[tuple[str, Any], int] = {}
        self._open: dict[Any, Transaction] = {}
        self._committed: set[tuple[Any, int]] = set()

    # --- transactions -------------------------------------------------------------------------

    def transaction(self, session: Any, number: int, *, is_first: bool) -> Transaction:
        """The open transaction of a session, begun by its first statement."""
        known = self._open.get(session)
        if known is not None and known.number == number:
            return known
        if not is_first:
            raise no_such_transaction()
        snapshot = {name: dict(documents) for name, documents in self.collections.items()}
        self._open[session] = Transaction(session, number, self._now, snapshot)
        return self._open[session]

    def commit(self, session: Any, number: int) -> Timestamp:
        """Commit, or say that it is; gives the time of the answer."""
        if (session, number) in self._committed:
            self._tick()  # somebody always writes something
            return self.time()
        known = self._open.get(session)
        if known is None or known.number != number:
            raise no_such_transaction()
        del self._open[session]
        self._tick()
        for change in known.changes:
            change.event |= {"lsid": {"id": session, "uid": b""}, "txnNumber": number}
            self._commit(change)
        self._committed.add((session, number))
        return self.time()

    def abort(self, session: Any) -> None:
        """End the transaction of a session, if it has one."""
        self._open.pop(session, None)

    def step_down(self) -> None:
        """Be no primary from now on; what is open ends."""
        self._open.clear()
        self.is_away = True
        self._wake()

    # --- writing ------------------------------------------------------------------------------

    def insert(self, name: str, document: Document, within: Transaction | None = None) -> None:
        """Insert a document; raises BulkWriteError where it is."""
        its = document["_id"]
        documents = self._writable(name, its, within)
        if its in documents:
            if within is not None:
                self.abort(within.session)
            raise BulkWriteError({"writeErrors": [{"code": 11000, "index": 0, "errmsg": "dup"}]})
        documents[its] = copy_of(document)
        self._note(name, its, "insert", documents[its], within)

    def update(
        self,
        name: str,
        its: Any,
        change: Mapping[str, Mapping[str, Any]],
        within: Transaction | None = None,
    ) -> None:
        """Change a document, if it is there."""
        documents = self._writable(name, its, within)
        if (before := documents.get(its)) is None:
            return
        after = dict(before) | copy_of(dict(change.get("$set", {})))
        for key in change.get("$unset", {}):
            after.pop(key, None)
        for key, by in change.get("$inc", {}).items():
            after[key] = after.get(key, 0) + by
        for key, value in change.get("$max", {}).items():
            after[key] = max(after.get(key, value), value)
        updated = {key: value for key, value in after.items() if before.get(key, _MISSING) != value}
        removed = [key for key in before if key not in after]
        if updated or removed:
            documents[its] = after
            told = {"updatedFields": updated, "removedFields": removed}
            self._note(name, its, "update", after, within, updateDescription=told)

    def delete(self, name: str, its: Any) -> None:
        """Delete a document, outside of transactions."""
        before = self._writable(name, its, None).pop(its, None)
        if before is not None:
            self._note(name, its, "delete", before, None)

    # --- reading ------------------------------------------------------------------------------

    def time(self) -> Timestamp:
        """The newest time."""
        return Timestamp(1_000, self._now)

    def forget(self) -> None:
        """Know no change of before."""
        self.forgotten = len(self.history)

    def is_held(self, name: str, its: Any) -> bool:
        """Whether a transaction has a document in hand."""
        return any((name, its) in one.written for one in self._open.values())

    def _writable(self, name: str, its: Any, within: Transaction | None) -> Documents:
        if within is None:
            self._tick()
            return self.collections[name]
        others = [one for one in self._open.values() if one is not within]
        if self._last.get((name, its), 0) > within.began or any(
            (name, its) in one.written for one in others
        ):
            self.abort(within.session)
            raise transient("WriteConflict", 112)
        within.written.add((name, its))
        return within.collections[name]

    def _note(
        self,
        name: str,
        its: Any,
        operation: str,
        document: Document,
        within: Transaction | None,
        **more: Any,
    ) -> None:
        image = "fullDocumentBeforeChange" if operation == "delete" else "fullDocument"
        event = {
            "operationType": operation,
            "ns": {"coll": name},
            "documentKey": {"_id": its},
            image: document,
            **more,
        }
        change = Change(event, document)
        if within is None:
            self._commit(change)
        else:
            within.changes.append(change)

    def _commit(self, change: Change) -> None:
        name, its = change.event["ns"]["coll"], change.event["documentKey"]["_id"]
        if change.event["operationType"] != "delete":
            self.collections[name][its] = change.document
        self._last[name, its] = self._now
        change.event["clusterTime"] = self.time()
        self.history.append(change)
        self._wake()

    def _wake(self) -> None:
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    def _tick(self) -> None:
        self._now += 1


def transient(words: str, code: int) -> OperationFailure:
    """A failure after which a transaction may be run anew."""
    return OperationFailure(words, code, {"errorLabels": ["TransientTransactionError"]})


def no_such_transaction() -> OperationFailure:
    return transient("NoSuchTransaction", 251)


def copy_of(document: Mapping[str, Any]) -> Document:
    """A copy of a document."""
    return {name: copy(value) for name, value in document.items()}


def matches(document: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Whether a query of the link holds for a document."""
    return all(_matches(document, name, test) for name, test in query.items())


def _matches(document: Mapping[str, Any], name: str, test: Any) -> bool:
    if name == "$or":
        return any(matches(document, one) for one in test)
    if name == "$and":
        return all(matches(document, one) for one in test)
    value: Any = document
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(test, Mapping):
        return bool(value == test)
    compare = {
        "$in": lambda: value in test["$in"],
        "$gt": lambda: value is not None and value > test["$gt"],
        "$gte": lambda: value is not None and value >= test["$gte"],
        "$regex": lambda: re.search(test["$regex"], value) is not None,
        "$lte": lambda: value is not None and value <= test["$lte"],
    }
    return all(compare[one]() for one in test)


def found(documents: Iterable[Document], query: Mapping[str, Any]) -> list[Document]:
    """Copies of the documents that a query finds, by their `_id`."""
    its = [copy_of(one) for one in documents if matches(one, query)]
    return sorted(its, key=lambda one: str(one["_id"]))
