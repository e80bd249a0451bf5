"""One of several pytest processes that are handed the files of tests one at a time.

A plugin, loaded only by `tests.side_by_side`, which says through which pipe to ask.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

import pytest

PIPE = "TESTS_PIPE"
"""The variable with the number of the pipe."""


@dataclass(frozen=True)
class Collected:
    """The files with how many tests are in each, and how many seconds a test of it may take."""

    files: dict[str, int]
    limits: dict[str, float]


@dataclass(frozen=True)
class Wanted:
    """Asks for a file; the answer is its name, or None when there is no more."""


@dataclass(frozen=True)
class Started:
    """A test begins."""

    test: str


@dataclass(frozen=True)
class Reported:
    """What pytest says of a part of a test: `category` is empty for what is not counted."""

    test: str
    category: str
    word: str
    reason: str
    text: str


@dataclass(frozen=True)
class Ended:
    """A test is over."""

    test: str
    seconds: float


@dataclass(frozen=True)
class Warned:
    """A warning that did not fail a test."""

    text: str


Message = Collected | Wanted | Started | Reported | Ended | Warned


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    number = int(os.environ.pop(PIPE))
    # For this process alone, and not for the programs that tests start.
    os.set_inheritable(number, False)
    pipe = Connection(number)
    config.pluginmanager.register(_Worker(config, pipe), "handed-out")


class _Between(pytest.Item):
    """Stands for the next test while that is not known: all ends that belongs to a file."""

    def runtest(self) -> None:
        raise NotImplementedError


class _Worker:
    """Runs what it is handed, and tells of it."""

    def __init__(self, config: pytest.Config, pipe: Connection) -> None:
        self._config = config
        self._pipe = pipe
        self._seconds = 0.0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed or session.config.option.collectonly:
            return None  # pytest says why
        files: dict[str, list[pytest.Item]] = {}
        for item in session.items:
            files.setdefault(item.nodeid.split("::")[0], []).append(item)
        usual = float(self._config.getini("timeout") or 0)
        limits = {name: max(usual, *map(_limit, items)) for name, items in files.items()}
        self._tell(Collected({name: len(items) for name, items in files.items()}, limits))
        between = _Between.from_parent(session, name="between two files")
        # What all tests stand on stays: without this, each look for garbage goes through it again.
        gc.collect()
        gc.freeze()
        while (name := self._handed()) is not None:
            for item, following in pairwise([*files[name], between]):
                self._tell(Started(item.nodeid))
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
        return True

    def _handed(self) -> str | None:
        self._tell(Wanted())
        name: str | None = self._pipe.recv()
        return name

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category, _, word = self._config.hook.pytest_report_teststatus(
            report=report, config=self._config
        )
        self._seconds += report.duration
        if category:
            name = word[0] if isinstance(word, tuple) else word
            self._tell(Reported(report.nodeid, category, name, _reason(report), _text(report)))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._tell(Ended(nodeid, self._seconds))
        self._seconds = 0.0

    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        self._tell(Warned(f"{nodeid}: {warning_message.message}"))

    def _tell(self, message: Message) -> None:
        self._pipe.send(message)


def _limit(item: pytest.Item) -> float:
    marks: Iterable[pytest.Mark] = item.iter_markers("timeout")
    return max((float(mark.args[0]) for mark in marks if mark.args), default=0.0)


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):  # of a test that was skipped: file, line, reason
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message).splitlines()[0] if crash else str(getattr(report, "wasxfail", ""))


def _text(report: pytest.TestReport) -> str:
    if not report.failed:
        return ""
    parts = [report.longreprtext]
    for title, content in report.sections:
        parts.append(f"{f' {title} ':-^80}\n{content.rstrip()}")
    return "\n".join(parts)
