"""Runs all tests as several pytest processes side by side, and says how far they are.

Each is one process from start to end, because the Ditto SDK must not meet pytest-xdist or a fork.
A process has files of its own, and helps the others when it is done with them. With arguments there
is one process, and they go to pytest.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import IO, TextIO

from tests.helpers.handed_out import PIPE, Collected, Ended, Message, Reported, Started, Wanted
from tests.helpers.progress import BAD, Progress
from tests.helpers.shared import FOLDER

_PYTEST = (sys.executable, "-m", "pytest")
_MOST = 8
_CACHE = Path(".pytest_cache")
_KEPT = _CACHE / "side_by_side.json"
_LANES = (("tests/app/ui/",), ("tests/app/data/", "tests/app/rehearsal/", "tests/app/tour/"))
"""The files of the first processes: the screens, and what else takes long of the app."""
_LONG = (
    *("tests/app/ui/test_typed.py", "tests/app/ui/test_fits.py"),
    *("tests/app/ui/shell/test_scans.py", "tests/app/ui/shell/test_scanner_acts.py"),
    *("tests/app/rehearsal/test_chance.py", "tests/app/rehearsal/test_scripts.py"),
    *("tests/app/data/selling/test_oversell.py", "tests/app/data/sync/test_switching.py"),
    *("tests/connector_config/link/test_failures.py", "tests/seed/test_demo.py"),
)
"""What takes longest, for the first run of a clone; each run keeps what the files took."""
_LINES = 100
_HANGS = 30.0
# What a process may take to end its fixtures, and what it may take when it is told once more.
_PATIENCE = (15.0, 5.0)


def main(arguments: Sequence[str]) -> int:
    """Gives the exit code of pytest, the worst one of all."""
    if arguments:
        return subprocess.call([*_PYTEST, *arguments])
    # One more than the machine can run at once, because tests also wait.
    return run(min(max(os.cpu_count() or 1, 2) + 1, _MOST), (), sys.stdout)


def run(processes: int, paths: Sequence[str], out: TextIO) -> int:
    """Run the tests below the paths in so many processes."""
    with ExitStack() as stack:
        shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="zava-tests-"))
        started = [_start(number, paths, shared, stack) for number in range(processes)]
        run = _Run(started, out)
        try:
            code = run.to_the_end()
            _keep(run.progress.seconds)
            return code
        except KeyboardInterrupt:
            _end(run.processes)
            run.progress.conclude()
            raise


@dataclass
class _Process:
    """One of the processes, and what it is at."""

    number: int
    popen: subprocess.Popen[bytes]
    pipe: Connection
    output: IO[bytes]
    test: str = ""
    since: float = 0.0
    in_hand: int = 0
    failed: bool = False
    """Whether it told of a test that failed."""

    def said(self) -> str:
        """The last lines that it wrote."""
        self.output.seek(0)
        lines = self.output.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_LINES:])


class _Run:
    """Hands the files out, and hears what becomes of them."""

    def __init__(self, processes: Sequence[_Process], out: TextIO) -> None:
        self.processes = processes
        self._before = _kept()
        self.progress = Progress(out, len(processes), self._before)
        self._files: dict[str, int] = {}
        self._limits: dict[str, float] = {}
        self._lanes: list[deque[str]] = []
        self._explained = False

    def to_the_end(self) -> int:
        """Gives the exit code of pytest, the worst one of all."""
        told = {process.pipe: process for process in self.processes}
        while told:
            for pipe in wait(list(told), 1.0):
                assert isinstance(pipe, Connection)
                process = told[pipe]
                try:
                    message: Message = pipe.recv()
                    self._hear(process, message)
                except (EOFError, ConnectionError):
                    del told[pipe]
                    self._gone(process)
            self._watch()
            self.progress.tick()
        self.progress.conclude()
        codes = (process.popen.wait() for process in self.processes)
        # Of one that a signal ended, the code is below zero.
        return max(code if code >= 0 else 128 - code for code in codes)

    def _hear(self, process: _Process, message: Message) -> None:
        if isinstance(message, Collected):
            if not self._files:
                self._files, self._limits = message.files, message.limits
                self._lanes = _lanes(message, self._before)
                self.progress.expect(message.files)
        elif isinstance(message, Wanted):
            name = self._next(process.number)
            process.in_hand += self._files.get(name or "", 0)
            process.pipe.send(name)
        else:
            if isinstance(message, Started):
                process.test, process.since = message.test, time.monotonic()
            elif isinstance(message, Ended):
                process.test = ""
                process.in_hand -= 1
            elif isinstance(message, Reported):
                process.failed = process.failed or message.category in BAD
            self.progress.hear(process.number, message)

    def _next(self, number: int) -> str | None:
        """The first of its own files, else the first of whoever has most to do."""
        if number < len(self._lanes) and self._lanes[number]:
            return self._lanes[number].popleft()
        took = self._before or self._files
        rest = [(sum(took.get(name, 0) for name in lane), lane) for lane in self._lanes if lane]
        return max(rest)[1].popleft() if rest else None

    def _watch(self) -> None:
        """Pytest ends a test that takes too long, but not what hangs after one that failed."""
        for process in self.processes:
            limit = self._limits.get(process.test.split("::")[0], 0.0)
            if process.test and limit and time.monotonic() - process.since > limit + _HANGS:
                process.since = time.monotonic()
                # It writes where each of its threads is.
                process.popen.send_signal(signal.SIGABRT)

    def _gone(self, process: _Process) -> None:
        code = process.popen.wait()
        if process.in_hand:
            self.progress.lost(process.number, process.test, process.in_hand, code, process.said())
        elif code and not process.failed and not self._explained:
            # It could not begin, as none could, or did not end well: it says why.
            self._explained = True
            self.progress.say(process.said())
        self.progress.done(process.number)


def _lanes(collected: Collected, before: Mapping[str, float]) -> list[deque[str]]:
    """The files of each process, the longest first: so that none is left with one at the end."""
    lanes: list[deque[str]] = [deque() for _ in range(len(_LANES) + 1)]

    def length(name: str) -> tuple[float, float]:
        return collected.limits[name], before.get(name, float(name in _LONG))

    for name in sorted(collected.files, key=length, reverse=True):
        lane = (at for at, folders in enumerate(_LANES) if name.startswith(folders))
        lanes[next(lane, len(_LANES))].append(name)
    return lanes


def _start(number: int, paths: Sequence[str], shared: str, stack: ExitStack) -> _Process:
    ours, theirs = Pipe()
    output = tempfile.TemporaryFile()  # noqa: SIM115  # for as long as the process
    stack.callback(output.close)
    with theirs:
        popen = subprocess.Popen(
            [*_PYTEST, "-p", "tests.helpers.handed_out", *paths],
            env=_environment() | {PIPE: str(theirs.fileno()), FOLDER: shared},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[theirs.fileno()],
            # Ctrl+C is for this process, which then ends them: once, so that they clean up.
            start_new_session=True,
        )
    process = _Process(number, popen, ours, output)
    stack.callback(_end, [process])
    return process


def _environment() -> dict[str, str]:
    """Ours, but what is compiled is kept: else each process compiles all modules and all tests."""
    environment = dict(os.environ)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment.setdefault("PYTHONPYCACHEPREFIX", str((_CACHE / "bytecode").absolute()))
    return environment


def _kept() -> dict[str, float]:
    """What the files took in the run before; empty where there was none."""
    try:
        kept = json.loads(_KEPT.read_text(encoding="utf-8"))
        return {str(name): float(seconds) for name, seconds in kept.items()}
    except (OSError, ValueError):
        return {}


def _keep(seconds: dict[str, float]) -> None:
    if seconds:
        with suppress(OSError):
            _KEPT.parent.mkdir(exist_ok=True)
            _KEPT.write_text(json.dumps(seconds), encoding="utf-8")


def _end(processes: Sequence[_Process]) -> None:
    """End all that still run: as Ctrl+C does, and in the end without asking."""
    running = [process.popen for process in processes if process.popen.poll() is None]
    for signal_, patience in zip((signal.SIGINT, signal.SIGTERM), _PATIENCE, strict=True):
        for popen in running:
            popen.send_signal(signal_)
        for popen in running:
            with suppress(subprocess.TimeoutExpired):
                popen.wait(patience)
        running = [popen for popen in running if popen.poll() is None]
    for popen in running:
        with suppress(ProcessLookupError):
            os.killpg(popen.pid, signal.SIGKILL)
        popen.wait()


if __name__ == "__main__":
    # Whoever ends this ends all of them.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A shell ignores Ctrl+C for what it starts in the background; each process would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
