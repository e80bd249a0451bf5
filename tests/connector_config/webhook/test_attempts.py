"""How often an address may try to sign in; of users, test_server tells."""

from __future__ import annotations

from connector_config.webhook.attempts import OF_AN_ADDRESS, Attempts


def test_too_many_attempts_of_an_address() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert attempts.wait("192.0.2.7", f"user{number}") == 0
    assert 0 < attempts.wait("192.0.2.7", "ann") <= 60
    assert attempts.wait("192.0.2.8", "ann") == 0


def test_the_addresses_of_one_ipv6_line_are_one() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert attempts.wait(f"2001:db8::{number:x}", f"user{number}") == 0
    assert attempts.wait("2001:db8::ffff", "ann") > 0
    assert attempts.wait("2001:db8:0:1::1", "ann") == 0


def test_an_ipv4_address_is_the_same_in_both_forms() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert attempts.wait("::ffff:192.0.2.7", f"user{number}") == 0
    assert attempts.wait("192.0.2.7", "ann") > 0
    assert attempts.wait("::ffff:192.0.2.8", "ann") == 0
