"""The client of `tests.helpers.visitor` as a process beside a rehearsal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.config.logs import LOG_NAME
from connector_config.errors import UserError
from connector_config.mongodb.connection import MongoSettings

_END_SECONDS: Final = 60
_TAIL: Final = 5_000


class Visit:
    """The process, and what it said at its end; made by `visiting`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.said = "No client looked at its screens."
        self.code = 1

    def go_on(self, settings: MongoSettings) -> None:
        """Start the client where it does not run yet; raises UserError where it ended."""
        if self._process is None:
            variables = {
                "ZAVA_SYNC": "link",
                "MONGODB_LOCAL_CONNECTION_STRING": settings.uri,
                "MONGODB_DATABASE": settings.database,
                "QT_QPA_PLATFORM": "offscreen",
            }
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.helpers.visitor", str(self._folder / "data")],
                env={**os.environ, **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        elif self._process.poll() is not None:
            self.end()
            raise UserError(f"The client that opens its screens ended: {self.said}")

    def end(self) -> None:
        """End the client, and keep what it said."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            self.said = process.communicate(timeout=_END_SECONDS)[0].strip()
        except subprocess.TimeoutExpired:
            process.kill()
            self.said = process.communicate()[0].strip() + "\nIt did not end when it was asked to."
        self.code = process.returncode
        log = self._folder / "data" / LOG_NAME
        if self.code and log.exists():
            self.said += "\n" + log.read_text(encoding="utf-8")[-_TAIL:]


@contextmanager
def visiting(folder: Path) -> Iterator[Visit]:
    """A visit with its data below a folder."""
    visit = Visit(folder)
    try:
        yield visit
    finally:
        visit.end()
