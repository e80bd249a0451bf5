"""Tries for long what `make test` tries a little of: property tests, and schedules of sync.

python -m tests.soak [--only properties|schedules] [--seed N] [--minutes M]
    [--times 20] [--schedules 1000] [pytest arguments for the property tests]

Stops at the first that fails. The seed, printed first, repeats a run.
"""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence

from rich.console import Console

from app.rehearsal.headless import Wish, rehearse

PEERS = 3
PROPERTIES, SCHEDULES = PARTS = ("properties", "schedules")


def main(arguments: Sequence[str]) -> int:
    """Gives 0 when all of them passed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Other arguments go to pytest (-k, a file)."
    )
    parser.add_argument("--only", choices=PARTS, help="leave the other part out")
    parser.add_argument("--seed", type=int, help="of the first examples and schedule")
    parser.add_argument("--minutes", type=float, default=0, help="go on for so long in each part")
    parser.add_argument("--times", type=int, default=20, help="examples, compared to make test")
    parser.add_argument("--schedules", type=int, default=1_000)
    options, more = parser.parse_known_args(arguments)
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"Seed {seed}: --seed {seed} repeats this run.", flush=True)
    code = 0
    if options.only != SCHEDULES:
        code = _try_properties(options.times, seed, options.minutes, more)
    if options.only != PROPERTIES and code == 0:
        wish = Wish(PEERS, None, seed, options.minutes, options.schedules)
        code = rehearse(wish, Console())
    return code


def _try_properties(times: int, first: int, minutes: float, more: Sequence[str]) -> int:
    """All property tests with one seed after the other, until the minutes are over."""
    ends = time.monotonic() + minutes * 60
    code, seed = 0, first
    while code == 0 and (seed == first or time.monotonic() < ends):
        print(f"Property tests with seed {seed}, {times} times the examples:", flush=True)
        command = [sys.executable, "-m", "pytest", "-m", "hypothesis", "--timeout=0"]
        code = subprocess.call([*command, f"--soak={times}", f"--hypothesis-seed={seed}", *more])
        seed += 1
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
