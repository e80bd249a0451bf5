"""Keys that come quickly one after the other: whether a scanner sent them, or a person.

A scanner is either faster than any person, or regular: at 60 or 100 ms a key its gaps are alike,
to the 16 ms of the clock of Windows and the 8 ms of a keyboard, while a person's vary by half.
Where a person types, that is not enough, so a slow burst also has to look like a code. Where keys
act at once, and a few in a row at such a pace mean nothing, it need not: a code that is let go
there moves stock, and a word that is not is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SEPARATOR: Final = "\x1d"
"""What stands between two parts of a GS1 code, however the scanner sends it."""
FAST_MS: Final = 48
"""Between two keys; no person types four keys with all gaps so short, and scanners of 35 ms do."""

_AT_ONCE_MS: Final = 20
_FEW = 4
_MANY = 6
_SPREAD_MS: Final = 40


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it came: its name, what it adds to a code, and ms since the key before.

    The first key of a burst has the gap 0.
    """

    name: str
    sign: str
    gap_ms: int


@dataclass(frozen=True, slots=True)
class Burst:
    """Keys without a pause, the keys that ended them, and their code, "" where a person typed."""

    keys: tuple[Key, ...]
    ended_by: tuple[str, ...]
    code: str

    @property
    def gaps_ms(self) -> tuple[int, ...]:
        """The times between the keys."""
        return tuple(one.gap_ms for one in self.keys[1:])
