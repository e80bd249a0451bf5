"""Puts documents into an embedded Ditto store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ditto import Ditto, QueryResult
from ditto.errors import DittoError

from connector_config.errors import UserError
from connector_config.schema.collections import COLLECTIONS, ditto_id
from connector_config.store.local_indexes import ensure_indexes
from connector_config.store.local_store import explain, open_local_store

BATCH_SIZE: Final = 1_000

_HEAD_START_SECONDS: Final = 0.001


class Batch(NamedTuple):
    """Documents of one collection, each with its `_id`."""

    collection: str
    documents: list[dict[str, object]]


@asynccontextmanager
async def open_store(data_dir: Path) -> AsyncIterator[Ditto]:
    """Open the store of a data folder, made when it is missing, and close it at the end.

    Errors of Ditto, at opening and later, arrive as a UserError with one sentence.
    """
    try:
        async with await open_local_store(data_dir) as peer:
            yield peer
    except DittoError as error:
        raise UserError(explain(error, data_dir)) from error


def batches(collection: str, documents: Iterable[Mapping[str, object]]) -> Iterator[Batch]:
    """The documents with their Ditto ids, `BATCH_SIZE` at a time.

    Raises ValueError when a document lacks a field of its id.
    """
    ready = ({"_id": ditto_id(collection, document), **document} for document in documents)
    while chunk := list(islice(ready, BATCH_SIZE)):
        yield Batch(collection, chunk)


async def write(
    peer: Ditto, content: Iterator[Batch], on_written: Callable[[str, int], None]
) -> None:
    """Insert the documents that are not there yet.

    `on_written` is called with the collection and the size of each batch. `INITIAL` makes it safe
    to repeat this, and lets peers that each filled their own store merge without a conflict.
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


async def index(peer: Ditto) -> None:
    """Make the indexes that the app's queries need."""

    async def query(statement: str) -> list[dict[str, object]]:
        with await _execute(peer, statement, {}) as result:
            return [item.value for item in result.items]

    await ensure_indexes(query)


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
