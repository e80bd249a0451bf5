"""The peers that are connected, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.data.sync.network import PeerSeen, Seen
from app.data.sync.state import PeerView
from app.data.sync.subscriptions import wanted
from app.domain.entities import Device, Profile, Role
from connector_config.schema.scope import Wanted, shared

SERVER = "ditto server"

_WAYS = {
    "AccessPoint": "Local network",
    "Multicast": "Local network",
    "Bluetooth": "Bluetooth",
    "P2PWiFi": "Apple wireless",
    "WebSocket": "Internet",
}
_LONGEST = 60


def introduction(profile: Profile, store: str, device: Device) -> dict[str, str]:
    """The metadata that other devices are told about this one."""
    return {
        "store": store[:_LONGEST],
        "store_id": profile.store_id,
        "role": profile.role.label,
        "person": profile.name[:_LONGEST],
        "device_id": device.device_id,
    }


def asked_by(metadata: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """The scope that a device with this introduction surely asks for.

    A manager's device may ask for other stores, too. A device that has said nothing, or less, asks
    for what everybody asks for.
    """
    role = next((one for one in Role if one.label == metadata.get("role")), None)
    store_id = _text(metadata, "store_id")
    if role is None or not store_id:
        return shared()
    # Without a number of days it makes no difference what day it is.
    return wanted(role, (store_id,), datetime.min.replace(tzinfo=UTC))


class Company:
    """Remembers since when each peer has been there, and tells who came and went."""

    def __init__(self, now: Callable[[], datetime], log: Callable[[str, str], None]) -> None:
        self._now = now
        self._log = log
        self._here: dict[str, PeerView] = {}

    @property
    def peers(self) -> tuple[PeerView, ...]:
        """The peers that are there, the one that came first at the front."""
        return tuple(sorted(self._here.values(), key=lambda one: (one.since, one.key)))

    def update(self, seen: Seen, server: str, heard: Mapping[str, datetime]) -> None:
        """Note who is there now; `heard` has when each last exchanged something."""
        now = self._now()
        there = {peer.key: peer for peer in seen.peers}
        views: dict[str, PeerView] = {}
        for key, peer in there.items():
            views[key] = _view(peer, self._since(key, now), heard.get(key))
        if seen.server:
            views[SERVER] = PeerView(
                SERVER,
                "Ditto Cloud",
                server,
                "Internet",
                self._since(SERVER, now),
                heard.get(SERVER),
            )
        for key in views.keys() - self._here.keys():
            self._log(f"{views[key].who} connected", "")
        for key in self._here.keys() - views.keys():
            self._log(f"{self._here[key].who} left", "")
        self._here = views

    def _since(self, key: str, now: datetime) -> datetime:
        return self._here[key].since if key in self._here else now


def _view(peer: PeerSeen, since: datetime, heard: datetime | None) -> PeerView:
    person, role = _text(peer.metadata, "person"), _text(peer.metadata, "role")
    store = _text(peer.metadata, "store")
    ways = dict.fromkeys(_WAYS.get(way, way) for way in peer.ways)
    # The metadata arrives a moment after the device.
    return PeerView(
        key=peer.key,
        who=f"{person}, {role.lower()}" if person and role else peer.device_name or "A device",
        where=" \N{MIDDLE DOT} ".join(part for part in (store, peer.device_name) if part),
        way=", ".join(ways),
        since=since,
        last_exchange=heard,
    )


def _text(metadata: Mapping[str, Any], name: str) -> str:
    """Of another device, so anything may be in it."""
    value = metadata.get(name)
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""
