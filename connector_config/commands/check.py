"""`zava-connector check`: is a MongoDB what the managed connector asks for."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Final

NAME: Final = "check"
HELP: Final = "look whether MongoDB is ready for the connector, and say what mends it"

_DESCRIPTION: Final = """\
Hold the MongoDB of MONGODB_CONNECTION_STRING against what the managed Ditto connector asks for:
its version, a replica set, the rights of the user, every synced collection with pre- and
post-images, id fields that are always there and never change, values that reach a device as what
they are, and nothing parked. Each failure comes with the command that mends it; those that begin
with db. are for mongosh, in the database. Nothing is changed.

The documents are looked at in the server, all of them: about half a minute a million.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION


def run(options: argparse.Namespace, today: date) -> int:
    """Print the findings, a line each; returns 1 when one of them is a failure."""
    from connector_config.cloud.preconditions import check
    from connector_config.mongodb.findings import show

    return show("zava-connector", check())
