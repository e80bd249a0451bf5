"""`zava-connector users` and the file it keeps."""

from __future__ import annotations

import io
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from connector_config.cli import main
from connector_config.errors import UserError
from connector_config.webhook.passwords import Passwords
from connector_config.webhook.users import User, UsersFile, users_file
from tests.connector_config.webhook.conftest import cheap_hasher

TODAY = date(2026, 11, 21)
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaA"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UsersFile:
    """An empty file of users, which the command uses too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZAVA_WEBHOOK_USERS", str(tmp_path / "deep" / "users.json"))
    monkeypatch.setattr("argon2.PasswordHasher", cheap_hasher)
    return UsersFile(tmp_path / "deep" / "users.json")


def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *arguments: str,
    typed: str = "",
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    code = main(["users", *arguments], TODAY)
    out, err = capsys.readouterr()
    assert err.count("\n") == (1 if code else 0)
    return code, out, err


def test_add_list_change_remove(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: UsersFile
) -> None:
    def users(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        return run(capsys, monkeypatch, *arguments, typed=typed)

    assert users("list")[1].startswith("Nobody may sign in")
    add = ("add", "ann", "--role", "worker", "--store", "store_tacoma")
    assert users(*add, typed="long enough\n")[0] == 0
    two = ("--store", "store_tacoma", "--store", "store_online")
    assert users("add", "bob@x.org", "--role", "rep", *two, typed="123456\r\n")[0] == 0
    assert users("add", "cy", "--role", "super_manager", typed="long enough too")[0] == 0
    _, out, _ = users("list")
    assert out.splitlines() == [
        "ann                      worker         store_tacoma",
        "bob@x.org                rep            store_tacoma, store_online",
        "cy                       super_manager  every store",
    ]
    verify = Passwords().verify
    assert verify(file.read()["ann"].hash, "long enough")
    assert verify(file.read()["bob@x.org"].hash, "123456")
    assert users("set-password", "ann", typed="another one\n")[0] == 0
    assert verify(file.read()["ann"].hash, "another one")
    assert not verify(file.read()["ann"].hash, "long enough")
    assert users("remove", "ann")[:2] == (0, "ann may no longer sign in.\n")
    assert list(file.read()) == ["bob@x.org", "cy"]
    # Nobody else may read it, and there is no password in it.
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    text = file.path.read_text("utf-8")
    assert "123456" not in text and "long enough" not in text
    assert sorted(path.name for path in file.path.parent.iterdir()) == [
        "users.json",
        "users.json.lock",
    ]


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (["add", "ann", "--role", "worker"], "", "exactly one store"),
        (["add", "ann", "--role", "boss"], "", "invalid choice"),
        (["add", "Ann", "--role", "worker"], "", "a name is of small letters"),
        (["add", "a/b", "--role", "worker"], "", "a name is of small letters"),
        (["add", "ann", "--role", "worker", "--store", "x'"], "", "cannot be the id of a store"),
        (["add", "ann", "--role", "super_manager"], "short", "10 to 256 printable characters"),
        (["add", "ann", "--role", "super_manager"], "12345", "at least 6 digits"),
        (["add", "ann", "--role", "super_manager"], "", "10 to 256 printable characters"),
        (["add", "ann", "--role", "super_manager"], "x" * 257, "10 to 256 printable characters"),
        (["add", "ann", "--role", "super_manager"], "\udcff" * 10, "printable characters"),
        (["add", "ann", "--role", "super_manager", "--password", "x"], "", "--password"),
        (["remove", "ann"], "", "There is no user 'ann'"),
        (["set-password", "ann"], "long enough", "There is no user 'ann'"),
        ([], "", "WHAT"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    file: UsersFile,
    arguments: list[str],
    typed: str,
    words: str,
) -> None:
    code, out, err = run(capsys, monkeypatch, *arguments, typed=typed)
    assert (code, out) == (1, "")
    assert words in err
    assert not file.read()


def test_a_terminal_asks_twice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: UsersFile
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers = iter(["long enough", "long enuogh", "long enough", "long enough"])
    monkeypatch.setattr("connector_config.commands.users.getpass", lambda prompt: next(answers))
    monkeypatch.setattr("sys.stdin", Terminal())
    add = ["users", "add", "ann", "--role", "super_manager"]
    assert main(add, TODAY) == 1
    assert "The two are not the same" in capsys.readouterr().err
    assert main(add, TODAY) == 0
    assert list(file.read()) == ["ann"]


def test_a_token_is_shown_once_and_stored_as_a_hash(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, file: UsersFile
) -> None:
    file.add("ann", User(role="worker", stores=["store_tacoma"], hash=HASH))
    file.add("bob", User(role="manager", stores=["store_seattle"], hash=HASH))
    before = file.path.read_text()
    code, first, _ = run(capsys, monkeypatch, "token", "ann")
    assert code == 0 and len(first.strip()) >= 43
    assert first.strip() not in file.path.read_text()
    assert "None" not in before and "token" not in before, "who has none needs a newer version"
    found = file.with_token(first.strip())
    assert found is not None and found[0] == "ann" and found[1].stores == ["store_tacoma"]
    _, second, _ = run(capsys, monkeypatch, "token", "ann")
    assert file.with_token(first.strip()) is None
    assert file.with_token(second.strip()) is not None
    assert all(file.with_token(other) is None for other in ("", "ann", HASH, "\udcff"))
    assert repr(found[1].token) not in repr(found[1])
    code, out, _ = run(capsys, monkeypatch, "token", "ann", "--revoke")
    assert (code, out) == (0, "ann has no token any more.\n")
    assert file.with_token(second.strip()) is None and file.path.read_text() == before
    code, _, err = run(capsys, monkeypatch, "token", "eve")
    assert code == 1 and "There is no user 'eve'" in err


def test_somebody_is_added_once(file: UsersFile) -> None:
    file.add("ann", User(role="super_manager", stores=[], hash=HASH))
    with pytest.raises(UserError, match="There is a user ann already"):
        file.add("ann", User(role="worker", stores=["store_tacoma"], hash=HASH))
    assert file.read()["ann"].role == "super_manager"


def test_changes_at_the_same_time_wait_for_each_other(file: UsersFile) -> None:
    names = [f"user{number}" for number in range(24)]

    def add(name: str) -> None:
        # Each has the file open on its own, as another process would.
        UsersFile(file.path).add(name, User(role="super_manager", stores=[], hash=HASH))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, names))
    assert sorted(file.read()) == sorted(names)


def test_a_change_that_fails_leaves_everything_as_it_was(
    file: UsersFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.add("ann", User(role="super_manager", stores=[], hash=HASH))
    before = file.path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="cannot be written \\(No space left on device\\)"):
        file.remove("ann")
    assert file.path.read_bytes() == before
    assert len(list(file.path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"version": 2, "users": {}}',
        '{"version": 1, "users": {"Ann": {}}}',
        '{"version": 1, "users": {"ann": {"role": "worker", "stores": [], "hash": "geheim"}}}',
        '{"version": 1, "users": {}, "more": 1}',
        "\udcff",
    ],
)
def test_a_damaged_file_is_one_sentence_without_its_content(file: UsersFile, content: str) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content.encode(errors="surrogateescape"))
    file.path.chmod(0o600)
    with pytest.raises(UserError) as raised:
        file.read()
    assert "is no file of users" in str(raised.value) and "geheim" not in str(raised.value)
    with pytest.raises(UserError):
        file.add("ann", User(role="super_manager", stores=[], hash=HASH))
    assert file.path.read_bytes() == content.encode(errors="surrogateescape")


def test_a_file_that_others_may_read_is_refused(file: UsersFile) -> None:
    file.add("ann", User(role="super_manager", stores=[], hash=HASH))
    file.path.chmod(0o640)
    with pytest.raises(UserError, match="run chmod 600 "):
        file.read()


def test_where_the_file_is(tmp_path: Path) -> None:
    assert users_file({"ZAVA_DATA_DIR": str(tmp_path)}).path == tmp_path / "webhook-users.json"
    assert users_file({"ZAVA_WEBHOOK_USERS": "/etc/zava.json"}).path == Path("/etc/zava.json")


def test_a_hash_is_not_in_the_repr() -> None:
    user = User(role="super_manager", stores=[], hash=HASH)
    assert "argon2id" not in repr(user) and json.dumps(HASH) not in repr(user)
