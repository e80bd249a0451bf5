"""The command `zava`: help, doctor, reset, and sentences for what is wrong."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli import main
from connector_config import __version__
from connector_config.paths import store_directory
from tests.helpers import programs


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, no display, and an empty working directory."""
    for name in ("ZAVA_DATA_DIR", "ZAVA_STORE", "ZAVA_ROLE", "ZAVA_THEME", "ZAVA_SYNC"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let a person type this."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@contextmanager
def held_by_another(data_dir: Path) -> Iterator[None]:
    """Another process has the store open."""
    with programs.start("tests.helpers.worker", data_dir, "work") as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "opened\n"
            yield
        finally:
            worker.kill()


# --- help


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ([], ["open the window", "doctor", "reset", "tour", "examples:", ".env.sample"]),
        (["run"], ["--data-dir", "ZAVA_DATA_DIR", "--store", "ZAVA_STORE", "--role", "ZAVA_ROLE"]),
        (["tour"], ["--out", "pictures", "report.json", "without a display"]),
        (["doctor"], ["--data-dir", "name the fixes", "exit 1"]),
        (["reset"], ["--data-dir", "Delete the local store, after asking"]),
    ],
)
def test_help_says_what_a_command_does(
    capsys: pytest.CaptureFixture[str], command: list[str], words: list[str]
) -> None:
    assert main([*command, "--help"]) == 0
    out, err = capsys.readouterr()
    flat = " ".join(out.split())
    assert [word for word in words if word not in flat] == []
    assert err == ""


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"zava {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--role", "boss"], ["--role", "'boss'", "worker", "rep", "manager", "zava --help"]),
        (["run", "--role", "boss"], ["--role", "worker", "zava run --help"]),
        (["fly"], ["'fly'", "run", "tour", "doctor", "reset"]),
        (["tour", "--out"], ["--out"]),
        (["run", "--colour", "red"], ["--colour"]),
        (["doctor", "--data-dir"], ["--data-dir"]),
    ],
)
def test_a_wrong_argument_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("zava")
    assert [word for word in words if word not in err] == []


# --- settings


@pytest.mark.parametrize("command", ["run", "doctor", "reset"])
def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setenv("ZAVA_ROLE", "boss")
    assert main([command]) == 1
    assert capsys.readouterr() == (
        "",
        "zava: ZAVA_ROLE is 'boss': set it to worker or rep or manager.\n",
    )


def test_a_file_of_settings_that_is_no_text_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath(".env").write_bytes(b"\xff\xfe\xff")
    assert main(["doctor"]) == 1
    assert capsys.readouterr() == (
        "",
        f"zava: The file {tmp_path / '.env'} cannot be read as text: correct or remove it.\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data-dir", "{}", "reset"],
        ["reset", "--data-dir", "{}"],
        ["--data-dir", "/elsewhere", "reset", "--data-dir", "{}"],
    ],
)
def test_a_flag_counts_before_and_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    folder = tmp_path / "given"
    assert main([one.format(folder) for one in arguments]) == 0
    assert capsys.readouterr().out == f"There is no local store in {folder}.\n"


# --- tour


def test_the_tour_has_a_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    taken: list[Path] = []

    def take(out: Path) -> int:
        taken.append(out)
        return 0

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr("app.tour.tour", take)
    assert main(["tour"]) == 0
    assert main(["tour", "--out", "pictures"]) == 0
    assert [out.absolute() for out in taken] == [tmp_path / "tour", tmp_path / "pictures"]


# --- run


def test_without_a_display_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["run"], []):
        assert main([*arguments, "--data-dir", str(tmp_path / "data")]) == 1
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith("zava: There is no display here")
        assert "`zava tour`" in err
    assert not tmp_path.joinpath("data").exists()


def test_a_display_that_does_not_answer_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    assert main(["run", "--data-dir", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("zava: The display :4711 does not answer.")


# --- reset


@pytest.mark.parametrize("typed", ["yes\n", " YES \n", "Yes"])
def test_yes_deletes_the_store_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    demo_dir: Path,
    typed: str,
) -> None:
    for name in ("device-id", "zava.ini", "zava.log"):
        demo_dir.joinpath(name).write_text("kept")
    answer(monkeypatch, typed)
    assert main(["reset", "--data-dir", str(demo_dir)]) == 0
    assert sorted(file.name for file in demo_dir.iterdir()) == ["device-id", "zava.ini", "zava.log"]
    out = capsys.readouterr().out
    assert str(store_directory(demo_dir)) in out
    assert out.endswith("Deleted. `zava` asks how to begin anew.\n")


@pytest.mark.parametrize("typed", ["no\n", "y\n", "\n", "", "yes please\n", "🔨\n"])
def test_anything_else_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    typed: str,
) -> None:
    document = store_directory(tmp_path) / "ditto_store" / "db.sql"
    document.parent.mkdir(parents=True)
    document.write_text("precious")
    answer(monkeypatch, typed)
    assert main(["reset", "--data-dir", str(tmp_path)]) == 1
    assert document.read_text() == "precious"
    assert capsys.readouterr().out.endswith("Nothing was deleted.\n")


def test_there_may_be_nothing_to_delete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reset", "--data-dir", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"There is no local store in {tmp_path}.\n"


def test_a_store_that_is_open_is_not_deleted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], demo_dir: Path
) -> None:
    answer(monkeypatch, "yes\n")
    with held_by_another(demo_dir):
        assert main(["reset", "--data-dir", str(demo_dir)]) == 1
    assert capsys.readouterr() == (
        "",
        f"zava: Zava is running on {demo_dir}: close its window first.\n",
    )
    assert (store_directory(demo_dir) / "ditto_store" / "db.sql").exists()


def test_what_cannot_be_deleted_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store_directory(tmp_path).symlink_to(elsewhere)
    answer(monkeypatch, "yes\n")
    assert main(["reset", "--data-dir", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert str(store_directory(tmp_path)) in err
    assert "delete it by hand" in err
    assert elsewhere.exists()


def test_ctrl_c_at_the_question_deletes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(_question: str) -> str:
        raise KeyboardInterrupt

    store_directory(tmp_path).mkdir()
    monkeypatch.setattr("builtins.input", interrupt)
    assert main(["reset", "--data-dir", str(tmp_path)]) == 130
    assert store_directory(tmp_path).exists()
