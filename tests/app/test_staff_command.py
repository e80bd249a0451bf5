"""`zava staff`: the first manager and a forgotten PIN, without a window."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.cli import main

PIN = "2719\n"


class Desk:
    """Runs the command on a data folder, with what is typed into it."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._folder = folder
        self._patch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        code = main(["staff", *arguments, "--data-dir", str(self._folder)])
        said = self._capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def desk(
    small_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Desk:
    return Desk(small_dir, monkeypatch, capsys)


def test_the_first_manager_and_a_forgotten_pin(desk: Desk) -> None:
    assert "Nobody: anybody may sign in" in desk("list")[1]
    code, said = desk("add", "Ann", "--role", "manager", typed=PIN)
    assert (code, "Name the store by --store" in said) == (1, True)
    seattle = ("--store", "store_seattle")
    code, said = desk("add", "Ben", "--role", "worker", *seattle, typed=PIN)
    assert (code, "begin with a manager" in said) == (1, True)
    code, said = desk("add", "Ann", "--role", "manager", *seattle, typed="1234\n")
    assert (code, "a row of digits" in said, "1234" in said) == (1, True, False)
    assert desk("add", "Ann", "--role", "manager", *seattle, typed=PIN)[0] == 0
    assert desk("add", "Ben", "--role", "worker", *seattle, typed=PIN)[0] == 0
    listed = desk("list", *seattle)[1]
    assert [line.split()[1:3] for line in listed.splitlines()] == [
        ["Ann", "manager"],
        ["Ben", "worker"],
    ]
    assert "argon2" not in listed
    code, said = desk("pin", "ANN", typed="8052\n")
    assert (code, said) == (0, "Ann has a new PIN.\n")
    code, said = desk("deactivate", "Ann")
    assert (code, "last manager" in said) == (1, True)
    assert desk("deactivate", "Ben") == (0, "Ben may not sign in any more.\n")
    assert desk("activate", "Ben") == (0, "Ben may sign in again.\n")
    code, said = desk("pin", "Zoe", typed=PIN)
    assert (code, "Nobody here is called 'Zoe'" in said) == (1, True)
    code, said = desk("list", "--store", "store_nowhere")
    assert (code, "no store on this device" in said) == (1, True)


def test_a_pin_is_no_argument(desk: Desk) -> None:
    code, said = desk("pin", "Ann", "2719")
    assert (code, "unrecognized arguments" in said) == (1, True)
