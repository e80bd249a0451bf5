"""The variables of the environment and of the settings files, read in one way for all commands."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from platformdirs import user_config_dir

from connector_config.errors import UserError
from connector_config.privacy import private

# Of a connection string that ends in the middle of a password, which is not a port.
_CUT: Final = re.compile(r"mongodb(?:\+srv)?://[^/?@]*:(?!\d{1,5}(?:[,/?]|$))[^/?@]*")


def settings_file() -> Path:
    """The settings of this user, in the platform's folder for that; the app writes it, or people.

    It has the form of `.env`.
    """
    return Path(user_config_dir("zava", appauthor=False)) / "settings.env"


def load_variables(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> dict[str, str]:
    """Every variable that is set and not empty.

    The environment wins over `./.env`, which wins over the settings of this user; with a `dotenv`
    that file alone is read. A value is what is written: nothing in it is replaced. Raises UserError
    when a file is not readable text, and for a line that would be left out or cut in the middle.
    """
    found: dict[str, str] = {}
    for path in (settings_file(), Path(".env")) if dotenv is None else (dotenv,):
        found |= read_file(path)
    source = os.environ if environment is None else environment
    return found | {name: value for name, value in source.items() if value}


def read_file(path: Path) -> dict[str, str]:
    """Every variable that a file in the form of `.env` sets; none where there is no file.

    Raises UserError.
    """
    return {name: value for name, value in _read(path).items() if value}


def write_file(path: Path, variables: Mapping[str, str]) -> None:
    """Set variables in a settings file, for its owner only; what else is in it stays.

    Raises UserError.
    """
    kept = {**read_file(path), **variables}
    head = (
        "# Zava's settings for this user; `.env` in the working folder and the environment win.\n"
    )
    lines = [f"{name}={_quoted(value)}\n" for name, value in kept.items() if value]
    unfinished = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with open(unfinished, "x", encoding="utf-8", opener=private) as file:
            file.write(head + "".join(lines))
        unfinished.replace(path)
    except OSError as error:
        raise UserError(
            f"The settings cannot be written to {path} ({error.strerror or error}): "
            "correct its permissions."
        ) from None


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _read(path: Path) -> dict[str, str | None]:
    try:
        if not path.exists():
            return {}
        from dotenv.parser import parse_stream  # only where there is something to read

        # Not dotenv_values: it would leave out in silence what it does not understand.
        with path.open(encoding="utf-8-sig") as file:
            lines = list(parse_stream(file))
    except (OSError, UnicodeDecodeError):
        raise UserError(
            f"The file {path.absolute()} cannot be read as text: correct or remove it."
        ) from None
    found: dict[str, str | None] = {}
    for line in lines:
        where = f"The file {path.absolute()}, line {line.original.line}"
        if line.error:
            raise UserError(
                f"{where}: this is not NAME=value: put a value with a quote in it between quotes "
                "of the other kind, and close them."
            )
        if line.key is None:
            continue
        cut = line.value is not None and _CUT.fullmatch(line.value)
        if cut and "@" in line.original.string.rpartition(" #")[2]:
            raise UserError(
                f"{where}: the # in {line.key} begins a comment, because a blank stands before it: "
                "write the blank as %20 and # as %23."
            )
        found[line.key] = line.value
    return found
