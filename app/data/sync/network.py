"""The side of the embedded Ditto store that talks to other peers, in the app's own words.

Only this module and `session.py` import `ditto`: that one is about documents, this one about
devices, and each has its own reasons to change.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ditto import Ditto, DittoError, DittoTransportConfig, Peer, PresenceGraph
from ditto.errors import DittoAuthenticationError

from app.data.sync.transports import Plan, Transport
from app.domain.errors import SyncError

Cancel = Callable[[], None]

_log = logging.getLogger(__name__)

DEVELOPMENT = "__playgroundProvider"
"""The login provider that takes a development token; a webhook has the name given in the portal."""


@dataclass(frozen=True, slots=True)
class PeerSeen:
    """A device that this one is connected to; `ways` are such as `WebSocket` or `AccessPoint`."""

    key: str
    device_name: str
    ways: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is connected at this moment, and whether Ditto Cloud is."""

    peers: tuple[PeerSeen, ...] = ()
    server: bool = False


class Network:
    """Starts and stops sync on an open store; nothing here touches its documents."""

    def __init__(self, peer: Ditto) -> None:
        self._peer = peer

    @property
    def active(self) -> bool:
        """Whether sync is on."""
        return self._peer.sync.is_active

    def activate(self, token: str) -> None:
        """Present the offline licence; raises SyncError when Ditto refuses it."""
        try:
            self._peer.set_offline_only_license_token(token)
        except DittoError as error:
            # What Ditto says may quote the token.
            _log.warning("the offline licence was refused (%s)", type(error).__name__)
            raise SyncError(
                "Ditto refuses the licence in DITTO_OFFLINE_TOKEN: it is wrong or has expired, "
                "so set a new one from portal.ditto.live."
            ) from None

    def start(self) -> None:
        """Start sync; raises SyncError, which says what is missing."""
        try:
            self._peer.sync.start()
        except DittoError as error:
            _log.warning("sync cannot start: %s", error)
            if "activat" in str(error):
                raise SyncError(
                    "Ditto has no valid licence on this device: set DITTO_OFFLINE_TOKEN."
                ) from None
            raise SyncError(
                f"Ditto cannot start to sync: {_first_line(error)}", again=True
            ) from None

    def stop(self) -> None:
        """Close every connection; the store stays usable."""
        self._peer.sync.stop()

    def subscribe(self, dql: str, parameters: Mapping[str, Any]) -> Cancel:
        """Ask the others for the documents of a query until it is cancelled."""
        try:
            subscription = self._peer.sync.register_subscription(dql, parameters)
        except DittoError as error:
            raise SyncError(f"Ditto refuses a subscription: {_first_line(error)}") from error

        def cancel() -> None:
            subscription.cancel()
            subscription.close()

        return cancel

    def introduce(self, metadata: Mapping[str, Any]) -> None:
        """Set what other devices are told about this one; at most 4,096 bytes, no secrets."""
        self._peer.presence.set_peer_metadata(dict(metadata))

    def use(self, plan: Plan) -> None:
        """Use the transports of a plan and no others, from now on."""

        def change(config: DittoTransportConfig) -> None:
            p2p, tcp = config.peer_to_peer, config.listen.tcp
            p2p.lan.enabled = Transport.LAN in plan.on
            p2p.bluetooth_le.enabled = Transport.BLUETOOTH in plan.on
            p2p.awdl.enabled = Transport.AWDL in plan.on
            p2p.wifi_aware.enabled = False
            fixed = Transport.TCP in plan.on
            tcp.enabled = fixed and plan.listen is not None
            if plan.listen is not None:
                host, _, port = plan.listen.rpartition(":")
                tcp.interface_ip, tcp.port = host, int(port)
            config.connect.tcp_servers = set(plan.connect) if fixed else set()
            if plan.server_url is not None:
                on = Transport.CLOUD in plan.on
                config.connect.websocket_urls = {_websocket(plan.server_url)} if on else set()

        self._peer.update_transport_config(change)

    def watch(self, on_seen: Callable[[Seen], None]) -> Cancel:
        """Call back with who is connected, now and after every change."""
        # The SDK holds presence observers weakly, unlike those of the store.
        observer = self._peer.presence.observe(lambda graph: on_seen(_seen(graph)))
        on_seen(_seen(self._peer.presence.graph))
        return observer.close

    def on_expiring(self, handler: Callable[[], None]) -> None:
        """Call back whenever a login is needed, which sync with a server cannot start without."""

        def expiring(_peer: Ditto, _remaining: timedelta) -> None:
            handler()

        assert self._peer.auth is not None, "only a store with a server has logins"
        self._peer.auth.expiration_handler = expiring

    async def login(self, token: str, provider: str) -> str | None:
        """Log in to the server; returns what the auth webhook says of the person, as JSON.

        Raises SyncError, which cannot say why, because the SDK does not.
        """
        assert self._peer.auth is not None, "only a store with a server has logins"
        try:
            return await self._peer.auth.login(token, provider)
        except DittoAuthenticationError:
            raise SyncError("Ditto Cloud refuses the login.") from None

    def logout(self) -> None:
        """Forget the login and stop sync; the documents stay."""
        if self._peer.auth is not None:
            self._peer.auth.logout()


def _seen(graph: PresenceGraph) -> Seen:
    me = graph.local_peer
    ways: dict[str, list[str]] = {}
    for connection in me.connections:
        other = (
            connection.peer_key2 if connection.peer_key1 == me.peer_key else connection.peer_key1
        )
        ways.setdefault(other, []).append(connection.connection_type.value)
    direct = (peer for peer in graph.remote_peers if peer.peer_key in ways)
    return Seen(
        tuple(_peer(peer, tuple(ways[peer.peer_key])) for peer in direct),
        me.is_connected_to_ditto_server,
    )


def _peer(peer: Peer, ways: tuple[str, ...]) -> PeerSeen:
    return PeerSeen(peer.peer_key, peer.device_name, ways, peer.peer_metadata or {})


def _websocket(url: str) -> str:
    return "wss" + url[url.index("://") :]


def _first_line(error: DittoError) -> str:
    return f"{str(error).strip().splitlines()[0].rstrip('.')[:200]}."
