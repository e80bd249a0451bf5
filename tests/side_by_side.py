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
    windows = TESTS / "app"
    others = [path for path in sorted(TESTS.iterdir()) if path.is_dir() and path != windows]
    with tempfile.TemporaryFile() as said:
        beside = subprocess.Popen([*_PYTEST, *map(str, others)], stdout=said, stderr=said)
        try:
            codes = [subprocess.call([*_PYTEST, str(windows)]), beside.wait()]
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
