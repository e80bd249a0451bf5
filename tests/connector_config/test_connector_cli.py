"""The command `zava-connector`."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest

from connector_config.cli import PROGRAM, main
from tests.helpers.programs import ROOT, run

TODAY = date(2026, 11, 21)


def test_help_names_every_command_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"], TODAY) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert tuple(re.findall(r"(?m)^    ([a-z-]+)(?:  +\S|$)", out)) == PROGRAM.commands
    for name in PROGRAM.commands:
        assert name == PROGRAM.load(name).NAME
        assert main([name, "--help"], TODAY) == 0


def test_help_does_not_wait_for_heavy_libraries() -> None:
    heavy = {"ditto", "pymongo", "pydantic", "rich", "starlette", "uvicorn", "jwt", "argon2"}
    code = (
        "import sys; from connector_config.cli import main; main(['--help']); "
        f"sys.exit(', '.join(sorted({heavy!r} & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_runs_as_a_module() -> None:
    done = run("connector_config", "render", "portal")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Set up the MongoDB connector")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "COMMAND"),
        (["fill"], "invalid choice: 'fill'"),
        (["check", "--x"], "--x"),
        (["link", "--store", "store_tacoma", "--data-dir", "~nobody-at-all/x"], "no such home"),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments, TODAY) == 1
    out, err = capsys.readouterr()
    assert out == "" and words in err and err.count("\n") == 1
