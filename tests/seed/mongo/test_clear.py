"""`zava-seed clear` against a real MongoDB."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.images import is_enabled
from seed.cli import main
from seed.mongo import clear as clear_module
from seed.mongo.change_streams import enable
from seed.mongo.index_list import INDEXES
from seed.mongo.indexes import State, compare_indexes, create_indexes
from tests.helpers.mongodb import ReplicaSet, let_commands_use

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def settings(new_database: Callable[[], MongoSettings]) -> MongoSettings:
    """Those of one database for all of these tests."""
    return new_database()


@pytest.fixture(scope="module")
def prepared(settings: MongoSettings) -> Iterator[MongoDatabase]:
    """That database, with every index and the images."""
    with open_database(settings) as database:
        list(create_indexes(database))
        list(enable(database))
        yield database


@pytest.fixture
def filled(
    settings: MongoSettings,
    prepared: MongoDatabase,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[MongoDatabase]:
    """That database, in the environment too, with some documents, of devices too."""
    let_commands_use(settings, monkeypatch, tmp_path)
    prepared["stores"].insert_one({"store_id": "a"})
    prepared["orders"].insert_many([{"order_id": str(n)} for n in range(1_200)])
    prepared["stock_movements"].insert_one({"movement_id": "a"})
    prepared["something_else"].insert_one({"_id": 1})
    yield prepared
    for name in held(prepared):
        prepared[name].delete_many({})


def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    *arguments: str,
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    code = main(["clear", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def held(database: MongoDatabase) -> dict[str, int]:
    names = ("stores", "orders", "stock_movements", "something_else")
    return {name: database[name].count_documents({}) for name in names}


@pytest.mark.parametrize("way", ["typed", "flag"])
def test_documents_go_and_everything_else_stays(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    filled: MongoDatabase,
    way: str,
) -> None:
    arguments = ["--yes"] if way == "flag" else []
    answer = "" if way == "flag" else f"{filled.name}\n"
    code, out, err = run(capsys, monkeypatch, answer, *arguments)
    assert (code, err) == (0, "")
    assert f"In the database {filled.name} at mongodb://" in out
    assert "      1,200 orders\n" in out
    assert "      1,202 documents will be deleted for good.\n" in out
    # A line for each in the end, and what refers to others first.
    assert "stock movements: 1\norders: 1,200 (" in out
    assert f"1,202 documents were deleted; the database {filled.name} is empty" in out
    assert held(filled) == {"stores": 0, "orders": 0, "stock_movements": 0, "something_else": 1}
    assert [outcome.state for outcome in compare_indexes(filled)] == [State.THERE] * len(INDEXES)
    assert is_enabled(filled, "orders")

    code, out, _ = run(capsys, monkeypatch, "")
    assert code == 0
    assert "is empty already.\n" in out


def test_it_goes_on_in_steps_and_takes_what_came_meanwhile(
    database: MongoDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clear_module, "_BATCH", 10)
    database["orders"].insert_many([{"order_id": str(n)} for n in range(25)])
    told: list[tuple[str, int, int]] = []

    def on_progress(name: str, done: int, total: int) -> None:
        told.append((name, done, total))
        if len(told) == 3:
            database["orders"].insert_one({"order_id": "late"})

    assert clear_module.clear(database, {"orders": 25}, on_progress) == 26
    steps = [("orders", 10, 25), ("orders", 20, 25), ("orders", 24, 25), ("orders", 26, 26)]
    assert told == steps
    assert held(database)["orders"] == 0


@pytest.mark.parametrize("answer", ["", "\n", "yes\n", "zava\n"])
def test_without_the_name_nothing_goes(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    filled: MongoDatabase,
    answer: str,
) -> None:
    before = held(filled)
    code, _, err = run(capsys, monkeypatch, answer)
    assert code == 1
    assert f"Nothing was deleted, because {filled.name} was not typed" in err
    assert err.count("\n") == 1
    assert held(filled) == before


def test_a_read_only_user(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    filled: MongoDatabase,
    replica_set: ReplicaSet,
) -> None:
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", replica_set.read_only_uri)
    before = held(filled)
    code, _, err = run(capsys, monkeypatch, "", "--yes")
    assert code == 1
    assert "may not do that" in err
    assert held(filled) == before
