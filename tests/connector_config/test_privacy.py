"""Other users of the machine do not read what Zava keeps, nor what it exports."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QIODevice, QSaveFile

from app.ui.core.csv_file import write_csv
from connector_config.privacy import PRIVATE_UMASK, close_to_others, withdraw
from tests.helpers import programs


@pytest.fixture
def usual() -> Iterator[None]:
    """The umask of most machines, under which everybody reads what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[Path]:
    tree = [folder, *folder.rglob("*")]
    return [path for path in tree if stat.S_IMODE(path.lstat().st_mode) & 0o077]


@pytest.mark.usefixtures("usual")
def test_a_folder_is_private_and_an_old_one_is_put_right(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"

    def doctor() -> str:
        found = programs.run("app", "doctor", "--data-dir", data_dir, folder=tmp_path)
        assert found.err == ""
        return found.out

    good = "ok       Other users: cannot read what Zava keeps\n"
    said = "note     Other users: could read the data folder, and cannot any more\n"
    assert good in doctor() and open_to_others(data_dir) == []
    (data_dir / "ditto").mkdir()
    # It makes the store there.
    assert said in doctor() and open_to_others(data_dir) == []
    (data_dir / "zava.log").write_text("Ann Smith")
    for path in (data_dir, *data_dir.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    found = doctor()
    assert said in found and "ok       Local store: " in found
    assert open_to_others(data_dir) == [] and len(list(data_dir.rglob("*.sql"))) > 1
    assert good in doctor()


@pytest.mark.usefixtures("usual")
def test_of_a_folder_with_other_things_only_ours_is_closed(tmp_path: Path) -> None:
    own = [tmp_path / "ditto", tmp_path / "zava.log.1", tmp_path / "device-id"]
    others = [tmp_path / "Documents", tmp_path / "notes.txt"]
    (tmp_path / "Documents").mkdir()
    (tmp_path / "ditto").mkdir()
    for file in ("ditto/__ditto_lock_file", "zava.log.1", "device-id", "notes.txt"):
        (tmp_path / file).write_text("")
    (tmp_path / "notes.txt").chmod(0o755)
    before = {path: path.stat().st_mode for path in (tmp_path, *others)}
    closed = close_to_others(tmp_path)
    assert closed.changed == 4 and closed.still_open == ()
    assert all(open_to_others(path) == [] for path in own)
    assert {path: path.stat().st_mode for path in (tmp_path, *others)} == before


@pytest.mark.usefixtures("usual")
@pytest.mark.parametrize("kind", ["sticky", "home"])
def test_a_folder_of_everybody_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "somebody" if kind == "home" else "/nowhere"))
    tmp_path.chmod(0o1777 if kind == "sticky" else 0o755)
    (tmp_path / "file").write_text("")
    mode = tmp_path.stat().st_mode
    assert close_to_others(tmp_path).changed == 0
    assert tmp_path.stat().st_mode == mode


@pytest.mark.usefixtures("usual")
def test_a_link_is_not_followed_and_what_cannot_be_changed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside, data = tmp_path / "outside", tmp_path / "data"
    outside.write_text("")
    data.mkdir()
    (data / "link").symlink_to(outside)
    close_to_others(data)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644

    def refused(path: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    assert withdraw(outside).still_open == (outside,)


async def test_exports_are_private(tmp_path: Path) -> None:
    before = os.umask(PRIVATE_UMASK)
    try:
        await write_csv(tmp_path / "customers.csv", ["Name"], [["Ann Smith"]])
        paper = QSaveFile(str(tmp_path / "receipt.pdf"))
        assert paper.open(QIODevice.OpenModeFlag.WriteOnly)
        paper.write(b"Ann Smith")
        assert paper.commit()
    finally:
        os.umask(before)
    for name in ("customers.csv", "receipt.pdf"):
        assert open_to_others(tmp_path / name) == []
