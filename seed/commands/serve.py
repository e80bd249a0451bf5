"""`zava-seed serve`: a MongoDB on this machine, for development."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Final

from connector_config.arguments import folder, whole_number
from connector_config.errors import UserError
from connector_config.paths import default_data_dir

NAME: Final = "serve"
HELP: Final = "run a MongoDB on this machine, for development"

_PORT: Final = 27017

# Enough for the whole data set; by default mongod takes half of the machine's memory.
_ARGUMENTS: Final = ("--wiredTigerCacheSizeGB=0.5", "--oplogSize=256", "--quiet")

_DESCRIPTION: Final = """\
Run a MongoDB on this machine, as a replica set of one member, and print the line for .env.
It answers to programs on this machine only, without a password. Ctrl+C stops it; its data
stays in its folder for the next time. mongod is the one on PATH, else the one that make venv
brings along on Linux.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument(
        "--data-dir",
        type=folder,
        metavar="DIR",
        help="where its data is kept (default: mongodb in the data folder of zava)",
    )
    parser.add_argument(
        "--port",
        type=whole_number("the port", 1, 65535),
        default=_PORT,
        metavar="N",
        help="the port on the loopback address (default: %(default)s)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Run the server until Ctrl+C or SIGTERM."""
    from connector_config.mongodb.connection import CONNECTION_VARIABLE
    from connector_config.mongodb.server import (
        Member,
        direct_client,
        find_mongod,
        initiate,
        running,
    )

    data_dir: Path = options.data_dir or default_data_dir() / "mongodb"
    member = Member(find_mongod(), data_dir, options.port, arguments=_ARGUMENTS)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with running(member) as process:
            initiate([member])
            with direct_client(member) as client:
                version = client.server_info()["version"]
            print(f"MongoDB {version} is running; its data is in {data_dir}.")
            print("Put this line into .env, and use zava-seed from another terminal:")
            print()
            print(
                f"{CONNECTION_VARIABLE}=mongodb://{member.address}/?replicaSet={member.replica_set}"
            )
            print()
            print("Ctrl+C stops it and keeps its data.", flush=True)
            code = process.wait()
        raise UserError(f"mongod ended by itself ({code}): {member.log} says why.")
    except KeyboardInterrupt:
        print(f"\nStopped; the data is in {data_dir}.", file=sys.stderr)
        return 0


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
