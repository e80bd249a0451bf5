"""The MongoDB of a rehearsal: a mongod of its own that goes away and comes back."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import bson
from pymongo import MongoClient

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, new_client
from connector_config.mongodb.server import (
    Member,
    direct_client,
    find_mongod,
    free_port,
    initiate,
    is_primary,
    start,
    stop,
    wait_until_up,
)

DATABASE: Final = "zava"
# Little memory, and no wait for anybody when it ends.
_ARGUMENTS: Final = (
    "--oplogSize=64",
    "--wiredTigerCacheSizeGB=0.25",
    "--setParameter=enableTestCommands=1",
    # What a killed device had under way is held up for so long; a server's default is a minute.
    "--setParameter=transactionLifetimeLimitSeconds=2",
    "--setParameter=shutdownTimeoutMillisForSignaledShutdown=100",
)
_AWAY_SECONDS: Final = 3_600
_BACK_SECONDS: Final = 30.0


class Server:
    """A running mongod; made by `serving`."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._process = self._started()
        initiate([member])
        self.settings = MongoSettings(
            f"mongodb://{member.address}/?replicaSet={member.replica_set}", DATABASE
        )
        self._client: MongoClient[dict[str, Any]] = new_client(self.settings)
        self._away = ""
        # A schedule and the weather over it send it away, each from its own thread.
        self._moving = threading.Lock()
        self._moved_before = 0
        self._own = 0

    @property
    def database(self) -> MongoDatabase:
        """The database that the peers are linked with."""
        return self._client[DATABASE]

    @property
    def is_away(self) -> bool:
        """Whether the server was sent away and has not come back."""
        return bool(self._away)

    def documents(self, names: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        """All documents of collections; `bytes_moved` does not count this."""
        found = {}
        for name in names:
            # Typed as documents, but these are bytes.
            batches: list[Any] = list(self.database[name].find_raw_batches())
            self._own += sum(map(len, batches))
            found[name] = [one for batch in batches for one in bson.decode_all(batch)]
        return found

    def send_away(self, how: str) -> None:
        """Let the server step down as primary, or end its process as a power cut does.

        Where it is just coming back, it comes back first.
        """
        with self._moving:
            if self._away:
                return
            self._away = how
            if how == "kill":
                self._moved_before += self._counted()
                self._process.kill()
                stop(self._process)
                return
            with direct_client(self._member) as client:
                client.admin.command("replSetStepDown", _AWAY_SECONDS, force=True)

    def bring_back(self) -> None:
        """Let the server take writes again."""
        with self._moving:
            how, self._away = self._away, ""
            if how == "kill":
                self._process = self._started()
                initiate([self._member])
            elif how:
                with direct_client(self._member) as client:
                    client.admin.command("replSetFreeze", 0)
            deadline = time.monotonic() + _BACK_SECONDS
            while not is_primary(self._member):
                if time.monotonic() > deadline:
                    raise UserError(f"MongoDB did not come back: its log is {self._member.log}.")
                time.sleep(0.01)

    def bytes_moved(self) -> int:
        """The bytes that went in and out so far, without those of `documents`."""
        return self._moved_before + self._counted() - self._own

    def end(self) -> None:
        """Stop the server."""
        self._client.close()
        stop(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        process = start(self._member)
        try:
            wait_until_up(self._member, process)
        except BaseException:
            stop(process)
            raise
        return process

    def _counted(self) -> int:
        with direct_client(self._member) as client:
            network = client.admin.command("serverStatus")["network"]
        return int(network["bytesIn"]) + int(network["bytesOut"])


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run a mongod with its data in a folder; raises UserError when no mongod is found."""
    server = Server(Member(find_mongod(), folder, free_port(), arguments=_ARGUMENTS))
    try:
        yield server
    finally:
        server.end()
