"""Rehearses sync for long: schedules by chance with three peers, until one fails.

python -m tests.soak [--schedules 1000] [--seed 0]
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console

from app.rehearsal.headless import Wish, rehearse

PEERS = 3


def main() -> int:
    """Gives 0 when all of them passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wish = Wish(PEERS, None, options.seed, 0, options.schedules)
    return rehearse(wish, Console())


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
