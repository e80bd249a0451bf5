"""Settings, connecting, and the sentences for what goes wrong with a server."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DocumentTooLarge,
    DuplicateKeyError,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from connector_config.errors import UserError
from connector_config.mongodb import connection
from connector_config.mongodb.connection import (
    Document,
    MongoDatabase,
    MongoSettings,
    load_mongo_settings,
    open_database,
)
from connector_config.mongodb.explain import explain
from connector_config.mongodb.server import free_port
from tests.helpers.mongodb import ReplicaSet

LEFT_TO_ITSELF = 25.0
"""Less than the 30 seconds that the driver takes when nobody tells it how long it may."""

URI = "mongodb+srv://ann:secret@c.example.net/"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MONGODB_CONNECTION_STRING=mongodb://file/\nMONGODB_DATABASE=of_file\n")
    assert load_mongo_settings({}, file) == MongoSettings("mongodb://file/", "of_file")
    given = {"MONGODB_CONNECTION_STRING": "mongodb://given/", "MONGODB_DATABASE": ""}
    assert load_mongo_settings(given, file) == MongoSettings("mongodb://given/", "of_file")


def test_the_database_is_zava_by_default_and_a_dollar_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MONGODB_CONNECTION_STRING='mongodb://ann:${HOME}@h/'\n")
    settings = load_mongo_settings({}, file)
    assert (settings.uri, settings.database) == ("mongodb://ann:${HOME}@h/", "zava")


def test_settings_do_not_show_their_password() -> None:
    settings = MongoSettings(URI)
    assert "secret" not in repr(settings) + str(settings) + settings.shown
    assert settings.shown == "mongodb+srv://ann:***@c.example.net/"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "MONGODB_CONNECTION_STRING is not set"),
        ({"MONGODB_CONNECTION_STRING": "  "}, "MONGODB_CONNECTION_STRING is not set"),
        ({"MONGODB_CONNECTION_STRING": "h"}, "must begin with"),
        (
            {"MONGODB_CONNECTION_STRING": URI, "MONGODB_DATABASE": "a.b"},
            "MONGODB_DATABASE is 'a.b'",
        ),
        ({"MONGODB_CONNECTION_STRING": URI, "MONGODB_DATABASE": "x" * 64}, "at most 63"),
        ({"MONGODB_CONNECTION_STRING": URI, "MONGODB_DATABASE": "admin"}, "none of admin"),
    ],
)
def test_wrong_settings_are_sentences(tmp_path: Path, given: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        load_mongo_settings(given, tmp_path / ".env")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"A=\xff\xfe\x00")
    with pytest.raises(UserError, match=r"\.env cannot be read as text"):
        load_mongo_settings({}, file)


def test_a_database_that_answers(mongo_settings: MongoSettings) -> None:
    with open_database(mongo_settings) as database:
        assert database.name == mongo_settings.database
        database["things"].insert_one({"_id": 1})
        assert database["things"].count_documents({}) == 1


def failure(settings: MongoSettings) -> tuple[str, float]:
    begun = time.monotonic()
    with pytest.raises(UserError) as caught:
        with open_database(settings):
            pass
    return str(caught.value), time.monotonic() - begun


def test_a_wrong_password(replica_set: ReplicaSet) -> None:
    scheme, _, hosts = replica_set.uri.partition("://")
    hosts = hosts.rpartition("@")[2]
    said, seconds = failure(MongoSettings(f"{scheme}://root:secret@{hosts}"))
    assert "refuses the user name or the password" in said
    assert f"{scheme}://root:***@" in said and "secret" not in said
    assert seconds < LEFT_TO_ITSELF


def test_a_plus_in_a_password_is_named(replica_set: ReplicaSet) -> None:
    """The driver reads it as a blank; who wrote one as people do gets in."""
    user = f"plus_{secrets.token_hex(4)}"
    scheme, _, hosts = replica_set.uri.partition("://")
    hosts = hosts.rpartition("@")[2]
    with MongoClient[Document](replica_set.uri) as client:
        client.admin.command("createUser", user, pwd="pa+ss", roles=["readAnyDatabase"])
        try:
            said, _ = failure(MongoSettings(f"{scheme}://{user}:pa+ss@{hosts}"))
            with open_database(MongoSettings(f"{scheme}://{user}:pa%2Bss@{hosts}")) as database:
                database.list_collection_names()
        finally:
            client.admin.command("dropUser", user)
    assert "refuses the user name or the password" in said
    assert "a + in them is read as a blank, so write + as %2B and a blank as %20" in said
    assert "pa+ss" not in said and "pa ss" not in said


def test_nobody_listens() -> None:
    said, seconds = failure(MongoSettings(f"mongodb://ann:secret@127.0.0.1:{free_port()}/"))
    assert said.startswith("Nothing answers at mongodb://ann:***@127.0.0.1:")
    assert seconds < LEFT_TO_ITSELF


def test_a_name_that_is_not_known() -> None:
    said, seconds = failure(MongoSettings("mongodb+srv://ann:secret@nowhere.invalid/"))
    assert "name of the host in mongodb+srv://ann:***@nowhere.invalid/ is not known" in said
    assert seconds < LEFT_TO_ITSELF


def test_a_replica_set_of_another_name(
    replica_set: ReplicaSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    uri = replica_set.uri.replace("replicaSet=rs0", "replicaSet=other")
    said, _ = failure(MongoSettings(uri))
    assert "no replica set of the name" in said


def test_a_user_who_may_only_read(
    read_only_settings: MongoSettings, database: MongoDatabase
) -> None:
    database["things"].insert_one({"_id": 1})
    with pytest.raises(UserError, match="may not do that: give it the roles readWrite"):
        with open_database(read_only_settings) as opened:
            assert opened["things"].count_documents({}) == 1
            opened["things"].insert_one({"_id": 2})


def test_a_server_without_space(mongo_settings: MongoSettings, database: MongoDatabase) -> None:
    with MongoClient[dict[str, object]](mongo_settings.uri) as client:
        client.admin.command(
            "configureFailPoint",
            "failCommand",
            mode={"times": 1},
            data={"failCommands": ["insert"], "errorCode": 14031, "appName": "zava"},
        )
    with pytest.raises(UserError, match="has no space left"):
        with open_database(mongo_settings) as opened:
            opened["things"].insert_one({"_id": 2})


WHERE = "mongodb://ann:***@h/"


def bulk(code: int, message: str = "") -> BulkWriteError:
    return BulkWriteError({"writeErrors": [{"code": code, "errmsg": message}]})


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationFailure("bad auth : authentication failed", 8000), "refuses the user name"),
        (OperationFailure("you are over your space quota", 8000), "no space left"),
        (OperationFailure("user is not allowed to do action [insert]", 8000), "may not do that"),
        (OperationFailure("not authorized on zava to execute {x: 1}", 13), "may not do that"),
        (bulk(14031), "no space left"),
        (bulk(13), "may not do that"),
        (bulk(11000), "same unique value"),
        (DuplicateKeyError("dup", 11000), "same unique value"),
        (OperationFailure("not primary", 10107), "no primary right now"),
        (NotPrimaryError("not primary"), "no primary right now"),
        (AutoReconnect("h:1: closed"), "connection to mongodb://ann:\\*\\*\\*@h/ was lost"),
        (NetworkTimeout("h:1: timed out"), "took too long to answer"),
        (ServerSelectionTimeoutError("No replica set members match selector Primary()"), "no prim"),
        (ServerSelectionTimeoutError("h:1: [SSL: CERTIFICATE_VERIFY_FAILED]"), "No secure connec"),
        (ServerSelectionTimeoutError("h:1: timed out"), "cannot be reached"),
        (ConfigurationError("The DNS query name does not exist"), "is not known"),
        (ConfigurationError("nonsense"), "do not go together"),
        (ConfigurationError("Sessions are not supported by this MongoDB"), "is starting"),
        (OperationFailure("no such command: 'x'", 59), "does not know that command"),
        (
            OperationFailure("Something odd: { secret: 1 }\nmore", 4242),
            r"error 4242\): Something odd\.$",
        ),
        (DocumentTooLarge("big"), "16 MB"),
        (PyMongoError("odd mongodb://ann:secret@h/ thing"), r"PyMongoError: odd  thing\.$"),
    ],
)
def test_every_error_is_a_sentence(error: PyMongoError, words: str) -> None:
    said = explain(error, WHERE)
    assert re.search(words, said), said
    assert said.endswith(".") and "\n" not in said and "secret" not in said
