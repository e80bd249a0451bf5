"""Which data folder is used, and what is said of one that cannot be."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from connector_config import paths
from connector_config.paths import DataDirectoryError, default_data_dir, prepare_directory


class Usage(NamedTuple):
    """What `shutil.disk_usage` gives."""

    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and an empty working directory."""
    monkeypatch.delenv("ZAVA_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_a_setting_it_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere/share")
    monkeypatch.setattr(paths, "user_data_dir", lambda name, appauthor: f"/home/{name}/{appauthor}")
    assert default_data_dir() == Path("/home/zava/False")


def test_the_env_file_counts(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("ZAVA_DATA_DIR=/from/file\n")
    assert default_data_dir() == Path("/from/file")


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text("ZAVA_DATA_DIR=/from/file\n")
    monkeypatch.setenv("ZAVA_DATA_DIR", "/from/environment")
    assert default_data_dir() == Path("/from/environment")


def test_an_empty_setting_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = default_data_dir()
    monkeypatch.setenv("ZAVA_DATA_DIR", "")
    assert default_data_dir() == unset


def test_it_is_absolute_and_knows_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZAVA_DATA_DIR", "here")
    assert default_data_dir() == tmp_path / "here"
    monkeypatch.setenv("ZAVA_DATA_DIR", "~/zava")
    assert default_data_dir() == Path.home() / "zava"


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    prepare_directory(tmp_path / "a" / "b")
    assert list(tmp_path.joinpath("a", "b").iterdir()) == []


def test_below_a_file(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")
    with pytest.raises(DataDirectoryError, match="a file is in its way"):
        prepare_directory(tmp_path / "file" / "store")


def test_a_file_in_its_place(tmp_path: Path) -> None:
    tmp_path.joinpath("store").write_text("")
    with pytest.raises(DataDirectoryError, match="a file is in its way"):
        prepare_directory(tmp_path / "store")


def test_no_permission(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # Access bits do not hold root back, so the refusal is played.
    tmp_path.joinpath("db.sql").write_text("")
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(DataDirectoryError, match="cannot be written: correct its permissions"):
        prepare_directory(tmp_path)


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(DataDirectoryError, match=r"has less than 64 MB free: free some space"):
        prepare_directory(tmp_path)
