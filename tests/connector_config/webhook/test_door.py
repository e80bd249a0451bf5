"""The webhook as strangers and owners meet it: a process, sockets, and a proxy before it."""

from __future__ import annotations

import http.client
import json
import select
import signal
import socket
import time
import unicodedata
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from connector_config.mongodb.server import free_port
from connector_config.webhook.passwords import Passwords
from connector_config.webhook.users import User, UsersFile
from tests.connector_config.webhook.conftest import ANN_PASSWORD, SECRET, cheap_hasher
from tests.helpers import programs

PASSWORD = "Bäckerei am Flüßchen"
PEOPLE = ("ann", "bob", "cy", "dora", "eve", "fay")
ESCAPE = "\x9b31m"


class Answer(NamedTuple):
    """An answer of the webhook."""

    status: int
    body: dict[str, object]
    headers: Mapping[str, str]


class Door:
    """The running webhook, behind a proxy at 127.0.0.1 that says who asks."""

    def __init__(self, port: int) -> None:
        self.port = port

    def login(
        self, name: str, password: str = ANN_PASSWORD, at: str = "192.0.2.1", proof: str = ""
    ) -> Answer:
        headers = {"Content-Type": "application/json", "X-Forwarded-For": at}
        if proof:
            headers["Zava-Device"] = proof
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            body = json.dumps({"user": name, "password": password})
            connection.request("POST", "/login", body, headers)
            answer = connection.getresponse()
            sent = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, json.loads(answer.read()), sent)

    def slow(self, sent: bytes = b"POST /login HTTP/1.1\r\nHost: x\r\n") -> socket.socket:
        """Somebody who begins a request and does not end it."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.sendall(sent)
        return made


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    users = UsersFile(folder / "users.json")
    cheap = Passwords(cheap_hasher())
    for name in PEOPLE:
        users.add(name, User(role="super_manager", stores=[], hash=cheap.hash(ANN_PASSWORD)))
    port = free_port()
    variables = {
        "ZAVA_WEBHOOK_SECRET": SECRET,
        "ZAVA_WEBHOOK_USERS": str(users.path),
        "ZAVA_WEBHOOK_PROXIES": "127.0.0.1",
    }
    with programs.start(
        "connector_config", "webhook", "--port", str(port), variables=variables, folder=folder
    ) as process:
        try:
            assert process.stdout is not None and process.stdout.readline()
            yield Door(port)
        finally:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=20)
    assert "Traceback" not in err and "POST /login 200 from 192.0.2.1" in err
    # Nothing that was sent is in the log, and nothing that moves the cursor of who reads it.
    for sent in (ANN_PASSWORD, "guess", "evil", "zone", ESCAPE, "Zava-Device", *PEOPLE[1:]):
        assert sent not in err
    assert all(char.isprintable() or char == "\n" for char in err)


def test_right_logins_are_not_counted(door: Door) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(door.login, "ann", at="192.0.2.31") for _ in range(64)]
        assert {each.result().status for each in asked} == {200}


def test_a_person_who_guesses_waits_however_many_ask_at_once(door: Door) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(door.login, "bob", "guess", "192.0.2.9") for _ in range(24)]
        statuses = [each.result().status for each in asked]
    assert (statuses.count(401), statuses.count(429)) == (5, 19)
    answer = door.login("bob", at="192.0.2.9")
    assert answer.status == 429 and 800 < int(answer.headers["retry-after"]) <= 900
    assert door.login("cy", at="192.0.2.9").status == 200


def test_strangers_do_not_lock_the_owner_out(door: Door) -> None:
    home = door.login("dora", at="198.51.100.1")
    assert home.status == 200
    for number in range(5):
        assert door.login("dora", "guess", f"203.0.113.{number}").status == 401
    # From a place where she never was, too.
    assert door.login("dora", at="198.51.100.2").status == 200
    statuses = [door.login("dora", "guess", f"203.0.114.{number}").status for number in range(60)]
    # However many addresses guess, it ends.
    assert statuses.count(401) < 31 and statuses[-1] == 429
    assert door.login("dora", at="203.0.115.1").status == 429
    # Where she was before she is in at once, and with her device everywhere.
    assert door.login("dora", at="198.51.100.1").status == 200
    assert door.login("dora", at="203.0.115.1", proof=home.headers["zava-device"]).status == 200


def test_a_stranger_behind_the_same_address_does_not_lock_her_device_out(door: Door) -> None:
    device = door.login("eve", at="192.0.2.50").headers["zava-device"]
    for _ in range(5):
        assert door.login("eve", "guess", at="192.0.2.50").status == 401
    assert door.login("eve", at="192.0.2.50").status == 429
    assert door.login("eve", at="192.0.2.50", proof=device).status == 200
    # The proof of another person, and one that is made up, are none.
    assert door.login("eve", at="192.0.2.50", proof="made up").status == 429
    other = door.login("fay", at="192.0.2.51").headers["zava-device"]
    assert door.login("eve", at="192.0.2.50", proof=other).status == 429
    # A device that was stolen guesses no faster.
    statuses = [door.login("eve", "guess", "192.0.2.52", device).status for _ in range(8)]
    assert (statuses.count(401), statuses.count(429)) == (5, 3)


@pytest.mark.parametrize("evil", ["evil", "[", "fe80::1%zone", ESCAPE, "192.0.2.7\t,evil", ","])
def test_an_address_that_is_none_is_not_logged(door: Door, evil: str) -> None:
    assert door.login("ann", at=evil).status == 200


def test_slow_headers_end_and_do_not_fill_the_server(door: Door) -> None:
    with ExitStack() as stack:
        began = time.monotonic()
        first = stack.enter_context(door.slow())
        body = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
        body += b"Content-Type: application/json\r\n\r\n{"
        for _ in range(130):
            stack.enter_context(door.slow())
            stack.enter_context(door.slow(body))
            # Whoever comes with a whole request is let in, all the while.
        assert door.login("ann").status == 200
        assert time.monotonic() - began < 8
        # The oldest made room; of those that stay, each ends in time, though more trickles in.
        assert select.select([first], [], [], 0)[0]
        late = stack.enter_context(door.slow())
        began = time.monotonic()
        while not select.select([late], [], [], 0.5)[0]:
            late.sendall(b"X: y\r\n")
            assert time.monotonic() - began < 20
        assert time.monotonic() - began > 9
        assert b" 408 " in late.recv(100)
        assert door.login("ann").status == 200


def test_a_password_is_the_same_in_both_forms(tmp_path: Path) -> None:
    composed, apart = (unicodedata.normalize(form, PASSWORD) for form in ("NFC", "NFD"))
    assert composed != apart
    passwords = Passwords(cheap_hasher())
    for kept in (
        passwords.hash(composed),
        passwords.hash(apart),
        # As earlier versions made them.
        cheap_hasher().hash(composed),
        cheap_hasher().hash(apart),
    ):
        assert passwords.verify(kept, composed) and passwords.verify(kept, apart)
        assert not passwords.verify(kept, composed.replace("ä", "a"))
