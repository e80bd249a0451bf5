"""packaging/setup.sh: what somebody without root is asked for, and what is shown of pip.

It runs in a copy, on a machine that the test makes up: nothing else is on its PATH.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.helpers.programs import ROOT

# What the setup asks Python: is it a supported one, has it venv, which libraries are missing.
BARE_PYTHON = """\
case "$*" in
    *"sys.exit(not"*) exit 0 ;;
    *"import ensurepip"*) exit 1 ;;
    *python3.%d-venv*) echo "venv python3.13-venv" ;;
    *system_libraries\\ run\\ test) echo "libGL.so.1 libgl1"; echo "Xvfb xvfb" ;;
    *system_libraries\\ run) echo "libGL.so.1 libgl1" ;;
    *) echo "unexpected: $*" >&2; exit 9 ;;
esac
"""
# Says with what pip is called, and whatever else is asked works.
READY_PYTHON = """\
case "$*" in
    *system_libraries*) ;;
    *"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"-m pip"*) echo "pip: $*" ;;
esac
"""
NO_ROOT = {"id": "echo 1000", "sudo": "exit 1", "uname": "echo Linux"}
DEBIAN = {"apt-get": "exit 9", "apt-cache": "exit 0"}

EVERYTHING = "python3.13-venv libgl1 xvfb"


TOOLS = ("sh", "awk", "cat", "cksum", "cp", "dirname", "mkdir", "rm", "tr")


def programs(folder: Path, **scripts: str) -> None:
    """Put shell scripts into a folder, beside what they need themselves."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        folder.joinpath(tool).symlink_to(found)
    for name, script in scripts.items():
        folder.joinpath(name).write_text(f"#!/bin/sh\n{script}\n")
        folder.joinpath(name).chmod(0o755)


def set_up(
    folder: Path, purpose: str, python: str, others: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the setup for a purpose, in a copy of what it reads."""
    folder.joinpath("packaging").mkdir(parents=True)
    shutil.copy(ROOT / "packaging" / "setup.sh", folder / "packaging")
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    programs(folder / "bin", python=python, **others)
    return subprocess.run(
        [folder / "bin" / "sh", "packaging/setup.sh", purpose],
        cwd=folder,
        env={"PATH": str(folder / "bin"), "PYTHON": str(folder / "bin" / "python")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("purpose", "missing"),
    [("run", "venv, libGL.so.1"), ("dev", "venv, libGL.so.1, Xvfb"), ("tools", "venv")],
)
def test_without_root_one_line_serves_every_command(
    tmp_path: Path, purpose: str, missing: str
) -> None:
    done = set_up(tmp_path / "tree", purpose, BARE_PYTHON, NO_ROOT | DEBIAN)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Missing on this machine: {missing}\n")
    install = f"sudo apt-get install -y --no-install-recommends {EVERYTHING}"
    assert f"\n  sudo apt-get update && {install}\n" in done.stderr


def test_without_apt_get_all_packages_are_named_at_once(tmp_path: Path) -> None:
    done = set_up(tmp_path / "tree", "run", BARE_PYTHON, NO_ROOT)
    assert done.returncode == 1
    assert EVERYTHING in done.stderr


def test_an_installation_shows_what_pip_does(tmp_path: Path) -> None:
    done = set_up(tmp_path / "tree", "run", READY_PYTHON, NO_ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    (locked,) = [line for line in done.stdout.splitlines() if "requirements.lock" in line][1:]
    assert locked.startswith("pip: -m pip install --progress-bar off --require-hashes ")
    assert "--quiet" not in locked
