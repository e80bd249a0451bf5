"""The progress of the link, kept in the device's store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bson import json_util
from ditto import Ditto, Transaction

from connector_config.link import store
from connector_config.schema.scope import Wanted
from connector_config.store.local_only import PARKED, PROGRESS
from connector_config.store.outbox import Executes

_STREAM: Final = "stream"
SESSION: Final = "session"
"""The row of the session in which the device writes to MongoDB."""
_ALL: Final = f"SELECT * FROM {PROGRESS} LIMIT 1000"
_CANNOT_COME: Final = f"SELECT _id, base FROM {PARKED} WHERE direction = 'in'"
_FORGET: Final = f"EVICT FROM {PROGRESS} WHERE _id IN :ids"

Token = Mapping[str, Any]


def wanted_id(wanted: Wanted) -> str:
    """The id of the row for the first sync of a part; another scope is another row."""
    scope = (wanted.collection, wanted.field, wanted.values, wanted.since_field)
    return "copy " + hashlib.sha256(repr(scope).encode()).hexdigest()[:24]


def copy_row(wanted: Wanted, after: Any, *, done: bool, never_met: bool) -> dict[str, Any]:
    """The row that says: everything up to the MongoDB `_id` `after` is here."""
    return {
        "_id": wanted_id(wanted),
        "since": wanted.since or "",
        "after": json_util.dumps(after),
        "done": done,
        "never_met": never_met,
    }


def stream_row(database: str, token: Token | None) -> dict[str, Any]:
    """The row that says: every change up to a resume token is here; None when no token helps."""
    return {"_id": _STREAM, "database": database, "token": json_util.dumps(token)}


class Progress:
    """The progress as it was stored when it was read."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = {row["_id"]: row for row in rows}

    @classmethod
    async def read(cls, ditto_store: Executes) -> Progress:
        """The progress that is stored."""
        return cls(await store.rows(ditto_store, _ALL))

    def token(self, database: str) -> Token | None:
        """The resume token after which the change stream of a database goes on, else None."""
        row = self._rows.get(_STREAM)
        if row is None or row["database"] != database:
            return None
        token: Token | None = json_util.loads(row["token"])
        return token

    def copied(self, wanted: Wanted) -> tuple[Any, bool, bool] | None:
        """The `_id` to go on after, whether a part is done, and whether it is the first time."""
        row = self._rows.get(wanted_id(wanted))
        # A limit in time moves on from day to day; only an earlier one asks for more.
        if row is None or row["since"] > (wanted.since or ""):
            return None
        return json_util.loads(row["after"]), bool(row["done"]), bool(row["never_met"])

    def is_complete(self, wanted: Sequence[Wanted]) -> bool:
        """Whether the first sync of every part is done."""
        return all((copied := self.copied(one)) is not None and copied[1] for one in wanted)

    async def forget(self, ditto_store: Executes, wanted: Sequence[Wanted], database: str) -> None:
        """Drop the progress of parts that are not wanted any more, and of another database."""
        kept = {wanted_id(one) for one in wanted} | {_STREAM, SESSION}
        if _STREAM in self._rows and self._rows[_STREAM]["database"] != database:
            kept = set()
        gone = [its for its in self._rows if its not in kept]
        if gone:
            await store.change(ditto_store, _FORGET, {"ids": gone})
            self._rows = {its: row for its, row in self._rows.items() if its in kept}


async def start_anew(ditto: Ditto, wanted: Sequence[Wanted], database: str) -> None:
    """Let everything be compared again; what was exchanged before is not met for the first time."""

    async def work(tx: Transaction) -> None:
        before = await Progress.read(tx)
        again = [
            copy_row(one, None, done=False, never_met=copied[2])
            for one in wanted
            if (copied := before.copied(one)) is not None
        ]
        await store.put_rows(tx, PROGRESS, [*again, stream_row(database, None)])
        # What still cannot come in is found again, and of the rest nobody tells.
        parked = await store.rows(tx, _CANNOT_COME)
        await store.drop_rows(tx, PARKED, [row["_id"] for row in parked if "base" not in row])

    await store.transaction(ditto, work)
