"""Limits how often somebody may try to sign in."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# A shop signs in behind one address when it opens; a person mistypes a few times.
OF_AN_ADDRESS: Final = RateLimitItemPerMinute(30, 1)
OF_A_USER: Final = RateLimitItemPerMinute(5, 15)

# The addresses of one IPv6 connection share this many bits.
_IPV6_PREFIX: Final = 64


class Attempts:
    """Counts the attempts of each address and of each user name, known or not, in memory."""

    def __init__(self) -> None:
        """Begin with no attempts."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, address: str, name: str) -> int:
        """Count an attempt; returns the seconds to wait where there were too many, else 0.

        The address comes first, so that nobody fills the memory with invented names.
        """
        for limit, who in ((OF_AN_ADDRESS, _network(address)), (OF_A_USER, name)):
            if not self._limiter.hit(limit, who):
                reset = self._limiter.get_window_stats(limit, who).reset_time
                return max(1, math.ceil(reset - time.time()))
        return 0

    def succeeded(self, name: str) -> None:
        """Forget the attempts of a user who knew the password."""
        self._limiter.clear(OF_A_USER, name)


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
