"""The roads between devices: which a mode has, and which are open."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from app.data.sync.modes import Mode
from app.settings import Settings


class Transport(Enum):
    """A road between devices."""

    LAN = "lan"
    BLUETOOTH = "bluetooth"
    AWDL = "awdl"
    TCP = "tcp"
    CLOUD = "cloud"

    @property
    def label(self) -> str:
        """The road as shown to a person."""
        return {
            "lan": "Local network",
            "bluetooth": "Bluetooth",
            "awdl": "Apple wireless",
            "tcp": "Fixed addresses",
            "cloud": "Ditto Cloud",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Plan:
    """The open roads, and the addresses that some of them need, for the network."""

    on: frozenset[Transport]
    listen: str | None = None
    connect: tuple[str, ...] = ()
    server_url: str | None = None


def existing(mode: Mode, settings: Settings, platform: str = sys.platform) -> tuple[Transport, ...]:
    """The roads of a mode on this computer with these settings."""
    if mode not in (Mode.P2P, Mode.CLOUD):
        return ()
    roads = [Transport.LAN, Transport.BLUETOOTH]
    if platform == "darwin":
        roads.append(Transport.AWDL)
    if settings.tcp_listen or settings.tcp_connect:
        roads.append(Transport.TCP)
    if mode is Mode.CLOUD:
        roads.insert(0, Transport.CLOUD)
    return tuple(roads)


def plan(mode: Mode, settings: Settings, closed: Collection[Transport]) -> Plan:
    """All roads of a mode but those that a person closed."""
    return Plan(
        on=frozenset(existing(mode, settings)) - frozenset(closed),
        listen=settings.tcp_listen,
        connect=settings.tcp_connect,
        server_url=settings.secrets.get("DITTO_SERVER_URL") if mode is Mode.CLOUD else None,
    )
