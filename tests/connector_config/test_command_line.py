"""What the three commands share."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import StorageError
from connector_config import __version__
from connector_config.command_line import Program
from connector_config.errors import DataFileError, UserError
from connector_config.paths import DataDirectoryError
from tests.helpers.programs import command, environment, run

COMMANDS = {"app": "zava", "seed": "zava-seed", "connector_config": "zava-connector"}
TODAY = date(2026, 11, 21)


class Spoken:
    """A command that keeps what it was given, and fails as it is told to."""

    NAME = "speak"
    HELP = "say something"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.given: list[tuple[str | None, date]] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        pass

    def run(self, options: Namespace, today: date) -> int:
        self.given.append((getattr(options, "loud", None), today))
        if self.failure is not None:
            raise self.failure
        return 3


def program(
    monkeypatch: pytest.MonkeyPatch, command: Spoken, default: str | None = None
) -> Program:
    """A program with this one command."""
    monkeypatch.setattr(Program, "load", lambda _program, _name: command)

    def add_flags(parser: ArgumentParser) -> None:
        parser.add_argument("--loud")

    return Program("zava-test", "Test.", "", "nowhere", ["speak"], default, add_flags)


@pytest.mark.parametrize("module", COMMANDS)
def test_every_command_tells_its_version(module: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert run(module, "--version") == (0, f"{COMMANDS[module]} {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "loud"),
    [([], None), (["--loud", "x"], "x"), (["speak"], None), (["--loud", "x", "speak"], "x")],
)
def test_the_default_command_need_not_be_named(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], loud: str | None
) -> None:
    command = Spoken()
    assert program(monkeypatch, command, "speak").main(arguments, TODAY) == 3
    assert command.given == [(loud, TODAY)]


def test_without_a_default_a_command_has_to_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program(monkeypatch, Spoken()).main([], TODAY) == 1
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    "failure",
    [
        StorageError("The disk is full: free some space."),
        DataDirectoryError("The folder is away: bring it back."),
        DataFileError("The file is wrong: correct it."),
        UserError("There is no MongoDB: start one."),
    ],
)
def test_an_expected_failure_of_any_package_is_its_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    assert program(monkeypatch, Spoken(failure)).main(["speak"], TODAY) == 1
    assert capsys.readouterr() == ("", f"zava-test: {failure}\n")


def test_what_is_a_mistake_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        program(monkeypatch, Spoken(KeyError("x"))).main(["speak"], TODAY)


def test_ctrl_c_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_options: Namespace, _today: date) -> int:
        raise KeyboardInterrupt

    command = Spoken()
    monkeypatch.setattr(command, "run", interrupted)
    assert program(monkeypatch, command).main(["speak"], TODAY) == 130
    assert capsys.readouterr() == ("", "zava-test: Stopped.\n")


@pytest.mark.parametrize(
    ("module", "library", "arguments"),
    [
        ("app", "PySide6", ["tour"]),
        ("seed", "ditto", ["demo", "--data-dir", "data"]),
        ("connector_config", "ditto", ["link", "--data-dir", "data", "--store", "store_tacoma"]),
    ],
)
def test_a_library_that_cannot_be_loaded_is_one_sentence(
    tmp_path: Path, module: str, library: str, arguments: list[str]
) -> None:
    block = f"import sys; sys.modules[{library!r}] = None; "
    call = f"from {module}.cli import main; sys.exit(main({arguments!r}))"
    done = subprocess.run(
        [sys.executable, "-c", block + call],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"{COMMANDS[module]}: ")
    assert library in done.stderr
    assert done.stderr.endswith(". Run `zava doctor` to see what to install.\n")


def test_nobody_reads_any_more(tmp_path: Path) -> None:
    for module, arguments in (
        ("seed", ["--help"]),
        ("app", ["doctor"]),
        ("connector_config", ["render", "portal"]),
        ("connector_config", ["check"]),
    ):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            command(module, *arguments),
            cwd=tmp_path,
            env=environment(ZAVA_DATA_DIR=str(tmp_path / "data")),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        os.close(writing)
        # Rich ends with 1 where others end with 141.
        assert done.returncode in (1, 141), (module, arguments)
        assert "Traceback" not in done.stderr and "Exception" not in done.stderr, done.stderr
        assert "BrokenPipe" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_no_room_for_the_output_is_a_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("connector_config", "render", "portal"),
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.endswith("There is no room to write any more: free some space.\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("seed", ["demo", "--data-dir", "data"]),
        ("seed", ["transform", "x.json", "--out", "out"]),
        ("connector_config", ["webhook"]),
        ("app", ["doctor"]),
    ],
)
def test_ctrl_c_at_any_moment_is_said(tmp_path: Path, module: str, arguments: list[str]) -> None:
    """Also when it is pressed twice; what stops a program may not show its insides."""
    call = f"from {module}.cli import main; raise SystemExit(main())"
    for delay in (0.0, 0.03, 0.1, 0.3):
        with subprocess.Popen(
            [sys.executable, "-c", f"{_TELLS_WHEN_UP}; {call}", *arguments],
            cwd=tmp_path,
            env=environment(ZAVA_WEBHOOK_SECRET="x" * 40),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "up\n"
            time.sleep(delay)
            running.send_signal(signal.SIGINT)
            time.sleep(0.02)
            running.send_signal(signal.SIGINT)
            _, err = running.communicate(timeout=60)
        assert "Traceback" not in err and "Exception" not in err, (delay, err)
        assert running.returncode in (0, 1, 130, -signal.SIGINT), (delay, err)


def test_ctrl_c_counts_where_python_cannot_raise_it(tmp_path: Path) -> None:
    program = """
import signal, time
from connector_config.command_line import Program

class Gone:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def work(*given):
    Gone()
    time.sleep(60)

Program._main = work
raise SystemExit(Program("zava", "", "", "", ()).main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "zava: Stopped.\n")


# Before a program has begun, nothing of it can answer; and what was started in the background of a
# shell would not hear it.
_TELLS_WHEN_UP = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from connector_config.command_line import Program; made = Program._parser; "
    "Program._parser = lambda *given: (print('up', flush=True), made(*given))[1]"
)


def test_what_a_command_writes_is_for_its_user_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Writing(Spoken):
        def run(self, options: Namespace, today: date) -> int:
            (tmp_path / "folder").mkdir()
            (tmp_path / "folder" / "customers.csv").write_text("Ann Smith")
            raise UserError("And that failed.")

    before = os.umask(0o022)
    try:
        assert program(monkeypatch, Writing()).main(["speak"]) == 1
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    for path in tmp_path.rglob("*"):
        assert not path.stat().st_mode & 0o077
