"""Puts documents into an embedded Ditto store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ditto import (
    Ditto,
    DittoConfig,
    DittoConfigConnect,
    DittoLogger,
    LogLevel,
    QueryResult,
)
from ditto.errors import (
    DittoError,
    DittoPermissionDeniedIOError,
    DittoPersistenceDirectoryLockedError,
)

from connector_config.collections import COLLECTIONS, DATABASE_ID, ditto_id, store_directory
from connector_config.paths import DataDirectoryError, prepare_directory
from seed.errors import SeedError

BATCH_SIZE: Final = 1_000

_HEAD_START_SECONDS: Final = 0.001

# What Ditto 5.2.0.dev0 says (it has no own error class for these), in lower case.
_FULL: Final = ("disk is full", "no space left")
_NOT_WRITABLE: Final = ("permission denied", "read-only", "readonly", "not a directory")
# A damaged database is taken for an encrypted one.
_CORRUPT: Final = ("passphrase", "encryption key", "malformed", "not a database", "corrupt")


class Batch(NamedTuple):
    """Documents of one collection, each with its `_id`."""

    collection: str
    documents: list[dict[str, object]]


@asynccontextmanager
async def open_store(data_dir: Path) -> AsyncIterator[Ditto]:
    """The store of a data folder, made when it is missing, and closed at the end.

    Errors of Ditto, at opening and later, arrive as a SeedError with one sentence.
    """
    directory = store_directory(data_dir)
    try:
        prepare_directory(directory)
    except DataDirectoryError as error:
        raise SeedError(str(error)) from error
    config = DittoConfig(
        database_id=DATABASE_ID,
        connect=DittoConfigConnect.small_peers_only(),
        persistence_directory=str(directory),
    )
    with quiet_ditto():
        try:
            async with Ditto.open(config) as peer:
                yield peer
        except DittoError as error:
            raise SeedError(_sentence(error, directory)) from error


@contextmanager
def quiet_ditto() -> Iterator[None]:
    """Keep Ditto from writing to stderr; what goes wrong arrives as an error anyway.

    Its log files in the store are not affected.
    """
    with _stderr_to_nowhere():
        # WORKAROUND: Ditto 5.2.0.dev0 prints some lines about its own tracing while its runtime
        # starts, before any log level applies, straight to file descriptor 2.
        DittoLogger.minimum_log_level = LogLevel.ERROR
    was_enabled = DittoLogger.is_enabled
    DittoLogger.is_enabled = False
    try:
        yield
    finally:
        DittoLogger.is_enabled = was_enabled


def batches(collection: str, documents: Iterable[Mapping[str, object]]) -> Iterator[Batch]:
    """The documents with their Ditto ids, `BATCH_SIZE` at a time.

    ValueError when a document lacks a field of its id.
    """
    ready = ({"_id": ditto_id(collection, document), **document} for document in documents)
    while chunk := list(islice(ready, BATCH_SIZE)):
        yield Batch(collection, chunk)


async def write(
    peer: Ditto, content: Iterator[Batch], on_written: Callable[[str, int], None]
) -> None:
    """Insert the documents that are not there yet.

    `on_written` hears the collection and the size of each batch. `INITIAL` makes it safe to repeat,
    and lets peers that each filled their own store merge without a conflict.
    """
    batch = next(content, None)
    while batch:
        # The native call leaves Python free, so the next batch is made while this one is written;
        # the moment of sleep is for the writing thread to encode its batch and get there.
        writing = asyncio.create_task(_insert(peer, batch, on_written))
        try:
            await asyncio.sleep(_HEAD_START_SECONDS)
            batch = next(content, None)
        finally:
            await writing


async def count(peer: Ditto, collection: str) -> int:
    """How many documents a collection holds on this device."""
    statement = f"SELECT COUNT(*) AS n FROM {COLLECTIONS[collection].name}"
    with await _execute(peer, statement, {}) as result:
        return int(result.items[0].value["n"])


async def has(peer: Ditto, collection: str, document: Mapping[str, object]) -> bool:
    """Whether the document is there, by its id."""
    statement = f"SELECT _id FROM {COLLECTIONS[collection].name} WHERE _id = :id"
    with await _execute(peer, statement, {"id": ditto_id(collection, document)}) as result:
        return len(result) > 0


async def _insert(peer: Ditto, batch: Batch, on_written: Callable[[str, int], None]) -> None:
    statement = f"INSERT INTO {COLLECTIONS[batch.collection].name} INITIAL DOCUMENTS (:docs)"
    try:
        with await _execute(peer, statement, {"docs": batch.documents}):
            pass
    except asyncio.CancelledError:
        # Carried out all the same.
        on_written(batch.collection, len(batch.documents))
        raise
    on_written(batch.collection, len(batch.documents))


async def _execute(peer: Ditto, statement: str, arguments: Mapping[str, object]) -> QueryResult:
    """Run a statement to its end even when cancelled: Ditto must not be closed under it."""
    running = asyncio.ensure_future(peer.store.execute(statement, arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        (await running).close()
        raise


@contextmanager
def _stderr_to_nowhere() -> Iterator[None]:
    try:
        saved = os.dup(2)
    except OSError:  # there is no stderr, as in a program started from a desktop
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def _sentence(error: DittoError, directory: Path) -> str:
    text = str(error).lower()
    if isinstance(error, DittoPersistenceDirectoryLockedError):
        return (
            f"Another Zava is using the store in {directory}: close it, "
            "or choose another data folder with --data-dir."
        )
    if any(words in text for words in _FULL):
        return f"The disk that holds {directory} is full: free some space and run this again."
    if isinstance(error, DittoPermissionDeniedIOError) or any(w in text for w in _NOT_WRITABLE):
        return (
            f"The store in {directory} cannot be written: correct its permissions, "
            "or choose another data folder with --data-dir."
        )
    if any(words in text for words in _CORRUPT):
        return f"The store in {directory} is damaged: delete that folder and run this again."
    first_line = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
    return f"The store in {directory} cannot be used: {first_line.rstrip('.')}."
