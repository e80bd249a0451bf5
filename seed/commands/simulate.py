"""`zava-seed simulate`: sales go on in MongoDB, as in a shop that is open."""

from __future__ import annotations

import argparse
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from math import inf
from threading import Event
from typing import TYPE_CHECKING, Final

from connector_config.arguments import SHOWN_CHARACTERS, folder, whole_number
from connector_config.wording import counted

if TYPE_CHECKING:
    from rich.console import Console

    from seed.mongo.simulation import Counts, Simulation

NAME: Final = "simulate"
HELP: Final = "let the stores go on selling"

_FASTEST: Final = 100_000
_DEFAULT_RATE: Final = 60
_SHOWN_EVERY: Final = 0.5
_LONGEST_SLEEP: Final = 0.25
_SAID_EVERY: Final = 60.0
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600}
_LONGEST: Final = 7 * 24 * 3_600

_DESCRIPTION: Final = """\
Place orders in MongoDB, at so many a minute, until the time is over or Ctrl+C: with their lines,
the movements of the stock and the stock itself, all of a sale in one transaction. What is bought
where follows the season and the weights of zava-seed generate. What runs low is restocked, and now
and then something comes back. Devices on the link see it all as it happens.
"""

_EXAMPLES: Final = """\
examples:
  zava-seed simulate                               60 orders a minute, until Ctrl+C
  zava-seed simulate --rate 1000 --for 10m         a thousand a minute, for ten minutes
  zava-seed simulate --stores store_seattle store_tacoma
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "--rate",
        type=whole_number("the number of orders a minute", 1, _FASTEST),
        default=_DEFAULT_RATE,
        metavar="N",
        help="orders a minute (default: %(default)s)",
    )
    parser.add_argument(
        "--stores",
        nargs="+",
        default=(),
        metavar="STORE",
        help="only these stores: their ids or names (default: all)",
    )
    parser.add_argument(
        "--for",
        dest="seconds",
        type=_seconds,
        metavar="TIME",
        help="how long, such as 90s, 10m or 2h (default: until Ctrl+C)",
    )
    parser.add_argument(
        "--catalogue",
        type=folder,
        metavar="DIR",
        help="catalogue and stores that the data was made of (default: our own)",
    )


def run(options: argparse.Namespace, today: date) -> int:
    """Simulate, and say what was sold."""
    from random import Random

    from rich.console import Console

    from connector_config.mongodb.connection import load_mongo_settings, open_database
    from seed.mongo.simulation import Simulation

    console = Console(soft_wrap=True)
    with open_database(load_mongo_settings()) as database:
        simulation = Simulation(database, Random(), options.stores, options.catalogue)
        started = time.monotonic()
        try:
            _go_on(simulation, options.rate / 60, options.seconds, console)
        finally:
            _summarise(console, simulation.counts, time.monotonic() - started)
    return 0


def _go_on(
    simulation: Simulation, per_second: float, seconds: float | None, console: Console
) -> None:
    """One customer after the other; whoever is late comes at once."""
    started = time.monotonic()
    end = inf if seconds is None else started + seconds
    number = 0
    with _until_interrupted() as interrupted, _progress(simulation.counts, console) as show:
        while not interrupted.is_set():
            due, now = started + number / per_second, time.monotonic()
            if max(due, now) >= end:
                return
            if due > now:
                time.sleep(min(due - now, _LONGEST_SLEEP))
            else:
                simulation.step(datetime.now(UTC))
                number += 1
            show()


@contextmanager
def _until_interrupted() -> Iterator[Event]:
    """Let the first Ctrl+C end what is under way, so that all of it is counted."""
    interrupted = Event()

    def note(*_: object) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(counts: Counts, console: Console) -> Iterator[Callable[[], None]]:
    """Show how far it is: in a terminal on one line, elsewhere in a line a minute."""
    status = console.status("") if console.is_terminal else nullcontext()
    started = shown = time.monotonic()

    def show() -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown < (_SAID_EVERY if isinstance(status, nullcontext) else _SHOWN_EVERY):
            return
        shown = now
        said = _said(counts, now - started)
        if isinstance(status, nullcontext):
            console.print(said, highlight=False)
        else:
            status.update(f"{said}; Ctrl+C ends it")

    with status:
        yield show


def _said(counts: Counts, seconds: float) -> str:
    orders = counts.orders.total()
    return (
        f"{counted(orders, 'order')} ({60 * orders / max(seconds, 1e-3):,.0f} a minute), "
        f"{counted(counts.restocks, 'restock')}, {counted(counts.returns, 'return')}"
    )


def _summarise(console: Console, counts: Counts, seconds: float) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    if counts.orders:
        table = Table(box=SIMPLE_HEAD, show_footer=True)
        table.add_column("store", "all")
        table.add_column("orders", f"{counts.orders.total():,}", justify="right")
        for store, orders in sorted(counts.orders.items()):
            table.add_row(store, f"{orders:,}")
        console.print(table)
    print(
        f"{_said(counts, seconds)}: {counted(counts.units, 'unit')} in "
        f"{counted(counts.lines, 'line')} for ${counts.cents / 100:,.2f}."
    )


def _seconds(text: str) -> float:
    """Read a time such as 90s, 10m or 2h."""
    found = re.fullmatch(r"(\d{1,6})\s*([smh])", text.strip(), re.ASCII)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(
            "the time is written like 90s, 10m or 2h, and is at most a week, not "
            f"{text[:SHOWN_CHARACTERS]!r}"
        )
    return float(seconds)
