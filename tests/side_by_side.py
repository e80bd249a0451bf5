"""Runs all tests as three pytest processes side by side: in less than half the time on two cores.

Each is one process from start to end, because the Ditto SDK must not meet pytest-xdist or a fork.
With arguments there is one process, and they go to pytest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

TESTS = Path(__file__).parent
_PYTEST = [sys.executable, "-m", "pytest"]


def main(arguments: Sequence[str]) -> int:
    """Gives the exit code of pytest, the worst one of all."""
    if arguments:
        return subprocess.call([*_PYTEST, *arguments])
    with ExitStack() as stack:
        screens, *others = _shares()
        beside = []
        for paths in others:
            said = stack.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen([*_PYTEST, *map(str, paths)], stdout=said, stderr=said)
            stack.callback(_end, process)
            beside.append((process, said))
        codes = [subprocess.call([*_PYTEST, *map(str, screens)])]
        for process, said in beside:
            codes.append(process.wait())
            said.seek(0)
            print(said.read().decode(errors="replace"), flush=True)
    return max(codes)


def _shares() -> tuple[list[Path], list[Path], list[Path]]:
    """The screens, what else takes long of the app, and the rest: they take about the same time."""
    app = TESTS / "app"
    screens = [app / "ui"]
    long = [app / name for name in ("data", "rehearsal", "tour")]
    rest = [path for path in _inside(TESTS) if path != app] + _inside(app)
    return screens, long, [path for path in rest if path not in (*screens, *long)]


def _inside(folder: Path) -> list[Path]:
    """The folders and files that hold tests."""
    return sorted(
        {folder / path.relative_to(folder).parts[0] for path in folder.rglob("test_*.py")}
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
