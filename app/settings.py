"""Settings: defaults, then those of the user, then `.env`, then the environment, then flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from app.domain.entities import Role, Store
from connector_config.errors import UserError
from connector_config.paths import default_data_dir
from connector_config.unused_variables import unused
from connector_config.variables import load_variables

THEMES = ("system", "light", "dark", "contrast")
SYNC_MODES = ("offline", "p2p", "cloud", "link")

SECRETS = {
    "DITTO_APP_ID": "names your Ditto database; needed by cloud sync",
    "DITTO_OFFLINE_TOKEN": "switches on sync between devices on the local network",
    "DITTO_SHARED_KEY": "encrypts what devices on the local network exchange",
    "DITTO_SERVER_URL": "switches on sync through Ditto Cloud",
    "DITTO_DEVELOPMENT_TOKEN": "signs in to Ditto Cloud during development",
    "MONGODB_CONNECTION_STRING": "lets zava-seed fill MongoDB Atlas",
    "MONGODB_LOCAL_CONNECTION_STRING": "switches on sync through a MongoDB of your own",
}
"""Credentials, and what each one switches on; their values are never shown."""

JOINING = (
    *(name for name in SECRETS if name != "MONGODB_CONNECTION_STRING"),
    "MONGODB_DATABASE",
    "ZAVA_AUTH_URL",
    "ZAVA_AUTH_PROVIDER",
    "ZAVA_TCP_LISTEN",
    "ZAVA_TCP_CONNECT",
    "ZAVA_ORDERS_DAYS",
    "ZAVA_STORE",
    "ZAVA_SYNC",
)
"""What a shop gives to a device that joins it; of other variables none is taken from its file."""

AUTH_PROVIDER = "zava"
"""What the auth webhook is called in the portal."""
DATABASE = "zava"
"""The database in MongoDB, as for zava-seed."""
LOCK_MINUTES = 5
"""Minutes of nothing after which a workplace locks itself, where the store has people."""
_MOST_LOCK_MINUTES = 24 * 60

T = TypeVar("T")


class SettingError(UserError):
    """A setting that cannot be used; the sentence names the variable and the fix."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the client."""

    data_dir: Path
    store_id: str | None = None
    role: Role | None = None
    theme: str | None = None
    sync: str | None = None
    """The mode that was asked for; None takes the one that the other settings allow."""
    tcp_listen: str | None = None
    tcp_connect: tuple[str, ...] = ()
    auth_url: str | None = None
    auth_provider: str = AUTH_PROVIDER
    orders_days: int | None = None
    database: str = DATABASE
    lock_minutes: int = LOCK_MINUTES
    """0 never locks."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    unused: tuple[tuple[str, str], ...] = ()
    """Variables that are set for nothing, each with what to do instead."""


def load_settings(
    data_dir: str | None = None,
    store_id: str | None = None,
    role: str | None = None,
    environment: Mapping[str, str] | None = None,
    dotenv: Path | None = None,
) -> Settings:
    """Read the settings; the arguments are the command's flags and win.

    Raises UserError naming the variable, the wrong value and the fix.
    """
    values = load_variables(environment, dotenv)
    flags = {"ZAVA_DATA_DIR": data_dir, "ZAVA_STORE": store_id, "ZAVA_ROLE": role}
    values |= {key: value for key, value in flags.items() if value}

    # Ditto 5.2.0.dev0 ends the whole process on an address that is neither (a native panic).
    _url(values, "DITTO_SERVER_URL", ("https", "wss"))
    return Settings(
        data_dir=default_data_dir(values),
        store_id=values.get("ZAVA_STORE"),
        role=_one_of(values, "ZAVA_ROLE", [role.value for role in Role], Role),
        theme=_one_of(values, "ZAVA_THEME", THEMES, str),
        sync=_one_of(values, "ZAVA_SYNC", SYNC_MODES, str),
        tcp_listen=next(iter(_addresses(values, "ZAVA_TCP_LISTEN", most=1)), None),
        tcp_connect=_addresses(values, "ZAVA_TCP_CONNECT"),
        auth_url=_url(values, "ZAVA_AUTH_URL", ("https", "http")),
        auth_provider=values.get("ZAVA_AUTH_PROVIDER", AUTH_PROVIDER),
        orders_days=_days(values, "ZAVA_ORDERS_DAYS"),
        database=values.get("MONGODB_DATABASE", DATABASE),
        lock_minutes=_minutes(values, "ZAVA_LOCK_MINUTES"),
        secrets={name: values[name] for name in SECRETS if name in values},
        unused=tuple(unused(values)),
    )


def check_store(settings: Settings, stores: Sequence[Store]) -> None:
    """Raise SettingError when a store is set that is not one of those on this device."""
    ids = [store.store_id for store in stores]
    if settings.store_id is not None and ids and settings.store_id not in ids:
        raise SettingError(
            f"ZAVA_STORE is '{settings.store_id}', which is no store here: "
            f"set it to {' or '.join(ids)}."
        )


def _one_of(
    values: Mapping[str, str],
    name: str,
    allowed: list[str] | tuple[str, ...],
    make: Callable[[str], T],
) -> T | None:
    value = values.get(name)
    if value is None:
        return None
    if value not in allowed:
        raise SettingError(f"{name} is '{value}': set it to {' or '.join(allowed)}.")
    return make(value)


def _addresses(values: Mapping[str, str], name: str, most: int = 100) -> tuple[str, ...]:
    found = tuple(part.strip() for part in values.get(name, "").split(",") if part.strip())
    for address in found:
        host, _, port = address.rpartition(":")
        if not host or not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65_536:
            raise SettingError(
                f"{name} has '{address}': write HOST:PORT, for example 127.0.0.1:4041."
            )
    if len(found) > most:
        raise SettingError(f"{name} takes one HOST:PORT, for example 127.0.0.1:4041.")
    return found


def _url(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        # The address itself may hold a password.
        raise SettingError(f"{name} is no address: start it with {schemes[0]}:// and a host.")
    return text


def _days(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) <= 36_500:
        raise SettingError(f"{name} is '{text}': set it to a number of days, for example 90.")
    return int(text)


def _minutes(values: Mapping[str, str], name: str) -> int:
    text = values.get(name)
    if text is None:
        return LOCK_MINUTES
    if not text.isascii() or not text.isdecimal() or int(text[:6]) > _MOST_LOCK_MINUTES:
        raise SettingError(
            f"{name} is '{text}': set it to minutes, such as 5; 0 never locks, and "
            f"{_MOST_LOCK_MINUTES} are the most."
        )
    return int(text[:6])
