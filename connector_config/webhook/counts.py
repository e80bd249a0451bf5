"""How often something happened lately, in memory of a bounded size."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, NamedTuple

# Some 20 MB at most; the limits of all are reached long before.
_MOST: Final = 100_000


class Limit(NamedTuple):
    """At most so often in so many seconds."""

    amount: int
    seconds: int


@dataclass(slots=True)
class _Window:
    ends: float
    count: int = 0


class Counts:
    """Counts by key; a key is forgotten when its seconds, from its first count, are over.

    The clock is one that nobody sets.
    """

    def __init__(
        self, limit: Limit, clock: Callable[[], float] = time.monotonic, most: int = _MOST
    ) -> None:
        """Begin with nothing; of more than `most` keys the oldest is forgotten."""
        self.limit = limit
        self._clock = clock
        self._most = most
        # All last equally long, so the first is the first to end.
        self._windows: OrderedDict[Hashable, _Window] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        self._forget_the_old()
        return len(self._windows)

    def __contains__(self, key: Hashable) -> bool:
        """Whether this was counted lately."""
        self._forget_the_old()
        return key in self._windows

    def wait(self, key: Hashable) -> int:
        """The seconds until this may happen again; 0 for at once."""
        self._forget_the_old()
        window = self._windows.get(key)
        if window is None or window.count < self.limit.amount:
            return 0
        return max(1, math.ceil(window.ends - self._clock()))

    def add(self, key: Hashable) -> None:
        """Count once more."""
        self._forget_the_old()
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= self._most:
                self._windows.popitem(last=False)
            window = self._windows[key] = _Window(self._clock() + self.limit.seconds)
        window.count += 1

    def take_back(self, key: Hashable) -> None:
        """Count once less."""
        window = self._windows.get(key)
        if window is not None:
            window.count -= 1
            if window.count <= 0:
                del self._windows[key]

    def forget(self, key: Hashable) -> None:
        """Begin anew with a key."""
        self._windows.pop(key, None)

    def _forget_the_old(self) -> None:
        now = self._clock()
        while self._windows and next(iter(self._windows.values())).ends <= now:
            self._windows.popitem(last=False)
