"""A real MongoDB for the tests.

- `replica_set`: a single-node replica set with users, for the whole run: the mongod on PATH or of
  the wheel, or the server that MONGODB_CONNECTION_STRING names when the run starts. No mongod
  fails the tests.
- `mongo_settings`: settings for a database of a fresh name, dropped afterwards. They are in the
  environment too, in an empty working folder, so `seed.cli.main([...])` works on that database.
- `database`: that database, opened.
- `read_only_settings`: the same database, for a user that may only read. Not in the environment.
- `new_database`: makes settings for further fresh databases, dropped at the end of the run; for
  fixtures with a wider scope.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from connector_config.mongodb.connection import (
    Document,
    MongoDatabase,
    MongoSettings,
    open_database,
)
from connector_config.mongodb.server import (
    Member,
    direct_client,
    find_mongod,
    free_port,
    initiate,
    running,
)

GIVEN_URI = os.environ.get("MONGODB_CONNECTION_STRING")

# What a test server need not reserve, nor wait for when it ends.
SMALL = (
    "--oplogSize=64",
    "--wiredTigerCacheSizeGB=0.25",
    "--setParameter=enableTestCommands=1",
    # What a killed program leaves open holds others up for so long, and not for a minute.
    "--setParameter=transactionLifetimeLimitSeconds=2",
    "--setParameter=shutdownTimeoutMillisForSignaledShutdown=100",
)


@dataclass(frozen=True)
class ReplicaSet:
    """A server, for a user who may do everything and for one who may only read."""

    uri: str
    read_only_uri: str


@pytest.fixture(scope="session")
def replica_set(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    """The server of this run."""
    if GIVEN_URI:
        yield ReplicaSet(GIVEN_URI, _with_reader(GIVEN_URI))
        return
    folder = tmp_path_factory.mktemp("mongod")
    key = key_file(folder)
    member = Member(find_mongod(), folder, free_port(), key, arguments=SMALL)
    with running(member):
        initiate([member])
        uri = with_root(member)
        yield ReplicaSet(uri, _with_reader(uri))


@pytest.fixture(scope="session")
def new_database(replica_set: ReplicaSet) -> Iterator[Callable[[], MongoSettings]]:
    """Makes settings for a database of a fresh name."""
    made: list[str] = []

    def make() -> MongoSettings:
        made.append(f"zava_test_{secrets.token_hex(4)}")
        return MongoSettings(replica_set.uri, made[-1])

    yield make
    if not GIVEN_URI:
        return  # they go with the server of this run
    with MongoClient[Document](replica_set.uri) as client:
        for name in made:
            client.drop_database(name)


@pytest.fixture
def mongo_settings(
    replica_set: ReplicaSet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MongoSettings]:
    """Settings for a database of a fresh name, also in the environment."""
    settings = MongoSettings(replica_set.uri, f"zava_test_{secrets.token_hex(4)}")
    let_commands_use(settings, monkeypatch, tmp_path)
    yield settings
    with MongoClient[Document](settings.uri) as client:
        client.drop_database(settings.database)


@pytest.fixture
def database(mongo_settings: MongoSettings) -> Iterator[MongoDatabase]:
    """The database of `mongo_settings`, opened."""
    with open_database(mongo_settings) as opened:
        yield opened


@pytest.fixture
def read_only_settings(replica_set: ReplicaSet, mongo_settings: MongoSettings) -> MongoSettings:
    """The database of `mongo_settings`, for a user that may only read."""
    return replace(mongo_settings, uri=replica_set.read_only_uri)


def let_commands_use(settings: MongoSettings, patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Put a database into the environment, and work in an empty folder."""
    patch.setenv("MONGODB_CONNECTION_STRING", settings.uri)
    patch.setenv("MONGODB_DATABASE", settings.database)
    patch.chdir(folder)


@contextmanager
def left_as_found(
    database: MongoDatabase, content: Mapping[str, Sequence[Document]]
) -> Iterator[None]:
    """Give every collection these documents again that is not the same at the end."""

    def hashes() -> dict[str, str]:
        return dict(database.command("dbHash")["collections"])

    before = hashes()
    try:
        yield
    finally:
        after = hashes()
        for name in before.keys() | after.keys():
            if before.get(name) != after.get(name):
                database[name].delete_many({})
                if name in content:
                    database[name].insert_many([dict(one) for one in content[name]])


def key_file(folder: Path) -> Path:
    """The secret that members of a replica set share; only its owner may read it."""
    key = folder / "key"
    key.write_text(secrets.token_hex(32))
    key.chmod(0o600)
    return key


def with_root(member: Member) -> str:
    """Make the first user; gives the connection string of the replica set for it."""
    # A password that has to be URL-encoded, as people have them.
    password = "r@ot:/?" + secrets.token_hex(8)
    with direct_client(member) as client:
        client.admin.command("createUser", "root", pwd=password, roles=["root"])
    return (
        f"mongodb://root:{quote_plus(password)}@{member.address}/?replicaSet={member.replica_set}"
    )


def _with_reader(uri: str) -> str:
    """Make the user that may only read, anew; gives the connection string for it."""
    password = secrets.token_hex(8)
    with MongoClient[Document](uri) as client:
        with suppress(OperationFailure):
            client.admin.command("dropUser", "zava_test_reader")
        client.admin.command(
            "createUser", "zava_test_reader", pwd=password, roles=["readAnyDatabase"]
        )
    scheme, rest = uri.split("://", 1)
    hosts = rest.rpartition("@")[2]
    return f"{scheme}://zava_test_reader:{password}@{hosts}"
