"""`zava-seed demo`: the demo data in a local Ditto store."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Final

from connector_config.arguments import folder
from connector_config.errors import EXIT_INTERRUPTED
from connector_config.paths import DATA_DIR_VARIABLE, default_data_dir, store_directory
from connector_config.wording import counted, plural
from seed.arguments import seed_number
from seed.options import DEFAULT_SEED

NAME: Final = "demo"
HELP: Final = "fill a local store with the demo data"

_DESCRIPTION: Final = f"""\
Fill the embedded store of a data folder with the demo data: the catalogue, eight stores
with their inventory, customers, and orders of the last three years. Running it again adds
what is missing and changes nothing that is there. Close zava first: a store can be open
only once.

The data folder is --data-dir, else {DATA_DIR_VARIABLE} from the environment or from .env,
else the folder of this user.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed demo                          fill the store that zava opens by default
  zava-seed demo --data-dir /tmp/second   a second peer on this machine
  zava-seed demo --if-empty               as in scripts: only when there is nothing yet
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument("--data-dir", type=folder, metavar="DIR", help="the data folder")
    parser.add_argument(
        "--seed",
        type=seed_number,
        default=DEFAULT_SEED,
        metavar="N",
        help="another number makes other customers, orders and stock (default: %(default)s)",
    )
    parser.add_argument(
        "--if-empty", action="store_true", help="do nothing when the store has products already"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Fill the store, and say what is in it."""
    from rich.console import Console

    from seed.demo import fill_demo
    from seed.progress import progress

    written: dict[str, int] = {}
    console = Console(soft_wrap=True)
    try:
        data_dir: Path = options.data_dir or default_data_dir()
        with progress(console) as show:

            def on_progress(collection: str, done: int, total: int) -> None:
                written[collection] = done
                show(collection, done, total)

            summary = asyncio.run(
                fill_demo(data_dir, options.seed, today, on_progress, if_empty=options.if_empty)
            )
    except KeyboardInterrupt:
        print(
            f"zava-seed: Stopped; {counted(sum(written.values()), 'document')} of the demo data in "
            f"{store_directory(data_dir)}, and the same command adds the rest.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED
    where = f"{summary.directory}"
    if summary.skipped:
        print(f"The store in {where} has products already: nothing to do.")
    elif not summary.total_added:
        print(
            f"Nothing to add: the demo data was already in {where} "
            f"({counted(summary.total, 'document')}, {summary.seconds:.1f} s)."
        )
    elif summary.total_added == summary.total:
        print(
            f"{counted(summary.total, 'document is', 'documents are')} in {where} "
            f"({summary.seconds:.1f} s)."
        )
    else:
        print(
            f"{counted(summary.total_added, 'document was', 'documents were')} missing in "
            f"{where} and "
            f"{plural(summary.total_added, 'is', 'are')} there now; "
            f"it holds {summary.total:,} ({summary.seconds:.1f} s)."
        )
    return 0
