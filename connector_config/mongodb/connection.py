"""The MongoDB that the settings name.

    settings = load_mongo_settings()                 # UserError: what is missing or malformed
    with open_database(settings) as database:        # UserError: not reachable, wrong password …
        database["orders"].estimated_document_count()

Inside the block, too, every error of the driver that is not caught becomes a UserError. Print
`settings.shown`, never `settings.uri`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pymongo
from pymongo import AsyncMongoClient, MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

from connector_config.errors import UserError
from connector_config.mongodb.explain import explain
from connector_config.mongodb.uri import CONNECTION_VARIABLE, check_uri, doubt, shown
from connector_config.variables import load_variables

DATABASE_VARIABLE: Final = "MONGODB_DATABASE"
DEFAULT_DATABASE: Final = "zava"

# A person waits at most this long for a sentence about a server that cannot be reached.
CONNECT_SECONDS: Final = 6.0

# After so long in mid-work a server that died is given up, and it takes no longer to say so.
GIVE_UP_SECONDS: Final = 20.0

_NAME_LOOKUP_MS: Final = 4_000
# How often a server is asked whether it is there, also while it works: with the lookup and the new
# primary that is less than GIVE_UP_SECONDS.
_ASK_MS: Final = 5_000
_NEW_PRIMARY_MS: Final = 8_000
_GONE_MS: Final = 3_000
_SILENT_MS: Final = 20_000
_OPTIONS: Final[dict[str, Any]] = {
    "appname": "zava",
    "retryWrites": True,
    "retryReads": True,
    # Also the time a name may take to look up.
    "connectTimeoutMS": _NAME_LOOKUP_MS,
    "heartbeatFrequencyMS": _ASK_MS,
    # A time beyond Python's is one bad value, and not an answer that cannot be read.
    "datetime_conversion": "DATETIME_AUTO",
}
_NAME: Final = re.compile(r"[\w-]+")
_LONGEST_NAME: Final = 63
_SYSTEM: Final = {"admin", "config", "local"}

Document = dict[str, Any]
MongoDatabase = Database[Document]

__all__ = [
    "CONNECTION_VARIABLE",
    "DATABASE_VARIABLE",
    "Document",
    "MongoDatabase",
    "MongoSettings",
    "explained",
    "is_there",
    "load_mongo_settings",
    "new_async_client",
    "new_client",
    "open_database",
    "shown",
]


@dataclass(frozen=True)
class MongoSettings:
    """A database of a MongoDB; `uri` holds the password and is never printed."""

    uri: str = field(repr=False)
    database: str = DEFAULT_DATABASE

    @property
    def shown(self) -> str:
        """The connection string without its password."""
        return shown(self.uri)

    def explain(self, error: PyMongoError) -> str:
        """What an error of this MongoDB means, in one sentence without a secret."""
        return explain(error, self.shown, doubt(self.uri))


def load_mongo_settings(
    environment: Mapping[str, str] | None = None,
    dotenv: Path | None = None,
    variable: str = CONNECTION_VARIABLE,
) -> MongoSettings:
    """Read the settings; raises UserError, which names what is missing or malformed.

    The environment counts before `./.env`.
    """
    given = load_variables(environment, dotenv)
    uri = given_uri(given, variable)
    check_uri(uri, variable)
    database = given_database(given)
    return MongoSettings(uri, database)


def given_uri(variables: Mapping[str, str], variable: str = CONNECTION_VARIABLE) -> str:
    """The connection string as it is set; raises UserError when there is none."""
    uri = variables.get(variable, "").strip()
    if not uri:
        raise UserError(
            f"{variable} is not set: put it into .env (see .env.sample), or start a "
            "server on this machine with zava-seed serve, which prints the line."
        )
    return uri


def given_database(variables: Mapping[str, str]) -> str:
    """The name of the database; raises UserError for one that MongoDB does not allow."""
    name = variables.get(DATABASE_VARIABLE, "").strip() or DEFAULT_DATABASE
    too_long = len(name.encode(errors="replace")) > _LONGEST_NAME
    if too_long or name in _SYSTEM or not _NAME.fullmatch(name):
        raise UserError(
            f"{DATABASE_VARIABLE} is {name[:_LONGEST_NAME]!r}, which cannot be the name of this "
            f"database: use letters, digits, - and _, at most {_LONGEST_NAME} of them, and none of "
            "admin, config and local."
        )
    return name


@contextmanager
def open_database(settings: MongoSettings) -> Iterator[MongoDatabase]:
    """Open the database, connected and signed in, and close it at the end; raises UserError."""
    with explained(settings), new_client(settings) as client:
        with pymongo.timeout(CONNECT_SECONDS):
            client.admin.command("ping")
        yield client[settings.database]


def new_client(settings: MongoSettings) -> MongoClient[Document]:
    """Make a client that waits for a new primary, and gives up on a server that does not answer."""
    return MongoClient(settings.uri, serverSelectionTimeoutMS=_NEW_PRIMARY_MS, **_OPTIONS)


def new_async_client(settings: MongoSettings) -> AsyncMongoClient[Document]:
    """Make a client for an event loop that goes on when the server does not answer."""
    return AsyncMongoClient(
        settings.uri,
        serverSelectionTimeoutMS=_GONE_MS,
        # A connection that died without a word.
        socketTimeoutMS=_SILENT_MS,
        # Nor is a text that is not one.
        unicode_decode_error_handler="replace",
        **_OPTIONS,
    )


def is_there(database: MongoDatabase) -> bool:
    """Whether any server of a database was there when it was last asked."""
    servers = database.client.topology_description.server_descriptions().values()
    return any(one.is_server_type_known for one in servers)


@contextmanager
def explained(settings: MongoSettings) -> Iterator[None]:
    """Turn every error of the driver into a UserError with one sentence."""
    try:
        yield
    except PyMongoError as error:
        raise UserError(settings.explain(error)) from error
