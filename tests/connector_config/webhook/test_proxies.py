"""Who asks, where a proxy says so, and where somebody only claims it."""

from __future__ import annotations

import logging

import pytest

from connector_config.errors import UserError
from connector_config.webhook.proxies import Proxies, given_proxies


def asked(proxies: Proxies, peer: str | None, *sent: str) -> str:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in sent]
    return proxies.client({"client": (peer, 5) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "sent", "client"),
    [
        ("127.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("::ffff:127.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
        ("10.0.0.9", ["192.0.2.7, 10.0.0.8"], "192.0.2.7"),
        ("10.0.0.9", ["192.0.2.7", "10.0.0.8"], "192.0.2.7"),
        ("10.0.0.9", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("10.0.0.9", ["2001:0DB8::1%\x9bx"], "2001:db8::1"),
        # What the stranger sent stands before what the proxy saw.
        ("10.0.0.9", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("10.0.0.9", ["10.0.0.1"], "10.0.0.1"),
        ("10.0.0.9", ["192.0.2.7, evil"], "10.0.0.9"),
        ("10.0.0.9", ["192.0.2.7, evil, 10.0.0.8"], "10.0.0.8"),
        ("10.0.0.9", [""], "10.0.0.9"),
        ("10.0.0.9", [], "10.0.0.9"),
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("somebody", ["198.51.100.1"], "nowhere"),
        (None, ["198.51.100.1"], "nowhere"),
    ],
)
def test_who_asks(peer: str | None, sent: list[str], client: str) -> None:
    assert asked(Proxies("127.0.0.1, 10.0.0.0/24"), peer, *sent) == client


def test_a_proxy_that_is_not_named_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    proxies = given_proxies({})
    for _ in range(3):
        assert asked(proxies, "127.0.0.1", "198.51.100.1") == "127.0.0.1"
    (said,) = [record.getMessage() for record in caplog.records]
    assert "set ZAVA_WEBHOOK_PROXIES=127.0.0.1 " in said and "198.51" not in said


@pytest.mark.parametrize("text", ["*", "proxy.example", "10.0.0.1/24", "10.0.0.0/99"])
def test_what_is_no_address_is_one_sentence(text: str) -> None:
    with pytest.raises(UserError, match="ZAVA_WEBHOOK_PROXIES is no list of addresses"):
        given_proxies({"ZAVA_WEBHOOK_PROXIES": text})
