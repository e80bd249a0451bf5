"""The database and the person of a question; both are looked up when somebody asks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import pymongo
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from connector_config.errors import UserError
from connector_config.mongodb.connection import (
    CONNECT_SECONDS,
    CONNECTION_VARIABLE,
    Document,
    MongoDatabase,
    MongoSettings,
    load_mongo_settings,
    new_client,
)
from connector_config.schema.shop_days import day_of
from connector_config.schema.time_zones import USUAL, zone_named
from connector_config.variables import load_variables
from seed.mcp_servers.people import Person
from seed.reports.shops import Shops, read_shops

READER_VARIABLE: Final = "ZAVA_MCP_CONNECTION_STRING"
SECONDS: Final = 15.0
_WRITES: Final = {"insert", "update", "remove", "dropCollection", "anyAction"}

_log = logging.getLogger(__name__)

Who = Callable[[MongoDatabase], Person]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a person: the database to ask, and the moment of asking."""

    database: MongoDatabase
    person: Person
    now: datetime

    def shops(self, wanted: Sequence[str] = (), *, of_all: bool = False) -> Shops:
        """The stores named, by default the person's own; with `of_all` any store will do.

        Raises UserError for one that the person may not see, as for one that is not there.
        """
        if self.person.sees_everything or (of_all and wanted):
            return read_shops(self.database, wanted)
        own = read_shops(self.database, self.person.stores)
        if not wanted:
            return own
        named = read_shops(self.database, wanted)
        if strangers := [name for one, name in named.names.items() if one not in own.names]:
            raise UserError(f"{strangers[0]} is not yours to see: you may ask about {own.title}.")
        return named

    def today(self, shops: Shops) -> date:
        """The day by the clock of the first of these stores."""
        return day_of(self.now, zone_named(next(iter(shops.zones.values()), USUAL)) or UTC)


class Asking:
    """Opens the database for one question at a time; a question may come from any thread."""

    def __init__(
        self,
        who: Who,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        settings: Callable[[], MongoSettings] | None = None,
    ) -> None:
        self._who = who
        self._clock = clock
        self._load = settings or reader_settings
        self._lock = threading.Lock()
        self._open: tuple[MongoSettings, MongoClient[Document]] | None = None

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._clock()

    @contextmanager
    def question(self) -> Iterator[Question]:
        """What is needed to answer; raises UserError where MongoDB or the person is not there."""
        settings, client = self._client()
        database = client[settings.database]
        try:
            with pymongo.timeout(SECONDS):
                yield Question(database, self._who(database), self._clock())
        except PyMongoError as error:
            raise UserError(settings.explain(error)) from error

    def close(self) -> None:
        """End the connections."""
        with self._lock:
            if self._open is not None:
                self._open[1].close()
                self._open = None

    def _client(self) -> tuple[MongoSettings, MongoClient[Document]]:
        with self._lock:
            if self._open is None:
                settings = self._load()
                client = new_client(settings)
                try:
                    with pymongo.timeout(CONNECT_SECONDS):
                        warn_of_writer(client[settings.database])
                except PyMongoError as error:
                    client.close()
                    raise UserError(settings.explain(error)) from error
                self._open = settings, client
            return self._open


def reader_settings() -> MongoSettings:
    """The settings of the user who may only read, else those of all commands."""
    given = load_variables()
    return load_mongo_settings(
        variable=READER_VARIABLE if given.get(READER_VARIABLE) else CONNECTION_VARIABLE
    )


def warn_of_writer(database: MongoDatabase) -> bool:
    """Say in the log where the user of a database may write; gives whether it is so."""
    answer = database.client.admin.command("connectionStatus", showPrivileges=True)
    info = answer["authInfo"]
    writes = not info["authenticatedUsers"] or any(
        _WRITES & set(one["actions"])
        for one in info.get("authenticatedUserPrivileges", ())
        if one["resource"].get("db", database.name) in ("", database.name)
    )
    if writes:
        _log.warning(
            "The user of this connection may write. The server never does; to be sure of it, "
            "put a user with the role read into %s.",
            READER_VARIABLE,
        )
    return writes
