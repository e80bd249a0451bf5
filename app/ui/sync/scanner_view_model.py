"""Setting a scanner up: what it sends, what that means, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, QSettings, Signal, SignalInstance

from app.domain.scanner_check import CODES, Scanned, find, read_scan
from app.domain.torn_badges import TornBadges
from app.ui.core.burst import Burst, Key
from app.ui.core.code_reader import CodeReader
from app.ui.core.message import NO_MESSAGE, Message, problem
from app.ui.core.scanner_settings import MOST_GAP_MS, ScannerSettings
from app.ui.core.sounds import Sound, Sounds
from app.ui.sync.scanner_words import BADGE_ON_PAGE, difference, not_on_sheet, sentences


class Keys(Protocol):
    """The keys of all windows, as `ScannerFilter` gives them."""

    reader: CodeReader
    only_heard: bool

    @property
    def heard(self) -> SignalInstance:
        """Carries every Burst."""


@dataclass(frozen=True, slots=True)
class ScannerState:
    """How far the set-up is; `works` is None until the proof was scanned, `keys` are of the last
    scan, and `done` are the codes of the sheet that have been scanned.
    """

    settings: ScannerSettings
    listening: bool = False
    keys: tuple[Key, ...] = ()
    done: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    works: bool | None = None
    message: Message = NO_MESSAGE

    @property
    def missing(self) -> tuple[str, ...]:
        """The codes that have still to be scanned."""
        return tuple(one for one in CODES if one not in self.done)


class ScannerViewModel(QObject):
    """Follows the scanner while the page listens; meanwhile a scan does nothing else."""

    state_changed = Signal(object)

    def __init__(
        self, keys: Keys, preferences: QSettings, sounds: Sounds, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._keys = keys
        self._preferences = preferences
        self.sounds = sounds
        self._scans: dict[str, Scanned] = {}
        self._badges = TornBadges()
        self.state = ScannerState(keys.reader.settings)

    def listen(self, on: bool) -> None:
        """Take the scans from now on, or leave them to the other screens again."""
        if on == self.state.listening:
            return
        self._keys.only_heard = on
        if on:
            self._keys.heard.connect(self._on_burst)
        else:
            self._keys.heard.disconnect(self._on_burst)
        self._update(listening=on)
        self._choose_settings()

    def begin(self) -> None:
        """Begin again, as with a scanner that nothing is known of."""
        self._scans.clear()
        self._set(ScannerSettings())
        self._update(keys=(), done=(), found=(), works=None, message=NO_MESSAGE)

    def say(self, message: Message) -> None:
        """Show a message until something else is said."""
        self._update(message=message)

    def note_single_key(self) -> None:
        """A key came that is no part of a scan."""
        if self.state.works is None:
            self._update(
                message=problem(
                    f"Single keys arrive. If they are your scanner's, it takes longer than "
                    f"{MOST_GAP_MS} ms a key: set it to a shorter pause between them."
                )
            )

    def _on_burst(self, burst: Burst) -> None:
        text = "".join(one.sign for one in burst.keys)
        if not burst.code and not burst.ended_by:
            # A person's.
            return
        known = read_scan(text) is not None
        if self._badges.take(text, known, cut_off=not burst.ended_by) is not None:
            # Whoever reads it from the screen could sign in with it.
            self.sounds.play(Sound.UNKNOWN)
            self._update(keys=(), message=problem(BADGE_ON_PAGE))
            return
        ends = tuple(Key(one, "", 0) for one in burst.ended_by)
        self._update(keys=burst.keys + ends)
        if self.state.missing:
            self._take(Scanned(text, burst.gaps_ms, burst.ended_by))
        else:
            self._prove(burst.code)

    def _take(self, scanned: Scanned) -> None:
        reading = read_scan(scanned.text)
        if reading is None:
            self.sounds.play(Sound.UNKNOWN)
            self._update(message=problem(not_on_sheet(scanned.text)))
            return
        self.sounds.play(Sound.KNOWN)
        self._scans[reading.code] = scanned
        findings = find(tuple(self._scans.values()))
        done = tuple(one for one in CODES if one in self._scans)
        self._update(done=done, found=sentences(findings), message=NO_MESSAGE)
        if not self.state.missing:
            self._set(ScannerSettings(findings.prefix or "", findings.suffix or ""))

    def _prove(self, code: str) -> None:
        differs = difference(code)
        self.sounds.play(Sound.REFUSED if differs else Sound.KNOWN)
        message = problem(differs) if differs else NO_MESSAGE
        self._update(works=not differs, message=message)

    def _set(self, settings: ScannerSettings) -> None:
        settings.save(self._preferences)
        self._update(settings=settings)
        self._choose_settings()

    def _choose_settings(self) -> None:
        """Until it is known what a scanner does, everything it may do is taken."""
        finding = self.state.listening and self.state.missing
        self._keys.reader.settings = ScannerSettings() if finding else self.state.settings

    def _update(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state_changed.emit(self.state)
