"""Runs all tests as two pytest processes side by side: half the time on two cores.

Each is one process from start to end, because the Ditto SDK must not meet pytest-xdist or a fork.
With arguments there is one process, and they go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parent
_PYTEST = [sys.executable, "-m", "pytest"]


def main(arguments: Sequence[str]) -> int:
    """Gives the exit code of pytest, the worse one of two."""
    if arguments:
        return subprocess.call([*_PYTEST, *arguments])
    app = TESTS / "app"
    without_windows = [app / "data", app / "domain"]
    others = [path for path in sorted(TESTS.iterdir()) if path.is_dir() and path != app]
    with tempfile.TemporaryFile() as said:
        beside = subprocess.Popen(
            [*_PYTEST, *map(str, without_windows + others)], stdout=said, stderr=said
        )
        ignored = [f"--ignore={path}" for path in without_windows]
        try:
            codes = [subprocess.call([*_PYTEST, str(app), *ignored]), beside.wait()]
        finally:
            if beside.poll() is None:
                beside.terminate()
                beside.wait()
        said.seek(0)
        print(said.read().decode(errors="replace"), flush=True)
    return max(codes)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
