"""Collections as files: gzipped lines of Extended JSON, and a manifest with counts and checksums.

The bytes depend on the documents and on nothing else. A file is a collection, sorted by `_id`.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase
from connector_config.schema.collections import COLLECTIONS, CUSTOMERS, ORDERS
from connector_config.wording import counted
from seed.mongo.extended_json import (
    LONGEST_LINE,
    LineError,
    Stored,
    check_storable,
    from_line,
    line_of,
    to_bson,
)
from seed.mongo.forget import forgotten_ids, still_forgotten
from seed.mongo.manifest import MANIFEST, Entry, file_name, read_manifest, write_manifest
from seed.progress import OnProgress

_BATCH: Final = 1_000
# A batch ends before that where lines are long.
_BATCH_BYTES: Final = 16_000_000
_PART: Final = ".part"
# Half of the time of the usual 6, and files that are a tenth larger.
_COMPRESSION: Final = 3
_CODEC: Final[CodecOptions[RawBSONDocument]] = CodecOptions(document_class=RawBSONDocument)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with one collection."""

    collection: str
    added: int
    changed: int
    unchanged: int


def export(
    database: MongoDatabase, folder: Path, collections: Sequence[str], on_progress: OnProgress
) -> list[Entry]:
    """Write an archive; an older one in the folder is replaced when the new one is complete.

    Raises UserError when the folder holds anything else, or cannot be written.
    """
    _check_folder(folder)
    entries: list[Entry] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name in collections:
                entries.append(_export(database, folder, name, on_progress))
            _put_in_place(folder, entries)
        finally:
            for part in folder.glob(f"*{_PART}"):
                part.unlink()
    except OSError as error:
        raise UserError(
            f"The archive cannot be written to {folder} ({error.strerror or error}): choose "
            "another folder, or make room there."
        ) from None
    return entries


def verify(folder: Path, collections: Sequence[str], on_progress: OnProgress) -> list[Entry]:
    """Read a whole archive; returns its entries, of `collections` or, without any, of all.

    Raises UserError with one sentence for the first thing that is wrong.
    """
    entries = read_manifest(folder)
    missing = set(collections) - {entry.collection for entry in entries}
    if missing:
        raise UserError(f"The archive in {folder} has no {' and no '.join(sorted(missing))}.")
    if collections:
        entries = [entry for entry in entries if entry.collection in collections]
    try:
        for entry in entries:
            _verify(folder / entry.file, entry, on_progress)
    except OSError as error:
        raise UserError(
            f"The archive in {folder} cannot be read ({error.strerror or error})."
        ) from None
    return entries


def import_(
    database: MongoDatabase, folder: Path, entries: Sequence[Entry], on_progress: OnProgress
) -> Iterator[Imported]:
    """Put the documents of a verified archive into a database, in place of those of the same `_id`.

    Documents that are the same already stay untouched, so that doing it again changes nothing.
    """
    for entry in entries:
        yield _import(database, folder / entry.file, entry, on_progress)


def _export(database: MongoDatabase, folder: Path, name: str, on_progress: OnProgress) -> Entry:
    collection = database[name].with_options(codec_options=_CODEC)
    total = max(collection.estimated_document_count(), 1)
    path = folder / (file_name(name) + _PART)
    done = 0
    with (
        path.open("wb") as raw,
        # No name and no time, or the bytes would differ.
        gzip.GzipFile("", "wb", _COMPRESSION, raw, mtime=0) as packed,
        collection.find({}, sort=[("_id", 1)]) as cursor,
    ):
        for document in cursor:
            packed.write(line_of(bytes(document.raw)))
            done += 1
            if done % _BATCH == 0:
                on_progress(name, min(done, total - 1), total)
    on_progress(name, done, done)
    return Entry(name, file_name(name), done, _checksum(path))


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_in_place(folder: Path, entries: Sequence[Entry]) -> None:
    # Without a manifest it is no archive, so nobody takes a mixture of two for one.
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in COLLECTIONS:
        (folder / file_name(name)).unlink(missing_ok=True)
    for entry in entries:
        (folder / (entry.file + _PART)).rename(folder / entry.file)
    part = folder / (MANIFEST + _PART)
    write_manifest(part, entries)
    part.rename(folder / MANIFEST)


def _check_folder(folder: Path) -> None:
    """Raise UserError for a folder with anything in it but an older archive."""
    try:
        there = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(
            f"The archive cannot be written to {folder} ({error.strerror}): name a folder."
        ) from None
    ours = {file_name(name) for name in COLLECTIONS}
    # An export that was killed left its parts.
    others = [name for name in there if name.removesuffix(_PART) not in ours | {MANIFEST}]
    finished = [name for name in there if name in ours]
    if others or (finished and MANIFEST not in there):
        raise UserError(
            f"The folder {folder} holds something else, such as {(others or finished)[0]!r}: "
            "choose an empty or a new folder."
        )
    if MANIFEST in there:
        try:
            read_manifest(folder)
        except UserError:
            raise UserError(
                f"The folder {folder} holds a {MANIFEST} that is not of an archive: choose an "
                "empty or a new folder."
            ) from None


def _verify(path: Path, entry: Entry, on_progress: OnProgress) -> None:
    if not path.is_file():
        raise UserError(f"The archive lacks the file {path}.")
    if _checksum(path) != entry.sha256:
        raise UserError(
            f"{path} is not the file that was exported, because its checksum differs: copy the "
            "archive again."
        )
    done = 0
    for batch in _batches(path):
        if done + len(batch) > entry.documents:
            raise UserError(
                f"{path} has more documents than the {entry.documents:,} of the manifest: copy the "
                "archive again."
            )
        for number, document in enumerate(batch, done + 1):
            try:
                check_storable(document)
            except LineError as error:
                raise UserError(f"Line {number:,} of {path} is no document: {error}.") from None
        done += len(batch)
        on_progress(f"check {entry.collection}", min(done, entry.documents), entry.documents)
    if done != entry.documents:
        raise UserError(
            f"{path} has {counted(done, 'document')}, and the manifest says "
            f"{entry.documents:,}: copy the "
            "archive again."
        )


def _batches(path: Path) -> Iterator[list[Stored]]:
    """The documents of a file, some at a time."""
    batch: list[Stored] = []
    size = 0
    with gzip.open(path, "rb") as lines:
        for number, line in enumerate(_lines(path, lines), 1):
            batch.append(_document(path, number, line))
            size += len(line)
            if len(batch) == _BATCH or size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def _lines(path: Path, file: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    number = 0
    try:
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise UserError(
                    f"Line {number:,} of {path} is no document: it is longer than any can be."
                )
            yield line
    except EOFError:
        raise UserError(f"{path} ends in the middle: copy the archive again.") from None
    except (gzip.BadGzipFile, zlib.error):
        raise UserError(f"{path} is not a gzip file, or a damaged one.") from None


def _document(path: Path, number: int, line: bytes) -> Stored:
    try:
        return from_line(line)
    except LineError as error:
        raise UserError(f"Line {number:,} of {path} is no document: {error}.") from None


def _put(document: Stored) -> ReplaceOne[dict[str, Any]] | UpdateOne:
    """The request that puts a document in the place of the one of the same `_id`."""
    same = {"_id": {"$eq": document["_id"]}}
    if b"$" not in to_bson(document):
        return ReplaceOne(same, document, upsert=True)
    # A key with a dollar would be taken for an operator.
    return UpdateOne(same, [{"$replaceWith": {"$literal": document}}], upsert=True)


def _import(database: MongoDatabase, path: Path, entry: Entry, on_progress: OnProgress) -> Imported:
    collection = database[entry.collection]
    added = changed = done = 0
    waiting: list[tuple[int, Future[tuple[int, int]]]] = []

    # Where nothing is there yet, inserting is three times faster than looking for each document.
    empty = collection.find_one({}, {"_id": 1}) is None

    forgotten = forgotten_ids(database) if entry.collection in (CUSTOMERS, ORDERS) else frozenset()

    def write(batch: Sequence[Stored]) -> tuple[int, int]:
        if forgotten:
            batch = still_forgotten(entry.collection, batch, forgotten)
        if not batch:
            return 0, 0
        if empty:
            with suppress(BulkWriteError):
                collection.insert_many(batch, ordered=False)
                # Not its `inserted_ids`, which leave out what is sent as it is.
                return len(batch), 0
        # Somebody else has begun to write, or the network failed in the middle.
        result = collection.bulk_write([_put(one) for one in batch], ordered=False)
        return result.upserted_count, result.modified_count

    def finish_first() -> None:
        nonlocal added, changed, done
        size, future = waiting.pop(0)
        its_added, its_changed = future.result()
        added += its_added
        changed += its_changed
        done += size
        on_progress(entry.collection, done, entry.documents)

    on_progress(entry.collection, 0, max(entry.documents, 1))
    # One batch is read while another is written.
    with ThreadPoolExecutor(1, thread_name_prefix="zava-import") as pool:
        try:
            for batch in _batches(path):
                if len(waiting) > 1:
                    finish_first()
                waiting.append((len(batch), pool.submit(write, batch)))
            while waiting:
                finish_first()
        finally:
            for _, future in waiting:
                future.cancel()
    if not entry.documents:
        on_progress(entry.collection, 0, 0)
    return Imported(entry.collection, added, changed, done - added - changed)
