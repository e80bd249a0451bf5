"""The session in which a device writes to MongoDB.

A killed program leaves its transaction open there, and MongoDB keeps the documents in it from
everybody else for a minute. So a device notes its session before it uses it, and ends the one
before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
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
