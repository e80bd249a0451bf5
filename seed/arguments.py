"""Types of command line arguments, which say in words what is wrong with a value."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date

from connector_config.arguments import SHOWN_CHARACTERS, folder, whole_number
from connector_config.schema.collections import COLLECTIONS
from seed.options import DEFAULT_START, LARGEST_SEED


def seed_number(text: str) -> int:
    """Read a seed number of the data set."""
    return whole_number("the seed number", 0, LARGEST_SEED)(text)


def day(text: str) -> date:
    """Read a date such as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"a date is written like 2026-01-31, not {text[:SHOWN_CHARACTERS]!r}"
        ) from None


def add_first_day(parser: ArgumentParser) -> None:
    """Declare `--from`, stored as `start`."""
    parser.add_argument(
        "--from",
        dest="start",
        type=day,
        default=DEFAULT_START,
        metavar="DATE",
        help="the first day of orders, UTC (default: %(default)s)",
    )


def add_archive(parser: ArgumentParser, default: Sequence[str], what: str) -> None:
    """Declare the folder of an archive, and `--collections`; `what` says the default in words."""
    parser.add_argument("folder", type=folder, metavar="DIR", help="the folder of the archive")
    parser.add_argument(
        "--collections",
        nargs="+",
        choices=list(COLLECTIONS),
        default=list(default),
        metavar="NAME",
        help=f"only these collections (default: {what})",
    )
