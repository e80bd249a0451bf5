"""Which way a device syncs: from the settings that are there, or the sentence that says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.data.sync.modes import Mode, choose, connection, ways
from app.data.sync.transports import Transport, existing, plan
from app.settings import SettingError, Settings, load_settings
from connector_config.errors import UserError

SERVER = {"DITTO_SERVER_URL": "https://x.example", "DITTO_APP_ID": "app"}
TOKEN = {"DITTO_DEVELOPMENT_TOKEN": "dev"}
LICENCE = {"DITTO_OFFLINE_TOKEN": "licence"}
MONGO = {"MONGODB_LOCAL_CONNECTION_STRING": "mongodb://localhost/"}
AUTH = {"ZAVA_AUTH_URL": "https://auth.example"}


def settings(*parts: dict[str, str], sync: str = "") -> Settings:
    environment = {name: value for part in parts for name, value in part.items()}
    return load_settings(environment=environment | {"ZAVA_SYNC": sync}, dotenv=Path("missing"))


@pytest.mark.parametrize(
    ("parts", "sync", "mode", "reason"),
    [
        ((), "", Mode.OFFLINE, "no Ditto credentials; the app works fully on this device"),
        ((LICENCE,), "", Mode.P2P, "DITTO_OFFLINE_TOKEN is set"),
        ((MONGO,), "", Mode.LINK, "MONGODB_LOCAL_CONNECTION_STRING is set"),
        ((SERVER, TOKEN), "", Mode.CLOUD, "DITTO_SERVER_URL is set"),
        ((SERVER, AUTH), "", Mode.CLOUD, "DITTO_SERVER_URL is set"),
        ((SERVER, TOKEN, LICENCE, MONGO), "", Mode.CLOUD, "DITTO_SERVER_URL is set"),
        ((LICENCE, MONGO), "", Mode.P2P, "DITTO_OFFLINE_TOKEN is set"),
        ((SERVER, MONGO), "", Mode.LINK, "MONGODB_LOCAL_CONNECTION_STRING is set"),
        ((SERVER, TOKEN, LICENCE, MONGO), "link", Mode.LINK, "ZAVA_SYNC asks for it"),
        (
            (SERVER, TOKEN),
            "offline",
            Mode.OFFLINE,
            "ZAVA_SYNC is offline; the app works fully on this device",
        ),
        (
            (SERVER,),
            "",
            Mode.OFFLINE,
            "DITTO_SERVER_URL also needs DITTO_DEVELOPMENT_TOKEN or ZAVA_AUTH_URL; "
            "the app works fully on this device",
        ),
    ],
)
def test_the_mode_follows_from_the_settings(
    parts: tuple[dict[str, str], ...], sync: str, mode: Mode, reason: str
) -> None:
    choice = choose(settings(*parts, sync=sync))
    assert (choice.mode, choice.reason) == (mode, reason)


@pytest.mark.parametrize(
    ("parts", "sync", "missing"),
    [
        ((), "p2p", "DITTO_OFFLINE_TOKEN"),
        ((), "link", "MONGODB_LOCAL_CONNECTION_STRING"),
        ((), "cloud", "DITTO_SERVER_URL"),
        (({"DITTO_SERVER_URL": "https://x.example"}, TOKEN), "cloud", "DITTO_APP_ID"),
        ((SERVER,), "cloud", "DITTO_DEVELOPMENT_TOKEN or ZAVA_AUTH_URL"),
    ],
)
def test_a_forced_mode_names_the_variable_that_it_lacks(
    parts: tuple[dict[str, str], ...], sync: str, missing: str
) -> None:
    with pytest.raises(SettingError) as wrong:
        choose(settings(*parts, sync=sync))
    assert str(wrong.value) == (
        f"ZAVA_SYNC is '{sync}', which needs {missing}: set it, or remove ZAVA_SYNC."
    )


@pytest.mark.parametrize(
    ("more", "variable"),
    [
        ({"MONGODB_LOCAL_CONNECTION_STRING": "localhost:27017"}, "MONGODB_LOCAL_CONNECTION_STRING"),
        ({"MONGODB_DATABASE": "admin"}, "MONGODB_DATABASE"),
    ],
)
def test_a_mongodb_that_cannot_be_named_so_names_the_variable(
    more: dict[str, str], variable: str
) -> None:
    with pytest.raises(UserError, match=variable):
        choose(settings(MONGO | more))


def test_every_way_says_what_it_lacks() -> None:
    lacks = {way.mode: way.lacks for way in ways(settings(LICENCE))}
    assert lacks == {
        Mode.CLOUD: "DITTO_SERVER_URL",
        Mode.P2P: "",
        Mode.LINK: "MONGODB_LOCAL_CONNECTION_STRING",
    }


def test_the_store_is_opened_for_the_mode() -> None:
    configured = settings(SERVER, TOKEN, {"DITTO_SHARED_KEY": "key"})
    assert connection(configured, Mode.CLOUD).server_url == "https://x.example"
    assert connection(configured, Mode.CLOUD).database_id == "app"
    assert connection(configured, Mode.P2P).shared_key == "key"
    assert connection(configured, Mode.LINK) == connection(configured, Mode.OFFLINE)
    assert "key" not in repr(connection(configured, Mode.P2P))


def test_only_the_roads_of_the_mode_exist() -> None:
    bare, fixed = settings(), settings({"ZAVA_TCP_CONNECT": "10.0.0.1:4041"})
    lan, bluetooth = Transport.LAN, Transport.BLUETOOTH
    assert existing(Mode.OFFLINE, fixed) == existing(Mode.LINK, fixed) == ()
    assert existing(Mode.P2P, bare, "linux") == (lan, bluetooth)
    assert existing(Mode.P2P, bare, "darwin") == (lan, bluetooth, Transport.AWDL)
    assert existing(Mode.P2P, fixed, "linux") == (lan, bluetooth, Transport.TCP)
    assert existing(Mode.CLOUD, bare, "linux") == (Transport.CLOUD, lan, bluetooth)
    assert lan not in plan(Mode.P2P, bare, {lan}).on
    assert bluetooth in plan(Mode.P2P, bare, {lan}).on
