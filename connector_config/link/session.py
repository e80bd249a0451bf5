"""The session in which a device writes to MongoDB.

A killed program leaves its transaction open there, and MongoDB keeps the documents in it from
everybody else for a minute. So a device notes its session before it uses it, and ends the one
before.

By its session and its number in there the change stream names the transaction of a change.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from bson import json_util
from ditto import Ditto
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from connector_config.link import store
from connector_config.link.progress import SESSION
from connector_config.store.local_only import PROGRESS

_BEFORE: Final = f"SELECT session FROM {PROGRESS} WHERE _id = :id"


@asynccontextmanager
async def own_session(
    ditto: Ditto, database: AsyncDatabase[dict[str, Any]]
) -> AsyncIterator[AsyncClientSession]:
    """Open the only session of this device; raises PyMongoError."""
    for row in await store.rows(ditto.store, _BEFORE, {"id": SESSION}):
        before = json_util.loads(row["session"])
        # A server may not let it; then its own limit ends the transaction.
        with suppress(OperationFailure):
            await database.client.admin.command("killSessions", [before])
    async with database.client.start_session() as session:
        row = {"_id": SESSION, "session": json_util.dumps(session.session_id)}
        await store.put_rows(ditto.store, PROGRESS, [row])
        yield session


def transaction_of(session_id: Mapping[str, Any] | None, number: int | None) -> str:
    """A name for a transaction, the same for who runs it and who is told of it; empty for none."""
    return "" if session_id is None or number is None else f"{session_id['id'].hex()} {number}"


def current_transaction(session: AsyncClientSession) -> str:
    """The name of the transaction that runs in a session, once it has sent a statement.

    WORKAROUND: PyMongo 4.20 has no public name for the number.
    """
    return transaction_of(session.session_id, session._server_session.transaction_id)
