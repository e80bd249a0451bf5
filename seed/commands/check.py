"""`zava-seed check`: is MongoDB ready, and what would fail later."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Final

from connector_config.errors import EXIT_FAILED

NAME: Final = "check"
HELP: Final = "look at the settings, the server, and what would fail later"

_DESCRIPTION: Final = """\
Read .env and the environment, name what is missing or malformed, connect, and say what the
server is, which roles the user has, and which commands would fail and how to mend that.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION


def run(options: argparse.Namespace, today: date) -> int:
    """Print the findings, a line each; 1 when one of them is a failure."""
    from rich.console import Console
    from rich.text import Text

    from seed.mongo.check import Level, check

    colours = {Level.OK: "green", Level.NOTE: "dim", Level.WARN: "yellow", Level.FAIL: "red"}
    console = Console(soft_wrap=True)
    failed = 0
    for finding in check():
        failed += finding.level is Level.FAIL
        line = Text(f"{finding.level.value:<5}", style=colours[finding.level])
        line.append(f"{finding.about:<26} {finding.said}", style="default")
        console.print(line, highlight=False)
    if failed:
        what = "one finding" if failed == 1 else f"{failed} findings"
        print(f"zava-seed: Not ready: mend what {what} above said to fail.", file=sys.stderr)
        return EXIT_FAILED
    return 0
