"""The state of the link, as a person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Phase(Enum):
    """How far the link is."""

    CONNECTING = "connecting"
    FIRST_SYNC = "first sync"
    LIVE = "live"
    WAITING = "waiting"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison with MongoDB in an idle moment, and how many documents of which collections
    were not as there and were mended.
    """

    at: datetime
    found: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkState:
    """A moment of the link; `reason` is a sentence for a person, empty when all is well.

    `done` of `total` documents of the first sync are here, `parked` cannot be exchanged.
    """

    phase: Phase = Phase.CONNECTING
    reason: str = ""
    done: int = 0
    total: int = 0
    parked: int = 0
    last_exchange: datetime | None = None
    compared: Comparison | None = None
