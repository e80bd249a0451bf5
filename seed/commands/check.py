"""`zava-seed check`: is MongoDB ready, and what would fail later."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Final

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
    """Print the findings, a line each; returns 1 when one of them is a failure."""
    from connector_config.mongodb.findings import show
    from seed.mongo.check import check

    return show("zava-seed", check())
