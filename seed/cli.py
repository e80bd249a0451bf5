"""The command `zava-seed`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NoReturn

from connector_config.collections import store_directory
from connector_config.paths import DATA_DIR_VARIABLE, DataDirectoryError, default_data_dir
from seed.errors import SeedError
from seed.options import DEFAULT_SEED, LARGEST_SEED

EXIT_FAILED: Final = 1
EXIT_INTERRUPTED: Final = 130

_EXAMPLES: Final = """\
examples:
  zava-seed demo                          fill the store that zava opens by default
  zava-seed demo --data-dir /tmp/second   a second peer on this machine
  zava-seed demo --if-empty               as in scripts: only when there is nothing yet
"""

_DEMO: Final = f"""\
Fill the embedded store of a data folder with the demo data: the catalogue, eight stores
with their inventory, customers, and orders of the last three years. Running it again adds
what is missing and changes nothing that is there. Close zava first: a store can be open
only once.

The data folder is --data-dir, else {DATA_DIR_VARIABLE} from the environment or from .env,
else the folder of this user.
"""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one sentence and exit code 1, as for any other failure."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_FAILED, f"{self.prog}: {message} (see {self.prog} --help).\n")


def main(arguments: Sequence[str] | None = None, today: date | None = None) -> int:
    """Run one command; `today` (UTC) is the end of the data, by default what the clock says.

    Gives the exit code: 0, 1 with one sentence on stderr, 130 after Ctrl+C.
    """
    try:
        options = _parser().parse_args(arguments)
        return _demo(options, today or datetime.now(UTC).date())
    except (SeedError, DataDirectoryError) as error:
        print(f"zava-seed: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("zava-seed: Stopped before anything was written.", file=sys.stderr)
        return EXIT_INTERRUPTED
    except SystemExit as stop:  # argparse, which has said what there is to say
        return int(stop.code or 0)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="zava-seed",
        description="Make the retail data and put it where it is needed.",
        epilog=_EXAMPLES,
        formatter_class=form,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    demo = commands.add_parser(
        "demo",
        help="fill a local store with the demo data",
        description=_DEMO,
        epilog=_EXAMPLES,
        formatter_class=form,
        allow_abbrev=False,
    )
    demo.add_argument("--data-dir", type=_folder, metavar="DIR", help="the data folder")
    demo.add_argument(
        "--seed",
        type=_seed,
        default=DEFAULT_SEED,
        metavar="N",
        help="another number makes other customers, orders and stock (default: %(default)s)",
    )
    demo.add_argument(
        "--if-empty", action="store_true", help="do nothing when the store has products already"
    )
    return parser


def _demo(options: argparse.Namespace, today: date) -> int:
    # Imported here, so that --help and a wrong argument do not wait for Ditto to load.
    from rich.console import Console

    from seed.demo import fill_demo
    from seed.progress import progress

    data_dir: Path = options.data_dir or default_data_dir()
    written: dict[str, int] = {}
    console = Console(soft_wrap=True)
    try:
        with progress(console) as show:

            def on_progress(collection: str, done: int, total: int) -> None:
                written[collection] = done
                show(collection, done, total)

            summary = asyncio.run(
                fill_demo(data_dir, options.seed, today, on_progress, if_empty=options.if_empty)
            )
    except KeyboardInterrupt:
        print(
            f"zava-seed: Stopped; {sum(written.values()):,} demo documents are in "
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
            f"({summary.total:,} documents, {summary.seconds:.1f} s)."
        )
    elif summary.total_added == summary.total:
        print(f"{summary.total:,} documents are in {where} ({summary.seconds:.1f} s).")
    else:
        print(
            f"{summary.total_added:,} documents were missing in {where} and are there now; "
            f"it holds {summary.total:,} ({summary.seconds:.1f} s)."
        )
    return 0


def _folder(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("the data folder must not be empty")
    return Path(text).expanduser().absolute()


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"the seed number must be a whole number from 0 to {LARGEST_SEED}, not {text[:40]!r}"
        )
    return int(text)
