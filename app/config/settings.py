"""Settings: defaults, then `.env`, then the environment, then flags."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from app.domain.entities import Role
from app.domain.errors import ZavaError
from connector_config.paths import default_data_dir

THEMES = ("system", "light", "dark", "contrast")
SYNC_MODES = ("offline",)

SECRETS = {
    "DITTO_APP_ID": "names your Ditto database; needed by cloud sync",
    "DITTO_OFFLINE_TOKEN": "switches on sync between devices on the local network",
    "DITTO_SERVER_URL": "switches on sync through Ditto Cloud",
    "DITTO_DEVELOPMENT_TOKEN": "signs in to Ditto Cloud during development",
    "MONGODB_CONNECTION_STRING": "lets zava-seed fill MongoDB Atlas",
    "MONGODB_LOCAL_CONNECTION_STRING": "switches on sync through a MongoDB of your own",
}
"""Credentials, and what each one switches on; their values are never shown."""

T = TypeVar("T")


class SettingError(ZavaError):
    """A setting that cannot be used; the sentence names the variable and the fix."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside."""

    data_dir: Path
    store_id: str | None = None
    role: Role | None = None
    theme: str | None = None
    sync: str = "offline"
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def load_settings(
    data_dir: str | None = None,
    store_id: str | None = None,
    role: str | None = None,
    environment: Mapping[str, str] | None = None,
    dotenv: Path = Path(".env"),
) -> Settings:
    """Read the settings; the arguments are the command's flags and win.

    Raises SettingError naming the variable, the wrong value and the fix.
    """
    if environment is None:
        environment = os.environ
    values = {key: value for key, value in _read(dotenv).items() if value}
    values |= {key: value for key, value in environment.items() if value}
    flags = {"ZAVA_DATA_DIR": data_dir, "ZAVA_STORE": store_id, "ZAVA_ROLE": role}
    values |= {key: value for key, value in flags.items() if value}

    folder = values.get("ZAVA_DATA_DIR")
    return Settings(
        data_dir=_folder(folder) if folder else default_data_dir(),
        store_id=values.get("ZAVA_STORE"),
        role=_one_of(values, "ZAVA_ROLE", [role.value for role in Role], Role),
        theme=_one_of(values, "ZAVA_THEME", THEMES, str),
        sync=_one_of(values, "ZAVA_SYNC", SYNC_MODES, str) or "offline",
        secrets={name: values[name] for name in SECRETS if name in values},
    )


def _read(dotenv: Path) -> dict[str, str | None]:
    try:
        if not dotenv.exists():
            return {}
        from dotenv import dotenv_values  # only where there is something to read

        return dotenv_values(dotenv)
    except (OSError, UnicodeDecodeError):
        raise SettingError(
            f"The file {dotenv.absolute()} cannot be read as text: correct or remove it."
        ) from None


def _folder(text: str) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise SettingError(
            f"ZAVA_DATA_DIR is '{text}', and there is no such home folder: set it to a full path."
        ) from None


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
