"""`.env` is read in one way, whichever command reads it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import load_settings
from connector_config.errors import UserError
from connector_config.mongodb.connection import given_uri
from connector_config.paths import default_data_dir
from connector_config.variables import load_variables, read_file, settings_file, write_file
from connector_config.webhook.users import users_file

URI = "MONGODB_LOCAL_CONNECTION_STRING"
FOLDER = "ZAVA_DATA_DIR"

# What stands behind the = and what it says.
VALUES = {
    "mongodb://ann:p${HOME}w@host/": "mongodb://ann:p${HOME}w@host/",
    "mongodb://ann:p${NOWHERE:-x}w@host/": "mongodb://ann:p${NOWHERE:-x}w@host/",
    "'mongodb://ann:p${HOME}w@host/'": "mongodb://ann:p${HOME}w@host/",
    '"mongodb://ann:p${HOME}w@host/"': "mongodb://ann:p${HOME}w@host/",
    "mongodb://ann:$HOME@host/": "mongodb://ann:$HOME@host/",
    "mongodb://ann:p#w@host/": "mongodb://ann:p#w@host/",
    "mongodb://ann@host/ # ours": "mongodb://ann@host/",
    "'mongodb://ann:p #w@host/' # ours": "mongodb://ann:p #w@host/",
    "  mongodb://ann@host/  ": "mongodb://ann@host/",
    '"mongodb://ann:p\\"w@host/"': 'mongodb://ann:p"w@host/',
    "'mongodb://ann:p\"w@host/'": 'mongodb://ann:p"w@host/',
    "mongodb://änn@host/": "mongodb://änn@host/",
    "mongodb://ann@host/\r": "mongodb://ann@host/",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and an empty working directory."""
    for name in tuple(os.environ):
        if name.startswith(("ZAVA_", "DITTO_", "MONGODB_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def of_zava() -> str:
    """As `zava` takes the connection string."""
    return load_settings().secrets[URI]


def of_the_others() -> str:
    """As `zava-seed` and `zava-connector` take it."""
    return given_uri(load_variables(), URI)


@pytest.mark.parametrize("read", [of_zava, of_the_others])
@pytest.mark.parametrize("written", VALUES)
def test_a_connection_string_is_what_is_written(
    tmp_path: Path, read: Callable[[], str], written: str
) -> None:
    tmp_path.joinpath(".env").write_text(f"{URI} = {written}\nZAVA_STORE=store_tacoma\n", "utf-8")
    assert load_variables({}) == {URI: VALUES[written], "ZAVA_STORE": "store_tacoma"}
    assert read() == VALUES[written]


def folder_of_zava() -> Path:
    """Where `zava` keeps its store."""
    return load_settings().data_dir


def folder_of_users() -> Path:
    """Where `zava-connector` keeps who may sign in."""
    return users_file(load_variables()).path.parent


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir, folder_of_users])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/data/${HOME}/zava", "/data/${HOME}/zava"),
        ("/data/#1", "/data/#1"),
        ('"/data/a b" # ours', "/data/a b"),
        ("~/zava", "~/zava"),
    ],
)
def test_a_data_folder_is_what_is_written(
    tmp_path: Path, read: Callable[[], Path], written: str, meant: str
) -> None:
    tmp_path.joinpath(".env").write_text(f"{FOLDER}={written}\n")
    assert read() == Path(meant).expanduser()


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir, folder_of_users])
def test_a_byte_order_mark_does_not_hide_the_first_variable(
    tmp_path: Path, read: Callable[[], Path]
) -> None:
    tmp_path.joinpath(".env").write_text(f"{FOLDER}=/data\n", "utf-8-sig")
    assert read() == Path("/data")


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir, folder_of_users])
@pytest.mark.parametrize("content", [b"ZAVA_DATA_DIR=\xff", b"\xff\xfeZ\x00"])
def test_what_is_no_text_is_one_sentence(
    tmp_path: Path, read: Callable[[], Path], content: bytes
) -> None:
    tmp_path.joinpath(".env").write_bytes(content)
    with pytest.raises(UserError) as wrong:
        read()
    assert str(wrong.value) == (
        f"The file {tmp_path / '.env'} cannot be read as text: correct or remove it."
    )


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir, folder_of_users])
def test_a_home_folder_that_is_not_there_names_the_variable(
    tmp_path: Path, read: Callable[[], Path]
) -> None:
    tmp_path.joinpath(".env").write_text(f"{FOLDER}=~nobody-at-all/zava\n")
    with pytest.raises(UserError, match=f"^{FOLDER} is '~nobody-at-all/zava', and "):
        read()


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir, folder_of_users])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('X="s3cret"s3cret"', "is not NAME=value: put a value with a quote in it between quotes"),
        ("X='s3cret", "close them"),
        ("s3cret s3cret", "is not NAME=value"),
        (f"{URI}=mongodb://ann:s3cret #s3cret@host/", "write the blank as %20 and # as %23"),
    ],
)
def test_a_line_that_is_not_read_as_it_stands_is_named(
    tmp_path: Path, read: Callable[[], Path], line: str, words: str
) -> None:
    tmp_path.joinpath(".env").write_text(f"# ours\n\nZAVA_STORE=x\n{line}\n")
    with pytest.raises(UserError) as wrong:
        read()
    said = str(wrong.value)
    assert said.startswith(f"The file {tmp_path / '.env'}, line 4: ")
    assert words in said
    assert "s3cret" not in said


def test_a_comment_stays_one(tmp_path: Path) -> None:
    written = "mongodb://h:27017 # ask ann@example.com"
    tmp_path.joinpath(".env").write_text(f"export {URI}={written}\nEMPTY\n")
    assert load_variables({}) == {URI: "mongodb://h:27017"}


@pytest.mark.parametrize("read", [folder_of_zava, default_data_dir])
def test_a_working_folder_that_is_gone_has_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Callable[[], Path]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv(FOLDER, "/data")
    assert read() == Path("/data")


NASTY = ["p${HOME} #w", "it's \\ 'quoted'", 'say "so"', "änn=b", " blanks ", "# no comment", "\\'"]


def test_what_the_app_writes_is_read_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    given = {f"NAME_{number}": value for number, value in enumerate(NASTY)}
    write_file(settings_file(), given)
    write_file(settings_file(), {"NAME_0": "other", "NAME_1": ""})
    kept = {**given, "NAME_0": "other"}
    del kept["NAME_1"]
    assert load_variables({}) == kept
    assert settings_file().stat().st_mode & 0o777 == 0o600
    assert [one.name for one in settings_file().parent.iterdir()] == ["settings.env"]


def test_the_nearest_setting_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write_file(settings_file(), {"A": "of the user", "B": "of the user", "C": "of the user"})
    tmp_path.joinpath(".env").write_text("B=here\nC=here\n", "utf-8")
    wanted = {"A": "of the user", "B": "here", "C": "environment"}
    assert load_variables({"C": "environment"}) == wanted
    assert load_variables({}, Path(".env")) == {"B": "here", "C": "here"}, "that file alone"


def test_settings_that_cannot_be_written_are_a_sentence(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be written"):
        write_file(tmp_path / "file" / "settings.env", {"A": "b"})
    assert read_file(tmp_path / "nowhere") == {}
