"""Which list wins where a user is one of the people of a store: `staff`, on a real MongoDB."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from starlette.testclient import TestClient

from connector_config.cli import main
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.webhook.passwords import Passwords
from connector_config.webhook.people import UsersOfStaff, open_people
from connector_config.webhook.server import create_app
from connector_config.webhook.tokens import Tokens
from connector_config.webhook.users import UsersFile
from tests.connector_config.webhook.conftest import cheap_hasher

PASSWORD = "correct horse battery"


def put(database: MongoDatabase, store: str, **fields: Any) -> None:
    """A person of a store, as the devices write it."""
    key = {"store_id": store, "staff_id": f"{fields['person_id']}-{store}"}
    document = {"_id": key["staff_id"], **key, "active": True, "deleted": False, **fields}
    database["staff"].replace_one({"_id": key["staff_id"]}, document, upsert=True)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UsersFile:
    monkeypatch.setenv("ZAVA_WEBHOOK_USERS", str(tmp_path / "users.json"))
    monkeypatch.setattr("argon2.PasswordHasher", cheap_hasher)
    return UsersFile(tmp_path / "users.json")


def add(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    return main(["users", "add", *arguments], date(2026, 11, 21))


def test_staff_wins_over_the_file(
    file: UsersFile,
    database: MongoDatabase,
    mongo_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cleo = {"person_id": "p1", "name": "Cleo Ruiz"}
    put(database, "store_seattle", role="worker", **cleo)
    assert add(monkeypatch, "cleo", "--person", "Nobody") == 1
    assert "is called 'Nobody'" in capsys.readouterr().err
    assert add(monkeypatch, "cleo", "--person", "Cleo Ruiz") == 0
    assert add(monkeypatch, "ann", "--role", "worker", "--store", "store_tacoma") == 0
    users = UsersOfStaff(file, database, mongo_settings)
    device = TestClient(create_app(users, Passwords(cheap_hasher()), Tokens("s" * 40)))

    def may(name: str) -> dict[str, Any] | None:
        login = device.post("/login", json={"user": name, "password": PASSWORD})
        if login.status_code != 200:
            return None
        answer = device.post("/ditto/auth", json={"token": login.json()["token"]}).json()
        return dict(answer["clientInfo"])

    assert may("cleo") == {"role": "worker", "stores": ["store_seattle"]}
    # The file still says worker of Seattle.
    put(database, "store_seattle", role="manager", **cleo)
    put(database, "store_tacoma", role="manager", **cleo)
    assert may("cleo") == {"role": "manager", "stores": ["store_seattle", "store_tacoma"]}
    put(database, "store_tacoma", role="manager", deleted=True, **cleo)
    assert may("cleo") == {"role": "manager", "stores": ["store_seattle"]}
    put(database, "store_seattle", role="super_manager", **cleo)
    assert may("cleo") is None
    put(database, "store_seattle", role="manager", active=False, **cleo)
    assert may("cleo") is None
    assert may("ann") == {"role": "worker", "stores": ["store_tacoma"]}


def test_nobody_of_staff_comes_in_while_mongodb_is_away(
    file: UsersFile, database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add(monkeypatch, "ann", "--role", "worker", "--store", "store_tacoma") == 0
    away = open_people({"MONGODB_CONNECTION_STRING": "mongodb://127.0.0.1:9/"})
    assert away is not None
    # Nobody listens there; it is known at once.
    nowhere = MongoClient[dict[str, Any]](away[1].uri, serverSelectionTimeoutMS=50)
    users = UsersOfStaff(file, nowhere["zava"], away[1])
    assert list(users.read()) == ["ann"]
    put(database, "store_seattle", role="worker", person_id="p1", name="Cleo")
    assert add(monkeypatch, "cleo", "--person", "Cleo") == 0
    with pytest.raises(UserError):
        users.read()
    assert open_people({}) is None
    for client in (nowhere, away[0].client):
        client.close()
