"""The variables of the environment and of `.env`, read in one way for all commands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from connector_config.errors import UserError


def load_variables(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> dict[str, str]:
    """Every variable that is set and not empty; the environment wins over `./.env`.

    Raises UserError when the file is not readable text.
    """
    found = {name: value for name, value in _read(dotenv or Path(".env")).items() if value}
    source = os.environ if environment is None else environment
    return found | {name: value for name, value in source.items() if value}


def _read(path: Path) -> dict[str, str | None]:
    try:
        if not path.exists():
            return {}
        from dotenv import dotenv_values  # only where there is something to read

        # Not interpolated: a password may hold ${…}.
        return dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError):
        raise UserError(
            f"The file {path.absolute()} cannot be read as text: correct or remove it."
        ) from None
