"""`zava rehearse --headless`: schedules one after the other, and the verdict with its figures."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from app.rehearsal.chance import NAMES, POWER_CUTS, draw, draw_stores
from app.rehearsal.processes import Program
from app.rehearsal.schedule import Schedule, read_script, to_script
from app.rehearsal.stage import Played, Weather, calm, open_stage
from app.rehearsal.steps import STORES
from app.rehearsal.verdict import LOST, PAPERS
from connector_config.errors import UserError
from connector_config.wording import counted

SEASON: Final = 10
"""So many schedules are played on the same devices before there are new ones; a season's stores
are drawn from its number, so that a seed gives the same schedule whichever was the first.
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to play: a script, or schedules drawn from `seed` on.

    At least `schedules` of them are played, and more until the minutes are over and `kills`
    devices had their power cut, which weighs `power_cuts` in a schedule.
    """

    peers: int | None
    script: Path | None
    seed: int
    minutes: float
    schedules: int = 1
    kills: int = 0
    power_cuts: float = POWER_CUTS


@dataclass(slots=True)
class Figures:
    """The figures of what was played so far."""

    schedules: int = 0
    operations: int = 0
    refused: int = 0
    kills: int = 0
    in_flight: int = 0
    ledgers: int = 0
    papers: int = 0
    bytes_moved: int = 0
    converged: list[float] = field(default_factory=list)

    def add(self, played: Played) -> None:
        """Add a schedule that was played."""
        self.schedules += 1
        self.operations += played.journal.operations
        self.refused += played.journal.refused
        self.kills += played.journal.kills
        self.in_flight += len(played.journal.in_flight)
        self.ledgers += played.verdict.ledgers
        self.papers += played.verdict.papers
        self.bytes_moved += played.bytes_moved
        self.converged += played.converged

    def lines(self, last: Played) -> Iterator[str]:
        """The figures in words; only the last schedule can have gone wrong."""
        problems = last.verdict.problems
        yield f"schedules            {self.schedules:,}"
        yield (
            f"operations           {self.operations:,} ({self.refused:,} refused, "
            f"{self.in_flight:,} cut off by {counted(self.kills, 'kill')})"
        )
        yield f"documents lost       {len(problems[LOST]):,}"
        yield f"duplicates           {len(problems['duplicates']):,}"
        equal = "no" if problems["unequal"] or problems["stuck"] else "yes"
        yield f"peers and MongoDB    equal: {equal}"
        wrong = len(problems["ledger"])
        yield f"ledger = counter     {self.ledgers - wrong:,} of {counted(self.ledgers, 'time')}"
        wrong = len(problems[PAPERS])
        yield f"papers that add up   {max(self.papers - wrong, 0):,} of {self.papers:,}"
        if self.converged:
            low, high = percentile(self.converged, 50), percentile(self.converged, 95)
            yield f"time to converge     p50 {low:.2f} s, p95 {high:.2f} s"
        yield f"bytes moved          {self.bytes_moved / 1e6:,.1f} MB through MongoDB"


def percentile(values: Sequence[float], percent: int) -> float:
    """A percentile of at least one value."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def rehearse(
    wish: Wish,
    console: Console,
    others: Mapping[str, Program] | None = None,
    weather: Weather = calm,
) -> int:
    """Play until the time is over or something is wrong; returns 0 when everything passed.

    `others` are the programs of peers, by name, that are not of this version. Raises UserError.
    """
    script = read_script(wish.script) if wish.script else None
    peers = _peers(wish, script)
    with tempfile.TemporaryDirectory(prefix="zava-rehearsal-") as folder:
        return asyncio.run(_rehearse(Path(folder), wish, script, peers, console, others, weather))


def _peers(wish: Wish, script: Schedule | None) -> dict[str, str]:
    """Everybody in a script, and more who only watch; empty when they are drawn by chance."""
    if script is None:
        return {}
    wanted = wish.peers or len(script.peers)
    if wanted < len(script.peers):
        raise UserError(
            f"The script has {counted(len(script.peers), 'peer')}: leave --peers {wanted} out."
        )
    others = [name for name in NAMES if name not in script.peers]
    watching = dict.fromkeys(others[: wanted - len(script.peers)], STORES[0])
    return {**script.peers, **watching}


async def _rehearse(
    folder: Path,
    wish: Wish,
    script: Schedule | None,
    peers: Mapping[str, str],
    console: Console,
    others: Mapping[str, Program] | None,
    weather: Weather,
) -> int:
    console.print("Starting a MongoDB and the peers …")
    figures = Figures()
    count = len(peers) or wish.peers or 3
    ends = time.monotonic() + wish.minutes * 60
    async with open_stage(folder, count, others=others, weather=weather) as stage:
        first = wish.seed
        while True:
            stores = peers or draw_stores(first // SEASON, count)
            async with stage.troupe(stores) as troupe:
                for seed in range(first, (first // SEASON + 1) * SEASON):
                    schedule = script or draw(seed, stores, wish.power_cuts)
                    title = wish.script.name if wish.script else f"seed {seed}"
                    with console.status(f"{title}: {counted(len(schedule.steps), 'step')}"):
                        played = await troupe.play(schedule)
                    figures.add(played)
                    _say(console, title, played)
                    if _enough(figures, wish, ends) or not played.verdict.passed:
                        return _conclude(console, figures, played, wish, schedule, first, seed)
            first = seed + 1


def _enough(figures: Figures, wish: Wish, ends: float) -> bool:
    played = figures.schedules >= wish.schedules and figures.kills >= wish.kills
    return played and time.monotonic() >= ends


def _say(console: Console, title: str, played: Played) -> None:
    word = "PASS" if played.verdict.passed else "FAIL"
    took = f", equal after {played.converged[-1]:.2f} s" if played.converged else ""
    console.print(
        f"{title}: {counted(played.journal.operations, 'operation')}{took}: {word}", highlight=False
    )


def _conclude(
    console: Console,
    figures: Figures,
    played: Played,
    wish: Wish,
    schedule: Schedule,
    first: int,
    seed: int,
) -> int:
    passed = played.verdict.passed
    console.print()
    console.print("PASS" if passed else "FAIL", style="bold green" if passed else "bold red")
    for line in figures.lines(played):
        console.print(f"  {line}", highlight=False)
    if passed:
        return 0
    console.print("What is wrong first:")
    for sentence in played.verdict.first():
        console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)
    peers = f"--peers {len(schedule.peers)}"
    if wish.script is None:
        kept = Path(tempfile.gettempdir()) / f"zava-rehearsal-{seed}.yaml"
        kept.write_text(to_script(schedule), encoding="utf-8")
        console.print(
            f"Seed {seed} repeats it: zava rehearse --headless {peers} --random {seed}",
            *([f"(in this run it came after {first} to {seed - 1})"] if seed > first else []),
            highlight=False,
            soft_wrap=True,
        )
        console.print(f"The same as a script: {kept}", highlight=False, soft_wrap=True)
    return 1
