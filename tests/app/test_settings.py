"""Settings: defaults, then `.env`, then the environment, then flags; and a sample of them all."""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from platformdirs import user_data_dir

from app.domain.entities import Role, Store
from app.settings import (
    SECRETS,
    SYNC_MODES,
    THEMES,
    SettingError,
    Settings,
    check_store,
    load_settings,
)
from connector_config.errors import UserError
from connector_config.unused_variables import UNUSED
from tests.helpers.programs import ROOT

SAMPLE = ROOT / ".env.sample"
NAME = re.compile(r"^(ZAVA|DITTO|MONGODB|AZURE_OPENAI)(_[A-Z]+)+$")

STORES = [
    Store("store_seattle", "Zava Retail Seattle", "Seattle"),
    Store("store_tacoma", "Zava Retail Tacoma", "Tacoma"),
]

# A value for each variable that is not its default, and a second and a third one.
VALUES = {
    "ZAVA_DATA_DIR": ("/from/file", "/from/environment", "/from/flag"),
    "ZAVA_STORE": ("store_file", "store_environment", "store_flag"),
    "ZAVA_ROLE": ("worker", "rep", "manager"),
    "ZAVA_THEME": ("light", "dark", "contrast"),
    "ZAVA_TCP_LISTEN": ("127.0.0.1:4041", "[::1]:4042", ""),
    "ZAVA_TCP_CONNECT": ("10.0.0.1:4041", "10.0.0.2:4041,shop.local:4040", ""),
    "ZAVA_AUTH_URL": ("https://file.example", "http://127.0.0.1:8000", ""),
    "ZAVA_AUTH_PROVIDER": ("file", "environment", ""),
    "ZAVA_ORDERS_DAYS": ("30", "90", ""),
    "ZAVA_LOCK_MINUTES": ("0", "15", ""),
    "MONGODB_DATABASE": ("file", "environment", ""),
    **dict.fromkeys(SECRETS, ("a-file", "an-environment", "")),
    "DITTO_SERVER_URL": ("https://file.example", "wss://environment.example", ""),
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside, and an empty working directory."""
    for name in (*VALUES, "ZAVA_SYNC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def value_of(settings: Settings, name: str) -> object:
    """What the settings make of a variable."""
    if name in SECRETS:
        return settings.secrets.get(name)
    value = {
        "ZAVA_DATA_DIR": str(settings.data_dir),
        "ZAVA_STORE": settings.store_id,
        "ZAVA_ROLE": settings.role.value if settings.role else None,
        "ZAVA_THEME": settings.theme,
        "ZAVA_SYNC": settings.sync,
        "ZAVA_TCP_LISTEN": settings.tcp_listen,
        "ZAVA_TCP_CONNECT": ",".join(settings.tcp_connect),
        "ZAVA_AUTH_URL": settings.auth_url,
        "ZAVA_AUTH_PROVIDER": settings.auth_provider,
        "ZAVA_ORDERS_DAYS": settings.orders_days and str(settings.orders_days),
        "ZAVA_LOCK_MINUTES": str(settings.lock_minutes),
        "MONGODB_DATABASE": settings.database,
    }[name]
    return value


def test_the_defaults() -> None:
    settings = load_settings()
    assert settings == Settings(data_dir=Path(user_data_dir("zava", appauthor=False)))
    assert (settings.store_id, settings.role, settings.theme) == (None, None, None)
    assert (settings.sync, settings.secrets) == (None, {})


@pytest.mark.parametrize("name", VALUES)
def test_the_environment_wins_over_the_file_over_the_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    default = value_of(load_settings(), name)
    in_file, in_environment, _ = VALUES[name]
    tmp_path.joinpath(".env").write_text(f"{name}={in_file}\n")
    assert value_of(load_settings(), name) == in_file != default
    monkeypatch.setenv(name, in_environment)
    assert value_of(load_settings(), name) == in_environment


@pytest.mark.parametrize("name", ["ZAVA_DATA_DIR", "ZAVA_STORE", "ZAVA_ROLE"])
def test_a_flag_wins_over_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    in_file, in_environment, flag = VALUES[name]
    tmp_path.joinpath(".env").write_text(f"{name}={in_file}\n")
    monkeypatch.setenv(name, in_environment)
    keyword = {"ZAVA_DATA_DIR": "data_dir", "ZAVA_STORE": "store_id", "ZAVA_ROLE": "role"}[name]
    assert value_of(load_settings(**{keyword: flag}), name) == flag  # type: ignore[arg-type]


@pytest.mark.parametrize("name", VALUES)
def test_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    default = value_of(load_settings(), name)
    tmp_path.joinpath(".env").write_text(f"{name}=\n")
    assert value_of(load_settings(), name) == default
    tmp_path.joinpath(".env").write_text(f"{name}={VALUES[name][0]}\n")
    monkeypatch.setenv(name, "")
    assert value_of(load_settings(), name) == VALUES[name][0]


def test_a_given_environment_stands_for_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAVA_STORE", "store_real")
    assert load_settings(environment={}).store_id is None
    assert load_settings(environment={"ZAVA_STORE": "store_given"}).store_id == "store_given"


def test_the_data_folder_is_absolute_and_knows_home(tmp_path: Path) -> None:
    assert load_settings("here").data_dir == tmp_path / "here"
    assert load_settings("~/zava").data_dir == Path.home() / "zava"


# --- wrong values


@pytest.mark.parametrize("value", ["boss", "Worker", "worker ", "store worker", "👷", "x" * 10_000])
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("ZAVA_ROLE", [role.value for role in Role]),
        ("ZAVA_THEME", THEMES),
        ("ZAVA_SYNC", SYNC_MODES),
    ],
)
def test_a_wrong_value_names_the_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, allowed: list[str], value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as wrong:
        load_settings()
    assert str(wrong.value) == f"{name} is '{value}': set it to {' or '.join(allowed)}."


@pytest.mark.parametrize("name", ["ZAVA_ROLE", "ZAVA_THEME", "ZAVA_SYNC"])
def test_every_allowed_value_is_taken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    allowed = {"ZAVA_THEME": THEMES, "ZAVA_SYNC": SYNC_MODES}.get(name, [one.value for one in Role])
    for value in allowed:
        monkeypatch.setenv(name, value)
        assert value_of(load_settings(), name) == value


def test_a_home_folder_that_is_not_there_names_the_variable() -> None:
    with pytest.raises(UserError, match=r"^ZAVA_DATA_DIR is '~nobody-at-all/zava', and "):
        load_settings("~nobody-at-all/zava")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"ZAVA_STORE=\xff\xfe\x00\n")
    with pytest.raises(UserError) as wrong:
        load_settings()
    assert str(wrong.value) == f"The file {file} cannot be read as text: correct or remove it."


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("ZAVA_TCP_LISTEN", "4041", "write HOST:PORT"),
        ("ZAVA_TCP_LISTEN", "127.0.0.1:99999", "write HOST:PORT"),
        ("ZAVA_TCP_LISTEN", "a:1,b:2", "takes one HOST:PORT"),
        ("ZAVA_TCP_CONNECT", "10.0.0.1:4041,nonsense", "write HOST:PORT"),
        ("ZAVA_ORDERS_DAYS", "0", "a number of days"),
        ("ZAVA_ORDERS_DAYS", "-3", "a number of days"),
        ("ZAVA_ORDERS_DAYS", "9" * 5000, "a number of days"),
        ("ZAVA_LOCK_MINUTES", "soon", "0 never locks"),
        ("ZAVA_LOCK_MINUTES", "-5", "0 never locks"),
        ("ZAVA_LOCK_MINUTES", "1441", "0 never locks"),
        ("ZAVA_AUTH_URL", "auth.example", "https:// and a host"),
        ("DITTO_SERVER_URL", "http://secret.example", "https:// and a host"),
        ("DITTO_SERVER_URL", "https://secret.example:99999", "https:// and a host"),
        ("DITTO_SERVER_URL", "https://", "https:// and a host"),
    ],
)
def test_what_cannot_be_read_names_the_variable_and_the_fix(
    name: str, value: str, fix: str
) -> None:
    with pytest.raises(SettingError) as wrong:
        load_settings(environment={name: value})
    assert str(wrong.value).startswith(f"{name} ")
    assert fix in str(wrong.value)
    assert "secret" not in str(wrong.value)


# --- secrets


def test_secrets_are_never_shown() -> None:
    settings = load_settings(environment={name: f"https://value-of-{name}" for name in SECRETS})
    assert settings.secrets == {name: f"https://value-of-{name}" for name in SECRETS}
    for shown in (repr(settings), str(settings), f"{replace(settings, sync='offline')}"):
        assert "value-of" not in shown
    assert "secrets" in {one.name for one in fields(settings)}


# --- the sample


def sample() -> dict[str, str]:
    """The variables of the sample with their values, all of them commented out."""
    found = re.findall(r"^#([A-Z_]+)=(.*)$", SAMPLE.read_text("utf-8"), re.MULTILINE)
    assert len(dict(found)) == len(found)
    return dict(found)


def test_the_sample_changes_nothing_as_it_is(tmp_path: Path) -> None:
    tmp_path.joinpath(".env").write_text(SAMPLE.read_text("utf-8"))
    assert load_settings(environment={}) == load_settings(environment={}, dotenv=Path("missing"))


def test_the_sample_names_every_variable_that_is_read_and_nothing_else() -> None:
    read = {
        node.value
        for package in ("app", "seed", "connector_config")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.match(node.value)
    }
    assert sample().keys() == read - UNUSED.keys()


def test_every_variable_of_the_sample_has_an_effect() -> None:
    # Of the seeder and the connector.
    others = ("AZURE_", "ZAVA_WEBHOOK_", "ZAVA_MCP_", "MONGODB_DATABASE")
    of_the_app = {name for name in sample() if not name.startswith(others)}
    for name in of_the_app - {"ZAVA_SYNC"}:
        settings = load_settings(environment={name: VALUES[name][0]})
        assert value_of(settings, name) == VALUES[name][0]
    with pytest.raises(SettingError):
        load_settings(environment={"ZAVA_SYNC": "?"})


def test_what_the_sample_suggests_is_right_and_all_choices_are_named() -> None:
    text = SAMPLE.read_text("utf-8")
    load_settings(environment=sample())
    for choices in ([role.value for role in Role], THEMES, SYNC_MODES):
        assert ", ".join(choices) in text


def test_a_store_that_is_not_there_names_the_variable_and_the_stores() -> None:
    with pytest.raises(SettingError) as wrong:
        check_store(Settings(Path(), store_id="store_atlantis"), STORES)
    assert str(wrong.value) == (
        "ZAVA_STORE is 'store_atlantis', which is no store here: "
        "set it to store_seattle or store_tacoma."
    )


def test_a_store_that_is_there_is_fine() -> None:
    check_store(Settings(Path(), store_id="store_tacoma"), STORES)
    check_store(Settings(Path()), STORES)


def test_before_the_first_data_no_store_is_wrong() -> None:
    check_store(Settings(Path(), store_id="store_atlantis"), [])
