"""`zava doctor`: each finding with its fix, and the exit code that `run` would deserve."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from app import doctor
from app.cli import main
from app.data.store.session import Session
from app.doctor import BAD, GOOD, NOTE, Finding, display_problem, examine, report
from app.settings import SECRETS, Settings
from connector_config.paths import store_directory
from connector_config.variables import settings_file, write_file
from tests.helpers import programs


@pytest.fixture(autouse=True)
def offscreen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside but a Qt that needs no display, and an empty working directory."""
    for name in (*SECRETS, "ZAVA_DATA_DIR", "ZAVA_ROLE", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.chdir(tmp_path)


def finding(settings: Settings, subject: str) -> Finding:
    """The finding about one subject."""
    (found,) = [one for one in examine(settings) if one.subject == subject]
    return found


def test_a_healthy_computer_has_no_problem(
    small_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--data-dir", str(small_dir)]) == 0
    out, err = capsys.readouterr()
    assert "PROBLEM" not in out
    assert out.endswith("Everything that `zava run` needs is here.\n")
    assert err == ""
    for subject in ("Python", "Ditto SDK", "Qt for Python", "System libraries", "Display"):
        assert f"ok       {subject}: " in out
    assert f"ok       Data folder: {small_dir}\n" in out
    size = float(out.split("Local store: ")[1].split(" MB")[0])
    assert 5 < size < 50


def test_it_leaves_the_store_as_it_is(small_dir: Path) -> None:
    files = {file.name for file in small_dir.iterdir()}
    examine(Settings(small_dir))
    assert {file.name for file in small_dir.iterdir()} == files
    assert finding(Settings(small_dir), "Local store").level == GOOD


def test_it_names_the_files_that_settings_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert finding(Settings(tmp_path), "Settings").text == "the defaults"
    write_file(settings_file(), {"ZAVA_STORE": "store_tacoma"})
    tmp_path.joinpath(".env").touch()
    named = f"{tmp_path}/config/zava/settings.env and {tmp_path}/.env"
    assert finding(Settings(tmp_path), "Settings").text == named


async def _without_zone(folder: Path) -> None:
    session = await Session.open(folder)
    await session.query("UPDATE stores UNSET time_zone WHERE _id = 'store_seattle'")
    await session.close()


def test_a_store_without_a_time_zone_is_a_note(small_dir: Path) -> None:
    assert all(one.subject != "Time zone" for one in examine(Settings(small_dir)))
    asyncio.run(_without_zone(small_dir))
    found = finding(Settings(small_dir), "Time zone")
    assert (found.level, found.text.split(",")[0]) == (
        NOTE,
        "Seattle has the days of this computer",
    )
    assert found.fix


def test_every_finding_that_is_not_good_has_its_fix(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("in the way")
    for settings in (Settings(tmp_path), Settings(tmp_path / "file")):
        for one in examine(settings):
            assert one.text
            if one.level == BAD:
                assert one.fix


# --- the display


def test_without_a_display_run_would_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    assert main(["doctor", "--data-dir", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM  Display: There is no display here" in out
    assert "         fix: Start it on a desktop" in out
    assert out.endswith("1 problem: `zava run` cannot work yet.\n")


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "minimal"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"DISPLAY": "other-computer:0"}, False),
        ({"DISPLAY": ":4711"}, True),
        ({"DISPLAY": ":4711.0"}, True),
        ({"DISPLAY": ""}, True),
        ({}, True),
    ],
)
def test_which_display_will_do(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], problem: bool
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")
    assert bool(display_problem()) is problem


def test_a_display_that_answers_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setattr("sys.platform", "linux")
    number = 100_000 + os.getpid()
    monkeypatch.setenv("DISPLAY", f":{number}.0")
    assert "does not answer" in display_problem()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert display_problem() == ""


# --- the data folder and the store


def test_a_folder_that_cannot_be_used_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("file").write_text("in the way")
    assert main(["doctor", "--data-dir", str(tmp_path / "file" / "data")]) == 1
    out = capsys.readouterr().out
    assert f"PROBLEM  Data folder: The data folder {tmp_path / 'file' / 'data'} cannot be" in out


def test_an_empty_store_is_a_note_with_the_way_to_fill_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--data-dir", str(tmp_path)]) == 0
    assert (
        "note     Local store: empty\n         fix: start `zava`, which asks"
        in capsys.readouterr().out
    )


def test_a_store_in_use_is_a_problem(small_dir: Path) -> None:
    with programs.start("tests.helpers.worker", small_dir, "work") as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "opened\n"
        found = finding(Settings(small_dir), "Local store")
        worker.kill()
    assert (found.level, found.text) == (BAD, "a running Zava holds it")


@pytest.mark.parametrize("folder", ["ditto_store", "ditto_attachments"])
def test_a_damaged_store_is_a_problem(small_dir: Path, folder: str) -> None:
    (store_directory(small_dir) / folder / "db.sql").write_bytes(b"no database")
    ended = programs.run(
        "app", "doctor", "--data-dir", small_dir, variables={"QT_QPA_PLATFORM": "offscreen"}
    )
    assert (ended.code, ended.err) == (1, "")
    assert "PROBLEM  Local store: " in ended.out
    assert "is damaged: " in ended.out
    assert str(small_dir) in ended.out


# --- versions, libraries, credentials


def test_a_package_that_is_missing_is_a_problem() -> None:
    found = doctor._package("no-such-package-at-all", "Ditto SDK")
    assert (found.level, found.text) == (BAD, "not installed")
    assert "make run" in found.fix


def test_missing_libraries_come_with_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(
        doctor, "missing", lambda *_: [("libB.so", "libb"), ("libA.so", "liba"), ("libC", "libb")]
    )
    found = doctor._libraries()
    assert (found.level, found.text) == (BAD, "liba libb missing")
    assert found.fix.endswith("install liba libb")


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_a_python_without_ditto_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
) -> None:
    monkeypatch.setattr("sys.version_info", (*version, 0))
    assert doctor._python().level == BAD


def test_credentials_are_named_and_never_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DITTO_OFFLINE_TOKEN", "s3cret-value")
    assert main(["doctor", "--data-dir", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "s3cret-value" not in out
    for name, effect in SECRETS.items():
        if name == "DITTO_OFFLINE_TOKEN":
            assert f"ok       {name}: set; {effect}\n" in out
        else:
            assert f"note     {name}: not set; {effect}\n" in out


@pytest.mark.parametrize(
    ("levels", "code", "last"),
    [
        ([GOOD], 0, "Everything that `zava run` needs is here."),
        ([GOOD, NOTE], 0, "Everything that `zava run` needs is here."),
        ([BAD, NOTE], 1, "1 problem: `zava run` cannot work yet."),
        ([BAD, GOOD, BAD], 1, "2 problems: `zava run` cannot work yet."),
    ],
)
def test_only_problems_make_it_fail(
    capsys: pytest.CaptureFixture[str], levels: list[str], code: int, last: str
) -> None:
    assert report([Finding(level, "S", "t", "f") for level in levels]) == code
    assert capsys.readouterr().out.splitlines()[-1] == last
