"""How the server treats connections: who is slow is cut off, and makes room for who is not."""

from __future__ import annotations

import asyncio
from typing import Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS: Final = 10
# The application answers a slow body after 10 s; what still comes then is of no use.
_BODY_SECONDS: Final = 20

# More requests at a time are turned away (503): each login takes 64 MiB for a moment.
_MOST_AT_ONCE: Final = 200
# From here on, whoever has not sent a whole request makes room for who comes.
_MOST_CONNECTIONS: Final = 150

_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def configure(app: ASGIApp) -> uvicorn.Config:
    """What uvicorn is told."""
    return uvicorn.Config(
        app,
        # The app needs none, and a task for it would log a second Ctrl+C as an error.
        lifespan="off",
        http=Connection,
        # The application logs, because uvicorn's own line has the query in it.
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        ws="none",
        # The application finds out for itself who asks.
        proxy_headers=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
    )


class Connection(H11Protocol):
    """A connection whose requests have to be sent in time.

    WORKAROUND: uvicorn 0.54.0 waits for the headers for as long as it takes, and counts who sends
    nothing among its connections, so that 200 idle sockets keep everybody out.
    """

    _awaited: object = None
    _timer: asyncio.TimerHandle | None = None
    since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers."""
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS:
            self._make_room()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; a part alone gives no more time."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request, if there is one."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    @property
    def unfinished(self) -> bool:
        """Whether the request that is awaited has not come in full."""
        return self.conn.their_state in (h11.IDLE, h11.SEND_BODY)

    def _watch(self) -> None:
        """Start the clock anew when something else is awaited than before."""
        if self.conn.their_state is self._awaited:
            return
        self._awaited = self.conn.their_state
        self.since = self.loop.time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.unfinished:
            seconds = HEADER_SECONDS if self._awaited is h11.IDLE else _BODY_SECONDS
            self._timer = self.loop.call_later(seconds, self._cut_off)

    def _cut_off(self) -> None:
        if not self.transport.is_closing() and self.conn.our_state is h11.IDLE:
            self.transport.write(_TOO_SLOW)
        self.transport.close()

    def _make_room(self) -> None:
        others = [
            each
            for each in self.connections
            if each is not self and isinstance(each, Connection) and each.unfinished
        ]
        if others:
            oldest = min(others, key=lambda each: each.since)
            oldest.transport.abort()
            # At once, or who comes in the same moment would find no room.
            self.connections.discard(oldest)
