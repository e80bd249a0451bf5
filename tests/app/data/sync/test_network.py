"""The real SDK, as far as it goes without a licence: what is wrong is said, and work goes on."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.config.syncing import make_sync
from app.data.store.session import Session
from app.data.sync.credentials import WebhookLogin
from app.data.sync.device_proofs import DeviceProofs
from app.data.sync.modes import choose, connection
from app.data.sync.service import SyncService
from app.data.sync.state import Phase
from app.data.sync.transports import Transport
from app.domain.entities import Device, Profile, Role
from app.domain.errors import StorageError, SyncError
from app.settings import load_settings
from tests.helpers.sync_peer import Kept
from tests.helpers.two_stores import SEATTLE, now, scope
from tests.helpers.waiting import until

LICENCE = {"DITTO_OFFLINE_TOKEN": "not-a-licence"}
DEVICE = Device("device-1", "laptop")
MAYA = Profile(SEATTLE, Role.WORKER, "Maya")


Opens = Callable[..., Any]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opens]:
    """Opens the sync of settings on a new store; all of it is closed at the end."""
    closing: list[Any] = []

    async def make(
        environment: dict[str, str], kept: Kept | None = None
    ) -> tuple[SyncService, Session]:
        settings = load_settings(str(tmp_path), environment=environment, dotenv=Path("missing"))
        mode = choose(settings).mode
        session = await Session.open(tmp_path, now, connection(settings, mode))
        sync = make_sync(session, settings, kept if kept is not None else Kept(), DEVICE, now)
        closing[:] = [sync, session]
        await sync.open()
        return sync, session

    yield make
    for one in closing:
        await one.close()


async def test_without_settings_there_is_nothing_to_sync(opened: Opens):
    sync, session = await opened({})
    await sync.enter(MAYA, "Seattle", DEVICE)
    await sync.go_online()
    assert sync.state.report.phase is Phase.OFF
    assert sync.state.tone == ""
    assert not session.network.active
    assert not sync.connected


async def test_a_wrong_licence_is_said_and_the_app_works_on(opened: Opens):
    sync, session = await opened(LICENCE)
    await sync.enter(MAYA, "Seattle", DEVICE)
    assert sync.state.report.phase is Phase.TROUBLE
    assert "DITTO_OFFLINE_TOKEN: it is wrong or has expired" in sync.state.sentence
    assert "not-a-licence" not in repr(sync.state)
    assert not sync.connected
    assert len(session.peer.sync.subscriptions) == len(scope(SEATTLE))
    assert session.peer.presence.graph.local_peer.peer_metadata["person"] == "Maya"
    await session.query("INSERT INTO orders DOCUMENTS ({'_id': 'works'})")
    await sync.go_online()
    assert sync.state.report.phase is Phase.TROUBLE


async def test_no_licence_at_all_is_said_too(opened: Opens):
    _, session = await opened({})
    with pytest.raises(SyncError, match="set DITTO_OFFLINE_TOKEN"):
        session.network.start()


async def test_roads_are_closed_and_stay_closed(opened: Opens):
    kept = Kept()
    fixed = {"ZAVA_TCP_LISTEN": "127.0.0.1:4041", "ZAVA_TCP_CONNECT": "127.0.0.1:4042"}
    sync, session = await opened(LICENCE | fixed, kept)
    config = session.peer.transport_config
    assert config.peer_to_peer.lan.enabled and config.peer_to_peer.bluetooth_le.enabled
    assert (config.listen.tcp.interface_ip, config.listen.tcp.port) == ("127.0.0.1", 4041)
    assert config.connect.tcp_servers == {"127.0.0.1:4042"}
    await sync.set_road(Transport.BLUETOOTH, False)
    await sync.set_road(Transport.TCP, False)
    config = session.peer.transport_config
    assert not config.peer_to_peer.bluetooth_le.enabled
    assert not config.listen.tcp.enabled and not config.connect.tcp_servers
    assert config.peer_to_peer.lan.enabled
    await sync.close()
    await session.close()
    again, session = await opened(LICENCE | fixed, kept)
    assert dict(again.state.roads)[Transport.BLUETOOTH] is False
    assert not session.peer.transport_config.peer_to_peer.bluetooth_le.enabled
    await again.set_road(Transport.BLUETOOTH, True)
    assert session.peer.transport_config.peer_to_peer.bluetooth_le.enabled


async def test_a_wrong_shared_key_names_its_variable_and_not_itself(tmp_path: Path):
    settings = load_settings(
        environment=LICENCE | {"DITTO_SHARED_KEY": "sesame"}, dotenv=Path("missing")
    )
    with pytest.raises(StorageError, match="DITTO_SHARED_KEY") as wrong:
        await Session.open(tmp_path, now, connection(settings, choose(settings).mode))
    assert "sesame" not in str(wrong.value)


# --- Ditto Cloud


def cloud(address: str, **more: str) -> dict[str, str]:
    return {
        "DITTO_SERVER_URL": address,
        "DITTO_APP_ID": "5f0a6c7e-2d41-4b8e-9a53-7c1e0d94b26f",
        "DITTO_DEVELOPMENT_TOKEN": "a-development-token",
    } | more


async def test_a_server_that_does_not_answer_is_tried_again(opened: Opens):
    sync, session = await opened(cloud("https://127.0.0.1:9"))
    await until(lambda: sync.state.report.phase is Phase.TROUBLE, "the sentence")
    assert "does not answer; trying again" in sync.state.sentence
    assert "a-development-token" not in repr(sync.state)
    assert not sync.connected
    assert session.network.active
    login = sync._exchange._login
    assert not login.done()
    await sync.go_offline()
    assert login.done()
    assert not session.network.active


async def test_a_server_that_refuses_the_token_is_not_asked_again(opened: Opens):
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sync, _ = await opened(cloud(f"https://127.0.0.1:{port}"))
    await until(lambda: "refuses the login" in sync.state.sentence, "the sentence")
    assert "Check the token and DITTO_APP_ID" in sync.state.report.problem
    await until(lambda: sync._exchange._login.done(), "the end of it")
    server.close()


async def test_the_cloud_can_be_closed_like_any_road(opened: Opens):
    sync, session = await opened(cloud("https://127.0.0.1:9"))
    assert session.peer.transport_config.connect.websocket_urls == {"wss://127.0.0.1:9"}
    await sync.set_road(Transport.CLOUD, False)
    assert session.peer.transport_config.connect.websocket_urls == set()


# --- the login server


class Webhook(BaseHTTPRequestHandler):
    """Answers every login with what the test wants."""

    answer: tuple[int, bytes] = (200, b"{}")
    asked: list[Any] = []
    proof = ""
    shown: list[str | None] = []

    def do_POST(self) -> None:
        type(self).shown.append(self.headers["Zava-Device"])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked.append((self.path, json.loads(body)))
        status, text = self.answer
        self.send_response(status)
        if self.proof:
            self.send_header("Zava-Device", self.proof)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def webhook() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Webhook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


async def test_name_and_password_become_a_token(webhook: str, tmp_path: Path):
    Webhook.answer = (200, b'{"token": "short-lived", "expires_in": 60}')
    Webhook.asked = []
    login = WebhookLogin(webhook + "/", "maya", "1234", "zava", DeviceProofs(tmp_path))
    assert await login.token() == "short-lived"
    assert Webhook.asked == [("/login", {"user": "maya", "password": "1234"})]
    assert "1234" not in repr(login)


@pytest.mark.parametrize(
    ("answer", "said", "again"),
    [
        ((401, b"{}"), "does not know this name", False),
        ((429, b"{}"), "too many attempts", True),
        ((500, b"oops"), "problem of its own", True),
        ((404, b"<html>"), "no login server", False),
        ((200, b"<html>"), "no login server", False),
        ((200, b'{"token": 7}'), "no login server", False),
        ((200, b"[]"), "no login server", False),
    ],
)
async def test_what_the_login_server_says_becomes_a_sentence(
    webhook: str, tmp_path: Path, answer: tuple[int, bytes], said: str, again: bool
):
    Webhook.answer = answer
    with pytest.raises(SyncError, match=said) as wrong:
        await WebhookLogin(webhook, "maya", "1234", "zava", DeviceProofs(tmp_path)).token()
    assert wrong.value.again is again


async def test_a_device_shows_that_it_has_signed_somebody_in(webhook: str, tmp_path: Path):
    def login(user: str) -> WebhookLogin:
        # As after a new start.
        return WebhookLogin(webhook, user, "1234", "zava", DeviceProofs(tmp_path))

    Webhook.answer = (200, b'{"token": "short-lived"}')
    Webhook.shown = []
    try:
        for user, sent in (("maya", "proof-1"), ("bo", "proof-2"), ("maya", ""), ("maya", "x\x9b")):
            Webhook.proof = sent
            await login(user).token()
        await login("maya").token()
        assert Webhook.shown == [None, None, "proof-1", "proof-1", "proof-1"]
        kept = tmp_path / "login-device.json"
        for damaged in ("[]", "{", '{"maya": "a\\nb"}', '{"maya": 7}'):
            kept.write_text(damaged)
            Webhook.proof = ""
            await login("maya").token()
            assert Webhook.shown[-1] is None
    finally:
        Webhook.proof = ""


async def test_a_login_server_that_is_not_there_is_tried_again(tmp_path: Path):
    with pytest.raises(SyncError, match="does not answer") as wrong:
        await WebhookLogin(
            "http://127.0.0.1:9", "maya", "1234", "zava", DeviceProofs(tmp_path)
        ).token()
    assert wrong.value.again


async def test_somebody_signs_in_and_out(opened: Opens, webhook: str):
    environment = cloud("https://127.0.0.1:9", ZAVA_AUTH_URL=webhook)
    del environment["DITTO_DEVELOPMENT_TOKEN"]
    sync, session = await opened(environment)
    await sync.enter(MAYA, "Seattle", DEVICE)
    assert sync.state.report.phase is Phase.SIGNED_OUT
    assert sync.state.may_sign_in
    Webhook.answer = (401, b"{}")
    with pytest.raises(SyncError, match="does not know"):
        await sync.sign_in("maya", "wrong")
    assert sync.state.report.phase is Phase.SIGNED_OUT
    Webhook.answer = (200, b'{"token": "short-lived"}')
    await sync.sign_in("maya", "1234")
    await until(lambda: "trying again" in sync.state.sentence, "the attempt")
    assert sync.state.user == "maya"
    await session.query("INSERT INTO orders DOCUMENTS ({'_id': 'one', 'store_id': 's'})")
    await sync.sign_out(remove=False)
    assert sync.state.report.phase is Phase.SIGNED_OUT
    assert not session.network.active
    assert len(await session.query("SELECT * FROM orders")) == 1
    await sync.sign_out(remove=True)
    assert await session.query("SELECT * FROM orders") == []
    assert len(session.peer.sync.subscriptions) == 0

    # It comes back with the next sign-in, as far as that login goes.
    async def login(*_: str) -> str:
        return '{"role": "worker", "stores": ["store_tacoma"]}'

    session.network.login = login
    await sync.sign_in("ben", "1234")
    assert len(session.peer.sync.subscriptions) == len(scope(SEATTLE))
    await until(lambda: sync.state.report.grant, "what the login is for")
    assert "The login of ben has no access to Seattle" in sync.state.report.problem
