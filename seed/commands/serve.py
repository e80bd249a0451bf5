"""`zava-seed serve`: a MongoDB on this machine, for development."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from connector_config.arguments import folder, whole_number
from connector_config.errors import UserError
from connector_config.paths import default_data_dir

if TYPE_CHECKING:
    from connector_config.mongodb.lan import LanServer
    from connector_config.mongodb.server import Member

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

With --lan it answers to the local network, too, to whoever has the password that it shows: so two
machines try out sync without a licence. Nothing is encrypted on the way, and the password opens
all of the database: use it in a network that you trust, and stop it when you are done.
"""
_LAN: Final = """\
It answers to the whole network that this machine is in. Whoever has the password below reads and
changes everything in the database {database}, and nothing is encrypted on the way.

On another device: zava, Join a shop, MongoDB, and this connection string. In a file .env it is

MONGODB_LOCAL_CONNECTION_STRING={uri}

Where {host} is not reached, use another address of this machine, and let its firewall pass port
{port}. The first time, fill it and let devices follow it, with this line in the .env here:

MONGODB_CONNECTION_STRING={here}

  zava-seed generate && zava-seed indexes && zava-seed change-streams
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
        help="the port (default: %(default)s)",
    )
    parser.add_argument(
        "--lan", action="store_true", help="answer to the local network, with a password"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Run the server until Ctrl+C or SIGTERM."""
    from connector_config.mongodb.connection import given_database
    from connector_config.mongodb.lan import prepare
    from connector_config.mongodb.server import (
        Member,
        find_mongod,
        initiate,
        running,
        wait_for_primary,
    )
    from connector_config.variables import load_variables

    database = given_database(load_variables()) if options.lan else ""
    data_dir: Path = options.data_dir or default_data_dir() / "mongodb"
    member = Member(find_mongod(), data_dir, options.port, arguments=_ARGUMENTS)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        lan = prepare(member, database) if options.lan else None
        with running(lan.member if lan else member) as process:
            if lan is None:
                initiate([member])
            else:
                wait_for_primary(lan.member)
            _say(member, lan, database)
            code = process.wait()
        raise UserError(f"mongod ended by itself ({code}): {member.log} says why.")
    except KeyboardInterrupt:
        print(f"\nStopped; the data is in {data_dir}.", file=sys.stderr)
        return 0


def _say(member: Member, lan: LanServer | None, database: str) -> None:
    from connector_config.mongodb.connection import CONNECTION_VARIABLE
    from connector_config.mongodb.lan import own_address
    from connector_config.mongodb.server import HOST, direct_client

    if lan is None:
        with direct_client(member) as client:
            version = str(client.server_info()["version"])
    else:
        version = lan.version
    print(f"MongoDB {version} is running; its data is in {member.folder}.")
    if lan is None:
        print("Put this line into .env, and use zava-seed from another terminal:")
        print()
        print(f"{CONNECTION_VARIABLE}=mongodb://{member.address}/?replicaSet={member.replica_set}")
    else:
        host = own_address()
        print(
            _LAN.format(
                database=database,
                uri=lan.uri(host),
                here=lan.uri(HOST),
                host=host,
                port=member.port,
            ),
            end="",
        )
    print()
    print("Ctrl+C stops it and keeps its data.", flush=True)


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
