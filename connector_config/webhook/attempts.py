"""Slows down who guesses passwords, and not who knows one.

Only failures count. A device that has signed in a person before proves it (`Tokens.proof`) and is
counted on its own, so that nothing a stranger does keeps it out. Anybody else is counted by
address, by person and address, and over all addresses: by person, and in all. At an address where
the person has signed in since the start, the failures at other addresses do not count.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from connector_config.webhook.counts import Counts, Limit

# A shop is behind one address; a person mistypes a few times.
OF_AN_ADDRESS: Final = Limit(30, 60)
OF_A_USER: Final = Limit(5, 15 * 60)
# From many addresses, a PIN of six digits takes two years for an even chance.
OF_A_USER_ANYWHERE: Final = Limit(30, 60 * 60)
# Many people from many addresses; it bounds what all the others have to remember, too.
OF_ALL: Final = Limit(600, 60)
# How long an address is one where a person signs in.
_FAMILIAR: Final = Limit(1, 30 * 24 * 60 * 60)

# The addresses of one IPv6 connection share this many bits.
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that counts as failed until it is taken back; none is made with a `wait`."""

    wait: int
    place: Hashable
    counted: tuple[tuple[Counts, Hashable], ...] = ()

    def take_back(self) -> None:
        """Count it as none."""
        for counts, key in self.counted:
            counts.take_back(key)


class Attempts:
    """Counts failed attempts in memory, of user names that are known or not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with no attempts."""
        self._of_address = Counts(OF_AN_ADDRESS, clock)
        self._of_user = Counts(OF_A_USER, clock)
        self._anywhere = Counts(OF_A_USER_ANYWHERE, clock)
        self._all = Counts(OF_ALL, clock)
        self._familiar = Counts(_FAMILIAR, clock)

    def begin(self, address: str, name: str, device: str | None = None) -> Attempt:
        """Count an attempt, unless there were too many; `device` has proven to be of this person.

        The addresses come first, so that nobody fills the memory with invented names.
        """
        network = _network(address)
        place = (name, device or "", "" if device else network)
        counted: list[tuple[Counts, Hashable]] = []
        if device is None:
            counted.append((self._of_address, network))
            if place not in self._familiar:
                counted += [(self._all, ""), (self._anywhere, name)]
        counted.append((self._of_user, place))
        for counts, key in counted:
            if seconds := counts.wait(key):
                return Attempt(seconds, place)
        for counts, key in counted:
            counts.add(key)
        return Attempt(0, place, tuple(counted))

    def succeeded(self, attempt: Attempt) -> None:
        """Who knew the password starts anew, and is familiar in that place."""
        attempt.take_back()
        self._of_user.forget(attempt.place)
        self._familiar.forget(attempt.place)
        self._familiar.add(attempt.place)

    def __len__(self) -> int:
        """How many counts of failures are remembered."""
        return sum(map(len, (self._of_address, self._of_user, self._anywhere, self._all)))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
