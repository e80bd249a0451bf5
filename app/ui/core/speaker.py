"""The computer's speaker, through a program that plays files, else its bell.

Qt's own sound is in QtMultimedia, which PySide6-Essentials does not have.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication

from app.ui.core.command import Command
from app.ui.core.sounds import Sound
from app.ui.core.tones import write_tones

PLAYERS: Final[Sequence[Sequence[str]]] = (
    (("afplay",),)
    if sys.platform == "darwin"
    else (("pw-play",), ("paplay",), ("aplay", "--quiet"))
)
"""Programs that play a WAV file, the likeliest to work first."""

_BELLS: Final = {Sound.KNOWN: 1, Sound.UNKNOWN: 2, Sound.REFUSED: 3}
"""How often the bell rings, which has but one sound."""
_BELL_EVERY_MS = 180
_END_MS = 1_000


class ComputerSpeaker(QObject):
    """Plays one sound at a time; a player that fails is not asked again, and nobody is told."""

    def __init__(
        self, parent: QObject | None = None, players: Sequence[Sequence[str]] = PLAYERS
    ) -> None:
        super().__init__(parent)
        self._players = [one for one in players if shutil.which(one[0])]
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: dict[Sound, Path] = {}
        self._making = Command(self._make_files, self)
        self._making.finished.connect(lambda _: self._go_on())
        self._next: Sound | None = None
        self._now: Sound | None = None
        self._process = QProcess(self)
        self._process.setStandardOutputFile(QProcess.nullDevice())
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)
        self._rings = 0
        self._bell = QTimer(self)
        self._bell.setInterval(_BELL_EVERY_MS)
        self._bell.timeout.connect(self._ring)

    @property
    def playing(self) -> bool:
        """Whether a player runs or the bell has still to ring."""
        waits = self._next is not None or self._now is not None
        return waits or self._bell.isActive()

    def play(self, sound: Sound) -> None:
        self._next = sound
        if self._process.state() is QProcess.ProcessState.NotRunning:
            self._go_on()
        else:
            # What follows is played when this one has ended.
            self._process.kill()

    def close(self) -> None:
        self._next = None
        self._players = []
        self._making.cancel()
        self._bell.stop()
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_END_MS)
        if self._folder is not None:
            self._folder.cleanup()

    def _go_on(self) -> None:
        self._bell.stop()
        if self._next is not None and self._players and not self._files:
            self._making.execute()
            return
        self._now, self._next = self._next, None
        if self._now is None:
            return
        if self._players:
            program, *options = self._players[0]
            self._process.start(program, [*options, str(self._files[self._now])])
        else:
            self._rings, self._now = _BELLS[self._now], None
            self._bell.start()
            self._ring()

    async def _make_files(self) -> None:
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="zava-sounds-")
            folder = Path(self._folder.name)
            self._files = await asyncio.get_running_loop().run_in_executor(
                None, write_tones, folder
            )
        except OSError:
            self._players = []

    def _ring(self) -> None:
        QApplication.beep()
        self._rings -= 1
        if self._rings <= 0:
            self._bell.stop()

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        # One that was killed has not failed.
        if code and status is QProcess.ExitStatus.NormalExit:
            self._give_up()
        self._go_on()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._give_up()
            # It may be told by `start` itself, which must have ended first.
            QTimer.singleShot(0, self, self._go_on)

    def _give_up(self) -> None:
        """Ask the next player from now on, and for this sound too unless there is a newer one."""
        del self._players[:1]
        self._next = self._next or self._now
