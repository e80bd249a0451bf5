"""The address that a request is from, also where proxies hand it on."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping
from typing import Final

from starlette.types import Scope

from connector_config.errors import UserError

PROXIES_VARIABLE: Final = "ZAVA_WEBHOOK_PROXIES"

# Where a request is from when not even the socket says so.
_NOWHERE: Final = "nowhere"

_log = logging.getLogger(__name__)

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The proxies whose word counts; without any, nobody's does."""

    def __init__(self, text: str = "") -> None:
        """Take addresses and networks with commas between them; raises UserError."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        try:
            self._networks: list[_Network] = [ipaddress.ip_network(part) for part in parts]
        except ValueError:
            raise UserError(
                f"{PROXIES_VARIABLE} is no list of addresses: write those of your proxies with "
                "commas between them, for example 127.0.0.1,10.0.0.0/24."
            ) from None
        self._warned = False

    def client(self, scope: Scope) -> str:
        """The address of who asks, as an address is written and never as it was sent."""
        address = _parsed((scope.get("client") or ("",))[0])
        if address is None:
            return _NOWHERE
        sent = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if sent and address not in self:
            self._warn(address)
        # Each proxy adds at the end who asked it, so what is before a stranger is the stranger's.
        hops = b",".join(sent).decode("latin-1").split(",") if sent else []
        while hops and address in self:
            before = _parsed(hops.pop())
            if before is None:
                break
            address = before
        return str(address)

    def __contains__(self, address: _Address) -> bool:
        """Whether this is one of the proxies."""
        return any(address in network for network in self._networks)

    def _warn(self, address: _Address) -> None:
        if not self._warned:
            self._warned = True
            _log.warning(
                "X-Forwarded-For from %s is not believed. If that is your proxy, set "
                "%s=%s and start again: until then all devices behind it count as one address.",
                address,
                PROXIES_VARIABLE,
                address,
            )


def given_proxies(variables: Mapping[str, str]) -> Proxies:
    """The proxies of the settings; raises UserError."""
    return Proxies(variables.get(PROXIES_VARIABLE, ""))


def _parsed(text: str) -> _Address | None:
    """An address, maybe with a port, without the zone that may be any text."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
