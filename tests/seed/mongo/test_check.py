"""`zava-seed check` against a real MongoDB, and without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from pymongo import MongoClient

from connector_config.mongodb.abilities import replica_set
from connector_config.mongodb.connection import MongoSettings
from connector_config.mongodb.findings import Finding, Level
from connector_config.mongodb.server import Member, find_mongod, free_port, running
from seed.cli import main
from seed.mongo import check as check_module
from seed.mongo.check import check
from tests.helpers.mongodb import SMALL

TODAY = date(2026, 11, 21)
SECRET = "s3cret/@"


@pytest.fixture(autouse=True)
def _no_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT", "API_KEY", "EMBEDDING_DEPLOYMENT", "API_VERSION"):
        monkeypatch.delenv(f"AZURE_OPENAI_{name}", raising=False)


@pytest.fixture
def user_with(mongo_settings: MongoSettings) -> Iterator[Callable[..., str]]:
    """Makes a user with these roles on the fresh database; gives its connection string."""
    with MongoClient[dict[str, Any]](mongo_settings.uri) as client:
        database = client[mongo_settings.database]

        def make(*roles: str) -> str:
            database.command("createUser", "ann", pwd=SECRET, roles=list(roles))
            scheme, rest = mongo_settings.uri.split("://")
            hosts = rest.rpartition("@")[2]
            uri = f"{scheme}://ann:{quote_plus(SECRET)}@{hosts}"
            return f"{uri}&authSource={mongo_settings.database}"

        yield make
        database.command("dropAllUsersFromDatabase")


def findings(**environment: str) -> dict[str, list[Finding]]:
    """By what they are about."""
    found: dict[str, list[Finding]] = {}
    for finding in check(environment, Path("nowhere") / ".env"):
        assert finding.message.strip() and "\n" not in finding.message
        assert SECRET not in finding.message and quote_plus(SECRET) not in finding.message
        found.setdefault(finding.about, []).append(finding)
    return found


def of_user(settings: MongoSettings, uri: str) -> list[Finding]:
    return findings(MONGODB_CONNECTION_STRING=uri, MONGODB_DATABASE=settings.database)["roles"]


def test_a_server_that_is_ready(
    capsys: pytest.CaptureFixture[str], mongo_settings: MongoSettings
) -> None:
    code = main(["check"], TODAY)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert f"ok   MONGODB_CONNECTION_STRING  {mongo_settings.shown}\n" in out
    assert f"ok   MONGODB_DATABASE           {mongo_settings.database}\n" in out
    assert f"ok   connection                 {mongo_settings.shown} answers.\n" in out
    assert "replica set                rs0, 1 member\n" in out
    assert "root has root on admin." in out
    assert "\nfail" not in out and "\x1b" not in out


def test_every_variable_that_is_wrong_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONGODB_CONNECTION_STRING", raising=False)
    monkeypatch.delenv("MONGODB_DATABASE", raising=False)
    (tmp_path / ".env").write_text(
        f"MONGODB_CONNECTION_STRING=mongodb://ann:{SECRET}@h/\n"
        "MONGODB_DATABASE=a.b\n"
        "AZURE_OPENAI_ENDPOINT=https://x.openai.azure.com/\n"
    )
    code = main(["check"], TODAY)
    out, err = capsys.readouterr()
    assert code == 1
    assert err == "zava-seed: Not ready: mend what 2 findings above said to fail.\n"
    assert f"ok   .env                       {tmp_path / '.env'}\n" in out
    assert "fail MONGODB_CONNECTION_STRING  The user name or the password in" in out
    assert "write @ as %40" in out
    assert "fail MONGODB_DATABASE           MONGODB_DATABASE is 'a.b'" in out
    assert "warn Azure OpenAI               AZURE_OPENAI_API_KEY and AZURE_OPENAI_EMB" in out
    assert SECRET not in out + err


def test_a_plus_is_said_before_it_fails() -> None:
    found = findings(MONGODB_CONNECTION_STRING="mongodb://ann:s+cret@127.0.0.1:1/")
    (_, warning) = found["MONGODB_CONNECTION_STRING"]
    assert warning.level is Level.WARN
    assert "write + as %2B" in warning.message and "s+cret" not in warning.message


def test_nothing_is_set() -> None:
    found = findings()
    assert found[".env"][0].message == "There is none in nowhere: only the environment."
    assert found["MONGODB_CONNECTION_STRING"][0].level is Level.FAIL
    assert "is not set" in found["MONGODB_CONNECTION_STRING"][0].message
    assert found["MONGODB_DATABASE"] == [Finding(Level.OK, "MONGODB_DATABASE", "zava, by default")]
    assert "connection" not in found


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00A")
    [finding] = check({}, tmp_path / ".env")
    assert finding.level is Level.FAIL and "cannot be read as text" in finding.message


def test_azure_is_complete() -> None:
    found = findings(
        AZURE_OPENAI_ENDPOINT="https://x.openai.azure.com/",
        AZURE_OPENAI_API_KEY=SECRET,
        AZURE_OPENAI_EMBEDDING_DEPLOYMENT="small",
    )
    assert found["Azure OpenAI"] == [Finding(Level.OK, "Azure OpenAI", "Every variable is set.")]


def test_a_user_with_all_it_needs(
    mongo_settings: MongoSettings, user_with: Callable[..., str]
) -> None:
    [finding] = of_user(mongo_settings, user_with("readWrite", "dbAdmin"))
    database = mongo_settings.database
    assert finding.level is Level.OK
    assert finding.message == f"ann has dbAdmin on {database}, readWrite on {database}."


def test_a_user_who_cannot_switch_on_change_streams(
    mongo_settings: MongoSettings, user_with: Callable[..., str]
) -> None:
    _, *others = of_user(mongo_settings, user_with("readWrite"))
    [finding] = others
    assert finding.level is Level.WARN
    assert finding.message == (
        "change-streams will fail without collMod: give ann the role dbAdmin on "
        f"{mongo_settings.database} (in Atlas: Database Access; elsewhere: "
        f'db.getSiblingDB("{mongo_settings.database}").grantRolesToUser("ann", '
        f'[{{role: "dbAdmin", db: "{mongo_settings.database}"}}])).'
    )


def test_a_user_who_may_only_read(
    mongo_settings: MongoSettings, user_with: Callable[..., str]
) -> None:
    found = of_user(mongo_settings, user_with("read"))
    failing = {f.message.partition(" will fail")[0]: f.level for f in found[1:]}
    assert failing == {
        "generate, import and embeddings": Level.FAIL,
        "clear": Level.WARN,
        "generate --drop": Level.WARN,
        "indexes": Level.WARN,
        "change-streams": Level.WARN,
    }


def test_a_server_that_wants_a_user(mongo_settings: MongoSettings) -> None:
    scheme, rest = mongo_settings.uri.split("://")
    found = of_user(mongo_settings, f"{scheme}://{rest.rpartition('@')[2]}")
    assert [finding.level for finding in found] == [Level.FAIL]
    assert "The server wants a user: write user:password@" in found[0].message


def test_a_standalone_server_without_users(tmp_path: Path) -> None:
    member = Member(find_mongod(), tmp_path, free_port(), replica_set="", arguments=SMALL)
    with running(member):
        found = findings(MONGODB_CONNECTION_STRING=f"mongodb://{member.address}/")
        assert found["replica set"][0].level is Level.WARN
        assert "A standalone server: change-streams will fail" in found["replica set"][0].message
        assert found["roles"][0].message.startswith("This server has no users")


def test_a_replica_set_that_was_not_initiated(tmp_path: Path) -> None:
    member = Member(find_mongod(), tmp_path, free_port(), arguments=SMALL)
    with running(member):
        uri = f"mongodb://{member.address}/?directConnection=true"
        [finding] = findings(MONGODB_CONNECTION_STRING=uri)["replica set"]
        assert finding.level is Level.FAIL
        assert "run rs.initiate()" in finding.message


@pytest.mark.parametrize(
    ("hello", "level", "words"),
    [
        ({"msg": "isdbgrid"}, Level.OK, "A sharded cluster"),
        ({"setName": "x", "isWritablePrimary": True, "hosts": [1, 2, 3]}, Level.OK, "x, 3 members"),
        ({"setName": "x", "isWritablePrimary": False, "hosts": [1]}, Level.FAIL, "not its primary"),
    ],
)
def test_replica_sets(hello: dict[str, Any], level: Level, words: str) -> None:
    finding = replica_set(hello)
    assert finding.level is level and words in finding.message


@pytest.mark.parametrize(
    ("version", "level", "words"),
    [
        ("5.0.31", Level.WARN, "change-streams will fail"),
        ("6.0.5", Level.WARN, "refuses servers older than 7.0.13"),
        ("7.0.12", Level.WARN, "refuses servers older than 7.0.13"),
        ("7.0.13", Level.OK, "MongoDB 7.0.13"),
        ("8.2.0-rc1", Level.OK, "MongoDB 8.2.0-rc1"),
    ],
)
def test_versions(version: str, level: Level, words: str) -> None:
    finding = check_module._version(version)
    assert finding.level is level and words in finding.message


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector_config.mongodb.connection.CONNECT_SECONDS", 0.5)
    found = findings(MONGODB_CONNECTION_STRING=f"mongodb://127.0.0.1:{free_port()}/")
    assert found["connection"][0].level is Level.FAIL
    assert "Nothing answers" in found["connection"][0].message
