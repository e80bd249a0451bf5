"""A document as MongoDB has it, on its way to the device."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bson.errors import InvalidDocument
from ditto import DittoError

from connector_config.link import ledger
from connector_config.link.notes import Key, key_of
from connector_config.mongodb.mapping import mongo_id, to_device
from connector_config.schema import values
from connector_config.schema.collections import (
    COLLECTIONS,
    INVENTORY,
    STOCK_MOVEMENTS,
    MongoId,
    ditto_id,
)
from connector_config.store.outbox import LONGEST_ID, body_of, id_bytes

_log = logging.getLogger("zava.link")
_TOO_LARGE: Final = re.compile(r"size is (\d+) bytes and exceeds limit of (\d+) bytes")
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document as MongoDB has it, with its Ditto `_id`; without a `document` it was deleted.

    `time` is when MongoDB changed it, by its logical clock, and `transaction` in which transaction,
    as `transaction_of` names it; None and empty for what was read just now.
    `stock_delta` is MongoDB's sum of the movements of an item, and `only_stock` says that nothing
    else of it changed, which is what its movements tell already. A `problem` says why a device
    cannot store it. `document_id` is None where it cannot have one; then its `_id` in MongoDB,
    `mongo_id`, is all that it is known by.
    """

    collection: str
    document_id: Any
    document: Mapping[str, Any] | None
    time: int | None = None
    transaction: str = ""
    stock_delta: int = 0
    only_stock: bool = False
    problem: str = ""
    mongo_id: Any = None

    @property
    def name(self) -> Any:
        """The id under which it is parked."""
        return self.document_id if self.document_id is not None else f"{self.mongo_id}"

    @property
    def key(self) -> Key:
        """The key of its name."""
        return key_of(self.collection, self.name)

    @property
    def keys(self) -> tuple[Key, Key]:
        """The keys under which it may be parked: it may have had no id before."""
        return self.key, key_of(self.collection, f"{self.mongo_id}")


def incoming(
    collection: str, document: Mapping[str, Any], time: int | None = None, transaction: str = ""
) -> Incoming:
    """Make it of a document of MongoDB; with a `problem` when a device cannot store it."""
    its = document["_id"]
    try:
        fitting = to_device(collection, document)
        _check_length(fitting["_id"])
        delta = _sum(fitting) if collection == INVENTORY else 0
        body = body_of(collection, fitting)
        if collection == STOCK_MOVEMENTS:
            body = ledger.sound(body)
    except Exception as error:
        known = device_id(collection, document)
        return Incoming(
            collection, known, None, time, transaction, problem=why(error), mongo_id=its
        )
    return Incoming(collection, fitting["_id"], body, time, transaction, delta, mongo_id=its)


def device_id(collection: str, document: Mapping[str, Any]) -> Any:
    """The Ditto `_id` that a document of MongoDB has or will have once it is mended, else None."""
    try:
        its = ditto_id(collection, document)
        _check_length(its)
        # Another document has this id by right.
        stranger = (
            COLLECTIONS[collection].mongo_id is not MongoId.OBJECT_ID
            and mongo_id(collection, document) != document["_id"]
        )
    except ValueError:
        return None
    return None if stranger else its


def why(error: Exception) -> str:
    """Why a document cannot be worked in, in a sentence; what nobody expected is logged too."""
    line = first_line(error)
    if isinstance(error, DittoError):
        if found := _TOO_LARGE.search(str(error)):
            size, most = (int(number) / _MB for number in found.groups())
            return f"It is {size:.1f} MB large, and a device takes {most:.1f}: shorten it."
        if "recursion limit" in line:
            return "It is nested too deep for a device: make it flatter."
        return f"This device cannot store it: {line}"
    if isinstance(error, (ValueError, OverflowError, InvalidDocument)):
        return line
    _log.warning("a document could not be worked in", exc_info=error)
    return f"It could not be worked in ({type(error).__name__}: {line})."


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its name."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _check_length(its: Any) -> None:
    if (length := id_bytes(its)) > LONGEST_ID:
        raise ValueError(
            f"Its id has {length} bytes, and a device takes {LONGEST_ID}: give it a shorter one."
        )


def _sum(item: Mapping[str, Any]) -> int:
    if (told := item.get("stock_delta")) is None:
        return 0
    try:
        return values.whole(told)
    except values.UnreadableError as error:
        raise ValueError(
            f"Its stock_delta {error}: set it to the sum of its movements, which devices add to."
        ) from None
