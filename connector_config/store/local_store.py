"""The embedded Ditto store, opened the same way by the app and by the seeder."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from ditto import Ditto, DittoConfig, DittoConfigConnect, DittoLogger, LogLevel
from ditto.errors import (
    DittoError,
    DittoInvalidConfigError,
    DittoPermissionDeniedIOError,
    DittoPersistenceDirectoryLockedError,
)

from connector_config import __version__
from connector_config.errors import UserError
from connector_config.paths import DataDirectoryError, prepare_directory, store_directory
from connector_config.privacy import close_to_others
from connector_config.store.connection import DEVICES_ONLY, Connection
from connector_config.store.local_only import SYNC_SCOPES
from connector_config.store.version_stamp import newer_version, stamp

_log = logging.getLogger(__name__)
# Without a log of the program nothing goes to stderr either: the sentence is enough there.
_log.addHandler(logging.NullHandler())

# What Ditto 5.2.0.dev0 says (it has no own error class for these), in lower case.
_FULL: Final = ("disk is full", "no space left", "file too large")
_NOT_WRITABLE: Final = ("permission denied", "read-only", "readonly", "not a directory")
# A damaged database is taken for an encrypted one.
# After a failed write to disk the statements of the same transaction find it gone.
_BROKEN_DISK: Final = ("disk i/o error", "input/output error", "no active write transaction")
_CORRUPT: Final = ("passphrase", "encryption key", "malformed", "not a database", "corrupt")


class LocalStoreError(UserError):
    """The store cannot be opened; `str()` is one sentence with the path and the fix."""


async def open_local_store(data_dir: Path, connection: Connection = DEVICES_ONLY) -> Ditto:
    """Open or make the store of a data folder, without starting sync; raises LocalStoreError.

    Ditto writes nothing to stderr from here on: what goes wrong arrives as an error, and its own
    log files in the store go on.
    """
    directory = store_directory(data_dir)
    if newer := newer_version(directory):
        # Before anything is written there.
        raise LocalStoreError(
            f"The store in {data_dir} was written by version {newer}, which is newer than this one "
            f"({__version__}): install that one, or choose another data folder with --data-dir."
        )
    try:
        prepare_directory(directory)
    except DataDirectoryError as error:
        raise LocalStoreError(str(error)) from error
    if changed := close_to_others(data_dir).changed:
        _log.info("%s of %s could be read by other users, and cannot any more", changed, data_dir)
    if in_use(directory):
        raise LocalStoreError(_busy(data_dir))
    if damaged := _damaged_helper(directory):
        raise LocalStoreError(
            f"{damaged} is damaged: delete it (no stock and no history is in it), and start again."
        )
    with _stderr_to_nowhere():
        # WORKAROUND: Ditto 5.2.0.dev0 prints some lines about its own tracing while its runtime
        # starts, before any log level applies, straight to file descriptor 2.
        DittoLogger.minimum_log_level = LogLevel.ERROR
    DittoLogger.is_enabled = False
    config = DittoConfig(
        database_id=connection.database_id,
        connect=DittoConfigConnect.server(connection.server_url)
        if connection.server_url
        else DittoConfigConnect.small_peers_only(connection.shared_key),
        persistence_directory=str(directory),
        system_parameters={"user_collection_sync_scopes": {**SYNC_SCOPES}},
    )
    try:
        peer = await Ditto.open(config)
    except DittoInvalidConfigError as error:
        raise LocalStoreError(_refused(connection)) from error
    except DittoError as error:
        raise LocalStoreError(explain(error, data_dir)) from error
    stamp(directory)
    return peer


def _refused(connection: Connection) -> str:
    # What Ditto says may quote a secret.
    if connection.server_url:
        return "Ditto refuses DITTO_SERVER_URL: copy the address from the portal as it is."
    return (
        "Ditto refuses DITTO_SHARED_KEY: set it to a P-256 private key, PKCS#8 DER in base64, "
        "the same on every device."
    )


def in_use(directory: Path) -> bool:
    """Whether a running program has the store in this folder open."""
    lock = directory / "__ditto_lock_file"
    if not lock.is_file():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def explain(error: DittoError, data_dir: Path) -> str:
    """Say what an error of the store means, in one sentence with the folder and the fix."""
    text = str(error).lower()
    _log.error("store in %s: %s", data_dir, error)
    if isinstance(error, DittoPersistenceDirectoryLockedError):
        return _busy(data_dir)
    if any(words in text for words in _FULL):
        return f"The disk that holds {data_dir} is full: free some space and do it again."
    if isinstance(error, DittoPermissionDeniedIOError) or any(w in text for w in _NOT_WRITABLE):
        return (
            f"The store in {data_dir} cannot be written: correct its permissions, "
            "or choose another data folder with --data-dir."
        )
    if any(words in text for words in _BROKEN_DISK):
        # SQLite says so of a full disk too, where it hits the write-ahead file.
        return (
            f"The disk that holds {data_dir} failed: make sure that it works and has free space, "
            "and do it again."
        )
    if any(words in text for words in _CORRUPT):
        return (
            f"The store in {data_dir} is damaged: move that folder away to keep it, or delete "
            "the store with `zava reset`, then start again."
        )
    first_line = (str(error).strip() or repr(error)).splitlines()[0]
    return f"The store in {data_dir} refused that: {first_line.rstrip('.')[:300]}."


def _busy(data_dir: Path) -> str:
    return (
        f"Another Zava is using {data_dir}: close it, or choose another data folder "
        "with --data-dir."
    )


def _damaged_helper(directory: Path) -> Path | None:
    """What Ditto would stumble over beside the database with the documents; it makes it anew.

    WORKAROUND: damaged documents arrive as an error, but Ditto 5.2.0.dev0 aborts the whole process
    (a native panic) when one of its small databases is damaged or one of its folders is a file.
    Only while nobody has the store open: SQLite kills a process that opens a file with two of its
    copies.
    """
    for folder in directory.glob("ditto_*"):
        if folder.name == "ditto_store":
            continue
        database = folder / "db.sql"
        if not folder.is_dir() or (database.exists() and not _sound(database)):
            return folder
    return None


def _sound(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.DatabaseError as error:
        return error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


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
