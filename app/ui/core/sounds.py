"""What a scan sounds like, for whoever looks at the goods and not at the screen."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, QSettings, Signal

_SETTING = "sounds"


class Sound(Enum):
    """How a scan ended: taken, a code that nobody knows, or one that cannot be used here."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Speaker(Protocol):
    """Makes a sound without waiting for it; a new one ends the one before."""

    def play(self, sound: Sound) -> None:
        """Begin a sound; nothing happens where none can be made."""

    def close(self) -> None:
        """End what still sounds."""


class Silence:
    """The speaker of a client that nobody listens to, as in a test."""

    def play(self, sound: Sound) -> None:
        """Make no sound."""

    def close(self) -> None:
        """Nothing sounds."""


class Sounds(QObject):
    """Sounds with a switch that this device remembers; `changed` tells that it was switched."""

    changed = Signal(bool)

    def __init__(self, preferences: QSettings, speaker: Speaker, parent: QObject) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._speaker = speaker
        self._on = str(preferences.value(_SETTING, "true")) != "false"

    @property
    def on(self) -> bool:
        """Whether scans are heard."""
        return self._on

    def switch(self, on: bool) -> None:
        """Let scans be heard, or not, and remember it."""
        if on != self._on:
            self._on = on
            self._preferences.setValue(_SETTING, "true" if on else "false")
            self.changed.emit(on)

    def play(self, sound: Sound) -> None:
        """Let a sound be heard, if they are on."""
        if self._on:
            self._speaker.play(sound)

    def close(self) -> None:
        """End what still sounds."""
        self._speaker.close()
