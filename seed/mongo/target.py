"""Puts documents into MongoDB collections, fast, and in a way that may be repeated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from itertools import islice
from typing import Final, NamedTuple

import pymongo
from pymongo.errors import BulkWriteError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_delay,
    stop_when_event_set,
    wait_fixed,
)
from tenacity.stop import stop_base

from connector_config.errors import UserError
from connector_config.mongodb.connection import (
    GIVE_UP_SECONDS,
    Document,
    MongoDatabase,
    is_there,
)
from connector_config.mongodb.explain import passes
from connector_config.mongodb.mapping import mongo_id_function

BATCH_SIZE: Final = 2_000

# While one batch is on its way to the server, the next one is made; more of them only take memory.
_WAITING_BATCHES: Final = 2

# How long a batch may wait for a new primary of servers that are there, and for servers at all.
RETRY_SECONDS: Final = 45.0
GONE_SECONDS: Final = GIVE_UP_SECONDS - 5.0
_RETRY_PAUSE_SECONDS: Final = 0.25

# What one try may take; a step-down leaves connections behind that never answer. The least is what
# the last try has for a server that is gone.
_TRY_SECONDS: Final = 15.0
_LEAST_SECONDS: Final = 1.0

_DUPLICATE_KEY: Final = 11000


class Batch(NamedTuple):
    """Documents of one collection, each with its `_id`."""

    collection: str
    documents: list[Document]


def batches(
    collection: str, documents: Iterable[Mapping[str, object]], size: int = BATCH_SIZE
) -> Iterator[Batch]:
    """The documents with their MongoDB ids, `size` at a time."""
    identify = mongo_id_function(collection)
    ready: Iterator[Document] = ({"_id": identify(document), **document} for document in documents)
    while chunk := list(islice(ready, size)):
        yield Batch(collection, chunk)


def write(
    database: MongoDatabase,
    content: Iterable[Batch],
    on_written: Callable[[str, int, float], None],
    *,
    look_first: bool = False,
    on_waiting: Callable[[], None] = lambda: None,
) -> None:
    """Insert the documents that are not there yet, a batch at a time in their order.

    `on_written` is called, in this thread, with the collection and the size of each batch and when
    it was there (by `time.perf_counter`). `look_first` asks for the ids before inserting, which is
    quicker where most documents are there. A primary that steps down is waited for; `on_waiting`
    is called when that begins, in another thread. Raises PyMongoError, or UserError when a document
    contradicts a unique index.
    """
    stopping = threading.Event()
    waiting: list[tuple[Batch, Future[float]]] = []

    def finish_first() -> None:
        batch, future = waiting[0]
        at = future.result()
        waiting.pop(0)
        on_written(batch.collection, len(batch.documents), at)

    with ThreadPoolExecutor(1, thread_name_prefix="zava-insert") as pool:
        try:
            for batch in content:
                while len(waiting) >= _WAITING_BATCHES or (waiting and waiting[0][1].done()):
                    finish_first()
                work = pool.submit(_insert, database, batch, stopping, look_first, on_waiting)
                waiting.append((batch, work))
            while waiting:
                finish_first()
        except BaseException:
            stopping.set()
            for _, future in waiting:
                future.cancel()
            raise


def _insert(
    database: MongoDatabase,
    batch: Batch,
    stopping: threading.Event,
    look_first: bool,
    on_waiting: Callable[[], None],
) -> float:
    """Insert what is missing of a batch, again and again; gives the moment when it is there."""
    missing = batch.documents
    began = time.monotonic()

    def insert() -> None:
        nonlocal missing
        left = GONE_SECONDS - (time.monotonic() - began)
        seconds = _TRY_SECONDS if is_there(database) else max(_LEAST_SECONDS, left)
        with pymongo.timeout(seconds):
            if look_first:
                ids = [document["_id"] for document in missing]
                found = database[batch.collection].find({"_id": {"$in": ids}}, {"_id": 1})
                there = {one["_id"] for one in found}
                missing = [document for document in missing if document["_id"] not in there]
            if missing:
                _insert_new(database, batch.collection, missing)

    def on_failure(attempt: RetryCallState) -> None:
        nonlocal look_first
        if attempt.attempt_number == 1:
            on_waiting()
        # What was half done is found by its id.
        look_first = True

    retrying = Retrying(
        retry=retry_if_exception(passes),
        stop=stop_when_event_set(stopping) | _Gone(database) | stop_after_delay(RETRY_SECONDS),
        wait=wait_fixed(_RETRY_PAUSE_SECONDS),
        sleep=sleep_using_event(stopping),
        before_sleep=on_failure,
        reraise=True,
    )
    try:
        if stopping.is_set():
            raise CancelledError
        retrying(insert)
    except BaseException:
        # Before the next batch begins to wait for the same server.
        stopping.set()
        raise
    return time.perf_counter()


class _Gone(stop_base):
    """Stops when no server is there any more."""

    def __init__(self, database: MongoDatabase) -> None:
        self._database = database
        self._late = stop_after_delay(GONE_SECONDS)

    def __call__(self, retry_state: RetryCallState) -> bool:
        return self._late(retry_state) and not is_there(self._database)


def _insert_new(database: MongoDatabase, name: str, documents: list[Document]) -> None:
    """Insert documents, some of which may be there already."""
    try:
        database[name].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if not _is_there_already(name, error):
            raise


def _is_there_already(collection: str, error: BulkWriteError) -> bool:
    """Whether a failed insert found nothing but documents of the same `_id`."""
    if error.details.get("writeConcernErrors"):
        return False
    others = [
        failure
        for failure in error.details.get("writeErrors", ())
        if failure.get("code") != _DUPLICATE_KEY or list(failure.get("keyPattern", {})) != ["_id"]
    ]
    for failure in others:
        if failure.get("code") == _DUPLICATE_KEY:
            fields = " and ".join(failure.get("keyPattern", {"a unique field": 1}))
            raise UserError(
                f"Another document of {collection} has the same {fields} already, so this data "
                "set does not fit beside it: use --drop, or another database."
            ) from None
    return not others
