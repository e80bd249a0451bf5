"""`zava-seed generate`: the whole data set into MongoDB."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from connector_config.arguments import folder, whole_number
from connector_config.errors import EXIT_INTERRUPTED, UserError
from connector_config.wording import counted, plural
from seed.arguments import add_first_day, day, seed_number
from seed.options import DEFAULT_CUSTOMERS, DEFAULT_ORDERS, DEFAULT_SEED, Options

if TYPE_CHECKING:
    from rich.console import Console

    from connector_config.mongodb.connection import MongoSettings
    from seed.mongo.fill import Filled

NAME: Final = "generate"
HELP: Final = "fill MongoDB with the whole data set"

# How long what the database holds is asked for, after it failed.
_LOOK_SECONDS: Final = 3.0

_MOST_CUSTOMERS: Final = 1_000_000
_MOST_ORDERS: Final = 10_000_000

_DESCRIPTION: Final = """\
Make all nine collections and put them into the database: stores, categories, product types,
products and their vectors, customers, inventory, orders and order items. The same options
make the same data set, byte for byte. A fill that was interrupted is finished with --resume.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed generate                                      25,000 customers, 100,000 orders
  zava-seed generate --customers 2000 --orders 5000       small and quick
  zava-seed generate --from 2024-01-01 --to 2025-12-31    two years of orders
  zava-seed generate --drop                               delete what is there first
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    add = parser.add_argument
    add(
        "--customers",
        type=whole_number("the number of customers", 1, _MOST_CUSTOMERS),
        default=DEFAULT_CUSTOMERS,
        metavar="N",
        help="how many customers (default: %(default)s)",
    )
    add(
        "--orders",
        type=whole_number("the number of orders", 0, _MOST_ORDERS),
        default=DEFAULT_ORDERS,
        metavar="N",
        help="how many orders (default: %(default)s)",
    )
    add_first_day(parser)
    add("--to", type=day, metavar="DATE", help="the last day of orders, UTC (default: yesterday)")
    add(
        "--seed",
        type=seed_number,
        default=DEFAULT_SEED,
        metavar="N",
        help="another number makes other customers, orders and stock (default: %(default)s)",
    )
    add(
        "--catalogue",
        type=folder,
        metavar="DIR",
        help="catalogue and stores as zava-seed transform wrote them (default: our own)",
    )
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument(
        "--drop",
        action="store_true",
        help="drop the collections first, with the indexes in them and what devices wrote",
    )
    existing.add_argument(
        "--resume", action="store_true", help="add what is missing of a fill that was interrupted"
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Fill the database, and say what is in it."""
    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.fill import check_target, drop_collections, fill
    from seed.mongo.views import ensure_views
    from seed.progress import progress

    last = options.to or today - timedelta(days=1)
    if last == date.max:
        raise UserError(f"The orders cannot go on until {last}: choose an earlier --to.")
    content = Options(
        start=options.start,
        end=last + timedelta(days=1),
        seed=options.seed,
        customers=options.customers,
        orders=options.orders,
        catalogue=options.catalogue,
    )
    settings = load_mongo_settings()
    console = Console(soft_wrap=True)
    started = time.perf_counter()
    written: dict[str, int] = {}
    resume = f"{_line(content)} --resume"
    try:
        with open_database(settings) as database:
            if options.drop:
                gone = counted(drop_collections(database), "document")
                console.print(f"{gone} dropped.", highlight=False)
            check_target(database, content, settings.shown, resume=options.resume)
            with progress(console, rates=True) as show:

                def on_progress(collection: str, done: int, total: int) -> None:
                    written[collection] = done
                    show(collection, done, total)

                filled = fill(
                    database, content, on_progress, resume=options.resume, on_waiting=_on_waiting
                )
            ensure_views(database)
    except KeyboardInterrupt:
        print(f"zava-seed: Stopped; {_there(settings, written)} Finish with: {resume}",
              file=sys.stderr)  # fmt: skip
        return EXIT_INTERRUPTED
    except UserError as error:
        if not any(written.values()):
            raise
        raise UserError(f"{error} {_there(settings, written)} Finish with: {resume}") from error
    _summarise(console, settings, filled, time.perf_counter() - started)
    return 0


def _on_waiting() -> None:
    print(
        "zava-seed: The server does not answer or has no primary; waiting for it.", file=sys.stderr
    )


def _line(content: Options) -> str:
    """The command for these options, whatever day it is by then."""
    last = content.end - timedelta(days=1)
    where = f" --catalogue {shlex.quote(str(content.catalogue))}" if content.catalogue else ""
    return (
        f"zava-seed generate --customers {content.customers} --orders {content.orders} "
        f"--from {content.start} --to {last} --seed {content.seed}{where}"
    )


def _there(settings: MongoSettings, written: Mapping[str, int]) -> str:
    """What the database holds, from itself; where it does not answer, from what it acknowledged."""
    import pymongo

    from connector_config.mongodb.connection import open_database
    from seed.mongo.fill import count_all

    try:
        with pymongo.timeout(_LOOK_SECONDS), open_database(settings) as database:
            counts: Mapping[str, int] = count_all(database)
            verb = "holds"
    except (UserError, KeyboardInterrupt):
        counts, verb = written, "has acknowledged"
    parts = [f"{number:,} {name}" for name, number in counts.items() if number]
    return f"the database {settings.database} {verb} {', '.join(parts) or 'nothing'}."


def _summarise(
    console: Console, settings: MongoSettings, filled: Sequence[Filled], seconds: float
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from seed.progress import title

    table = Table(box=SIMPLE_HEAD, show_footer=True)
    total = sum(part.found for part in filled)
    table.add_column("collection", "all")
    table.add_column("documents", f"{total:,}", justify="right")
    table.add_column("seconds", f"{seconds:.1f}", justify="right")
    table.add_column("a second", f"{total / max(seconds, 1e-3):,.0f}", justify="right")
    for part in filled:
        rate = part.expected / max(part.seconds, 1e-3)
        table.add_row(
            title(part.collection), f"{part.found:,}", f"{part.seconds:.1f}", f"{rate:,.0f}"
        )
    console.print(table)
    extra = sum(part.found - part.expected for part in filled)
    if extra:
        print(
            f"{counted(extra, 'document')} of these {plural(extra, 'is', 'are')} not of "
            "this data set."
        )
    print(f"The database {settings.database} at {settings.shown} is filled.")
    print("Next: zava-seed indexes, zava-seed change-streams --verify, zava-seed validate")
