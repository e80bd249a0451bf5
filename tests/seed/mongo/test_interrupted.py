"""`zava-seed generate`, interrupted by a person or by a server that is lost."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector_config.mongodb import connection
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.server import Member, find_mongod, free_port, initiate, running, stop
from seed.data_set import mongo_data_set
from seed.mongo import target
from seed.mongo.fill import count_all
from seed.options import Options
from tests.helpers.mongodb import SMALL
from tests.seed.mongo.generating import SMALL_SET, Documents, assert_one_line, everything, run

pytestmark = pytest.mark.usefixtures("vectors_once")

ROOT = Path(__file__).parents[3]


def test_ctrl_c_says_what_is_there_and_how_to_finish(
    mongo_settings: MongoSettings, database: MongoDatabase, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    arguments = ["generate", "--customers", "500", "--orders", "6000", "--to", "2026-11-20"]
    with subprocess.Popen(
        [sys.executable, "-m", "seed", *arguments],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("inventory"):
                break
        process.send_signal(signal.SIGINT)
        error = process.stderr.read()
        assert process.wait(30) == 130
    assert_one_line(error)
    assert f"Stopped; the database {mongo_settings.database} holds 8 stores, " in error
    held = count_all(database)
    assert held["orders"] < 6_000
    assert f"{held['customers']:,} customers" in error

    again = shlex.split(error.partition("Finish with: ")[2])
    assert again[:2] == ["zava-seed", "generate"] and again[-1] == "--resume"
    done = subprocess.run(
        [sys.executable, "-m", "seed", *again[1:]],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    content = Options(start=date(2020, 1, 1), end=date(2026, 11, 21), customers=500, orders=6_000)
    made = {part.collection: sum(1 for _ in part.documents) for part in mongo_data_set(content)}
    assert count_all(database) == made


def test_a_server_that_is_lost_and_comes_back(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected: Documents,
    stop_at: Callable[[str, Callable[[], None]], None],
) -> None:
    """Says what the server had acknowledged; the rest comes with --resume."""
    # As long as it is there, it may be slow.
    monkeypatch.setattr(connection, "_NEW_PRIMARY_MS", 2_000)
    monkeypatch.setattr(target, "_TRY_SECONDS", 1.0)
    monkeypatch.setattr(target, "GONE_SECONDS", 4.0)
    member = Member(find_mongod(), tmp_path / "server", free_port(), arguments=SMALL)
    settings = MongoSettings(f"mongodb://{member.address}/?replicaSet=rs0", "zava")
    monkeypatch.setenv("MONGODB_CONNECTION_STRING", settings.uri)
    monkeypatch.setenv("MONGODB_DATABASE", settings.database)
    with running(member) as process:
        initiate([member])
        stop_at("inventory", lambda: stop(process))
        code, _, err = run(capsys, *SMALL_SET)
    assert code == 1
    waits, _, err = err.partition("\n")
    assert waits.endswith("The server does not answer or has no primary; waiting for it.")
    assert_one_line(err)
    assert "the database zava has acknowledged 8 stores, 9 categories" in err
    assert "Finish with: zava-seed generate" in err

    with running(member):
        initiate([member])
        code, _, err = run(capsys, *SMALL_SET, "--resume")
        assert (code, err) == (0, "")
        with open_database(settings) as database:
            assert everything(database) == expected


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], None]], None]:
    """Makes something happen once, when a fill begins with a collection."""

    def arrange(collection: str, happen: Callable[[], None]) -> None:
        original = target.batches
        waiting = [happen]

        def batches(name: str, *arguments: Any) -> Any:
            if name == collection and waiting:
                waiting.pop()()
            return original(name, *arguments)

        monkeypatch.setattr("seed.mongo.fill.batches", batches)

    return arrange
