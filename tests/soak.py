"""Tries for long what `make test` tries a little of: property tests, histories of a simulated link,
the statements of the product beside an oracle, schedules of sync, power cuts, schedules in bad
weather (MongoDB steps down every few seconds, the back office writes bad documents, and a client
opens its screens all the time), schedules in a whole shop that goes on selling (which
`zava-seed validate` then has to pass), and schedules with a device that has an older version.

python -m tests.soak [--only properties|histories|statements|schedules|kills|storm|trade|versions]
    [--seed N] [--minutes M] [--times 20] [--histories 5000] [--rounds 200] [--schedules 1000]
    [--peers 5] [--kills 500] [--older 30] [pytest arguments for the property tests]

Stops at the first that fails. The seed, printed first, repeats a run.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from app.rehearsal.chance import draw, draw_stores
from app.rehearsal.headless import SEASON, Figures, Wish, rehearse
from app.rehearsal.server import Server
from app.rehearsal.stage import Weather, open_stage
from connector_config.errors import UserError
from seed.mongo.validation.report import show
from tests.connector_config.link.simulation.history import (
    damaged,
    drawn,
    failure,
    shortest,
    told,
)
from tests.connector_config.link.simulation.small import small
from tests.dql.statements import known
from tests.dql.trial import engine, first_failure
from tests.helpers.older_version import VERSION as OLDER
from tests.helpers.older_version import installed
from tests.helpers.storm import Storm
from tests.helpers.trade import Trade, generated, validated, whole_shop
from tests.helpers.visits import visiting

PARTS = (
    *("properties", "histories", "statements", "schedules", "kills"),
    *("storm", "trade", "versions"),
)
PROPERTIES, HISTORIES, STATEMENTS, SCHEDULES, KILLS, STORM, TRADE, VERSIONS = PARTS

_MANY_POWER_CUTS = 15.0
_STEP_DOWN_SECONDS = 1.5
_DOCUMENTS_A_SECOND = 30.0
_STORM_MINUTES = 60.0
_TRADE_MINUTES = 10.0
_ORDERS_A_MINUTE = 60.0
# Of a whole shop, on which peers compare thousands of documents.
_PATIENCE_SECONDS = 300.0


def main(arguments: Sequence[str]) -> int:
    """Gives 0 when all of them passed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Other arguments go to pytest (-k, a file)."
    )
    parser.add_argument("--only", choices=PARTS, help="leave the other parts out")
    parser.add_argument("--seed", type=int, help="of the first examples and schedule")
    parser.add_argument("--minutes", type=float, default=0, help="go on for so long in each part")
    parser.add_argument("--times", type=int, default=20, help="examples, compared to make test")
    parser.add_argument("--histories", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=200, help="of all statements")
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--peers", type=int, default=5, help="of a schedule")
    parser.add_argument("--kills", type=int, default=500, help="power cuts")
    parser.add_argument("--older", type=int, default=30, help="schedules with an older version")
    options, more = parser.parse_known_args(arguments)
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"Seed {seed}: --seed {seed} repeats this run.", flush=True)
    wish = Wish(options.peers, None, seed, options.minutes)
    code = 0
    if options.only in (None, PROPERTIES):
        code = _try_properties(options.times, seed, options.minutes, more)
    if options.only in (None, HISTORIES) and code == 0:
        code = _try_histories(options.histories, seed, options.minutes)
    if options.only in (None, STATEMENTS) and code == 0:
        code = asyncio.run(_try_statements(options.rounds, seed, options.minutes))
    if options.only in (None, SCHEDULES) and code == 0:
        code = rehearse(replace(wish, schedules=options.schedules), Console())
    if options.only in (None, KILLS) and code == 0:
        print("Schedules with a power cut in every third moment:", flush=True)
        cuts = replace(wish, kills=options.kills, power_cuts=_MANY_POWER_CUTS)
        code = rehearse(cuts, Console())
    if options.only in (None, STORM) and code == 0:
        code = _try_storm(replace(wish, minutes=options.minutes or _STORM_MINUTES))
    if options.only in (None, TRADE) and code == 0:
        minutes = options.minutes or _TRADE_MINUTES
        code = asyncio.run(_try_trade(seed, options.peers, minutes))
    if options.only in (None, VERSIONS) and code == 0:
        code = _try_versions(replace(wish, schedules=options.older))
    return code


def _try_properties(times: int, first: int, minutes: float, more: Sequence[str]) -> int:
    """Property tests and matrices with one seed after the other, until the minutes are over."""
    ends = time.monotonic() + minutes * 60
    code, seed = 0, first
    while code == 0 and (seed == first or time.monotonic() < ends):
        print(f"Property tests with seed {seed}, {times} times the examples:", flush=True)
        command = [sys.executable, "-m", "pytest", "-m", "hypothesis or matrix", "--timeout=0"]
        code = subprocess.call([*command, f"--soak={times}", f"--hypothesis-seed={seed}", *more])
        seed += 1
    return code


def _try_histories(count: int, first: int, minutes: float) -> int:
    """So many histories of simulated devices, more until the minutes are over, all small ones."""
    ends = time.monotonic() + minutes * 60
    seed = first
    while seed < first + count or time.monotonic() < ends:
        if (seed - first) % 500 == 0:
            print(f"Histories of the link from seed {seed} on:", flush=True)
        right = seed % 2 == 0
        history = replace(drawn(seed), right_clocks=right, clocks_decide=not right)
        if seed % 4 > 1:
            history = damaged(history)
        if failure(history):
            print(told(shortest(history)), flush=True)
            return 1
        seed += 1
    for number, history in enumerate(small()):
        if number % 5_000 == 0:
            print(f"Small histories of the link from {number:,} on:", flush=True)
        if failure(history):
            print(told(shortest(history)), flush=True)
            return 1
    return 0


def _try_storm(wish: Wish) -> int:
    """Schedules in bad weather until the time is over, with a client that opens its screens."""
    print("Schedules in bad weather, with a client that opens its screens:", flush=True)
    storm = Storm(wish.seed, _DOCUMENTS_A_SECOND, _STEP_DOWN_SECONDS)
    with tempfile.TemporaryDirectory(prefix="zava-visitor-") as folder:
        with visiting(Path(folder)) as visit:

            @asynccontextmanager
            async def weather(server: Server) -> AsyncIterator[Collection[str]]:
                visit.go_on(server.settings)
                async with storm.over(server) as others:
                    yield others

            code = _played(wish, weather)
    print(f"{storm}.\n{visit.said}", flush=True)
    return code or visit.code


def _played(wish: Wish, weather: Weather) -> int:
    try:
        return rehearse(wish, Console(), weather=weather)
    except UserError as error:
        print(f"NOT PLAYED: {error}", flush=True)
        return 1


async def _try_trade(first: int, peers: int, minutes: float) -> int:
    """Schedules on a whole data set on which `simulate` goes on, and then `validate`."""
    print("Schedules in a shop that goes on selling:", flush=True)
    ends = time.monotonic() + minutes * 60
    trade = Trade(first, _ORDERS_A_MINUTE)
    with tempfile.TemporaryDirectory(prefix="zava-soak-") as folder:
        opened = open_stage(Path(folder), peers, weather=trade.over, load=whole_shop)
        async with opened as stage:
            generated(stage.server.database)
            stores = draw_stores(first // SEASON, peers)
            figures, seed = Figures(), first
            async with stage.troupe(stores, _PATIENCE_SECONDS) as troupe:
                schedule = draw(seed, stores)
                while True:
                    played = await troupe.play(schedule)
                    figures.add(played)
                    if not played.verdict.passed or time.monotonic() >= ends:
                        break
                    seed += 1
                    # What is on hand is what was left: nobody's back office sets it each time.
                    schedule = draw(seed, stores).model_copy(update={"stock": {}})
            print(f"{trade}.", *figures.lines(played), *played.verdict.first(), sep="\n")
            report = validated(stage.server.database)
            show(report, Console())
    if not played.verdict.passed:
        print(f"Seed {seed} went wrong.", flush=True)
    return 0 if played.verdict.passed and report.passed else 1


def _try_versions(wish: Wish) -> int:
    """So many schedules in which one of the devices has an older version."""
    print(f"Schedules with {OLDER} on one of the devices, which is installed first:", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="zava-older-") as folder:
            return rehearse(wish, Console(), {"bob": installed(Path(folder))})
    except UserError as error:
        print(f"NOT PLAYED: {error}", flush=True)
        return 1


async def _try_statements(rounds: int, first: int, minutes: float) -> int:
    """So many rounds of all statements, each on other documents, until the minutes are over."""
    ends = time.monotonic() + minutes * 60
    with tempfile.TemporaryDirectory(prefix="zava-soak-") as folder:
        async with engine(Path(folder)) as ditto:
            seed = first
            while seed < first + rounds or time.monotonic() < ends:
                if (seed - first) % 20 == 0:
                    print(f"Statements from seed {seed} on:", flush=True)
                if failed := await first_failure(ditto, known(), seed):
                    case, wrong = failed
                    print(f"Seed {seed}: {case.told()}\n{wrong}", flush=True)
                    return 1
                seed += 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
