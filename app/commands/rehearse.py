"""`zava rehearse`: try sync out on this computer."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

from app.commands.flags import settings_of
from connector_config.arguments import whole_number

NAME: Final = "rehearse"
HELP: Final = "try out sync: two windows, or peers without windows and a verdict"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--keep", action="store_true", help="keep the data of the two windows")
    parser.add_argument("--headless", action="store_true", help="without windows")
    headless = parser.add_argument_group("with --headless")
    headless.add_argument(
        "--peers", type=whole_number("--peers", 1, 16), metavar="N", help="how many (default: 3)"
    )
    what = headless.add_mutually_exclusive_group()
    what.add_argument("--script", type=Path, metavar="FILE", help="what happens, step by step")
    what.add_argument(
        "--random",
        type=whole_number("--random", 0, 2**31),
        default=1,
        metavar="SEED",
        help="what happens by chance; the same number repeats it (default: 1)",
    )
    headless.add_argument(
        "--minutes",
        type=whole_number("--minutes", 0, 10_000),
        default=0,
        metavar="M",
        help="go on for so long, with the next numbers (default: play once)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Rehearse; returns 1 when something went wrong."""
    settings = settings_of(options)
    from rich.console import Console

    if not options.headless:
        from app.rehearsal.windows import rehearse_windows

        token = settings.secrets.get("DITTO_OFFLINE_TOKEN")
        return rehearse_windows(token, options.keep, Console())
    from app.rehearsal.headless import Wish, rehearse

    wish = Wish(options.peers, options.script, options.random, options.minutes)
    return rehearse(wish, Console())
