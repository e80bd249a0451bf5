"""The command `zava-seed`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from seed.cli import PROGRAM, main
from seed.options import Options

END = date(2026, 11, 21)
# A demo that takes less time than that of a person, which `test_demo` fills.
CUSTOMERS, ORDERS = 300, 1_500
ROOT = Path(__file__).parents[2]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments, END)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def assert_one_sentence(text: str) -> None:
    assert text.count("\n") == 1
    assert text.endswith(".\n")
    assert "Traceback" not in text


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"]])
def test_help_has_an_example(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert "zava-seed demo --data-dir" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo", "--seed", "abc"], "whole number from 0 to 4294967295, not 'abc'"),
        (["demo", "--seed", "-1"], "--seed"),
        (["demo", "--seed", "1.5"], "not '1.5'"),
        (["demo", "--seed", "4294967296"], "whole number from 0 to"),
        (["demo", "--seed", "9" * 5000], "whole number from 0 to"),
        (["demo", "--data-dir", ""], "must not be empty"),
        (["demo", "--data-dir", "~nobody-at-all/zava"], "no such home folder"),
        (["demo", "--what"], "--what"),
        (["fill"], "invalid choice: 'fill'"),
        ([], "COMMAND"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert words in err
    assert_one_sentence(err)


def test_help_names_every_command_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--help")
    assert (code, err) == (0, "")
    assert tuple(re.findall(r"(?m)^    ([a-z-]+)(?:  +\S|$)", out)) == PROGRAM.commands
    for name in PROGRAM.commands:
        assert name == PROGRAM.load(name).NAME
        assert run(capsys, name, "--help")[0] == 0


def test_help_does_not_wait_for_heavy_libraries() -> None:
    heavy = {"ditto", "pymongo", "openai", "rich", "PySide6", "faker"}
    code = (
        "import sys; from seed.cli import main; main(['--help']); "
        f"sys.exit(', '.join(sorted({heavy!r} & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_cannot_be_written_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tmp_path.joinpath("file").write_text("")
    code, out, err = run(capsys, "demo", "--data-dir", str(tmp_path / "file" / "below"))
    assert (code, out) == (1, "")
    assert str(tmp_path / "file" / "below") in err
    assert_one_sentence(err)


def test_a_clock_that_is_wrong_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["demo", "--data-dir", str(tmp_path)], date(1970, 1, 1)) == 1
    assert_one_sentence(capsys.readouterr().err)


def test_fill_then_again_then_if_empty(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZAVA_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("seed.demo.Options", partial(Options, customers=CUSTOMERS, orders=ORDERS))
    code, out, err = run(capfd, "demo")
    assert (code, err) == (0, "")
    assert "orders: 1,500\n" in out
    assert f"documents are in {tmp_path / 'ditto'} (" in out.splitlines()[-1]

    code, out, err = run(capfd, "demo")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("Nothing to add: the demo data was already in")

    code, out, err = run(capfd, "demo", "--if-empty")
    assert (code, err) == (0, "")
    assert out == f"The store in {tmp_path / 'ditto'} has products already: nothing to do.\n"


def test_ctrl_c_says_what_is_there_and_the_next_run_completes_it(tmp_path: Path) -> None:
    code = (
        "from functools import partial; from seed import cli, demo; "
        f"demo.Options = partial(demo.Options, customers={CUSTOMERS}, orders={ORDERS}); "
        "raise SystemExit(cli.main())"
    )
    command = [sys.executable, "-c", code, "demo", "--data-dir", str(tmp_path)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if line.startswith("customers"):
                break
        process.send_signal(signal.SIGINT)
        error = process.stderr.read()
        assert process.wait(30) == 130
    assert "Stopped; " in error
    assert_one_sentence(error)

    again = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    # Not a word of Ditto's own start-up either.
    assert (again.returncode, again.stderr) == (0, "")
    assert "were missing in" in again.stdout.splitlines()[-1]
