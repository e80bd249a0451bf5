"""Work that is done all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase

T = TypeVar("T")

_NO_TRANSACTIONS: Final = {20, 263}


def all_or_nothing(database: MongoDatabase, what: str, work: Callable[[ClientSession], T]) -> T:
    """Do work in one transaction, again where another one was in its way.

    Raises UserError, in which `what` says what is not done, where the server has no transactions.
    """
    try:
        with database.client.start_session() as session:
            return session.with_transaction(work)
    except OperationFailure as error:
        if error.code in _NO_TRANSACTIONS:
            raise UserError(
                f"This MongoDB is a standalone server without transactions: {what} all or nothing, "
                "so use a replica set (zava-seed serve starts one)."
            ) from error
        raise
