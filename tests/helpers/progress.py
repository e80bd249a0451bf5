"""What is printed of tests that several processes run: how far they are, and how it ended."""

from __future__ import annotations

import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TextIO

from tests.helpers.handed_out import Ended, Message, Reported, Started, Warned

_WIDTH = 80
_ORDER = ("failed", "passed", "skipped", "xfailed", "xpassed", "warnings", "error")
"""As pytest counts them in its last line."""
BAD = ("failed", "error")
# How often a line tells how far they are: in place on a terminal, else now and then.
_IN_PLACE, _NOW_AND_THEN = 0.2, 30.0


class Progress:
    """Prints on a terminal one line in place, elsewhere a line now and then, and all at the end."""

    def __init__(
        self,
        out: TextIO,
        processes: int,
        before: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out
        self._processes = processes
        self._before = before
        self._clock = clock
        self._began = self._collected = self._last = clock()
        self._in_place = out.isatty()
        self._files: dict[str, int] = {}
        self._to_come: Counter[str] = Counter()
        self._weights: dict[str, float] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._counts: Counter[str] = Counter()
        self._texts: list[tuple[str, str]] = []
        self._lines: list[str] = []
        self._now: dict[int, str] = {}
        self._all = 0

    @property
    def seconds(self) -> dict[str, float]:
        """What the files took, as `before` of the next run; empty before all are over."""
        return {} if self._to_come.total() else dict(self._seconds)

    def expect(self, files: dict[str, int]) -> None:
        """So many tests are to come from these files."""
        self._files = files
        self._to_come.update(files)
        self._all += sum(files.values())
        self._collected = self._clock()
        each = {name: self._before[name] / files[name] for name in files.keys() & self._before}
        usual = sum(each.values()) / len(each) if each else 1.0
        self._weights = {name: each.get(name, usual) for name in files}
        self._print(f"{self._all:,} tests in {self._processes} processes")

    def hear(self, process: int, message: Message) -> None:
        """What a process tells."""
        if isinstance(message, Started):
            self._now[process] = _file(message.test)
        elif isinstance(message, Reported):
            self._counts[message.category] += 1
            if message.category != "passed":
                reason = f" - {message.reason}" if message.reason else ""
                line = f"{message.word} {message.test}{reason}"
                self._lines.append(line)
                if message.category in BAD:
                    self._texts.append((message.test, message.text))
                    self._print(line)
        elif isinstance(message, Ended):
            self._to_come[_file(message.test)] -= 1
            self._seconds[_file(message.test)] += message.seconds
        elif isinstance(message, Warned):
            self._counts["warnings"] += 1
            self._lines.append(f"WARNING {message.text}")
        self.tick()

    def lost(self, process: int, test: str, count: int, code: int, output: str) -> None:
        """A process ended in a test, or before the next; so many of its tests are not over."""
        test = test or "between two tests"
        line = f"FAILED {test} - the process ended with {code}: {count} tests are not over"
        self._counts["failed"] += 1
        self._lines.append(line)
        self._texts.append((test, output))
        self._print(line)

    def done(self, process: int) -> None:
        """A process has nothing more to do."""
        self._now.pop(process, None)

    def tick(self) -> None:
        """Tell how far they are, when it is time to."""
        now = self._clock()
        if now - self._last < (_IN_PLACE if self._in_place else _NOW_AND_THEN) or not self._all:
            return
        self._last = now
        if self._in_place:
            width = shutil.get_terminal_size().columns - 1
            now_at = " ".join(PurePath(file).stem for file in self._now.values())
            self._out.write(f"\r\033[K{f'{self._how_far()}  {now_at}'[:width]}")
            self._out.flush()
        else:
            self._print(self._how_far())

    def _how_far(self) -> str:
        left = sum(self._to_come.values())
        bad = sum(self._counts[category] for category in BAD)
        failed = f", {bad} failed" if bad else ""
        return f"{self._all - left:,} of {self._all:,} tests{failed}, {self._time_left()}"

    def _time_left(self) -> str:
        """Tests take as long as in the run before, or all the same, at the pace of this one."""
        whole = sum(self._weights[name] * count for name, count in self._files.items())
        left = sum(self._weights[name] * count for name, count in self._to_come.items())
        if whole - left < whole / 10:
            return "and the time left is not known yet"
        seconds = (self._clock() - self._collected) * left / (whole - left)
        return f"about {int(seconds) // 60}:{int(seconds) % 60:02} left"

    def conclude(self) -> None:
        """The failures of all processes together, and one line with the sum."""
        if self._texts:
            self._print(f"{' FAILURES ':=^{_WIDTH}}")
        for test, text in self._texts:
            self._print(f"{f' {test} ':_^{_WIDTH}}\n\n{text}\n")
        if self._lines:
            self._print(f"{' short test summary info ':=^{_WIDTH}}")
            self._print("\n".join(sorted(self._lines)))
        counts = [f"{self._counts[one]} {one}" for one in _ORDER if self._counts[one]]
        seconds = self._clock() - self._began
        minutes = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
        said = f" {', '.join(counts) or 'no tests ran'} in {seconds:.2f}s ({minutes}) "
        self._print(f"{said:=^{_WIDTH}}")

    def say(self, text: str) -> None:
        """Print a text as it is."""
        self._print(text)

    def _print(self, text: str) -> None:
        clear = "\r\033[K" if self._in_place else ""
        self._out.write(f"{clear}{text}\n")
        self._out.flush()


def _file(test: str) -> str:
    return test.split("::", maxsplit=1)[0]
