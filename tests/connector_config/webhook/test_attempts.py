"""How often an address may fail to sign in, and how much is remembered; see test_door too."""

from __future__ import annotations

from connector_config.webhook.attempts import OF_ALL, OF_AN_ADDRESS, Attempts
from connector_config.webhook.counts import Counts, Limit


def fail(attempts: Attempts, address: str, name: str) -> int:
    return attempts.begin(address, name).wait


def test_too_many_failures_of_an_address() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert fail(attempts, "192.0.2.7", f"user{number}") == 0
    assert 0 < fail(attempts, "192.0.2.7", "ann") <= 60
    assert fail(attempts, "192.0.2.8", "ann") == 0


def test_the_addresses_of_one_ipv6_line_are_one() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert fail(attempts, f"2001:db8::{number:x}", f"user{number}") == 0
    assert fail(attempts, "2001:db8::ffff", "ann") > 0
    assert fail(attempts, "2001:db8:0:1::1", "ann") == 0


def test_an_ipv4_address_is_the_same_in_both_forms() -> None:
    attempts = Attempts()
    for number in range(OF_AN_ADDRESS.amount):
        assert fail(attempts, "::ffff:192.0.2.7", f"user{number}") == 0
    assert fail(attempts, "192.0.2.7", "ann") > 0
    assert fail(attempts, "::ffff:192.0.2.8", "ann") == 0


def test_guesses_from_many_addresses_end_and_are_forgotten() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    attempts.succeeded(attempts.begin("198.51.100.1", "ann"))
    attempts.succeeded(attempts.begin("198.51.100.1", "ann", "her device"))
    assert len(attempts) == 0
    tried = 0
    for minute in range(70):
        now = minute * 60.0
        for number in range(OF_ALL.amount + 50):
            address = f"10.{minute}.{number // 250}.{number % 250}"
            tried += not fail(attempts, address, f"{minute}-{number}")
        # Who is known there goes on as ever.
        for device in (None, "her device"):
            attempt = attempts.begin("198.51.100.1", "ann", device)
            assert attempt.wait == 0
            attempts.succeeded(attempt)
    assert tried == 70 * OF_ALL.amount
    # An hour of names, a quarter of places, a minute of addresses.
    assert len(attempts) <= OF_ALL.amount * (60 + 15 + 1) + 1
    now += 60 * 60
    assert len(attempts) == 0


def test_a_count_is_for_its_seconds_and_bounded() -> None:
    now = 100.0
    counts = Counts(Limit(2, 60), lambda: now, most=3)
    counts.add("a")
    now += 30
    counts.add("a")
    assert counts.wait("a") == 30
    counts.take_back("a")
    assert counts.wait("a") == 0
    for key in "bcde":
        counts.add(key)
    assert len(counts) == 3 and "a" not in counts and "e" in counts
    now += 60
    assert len(counts) == 0
