"""`zava-seed validate`: does the data keep what it promises."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING, Final

from connector_config.arguments import folder, whole_number
from connector_config.errors import EXIT_FAILED, UserError
from seed.arguments import add_first_day, day

if TYPE_CHECKING:
    from seed.mongo.validation.report import Report

NAME: Final = "validate"
HELP: Final = "check everything that the data promises"

_MOST: Final = 10**9
_MOST_EXAMPLES: Final = 10_000

_DESCRIPTION: Final = """\
Check the data in MongoDB: counts, fields and types, UUIDs and times, references in both directions,
uniqueness, prices and margins, totals of orders and of their lines, repeated names, vectors, and
that the indexes are there and used. Nothing is changed, and a user who may only read is enough.

The exit code is 1 when a check fails.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed validate                                       a table of every check
  zava-seed validate --customers 25000 --orders 100000     exactly so many of them
  zava-seed validate --catalogue ours                      of a catalogue of one's own
  zava-seed validate --examples 1000                       name all that is wrong
  zava-seed validate --json > report.json                  for scripts
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    for name in ("customers", "orders"):
        parser.add_argument(
            f"--{name}",
            type=whole_number(f"the number of {name}", 0, _MOST),
            metavar="N",
            help=f"how many {name} there should be (default: at least 1)",
        )
    parser.add_argument(
        "--catalogue",
        type=folder,
        metavar="DIR",
        help="the folder that generate --catalogue was given (default: our own)",
    )
    parser.add_argument(
        "--examples",
        type=whole_number("the number of examples", 1, _MOST_EXAMPLES),
        default=3,
        metavar="N",
        help="name so many documents of a check that fails (default: %(default)s)",
    )
    add_first_day(parser)
    parser.add_argument(
        "--to", type=day, metavar="DATE", help="the last day of orders, UTC (default: today)"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Check, print the report, and say with the exit code whether all is well."""
    last = options.to or today
    if last < options.start:
        raise UserError(f"The orders begin on {options.start}, so they cannot end on {last}.")
    report = _validate(options, last)
    if options.json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        _show(report)
    return 0 if report.passed else EXIT_FAILED


def _validate(options: argparse.Namespace, last: date) -> Report:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.validation.counts import Expected
    from seed.mongo.validation.run import validate

    settings = load_mongo_settings()
    # On stderr, so that the report can be redirected.
    console = Console(stderr=True)
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn())
    with (
        open_database(settings) as database,
        Progress(
            *columns, console=console, transient=True, disable=not console.is_terminal
        ) as bars,
    ):
        task = bars.add_task("checking", total=None)
        return validate(
            database,
            options.start,
            last,
            Expected(options.customers, options.orders, options.catalogue),
            lambda done, total: bars.update(task, completed=done, total=total),
            options.examples,
        )


def _show(report: Report) -> None:
    from rich.console import Console

    from seed.mongo.validation.report import show

    show(report, Console())
