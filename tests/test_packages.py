"""What `make package` puts around the program; the building itself is tried by .ci/run."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.helpers.programs import ROOT

LINUX = ROOT / "packaging" / "linux"
COMMANDS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_manual_page(command: str) -> None:
    made = subprocess.run(
        [sys.executable, "packaging/linux/manual.py", command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "86400"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    assert made.startswith(f'.TH {command.upper()} 1 "1970-01-02"')
    assert "\\-\\-version" in made


def test_the_menu_starts_a_command_that_is_there() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(LINUX / "zava.desktop", "utf-8")
    assert entry["Desktop Entry"]["Exec"] in COMMANDS
    about = ElementTree.parse(LINUX / "zava.metainfo.xml").getroot()
    assert about.findtext("launchable") == "zava.desktop"
    assert about.findtext("provides/binary") in COMMANDS


def test_it_installs_and_goes_without_root(tmp_path: Path) -> None:
    unpacked, home = tmp_path / "unpacked", tmp_path / "home"
    (unpacked / "zava").mkdir(parents=True)
    (unpacked / "share" / "applications").mkdir(parents=True)
    (unpacked / "share" / "applications" / "zava.desktop").touch()
    for name in COMMANDS:
        (unpacked / "zava" / name).write_text("#!/bin/sh\necho it is\n")
        (unpacked / "zava" / name).chmod(0o755)
    for name in ("install.sh", "uninstall.sh"):
        (unpacked / name).write_bytes((LINUX / name).read_bytes())
    environment = {**os.environ, "HOME": str(home)}
    subprocess.run(["sh", unpacked / "install.sh"], env=environment, check=True)
    for name in COMMANDS:
        assert subprocess.check_output([home / ".local" / "bin" / name]) == b"it is\n"
    subprocess.run(["sh", unpacked / "uninstall.sh"], env=environment, check=True)
    left = [one for one in (home / ".local").rglob("*") if not one.is_dir()]
    assert left == []
