"""The journal of what the peers were asked and what became of it, on which a verdict rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.rehearsal.schedule import Operation

Evidence = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """A write that its peer acknowledged, and what it left behind."""

    peer: str
    step: Operation
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class InFlight:
    """A write whose peer was killed before it answered: it is there whole, or not at all."""

    peer: str
    step: Operation
    device_id: str
    arguments: Evidence


@dataclass(slots=True)
class Journal:
    """Everything of one rehearsal, in the order of the answers."""

    done: list[Done] = field(default_factory=list)
    in_flight: list[InFlight] = field(default_factory=list)
    refused: int = 0
    kills: int = 0
    failures: list[str] = field(default_factory=list)
    papers: dict[str, Evidence] = field(default_factory=dict)
    """The key and the number of each paper, by its name in the schedule."""

    @property
    def operations(self) -> int:
        """How many operations were asked for."""
        return len(self.done) + len(self.in_flight) + self.refused + len(self.failures)
