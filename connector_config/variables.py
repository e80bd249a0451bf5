"""The variables of the environment and of `.env`, read in one way for all commands."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector_config.errors import UserError

# Of a connection string that ends in the middle of a password, which is not a port.
_CUT: Final = re.compile(r"mongodb(?:\+srv)?://[^/?@]*:(?!\d{1,5}(?:[,/?]|$))[^/?@]*")


def load_variables(
    environment: Mapping[str, str] | None = None, dotenv: Path | None = None
) -> dict[str, str]:
    """Every variable that is set and not empty; the environment wins over `./.env`.

    A value is what is written: nothing in it is replaced. Raises UserError when the file is not
    readable text, and for a line that would be left out or cut in the middle.
    """
    found = {name: value for name, value in _read(dotenv or Path(".env")).items() if value}
    source = os.environ if environment is None else environment
    return found | {name: value for name, value in source.items() if value}


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
