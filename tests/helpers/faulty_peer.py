"""A peer of the rehearsal with a planted mistake, which the verdict has to find.

python -m tests.helpers.faulty_peer FAULT
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import app.data.store.session
from app.data.stock import movements
from app.data.store.unit_of_work import Touched, UnitOfWork
from app.domain.entities import Movement
from app.domain.papers import ReceivedLine
from app.rehearsal import codework, peer, writes
from connector_config.schema.collections import (
    INVENTORY,
    PRODUCT_CODES,
    STOCK_MOVEMENTS,
    ditto_id,
)
from connector_config.schema.stock_documents import StockMovement

_post = movements.post
# The names that a module took from another are not its own to a type checker.
_session: Any = app.data.store.session
_record = _session.record


async def _drop_outbox_row(
    transaction: Any, committed: Any, touched: Iterable[Touched], at: str
) -> Any:
    """Nobody is told of a movement."""
    kept = [one for one in touched if one.collection != STOCK_MOVEMENTS]
    return await _record(transaction, committed, kept, at)


async def _increment_twice(
    unit: UnitOfWork, document: StockMovement, allow_negative: bool
) -> Movement:
    """The counter moves by twice the movement."""
    await unit.update(
        INVENTORY,
        "UPDATE inventory APPLY stock_delta INCREMENT BY :quantity WHERE _id = :id",
        {
            "quantity": document["quantity"],
            "id": ditto_id(INVENTORY, document),
        },
    )
    return await _post(unit, document, allow_negative)


async def _forget_movement(
    unit: UnitOfWork, document: StockMovement, allow_negative: bool
) -> Movement:
    """The counter moves, and the ledger does not say so."""
    insert = unit.insert

    async def swallow(collection: str, dql: str, stored: Any) -> None:
        if collection != STOCK_MOVEMENTS:
            await insert(collection, dql, stored)

    unit.insert = swallow  # type: ignore[assignment, method-assign]
    return await _post(unit, document, allow_negative)


async def _write_another_note(*_arguments: Any) -> str:
    """It says that the note was written, and writes nothing."""
    return ""


async def _drop_code(transaction: Any, committed: Any, touched: Iterable[Touched], at: str) -> Any:
    """Nobody is told of a code."""
    kept = [one for one in touched if one.collection != PRODUCT_CODES]
    return await _record(transaction, committed, kept, at)


def _receive_one(received: int) -> ReceivedLine:
    """A pack counts as one unit."""
    return ReceivedLine(received=min(received, 1))


def _drops_code() -> None:
    _session.record = _drop_code


def _counts_pack_as_one() -> None:
    codework.ReceivedLine = _receive_one  # type: ignore[assignment, attr-defined]


def _drops_outbox_row() -> None:
    _session.record = _drop_outbox_row


def _increments_twice() -> None:
    movements.post = _increment_twice


def _forgets_movement() -> None:
    movements.post = _forget_movement


def _loses_note() -> None:
    writes.note = _write_another_note  # type: ignore[assignment]


def _dies_at_work() -> None:
    movements.post = None  # type: ignore[assignment]


FAULTS: dict[str, Callable[[], None]] = {
    "drops an outbox row": _drops_outbox_row,
    "increments twice": _increments_twice,
    "forgets the movement": _forgets_movement,
    "loses the note": _loses_note,
    "fails": _dies_at_work,
    "drops a code": _drops_code,
    "counts a pack as one": _counts_pack_as_one,
}

if __name__ == "__main__":
    FAULTS[sys.argv[1]]()
    peer.main()
