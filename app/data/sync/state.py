"""The state of sync, as screens see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from app.data.sync.credentials import Grant
from app.data.sync.modes import Mode, Way
from app.data.sync.transports import Transport
from connector_config.wording import counted, number

Cancel = Callable[[], None]


class Phase(Enum):
    """How far the exchange with others is."""

    OFF = "off"
    """The mode is offline: there is nobody to exchange with."""
    PAUSED = "paused"
    """A person went offline."""
    SIGNED_OUT = "signed out"
    """Somebody has to sign in to Ditto Cloud first."""
    CONNECTING = "connecting"
    FIRST_SYNC = "first sync"
    CONNECTED = "connected"
    TROUBLE = "trouble"
    """Something keeps it from working; the problem says what."""


@dataclass(frozen=True, slots=True)
class PeerView:
    """A peer that this device exchanges with, in words; times in UTC."""

    key: str
    who: str
    where: str
    way: str
    since: datetime
    last_exchange: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the sync log; `tone` is ok, warn or nothing."""

    at: datetime
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the machinery of a mode reports; `total` is None where nobody knows it.

    `compared` is when the device last compared itself with MongoDB in an idle moment, and `mended`
    how many documents differed since the app was started.
    """

    phase: Phase
    problem: str = ""
    peers: tuple[PeerView, ...] = ()
    last_exchange: datetime | None = None
    done: int = 0
    total: int | None = None
    parked: int = 0
    grant: Grant | None = None
    compared: datetime | None = None
    mended: int = 0


@dataclass(frozen=True, slots=True)
class SyncState:
    """A moment of sync. `pending` counts changes of this device that have not left it.

    `stores` are those whose documents this device asks for, none in the mode offline; `leaving`
    tells that documents which nobody asks for any more are still here.
    """

    mode: Mode
    reason: str
    report: Report
    pending: int = 0
    roads: tuple[tuple[Transport, bool], ...] = ()
    user: str = ""
    may_sign_in: bool = False
    log: tuple[Event, ...] = ()
    ways: tuple[Way, ...] = ()
    stores: tuple[str, ...] = ()
    leaving: bool = False

    @property
    def connected(self) -> bool:
        """Whether this device and another one, or a server, hear each other now."""
        return self.report.phase in (Phase.FIRST_SYNC, Phase.CONNECTED)

    @property
    def paused(self) -> bool:
        """Whether a person went offline."""
        return self.report.phase is Phase.PAUSED

    @property
    def tone(self) -> str:
        """`ok` only when all that this device wrote has been delivered, never for a connection."""
        report = self.report
        if report.phase is Phase.OFF:
            return ""
        if report.problem or report.parked or self.pending:
            return "warn"
        if report.phase is Phase.FIRST_SYNC:
            return ""
        return "ok" if self.connected and report.last_exchange is not None else ""

    @property
    def sentence(self) -> str:
        """A sentence on the mode, what it is doing, and what has not left this device."""
        said = f"{self.mode.label}: {self._doing}"
        parts = (said, self.refused, self.waiting)
        return "  \N{MIDDLE DOT}  ".join(part for part in parts if part)

    @property
    def refused(self) -> str:
        """A sentence on what the other side does not take; empty when it takes all."""
        parked = self.report.parked
        return f"{counted(parked, 'change')} refused" if parked else ""

    @property
    def waiting(self) -> str:
        """What has not left this device, such as `3 changes not sent yet`; empty when nothing."""
        if self.mode is Mode.OFFLINE or not self.pending:
            return ""
        return f"{counted(self.pending, 'change')} not sent yet"

    @property
    def _doing(self) -> str:
        report = self.report
        match report.phase:
            case Phase.OFF:
                return self.reason
            case Phase.PAUSED:
                return "offline, because you chose so"
            case Phase.SIGNED_OUT:
                return report.problem or "sign in on the Sync screen to exchange"
            case Phase.TROUBLE:
                return report.problem.rstrip(".")
            case Phase.CONNECTING:
                return report.problem.rstrip(".") or "looking for others"
            case Phase.FIRST_SYNC:
                return f"first sync, {progress(report)}"
        return "everything is delivered" if self.tone == "ok" else "connected"


def progress(report: Report) -> str:
    """Words for how far the first sync is, in documents."""
    if report.total is None:
        return f"{counted(report.done, 'document')} here so far"
    return f"{number(report.done)} of {counted(report.total, 'document')}"


class Sync(Protocol):
    """The sync service as view models need it; all of it may be called at any time."""

    @property
    def state(self) -> SyncState:
        """The state as it is now."""
        ...

    def on_changed(self, listener: Callable[[], None]) -> Cancel:
        """Call `listener` after every new state; returns the cancel."""
        ...

    async def go_offline(self) -> None:
        """Stop exchanging, until a person says otherwise, also after a restart."""
        ...

    async def go_online(self) -> None:
        """Exchange again, or try again now."""
        ...

    async def set_road(self, road: Transport, is_open: bool) -> None:
        """Open or close a road, also after a restart."""
        ...

    async def choose_stores(self, store_ids: Sequence[str]) -> None:
        """Hold these stores on this device for whoever works here, also after a restart.

        The store that is worked in is always one of them. What leaves goes when the device is
        connected, and never before it is delivered.
        """
        ...

    async def documents_of(self, store_id: str) -> int | None:
        """How many documents a store adds to those of every device; None where nobody knows."""
        ...

    async def sign_in(self, user: str, password: str) -> None:
        """Sign in to Ditto Cloud through the webhook; raises SyncError."""
        ...

    async def sign_out(self, remove: bool) -> None:
        """Sign out of Ditto Cloud; with `remove`, delete from this device what can come back."""
        ...
