"""The running program: a clean end, one instance a folder, and sentences, never tracebacks."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.data.store.session import Session, store_in_use
from connector_config.paths import store_directory
from tests.helpers import programs
from tests.helpers.stock_room import STORE_IDS, StockRoom
from tests.helpers.waiting import PATIENCE

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
ENDS = 20.0
"""Seconds until it has ended: less than one where the machine does nothing else."""

SIGN_IN = """
import sys
import app.run
from app.cli import main
from app.domain.entities import Profile, Role

async def work(client, closing):
    await client.sign_in(Profile("store_seattle", Role.WORKER, "Maya"))
    print(*sorted({"pymongo", "yaml"} & set(sys.modules)))
    return 0

app.run.run = lambda settings: app.run.run_client(settings, work)
sys.exit(main(["run", "--data-dir", sys.argv[1]]))
"""
"""Starts the client, signs in, and prints which of some slow libraries that took."""


@contextmanager
def running(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """`zava run` on a folder, when its window is up."""
    variables = OFFSCREEN | {"ZAVA_DATA_DIR": str(data_dir)}
    with programs.start("app", "run", variables=variables) as program:
        try:
            wait_for_start(program, data_dir)
            yield program
        finally:
            if program.poll() is None:
                program.kill()


def wait_for_start(program: subprocess.Popen[str], data_dir: Path) -> None:
    log = data_dir / "zava.log"
    deadline = time.monotonic() + PATIENCE
    while not (log.exists() and "started" in log.read_text("utf-8")):
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    # The line is written while the window is made.
    time.sleep(0.3)


def examine(data_dir: Path) -> None:
    """Everything of the demo data is there and every number is explained."""

    async def look() -> None:
        session = await Session.open(data_dir)
        room = StockRoom(session)
        assert all([(await room.stock.prove(store_id)).holds for store_id in STORE_IDS])
        assert len(await room.levels()) > 3_000
        await session.close()

    asyncio.run(look())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_cleanly(
    small_dir: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(small_dir) as program:
        asked = time.monotonic()
        program.send_signal(number)
        out, err = program.communicate(timeout=ENDS)
        seconds = time.monotonic() - asked
    with capsys.disabled():
        print(f" [{number.name} to end: {seconds:.2f} s]", end="")
    assert (program.returncode, out, err) == (0, "", "")
    log = (small_dir / "zava.log").read_text("utf-8").splitlines()
    # The folder was copied with the usual rights.
    assert "could be read by other users" in log.pop(0)
    assert [line.split("zava: ")[1].split()[0] for line in log] == ["started", "ended"]
    assert not store_in_use(small_dir)
    assert not (store_directory(small_dir) / "ditto_store" / "db.sql-wal").exists()
    examine(small_dir)


def test_a_signal_while_it_starts_ends_it_too(small_dir: Path) -> None:
    variables = OFFSCREEN | {"ZAVA_DATA_DIR": str(small_dir)}
    for delay in (0.3, 0.6):
        with programs.start("app", "run", variables=variables) as program:
            time.sleep(delay)
            program.send_signal(signal.SIGTERM)
            _, err = program.communicate(timeout=ENDS)
        # Before it listens to the signal the system ends it: nothing is open by then.
        assert program.returncode in (0, -signal.SIGTERM)
        assert err == ""
    examine(small_dir)


def test_whoever_works_alone_does_not_wait_for_libraries_of_sync(small_dir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGN_IN, small_dir],
        cwd=programs.ROOT,
        env=programs.environment(**OFFSCREEN),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def test_a_second_instance_says_one_sentence(small_dir: Path) -> None:
    with running(small_dir) as program:
        second = programs.run("app", "run", "--data-dir", small_dir, variables=OFFSCREEN)
        assert (second.code, second.out) == (1, "")
        assert second.err == (
            f"zava: Another Zava is using {small_dir}: close it, or choose another data folder "
            "with --data-dir.\n"
        )
        assert program.poll() is None
        program.send_signal(signal.SIGTERM)
        _, err = program.communicate(timeout=ENDS)
        assert (program.returncode, err) == (0, "")


def test_a_damaged_store_says_one_sentence_and_the_log_says_why(small_dir: Path) -> None:
    (store_directory(small_dir) / "ditto_store" / "db.sql").write_bytes(os.urandom(50_000))
    ended = programs.run("app", "run", "--data-dir", small_dir, variables=OFFSCREEN)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"zava: The store in {small_dir} is damaged: move that folder away to keep it, or delete "
        "the store with `zava reset`, then start again.\n"
    )
    assert "passphrase" in (small_dir / "zava.log").read_text("utf-8").lower()


def test_a_store_that_is_not_there_is_a_wrong_setting(small_dir: Path) -> None:
    ended = programs.run(
        "app", "run", "--data-dir", small_dir, "--store", "store_atlantis", variables=OFFSCREEN
    )
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("zava: ZAVA_STORE is 'store_atlantis', which is no store here: ")
    assert all(store_id in ended.err for store_id in STORE_IDS)
    examine(small_dir)


@pytest.mark.parametrize("folder", ["file/data", "file"])
def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path, folder: str) -> None:
    tmp_path.joinpath("file").write_text("in the way")
    ended = programs.run("app", "run", "--data-dir", tmp_path / folder, variables=OFFSCREEN)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith(f"zava: The data folder {tmp_path / folder}")
    assert "choose another data folder" in ended.err


def test_a_mongodb_that_cannot_be_named_so_is_one_sentence(small_dir: Path) -> None:
    variables = OFFSCREEN | {"MONGODB_LOCAL_CONNECTION_STRING": "localhost:27017"}
    ended = programs.run("app", "run", "--data-dir", small_dir, variables=variables)
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert ended.err.startswith("zava: MONGODB_LOCAL_CONNECTION_STRING ")


def test_a_log_that_cannot_be_written_keeps_nobody_from_working(small_dir: Path) -> None:
    small_dir.joinpath("zava.log").mkdir()
    variables = OFFSCREEN | {"ZAVA_DATA_DIR": str(small_dir)}
    with programs.start("app", "run", variables=variables) as program:
        deadline = time.monotonic() + PATIENCE
        while not store_in_use(small_dir) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.5)
        program.send_signal(signal.SIGTERM)
        _, err = program.communicate(timeout=ENDS)
    assert (program.returncode, err) == (0, "")


def test_a_qt_that_cannot_open_a_window_is_one_sentence(small_dir: Path) -> None:
    ended = programs.run(
        "app",
        "run",
        "--data-dir",
        small_dir,
        # A display that answers nothing but has a name that is not checked beforehand.
        variables={"DISPLAY": "nowhere.invalid:7"},
    )
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("zava: The window cannot be opened (")
    assert "zava doctor" in ended.err


def test_what_nobody_expected_is_one_sentence_and_a_log(small_dir: Path) -> None:
    (small_dir / "device-id").unlink(missing_ok=True)
    (small_dir / "device-id").mkdir()
    secret = "a-token-that-nobody-may-see"
    variables = OFFSCREEN | {"DITTO_OFFLINE_TOKEN": secret}
    ended = programs.run("app", "run", "--data-dir", small_dir, variables=variables)
    log = small_dir / "zava.log"
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"zava: That failed, and it is our mistake; details are in {log}.\n"
    assert "IsADirectoryError" in log.read_text("utf-8")
    assert secret not in log.read_text("utf-8")
