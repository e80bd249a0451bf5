"""A document as MongoDB has it, on its way to the device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector_config.mongodb.mapping import to_device
from connector_config.schema.collections import INVENTORY, ditto_id
from connector_config.store.outbox import (
    body_of,
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document as MongoDB has it, with its Ditto `_id`; without a `document` it was deleted.

    `time` is when MongoDB changed it, by its logical clock, and `transaction` in which transaction,
    as `transaction_of` names it; None and empty for what was read just now.
    `stock_delta` is MongoDB's sum of the movements of an item, and `only_stock` says that nothing
    else of it changed, which is what its movements tell already. A `problem` says why a device
    cannot store it.
    """

    collection: str
    document_id: Any
    document: Mapping[str, Any] | None
    time: int | None = None
    transaction: str = ""
    stock_delta: int = 0
    only_stock: bool = False
    problem: str = ""


def incoming(
    collection: str, document: Mapping[str, Any], time: int | None = None, transaction: str = ""
) -> Incoming:
    """Make it of a document of MongoDB; with a `problem` when a device cannot store it."""
    try:
        fitting = to_device(collection, document)
    except ValueError as error:
        try:
            # Under the id that it has here once it is mended.
            named: Any = ditto_id(collection, document)
        except ValueError:
            named = f"{document.get('_id')}"
        return Incoming(collection, named, None, time, transaction, problem=str(error))
    delta = int(fitting.get("stock_delta") or 0) if collection == INVENTORY else 0
    body = body_of(collection, fitting)
    return Incoming(collection, fitting["_id"], body, time, transaction, delta)
