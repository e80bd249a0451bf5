"""The variables of the environment and of `.env`, for the commands."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from connector_config.errors import UserError


def load_variables(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> dict[str, str]:
    """Every variable that is set and not empty; the environment wins over `.env`."""
    path = dotenv or Path.cwd() / ".env"
    try:
        # Not interpolated: a password may hold ${…}.
        values = dotenv_values(path, interpolate=False)
    except (OSError, UnicodeDecodeError):
        raise UserError(f"The file {path} cannot be read as text: correct or remove it.") from None
    found = {name: value for name, value in values.items() if value}
    source = os.environ if environment is None else environment
    return found | {name: value for name, value in source.items() if value}
