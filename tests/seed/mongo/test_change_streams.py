"""`zava-seed change-streams` against a real MongoDB."""

from __future__ import annotations

from datetime import date

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings
from connector_config.mongodb.images import SYNCED, is_enabled
from connector_config.schema.collections import COLLECTIONS
from seed.cli import main
from seed.mongo import change_streams
from seed.mongo.change_streams import Images, enable, verify
from seed.mongo.index_list import INDEXES
from seed.mongo.indexes import create_indexes

TODAY = date(2026, 11, 21)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["change-streams", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_every_synced_collection_and_no_other(
    capsys: pytest.CaptureFixture[str], database: MongoDatabase
) -> None:
    database["orders"].insert_one({"_id": "there already", "order_id": "there already"})
    list(create_indexes(database, INDEXES))
    code, out, err = run(capsys, "--verify")
    assert (code, err) == (0, "")
    assert set(COLLECTIONS) - set(SYNCED) == {"product_embeddings"}
    for name in COLLECTIONS:
        assert is_enabled(database, name) == (name in SYNCED)
        assert (f"enabled     {name}\n" in out) == (name in SYNCED)
        assert (f"seen        {name}, both images, after " in out) == (name in SYNCED)
    synced = f"all {len(SYNCED)} synced collections"
    assert out.endswith(f"Change streams work on {synced} of {database.name}.\n")
    # The probes are gone, and nothing else is.
    assert {name: database[name].count_documents({}) for name in SYNCED} == {
        **dict.fromkeys(SYNCED, 0),
        "orders": 1,
    }

    code, out, _ = run(capsys)
    assert code == 0
    assert out.splitlines() == [f"already on  {name}" for name in SYNCED]


def test_only_what_is_missing_is_switched_on(database: MongoDatabase) -> None:
    list(enable(database))
    database.command("collMod", "orders", changeStreamPreAndPostImages={"enabled": False})
    switched = [name for name, state in enable(database) if state is Images.ENABLED]
    assert switched == ["orders"]


def test_verify_notices_a_collection_without_images(database: MongoDatabase) -> None:
    list(enable(database))
    database.command("collMod", "orders", changeStreamPreAndPostImages={"enabled": False})
    with pytest.raises(UserError, match="A change in orders came without its pre- and post-image"):
        list(verify(database))
    assert database["orders"].count_documents({}) == 0


def test_a_change_that_does_not_come(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(enable(database))
    monkeypatch.setattr(change_streams, "_WAIT_SECONDS", 0.0)
    with pytest.raises(UserError, match="was not seen within"):
        list(verify(database))
    assert database["stores"].count_documents({}) == 0


def test_a_server_that_is_too_old(database: MongoDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_streams, "_version", lambda database: "5.0.31")
    with pytest.raises(UserError, match=r"came with MongoDB 6\.0, and this server is 5\.0\.31"):
        list(enable(database))


def test_a_read_only_user(
    capsys: pytest.CaptureFixture[str],
    read_only_settings: MongoSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", read_only_settings.uri)
    code, _, err = run(capsys)
    assert code == 1
    assert "give it the roles readWrite and dbAdmin" in err
    assert err.count("\n") == 1
