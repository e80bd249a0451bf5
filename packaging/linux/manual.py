"""The manual page of a program, from its own help; its name is the argument, such as zava."""

from __future__ import annotations

import os
import sys
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from connector_config import __version__
from connector_config.command_line import Program

_ESCAPES = str.maketrans({"\\": "\\e", "-": "\\-", "'": "\\(aq"})


def page(program: Program, day: str) -> str:
    """The page in roff, with the help as it is printed on a terminal."""
    text = program._parser([]).format_help().translate(_ESCAPES)
    # A dot at the start of a line would be an order to roff.
    lines = [f"\\&{line}" if line.startswith(".") else line for line in text.splitlines()]
    name, about = program.name.translate(_ESCAPES), program.description.splitlines()[0]
    return "\n".join(
        [
            f'.TH {program.name.upper()} 1 "{day}" "zava {__version__}"',
            ".SH NAME",
            f"{name} \\- {about.translate(_ESCAPES)}",
            ".SH DESCRIPTION",
            ".nf",
            *lines,
            ".fi",
            "",
        ]
    )


if __name__ == "__main__":
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    module = import_module(project["scripts"][sys.argv[1]].partition(":")[0])
    day = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC).date()
    print(page(module.PROGRAM, day.isoformat()), end="")
