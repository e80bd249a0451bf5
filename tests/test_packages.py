"""What `make package` puts around the program; the building itself is tried by .ci/run."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage

from app.run import DESKTOP_ENTRY
from connector_config import __version__
from tests.helpers.programs import ROOT

LINUX = ROOT / "packaging" / "linux"
NEEDS = "Zava needs glibc 2.35 or newer (such as Debian 12);"
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
    newest = about.find("releases/release")
    assert newest is not None and newest.get("version") == __version__


def test_its_windows_belong_to_that_entry() -> None:
    # A desktop shows the entry's icon and name for windows that say the entry's name.
    assert (LINUX / f"{DESKTOP_ENTRY}.desktop").is_file()


def test_what_starts_the_program_gives_back_the_libraries_of_the_system() -> None:
    spec = (ROOT / "packaging" / "zava.spec").read_text("utf-8")
    start, end = spec.index("before = os.environ"), spec.index("if sys.argv[1:2]")
    for before, after in (("/theirs", "/theirs"), (None, None)):
        given = {"LD_LIBRARY_PATH": "/opt/zava/_internal:/theirs"}
        given |= {"LD_LIBRARY_PATH_ORIG": before} if before else {}
        code = f"import os\n{spec[start:end]}\nprint(os.environ.get('LD_LIBRARY_PATH'))"
        said = subprocess.check_output([sys.executable, "-c", code], env=given, text=True)
        assert said.strip() == str(after)


def test_the_icon_is_drawn_in_each_size(tmp_path: Path) -> None:
    subprocess.run([sys.executable, LINUX / "icons.py", tmp_path], cwd=ROOT, check=True)
    for size in (16, 48, 512):
        image = QImage(str(tmp_path / f"{size}x{size}" / "apps" / "zava.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0
        # Green between the edge and the letter.
        assert image.pixelColor(size // 8, size // 2).name() == "#0b6b61"


@pytest.mark.parametrize(
    ("has", "said"),
    [
        ("echo glibc 2.31", f"{NEEDS} this system has 2.31."),
        ("exit 1", f"{NEEDS} this system has another C library."),
        ("echo glibc 2.35", ""),
        ("echo glibc 2.41", ""),
    ],
)
def test_an_older_system_is_refused_in_a_sentence(tmp_path: Path, has: str, said: str) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "getconf").write_text(f"#!/bin/sh\n{has}\n")
    (tmp_path / "bin" / "getconf").chmod(0o755)
    (tmp_path / "zava").mkdir()
    (tmp_path / "share").mkdir()
    shutil.copy(LINUX / "install.sh", tmp_path)
    done = subprocess.run(
        ["sh", tmp_path / "install.sh"],
        env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PREFIX": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (1 if said else 0, said)
    assert (tmp_path / "home").exists() is not bool(said)


def test_it_installs_and_goes_without_root(tmp_path: Path) -> None:
    unpacked, home = tmp_path / "unpacked", tmp_path / "home"
    (unpacked / "zava").mkdir(parents=True)
    (unpacked / "share" / "applications").mkdir(parents=True)
    (unpacked / "share" / "applications" / "zava.desktop").touch()
    (unpacked / "share" / "metainfo").mkdir()
    (unpacked / "share" / "metainfo" / "invalid.example.zava.metainfo.xml").touch()
    (unpacked / "share" / "icons" / "hicolor" / "16x16" / "apps").mkdir(parents=True)
    (unpacked / "share" / "icons" / "hicolor" / "16x16" / "apps" / "zava.png").touch()
    (unpacked / "share" / "doc" / "zava").mkdir(parents=True)
    (unpacked / "share" / "doc" / "zava" / "copyright").touch()
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
