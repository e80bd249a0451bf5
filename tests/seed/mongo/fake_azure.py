"""A loopback server that speaks the embeddings part of Azure OpenAI's wire format."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "0123456789abcdef-the-secret"
DEPLOYMENT = "vectors"


@dataclass
class FakeAzure:
    """`failures` are the statuses of the next answers, `spoiled` what to send instead of vectors;
    `requests` are the bodies of those that were answered with vectors, `asked` counts all.
    """

    endpoint: str = ""
    failures: list[int] = field(default_factory=list)
    spoiled: bytes | None = None
    largest: int = 3_072
    requests: list[dict[str, Any]] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    asked: int = 0


@contextmanager
def fake_azure() -> Iterator[FakeAzure]:
    """The server, running."""
    fake = FakeAzure()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    fake.endpoint = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def vector_of(text: str, dimensions: int) -> list[float]:
    """What this server answers for a text."""
    first = sha256(text.encode()).digest()[0] / 256
    return [first, *[0.25] * (dimensions - 1)]


def _handler(fake: FakeAzure) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            fake.asked += 1
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            address = urlsplit(self.path)
            if self.headers.get("api-key") != KEY:
                return self._error(401, "401", "Access denied due to invalid subscription key.")
            if address.path != f"/openai/deployments/{DEPLOYMENT}/embeddings":
                return self._error(404, "DeploymentNotFound", "The deployment does not exist.")
            if fake.failures:
                return self._error(fake.failures.pop(0), "again", "Try again later.")
            if fake.spoiled is not None:
                return self._send(200, fake.spoiled, "text/html")
            size = body["dimensions"]
            if size > fake.largest:
                return self._error(400, "BadRequest", "This model does not support dimensions.")
            fake.versions |= set(parse_qs(address.query)["api-version"])
            fake.requests.append(body)
            entries = [
                {"object": "embedding", "index": n, "embedding": self._coded(body, text, size)}
                for n, text in enumerate(body["input"])
            ]
            answer = {
                "object": "list",
                # The order is not promised.
                "data": entries[::-1],
                "model": "text-embedding-3-small",
                "usage": {"prompt_tokens": 8, "total_tokens": 8},
            }
            return self._send(200, json.dumps(answer).encode(), "application/json")

        def log_message(self, *_: object) -> None:
            pass

        def _coded(self, body: dict[str, Any], text: str, size: int) -> object:
            vector = vector_of(text, size)
            if body.get("encoding_format") != "base64":
                return vector
            return base64.b64encode(struct.pack(f"<{size}f", *vector)).decode()

        def _error(self, status: int, code: str, message: str) -> None:
            content = json.dumps({"error": {"code": code, "message": message}}).encode()
            self._send(status, content, "application/json")

        def _send(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("retry-after-ms", "20")
                self.send_header("retry-after", "1")
            self.end_headers()
            self.wfile.write(content)

    return Handler
