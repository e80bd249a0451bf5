"""`zava-seed change-streams`: pre- and post-images for the connector."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Final

NAME: Final = "change-streams"
HELP: Final = "switch on what the Ditto connector needs to follow changes"

_DESCRIPTION: Final = """\
Switch on pre- and post-images for every synced collection: the managed Ditto connector needs
both to carry a change to the devices. Needs the role dbAdmin, and a replica set.

--verify proves it: a probe document is changed in each collection, the change is seen in a
change stream with both images, and the probe is removed.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.add_argument(
        "--verify", action="store_true", help="see a real change of every collection arrive"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Switch the images on, a line for each collection, and verify them."""
    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.change_streams import enable, verify

    with open_database(load_mongo_settings()) as database:
        for name, state in enable(database):
            print(f"{state.value:<11} {name}", flush=True)
        if options.verify:
            seen = 0
            for name, milliseconds in verify(database):
                seen += 1
                print(f"seen        {name}, both images, after {milliseconds:.0f} ms", flush=True)
            print(f"Change streams work on all {seen} synced collections of {database.name}.")
    return 0
