"""The mode in which this device syncs, decided by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from app.settings import SettingError, Settings
from connector_config.store.connection import DEVICES_ONLY, Connection

HERE = "the app works fully on this device"


class Mode(Enum):
    """The four ways; every screen works in all of them."""

    OFFLINE = "offline"
    P2P = "p2p"
    CLOUD = "cloud"
    LINK = "link"

    @property
    def label(self) -> str:
        """The mode as shown to a person."""
        return {
            "offline": "Offline",
            "p2p": "Devices nearby",
            "cloud": "Ditto Cloud",
            "link": "MongoDB",
        }[self.value]

    @property
    def through(self) -> str:
        """The mode as a part of a sentence."""
        return {
            "offline": "On this device alone",
            "p2p": "With devices nearby",
            "cloud": "Through Ditto Cloud",
            "link": "Through MongoDB",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Choice:
    """The mode and the reason for it; `lacking` names what keeps another mode from being on."""

    mode: Mode
    reason: str
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A mode that could be on: what it does, and the variables that it needs and lacks."""

    mode: Mode
    does: str
    needs: str
    lacks: str


_DOES = {
    Mode.CLOUD: "Ditto Cloud, devices nearby, and MongoDB Atlas behind it",
    Mode.P2P: "Devices on the same network, without any server",
    Mode.LINK: "A MongoDB that the devices share; needs no Ditto licence",
}

# What reaches farthest comes first. A tuple inside means: one of these.
_NEEDS: dict[Mode, tuple[str | tuple[str, ...], ...]] = {
    Mode.CLOUD: (
        "DITTO_SERVER_URL",
        "DITTO_APP_ID",
        ("DITTO_DEVELOPMENT_TOKEN", "ZAVA_AUTH_URL"),
    ),
    Mode.P2P: ("DITTO_OFFLINE_TOKEN",),
    Mode.LINK: ("MONGODB_LOCAL_CONNECTION_STRING",),
}


def choose(settings: Settings) -> Choice:
    """The mode that ZAVA_SYNC asks for, else the first whose settings are there, else offline.

    Raises UserError, naming the variable, when the mode that was asked for lacks a variable, or
    when one has a wrong value.
    """
    if settings.sync == Mode.OFFLINE.value:
        return Choice(Mode.OFFLINE, f"ZAVA_SYNC is offline; {HERE}")
    if settings.sync is not None:
        mode = Mode(settings.sync)
        if missing := _missing(settings, mode):
            raise SettingError(
                f"ZAVA_SYNC is '{mode.value}', which needs {missing}: set it, or remove ZAVA_SYNC."
            )
        return _checked(settings, Choice(mode, "ZAVA_SYNC asks for it"))
    for mode, needs in _NEEDS.items():
        if not _missing(settings, mode):
            return _checked(settings, Choice(mode, f"{_text(needs[0])} is set"))
    lacking = _missing(settings, Mode.CLOUD) if "DITTO_SERVER_URL" in settings.secrets else ""
    if lacking:
        return Choice(Mode.OFFLINE, f"DITTO_SERVER_URL also needs {lacking}; {HERE}", lacking)
    return Choice(Mode.OFFLINE, f"no Ditto credentials; {HERE}")


def _checked(settings: Settings, choice: Choice) -> Choice:
    if choice.mode is Mode.LINK:
        # pymongo takes 0.1 s to load, and only this mode needs it.
        from connector_config.mongodb.connection import given_database
        from connector_config.mongodb.uri import check_uri

        name = "MONGODB_LOCAL_CONNECTION_STRING"
        check_uri(settings.secrets[name], name)
        given_database({"MONGODB_DATABASE": settings.database})
    return choice


def ways(settings: Settings) -> tuple[Way, ...]:
    """Every mode that exchanges something."""
    return tuple(
        Way(
            mode,
            _DOES[mode],
            ", ".join(_text(need) for need in needs),
            _missing(settings, mode),
        )
        for mode, needs in _NEEDS.items()
    )


def connection(settings: Settings, mode: Mode) -> Connection:
    """The connection with which the store has to be opened for a mode."""
    secrets = settings.secrets
    if mode is Mode.CLOUD:
        return Connection(secrets["DITTO_APP_ID"], server_url=secrets["DITTO_SERVER_URL"])
    if mode is Mode.P2P:
        return Connection(shared_key=secrets.get("DITTO_SHARED_KEY"))
    return DEVICES_ONLY


def _missing(settings: Settings, mode: Mode) -> str:
    for need in _NEEDS[mode]:
        if not any(_there(settings, name) for name in ([need] if isinstance(need, str) else need)):
            return _text(need)
    return ""


def _there(settings: Settings, name: str) -> bool:
    return bool(settings.auth_url) if name == "ZAVA_AUTH_URL" else name in settings.secrets


def _text(need: str | tuple[str, ...]) -> str:
    return need if isinstance(need, str) else " or ".join(need)
