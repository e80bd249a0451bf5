"""Explains errors of a MongoDB server, or of the way to it, in one sentence."""

from __future__ import annotations

import re
import ssl
from typing import Final

from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)

_WRONG_LOGIN: Final = {18, 8000}
_NOT_ALLOWED: Final = {13}
_NO_SPACE: Final = {14031, 12501, 16493}
_NOT_PRIMARY: Final = {10107, 13435, 13436, 11600, 11602, 189, 91}
# Answers of a server that stops being the primary, or that waits for one.
_PASSING: Final = frozenset({6, 7, 64, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436})
_DUPLICATE_KEY: Final = 11000
_UNKNOWN_TO_SERVER: Final = {59, 115, 31082}
_LONGEST_REASON: Final = 160


def explain(error: PyMongoError, where: str, doubt: str = "") -> str:
    """What an error means, in one sentence; `where` is the connection string as it may be shown.

    `doubt` says what may be misread in its user name or password.
    """
    if isinstance(error, ServerSelectionTimeoutError):
        return _unreachable(error, where)
    if isinstance(error, (BulkWriteError, OperationFailure)):
        return _refused(error, where, doubt)
    if isinstance(error, NotPrimaryError):
        return _no_primary(where)
    if isinstance(error, NetworkTimeout):
        return f"{where} took too long to answer: check the network and try again."
    if isinstance(error, AutoReconnect):
        return f"The connection to {where} was lost: check the network and try again."
    if isinstance(error, ConfigurationError):
        return _of_configuration(error, where)
    if isinstance(error, DocumentTooLarge):
        return "A document is larger than the 16 MB that MongoDB takes."
    return f"MongoDB failed with {type(error).__name__}{_reason(str(error))}."


def codes(error: PyMongoError) -> set[int]:
    """The error codes that a server answered with; of a bulk write, those of all its parts."""
    found: set[int] = set()
    if isinstance(error, BulkWriteError):
        details = error.details
        for part in (*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())):
            found.add(int(part.get("code", 0)))
    elif isinstance(error, OperationFailure) and error.code is not None:
        found.add(error.code)
    return found


def passes(error: BaseException) -> bool:
    """Whether trying again may help by itself: there is no primary, or no connection."""
    if not isinstance(error, PyMongoError):
        return False
    if isinstance(error, ConnectionFailure) or error.timeout:
        return True
    if isinstance(error, BulkWriteError):
        details = error.details
        parts = (*details.get("writeErrors", ()), *details.get("writeConcernErrors", ()))
        found = {part.get("code") for part in parts} - {_DUPLICATE_KEY}
        return bool(found) and found <= _PASSING
    if isinstance(error, OperationFailure):
        return error.code in _PASSING or error.has_error_label("RetryableWriteError")
    return False


def _refused(error: OperationFailure, where: str, doubt: str) -> str:
    found = codes(error)
    words = str(error)
    if found & _NO_SPACE or "space quota" in words or "No space left" in words:
        return (
            f"{where} has no space left: free some there or choose a larger cluster, then go on "
            "with --resume."
        )
    if found & _NOT_ALLOWED or "not allowed to do action" in words:
        return (
            f"The database user of {where} may not do that: give it the roles readWrite and "
            "dbAdmin on this database."
        )
    if found & _WRONG_LOGIN:
        return (
            f"{where} refuses the user name or the password: correct them in the connection string"
            f"{f' ({doubt})' if doubt else ''}."
        )
    if found & _NOT_PRIMARY:
        return _no_primary(where)
    if isinstance(error, DuplicateKeyError) or _DUPLICATE_KEY in found:
        return "A document with the same unique value is there already: look at what it holds."
    if isinstance(error, (ExecutionTimeout, WTimeoutError)):
        return f"{where} took too long to carry this out: try again."
    if found & _UNKNOWN_TO_SERVER:
        return f"The server of {where} does not know that command: it may be too old."
    number = ", ".join(str(code) for code in sorted(found)) or "without a number"
    return f"{where} refused that (error {number}){_reason(words)}."


def _unreachable(error: ServerSelectionTimeoutError, where: str) -> str:
    words = str(error)
    if isinstance(error.__cause__, ssl.SSLError) or "SSL" in words or "CERTIFICATE" in words:
        return (
            f"No secure connection to {where} could be made: check tls in the connection string, "
            "and that this machine's address is on the access list of the cluster."
        )
    if "Primary()" in words and "No replica set members match" in words:
        return _no_primary(where)
    if "No replica set members available for replica set name" in words:
        return (
            f"{where} has no replica set of the name that replicaSet= asks for: correct the name "
            "in the connection string."
        )
    # The second is how asyncio puts it.
    if "Connection refused" in words or "Connect call failed" in words:
        return (
            f"Nothing answers at {where}: start the server (zava-seed serve), or correct the host "
            "and the port."
        )
    if any(part in words for part in ("getaddrinfo", "Name or service", "nodename nor servname")):
        return f"The name of the host in {where} is not known: correct it, or check the network."
    return (
        f"{where} cannot be reached: check the network, the host, and that this machine's address "
        "is on the access list of the cluster."
    )


def _of_configuration(error: ConfigurationError, where: str) -> str:
    if "Sessions are not supported" in str(error):
        return f"The server of {where} is starting: wait a moment and try again."
    if "DNS" in str(error) or "SRV" in str(error) or "resolution" in str(error):
        return f"The name of the host in {where} is not known: correct it, or check the network."
    return f"The options of {where} do not go together: check them in the connection string."


def _no_primary(where: str) -> str:
    return (
        f"{where} has no primary right now, so nothing can be written: wait a moment and try "
        "again, and name all members or replicaSet= in the connection string."
    )


def _reason(words: str) -> str:
    """The first line of what the server said, without what could be a document or a secret."""
    line = re.split(r"[\n{]|, full error", words.strip(), maxsplit=1)[0]
    line = re.sub(r"mongodb(\+srv)?://\S+", "", line).strip().rstrip(".:, ")
    return f": {line[:_LONGEST_REASON]}" if line else ""
