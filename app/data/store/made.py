"""The changes of this device in their order, kept on it for undo and sent nowhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from typing import Any, Final, Protocol

from app.data.store.unit_of_work import UnitOfWork
from app.domain.changes import Edit, Kind, Made, NewlyMade
from connector_config.store.local_only import MADE

KEPT: Final = 1_000
"""So many of the newest changes can be undone; a newer one takes the place of the oldest."""
_PAGE: Final = 20

_LAST: Final = f"SELECT number FROM {MADE} ORDER BY number DESC LIMIT 1"
_PUT: Final = f"INSERT INTO {MADE} DOCUMENTS (:documents) ON ID CONFLICT DO UPDATE"
_TAKE_BACK: Final = f"UPDATE {MADE} SET undone = true WHERE _id = :id AND number = :number"
_NEWEST: Final = (
    f"SELECT * FROM {MADE} WHERE number < :below AND undone = false AND store_id IN :store_ids "
    "ORDER BY number DESC LIMIT :limit"
)
_OF_CUSTOMERS: Final = (
    f"SELECT * FROM {MADE} WHERE kind IN :kinds ORDER BY number DESC LIMIT {KEPT}"
)
_DROP: Final = f"EVICT FROM {MADE} WHERE _id IN :ids"
_END: Final = 2**53

_taken_back: ContextVar[int | None] = ContextVar("_taken_back", default=None)


@contextmanager
def taking_back(made: Made) -> Iterator[None]:
    """What is written within takes a change back: that is noted of it, and no change of its own.

    Undo uses the same steps as people do, and an undo is not the next thing to be undone.
    """
    token = _taken_back.set(made.number)
    try:
        yield
    finally:
        _taken_back.reset(token)


class ChangeLog:
    """Notes changes within the transactions that make them, and reads them, newest first."""

    def __init__(self) -> None:
        self._last: int | None = None

    async def keep(self, unit: UnitOfWork) -> None:
        """Note what a transaction made, or that it takes something back; nothing for no change."""
        if not unit.written.touched:
            unit.written.made.clear()
            return
        if (number := _taken_back.get()) is not None:
            unit.written.made.clear()
            parameters = {"id": _slot(number), "number": number}
            await unit.keep(_TAKE_BACK, parameters)
            unit.written.undoes = True
            return
        if not unit.written.made:
            return
        if self._last is None:
            rows = await unit.query(_LAST, {})
            self._last = int(rows[0]["number"]) if rows else 0
        documents = []
        for change in unit.written.made:
            self._last += 1
            documents.append(_document(self._last, change))
        await unit.keep(_PUT, {"documents": documents})


class Queries(Protocol):
    """An open store."""

    async def query(self, dql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]: ...


async def newest(store: Queries, store_id: str, device_id: str) -> AsyncIterator[Made]:
    """The changes of a device in a store that undo did not take back, newest first."""
    below = _END
    stores = [store_id, ""]
    while rows := await store.query(_NEWEST, {"below": below, "store_ids": stores, "limit": _PAGE}):
        for row in rows:
            if row["device_id"] in ("", device_id):
                yield _to_made(row)
        below = int(rows[-1]["number"])


async def forget(unit: UnitOfWork, customer_ids: Collection[str]) -> None:
    """Drop the notes about some customers, with what was there before."""
    kinds = [Kind.CUSTOMER.value, Kind.CUSTOMERS_MERGED.value]
    rows = await unit.query(_OF_CUSTOMERS, {"kinds": kinds})
    gone = [
        row["_id"]
        for row in rows
        if any(
            its.key.get("customer_id") in customer_ids
            or its.after.get("merged_into") in customer_ids
            for its in _to_made(row).change.edits
        )
    ]
    if gone:
        await unit.keep(_DROP, {"ids": gone})


def _slot(number: int) -> str:
    return str(number % KEPT)


def _document(number: int, change: NewlyMade) -> dict[str, Any]:
    return {
        "_id": _slot(number),
        "number": number,
        "store_id": change.store_id,
        "device_id": change.device_id,
        "kind": change.kind.value,
        # As text, because Ditto would merge maps field by field with those of the one before.
        "key": json.dumps(dict(change.key)),
        "edits": json.dumps([asdict(one) for one in change.edits]),
        "undone": False,
    }


def _to_made(row: dict[str, Any]) -> Made:
    edits: Sequence[Edit] = [Edit(**one) for one in json.loads(row["edits"])]
    change = NewlyMade(
        Kind(row["kind"]), row["store_id"], json.loads(row["key"]), row["device_id"], edits
    )
    return Made(int(row["number"]), change)
