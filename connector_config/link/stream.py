"""The change stream of MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from pymongo.asynchronous.change_stream import AsyncDatabaseChangeStream
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure, PyMongoError

from connector_config.link.incoming import Incoming, device_id, incoming, why
from connector_config.link.progress import Token
from connector_config.link.session import transaction_of
from connector_config.schema.collections import COLLECTIONS, INVENTORY, STOCK_MOVEMENTS
from connector_config.schema.scope import Wanted

BATCH: Final = 250

_AWAIT_MS: Final = 1_000
# How long what this device did itself waits for company.
_PATIENCE_SECONDS: Final = 0.1
_WRITTEN: Final = ("insert", "update", "replace")
_REMOVED: Final = ("drop", "rename", "dropDatabase", "invalidate")
# Nothing to resume from: fallen off the history, of another server, after an invalidation.
_LOST: Final = frozenset({9, 136, 222, 260, 280, 286, 40585, 40615, 40647, 50811})
# A change of more than 16 MB, which MongoDB cannot tell, neither now nor later.
_TOO_LARGE: Final = 10334

_STOCK: Final = frozenset({"stock_delta", "last_updated"})

Change = Mapping[str, Any]
Told = tuple[Change | None, Token]
"""A change, or nothing new, and where to go on after it."""


class HistoryLostError(Exception):
    """The changes since the last time are not known any more: everything has to be compared."""


def end_if_cancelled() -> None:
    """Raise CancelledError when the running task was cancelled and did not end.

    WORKAROUND: PyMongo awaits with `asyncio.wait_for`, which in Python 3.11 forgets a cancellation
    that comes together with what it waits for (python/cpython#86296, mended in 3.12), and turns
    others into a lost connection.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def watch(
    database: AsyncDatabase[dict[str, Any]],
    wanted: Sequence[Wanted],
    device_id: str,
    token: Token | None,
) -> Any:
    """A change stream of what a device wants, from `token` on; open it with `async with`."""
    return database.watch(
        _pipeline(wanted, device_id),
        full_document="whenAvailable",
        full_document_before_change="whenAvailable",
        resume_after=token,
        batch_size=BATCH,
        max_await_time_ms=_AWAIT_MS,
    )


async def read(
    stream: AsyncDatabaseChangeStream[dict[str, Any]], told: asyncio.Queue[Told]
) -> None:
    """Put what the stream tells into the queue `told` until it fails; raises PyMongoError."""
    while True:
        end_if_cancelled()
        change = await stream.try_next()
        token = stream.resume_token
        if token is not None:
            await told.put((change, token))


async def next_changes(told: asyncio.Queue[Told], session: Mapping[str, Any]) -> list[Told]:
    """Wait for the next change, and take all that have come by then.

    What was done in `session` is no news here, and each transaction of the store costs the same
    however much is in it: so it waits for a moment for what comes next.
    """
    taken = [await told.get()]
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while _is_own(taken[-1], session) and len(taken) < BATCH:
                taken.append(await told.get())
    while len(taken) < BATCH and not told.empty():
        taken.append(told.get_nowait())
    return taken


def _is_own(told: Told, session: Mapping[str, Any]) -> bool:
    change, _ = told
    return change is not None and change.get("lsid", {}).get("id") == session["id"]


async def to_incoming(database: AsyncDatabase[dict[str, Any]], change: Change) -> Incoming:
    """Read a change of the stream, with the `problem` where it cannot be read.

    Raises HistoryLostError when it lacks what it was about, and PyMongoError.
    """
    operation = change["operationType"]
    if operation in _REMOVED:
        raise HistoryLostError(f"{operation} in MongoDB")
    name, its = change["ns"]["coll"], change["documentKey"]["_id"]
    clock = change["clusterTime"]
    time = (clock.time << 32) + clock.inc
    transaction = transaction_of(change.get("lsid"), change.get("txnNumber"))
    try:
        return await _read(database, change, name, time, transaction)
    except (HistoryLostError, PyMongoError):
        raise
    except Exception as error:
        return Incoming(name, None, None, time, transaction, problem=why(error), mongo_id=its)


async def _read(
    database: AsyncDatabase[dict[str, Any]], change: Change, name: str, time: int, transaction: str
) -> Incoming:
    operation, its = change["operationType"], change["documentKey"]["_id"]
    if operation == "delete":
        before = change.get("fullDocumentBeforeChange")
        if before is None:
            raise HistoryLostError("a deletion without its pre-image")
        return Incoming(name, device_id(name, before), None, time, transaction, mongo_id=its)
    document = change.get("fullDocument")
    if document is not None:
        told = incoming(name, document, time, transaction)
        changed = change.get("updateDescription") or {}
        if name == INVENTORY and operation == "update" and not changed.get("removedFields"):
            only_stock = changed["updatedFields"].keys() <= _STOCK
            return replace(told, only_stock=only_stock)
        return told
    # Its image has expired: what is there now is as good, and later changes are still to come.
    document = await database[name].find_one(change["documentKey"])
    if document is None:
        return Incoming(name, None, None, time, transaction, mongo_id=its)
    return incoming(name, document, time, transaction)


def is_lost(error: PyMongoError) -> bool:
    """Whether a change stream cannot go on from where it was."""
    return isinstance(error, OperationFailure) and error.code in {*_LOST, _TOO_LARGE}


def _pipeline(wanted: Sequence[Wanted], device_id: str) -> list[dict[str, Any]]:
    names = sorted({one.collection for one in wanted})
    anything: list[dict[str, Any]] = [
        {"operationType": "dropDatabase"},
        {"operationType": {"$in": ["drop", "rename"]}, "ns.coll": {"$in": names}},
        # What lacks its image is looked up.
        {"operationType": "update", "fullDocument": None, "ns.coll": {"$in": names}},
        {"operationType": "delete", "fullDocumentBeforeChange": None, "ns.coll": {"$in": names}},
        # From when on MongoDB's sums have what this device moved in other stores.
        {"ns.coll": STOCK_MOVEMENTS, "fullDocument.device_id": device_id},
    ]
    for part in wanted:
        assert COLLECTIONS[part.collection].sync
        written = {"operationType": {"$in": list(_WRITTEN)}, "ns.coll": part.collection}
        deleted = {"operationType": "delete", "ns.coll": part.collection}
        anything.append(written | part.mongo_filter("fullDocument."))
        anything.append(deleted | part.mongo_filter("fullDocumentBeforeChange."))
    # What nobody reads is left out, or a large document makes more than the 16 MB of an event.
    is_delete = {"$eq": ["$operationType", "delete"]}
    only_deleted = {"$cond": [is_delete, "$fullDocumentBeforeChange", "$$REMOVE"]}
    is_item = {"$eq": ["$ns.coll", INVENTORY]}
    only_of_items = {"$cond": [is_item, "$updateDescription", "$$REMOVE"]}
    return [
        {"$match": {"$or": anything}},
        {
            "$set": {
                "fullDocumentBeforeChange": only_deleted,
                "updateDescription": only_of_items,
            }
        },
    ]
