"""PINs, badges, and how long who guesses has to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entities import Role
from app.domain.errors import InvalidInputError
from app.domain.keyboards import LAYOUTS
from app.domain.staff import (
    BADGE_RANDOM,
    FREE_GUESSES,
    LONGEST_WAIT,
    Guesses,
    Person,
    badge_hash,
    check_first,
    check_kept,
    is_open,
    new_badge,
    parse_person_name,
    parse_pin,
    read_badge,
    wait_text,
)
from connector_config.errors import UserError

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANN = Person("store_seattle", "s1", "p1", "Ann Ström", Role.MANAGER, has_pin=True)
BEN = Person("store_seattle", "s2", "p2", "Ben", Role.WORKER, has_badge=True)


@pytest.mark.parametrize(
    ("typed", "pin"),
    [
        ("2719", "2719"),
        (" 27 19 ", "2719"),
        ("２７１９", "2719"),
        ("٢٧١٩", "2719"),
        ("271936405812", "271936405812"),
    ],
)
def test_digits_of_any_script_are_a_pin(typed: str, pin: str) -> None:
    assert parse_pin(typed) == pin


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "needs 4 to 12"),
        ("271", "has 3 digits"),
        ("2719364058127", "has 13 digits"),
        ("27a9", "digits only"),
        ("27²9", "digits only"),
        ("2719.", "digits only"),
        ("0000", "the same digit"),
        ("777777", "the same digit"),
        ("1234", "a row of digits"),
        ("123456789012", "a row of digits"),
        ("9876", "a row of digits"),
        ("8901", "a row of digits"),
        ("１２３４", "a row of digits"),
        ("1212", "12 again and again"),
        ("271271", "271 again and again"),
        ("1122", "two digits, each in a row"),
    ],
)
def test_what_no_pin_may_be_is_said_with_the_field_and_without_the_pin(
    typed: str, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words) as refused:
        parse_pin(typed)
    assert refused.value.field == "pin"
    assert str(refused.value).startswith("PIN: ")


DIGITS = st.text("0123456789", min_size=BADGE_RANDOM, max_size=BADGE_RANDOM)


@given(DIGITS, st.sampled_from(LAYOUTS))
def test_a_badge_is_read_whatever_the_keyboard(digits: str, layout: object) -> None:
    code = new_badge(digits)
    us = "1234567890"
    typed = code
    if layout.name == "French":  # type: ignore[attr-defined]
        typed = "".join("&é\"'(-è_çà"[us.index(char)] for char in code)
    assert read_badge(typed) == code
    assert read_badge(f"]C0{code}") == code
    assert read_badge(f" {code}\r") == code


@given(DIGITS, st.integers(0, 23), st.integers(1, 9))
def test_a_badge_with_one_wrong_digit_is_none(digits: str, at: int, by: int) -> None:
    code = new_badge(digits)
    wrong = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
    assert read_badge(wrong) is None


@pytest.mark.parametrize(
    "text", ["", "HND-HAMMER-001", "4006381333931", "00123456789012345678", "7" * 23]
)
def test_other_codes_are_no_badges(text: str) -> None:
    assert read_badge(text) is None


def test_what_is_kept_of_a_badge_does_not_tell_it() -> None:
    code = new_badge("1" * BADGE_RANDOM)
    assert code not in badge_hash(code)
    assert badge_hash(code) != badge_hash(new_badge("2" * BADGE_RANDOM))


def guessed(times: int, every: timedelta = timedelta(0)) -> tuple[Guesses, datetime]:
    guesses, now = Guesses(), NOW
    for _ in range(times):
        guesses, now = guesses.another(now), now + every
    return guesses, now


def test_a_few_mistakes_cost_no_time_and_many_never_more_than_the_longest_wait() -> None:
    waits = []
    for times in range(60):
        guesses, _ = guessed(times)
        until = guesses.blocked_until(NOW)
        waits.append(until - NOW if until else timedelta(0))
    assert waits[:FREE_GUESSES] == [timedelta(0)] * FREE_GUESSES
    assert waits[FREE_GUESSES : FREE_GUESSES + 3] == [
        timedelta(seconds=seconds) for seconds in (5, 10, 20)
    ]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    guesses, _ = guessed(40)
    assert guesses.blocked_until(NOW - timedelta(days=300)) is None
    seen = guesses.blocked_until(NOW - timedelta(seconds=30))
    assert seen is not None and seen <= NOW + LONGEST_WAIT


def test_wrong_pins_are_forgotten_after_a_day_of_none() -> None:
    guesses, _ = guessed(40)
    later = NOW + timedelta(hours=25)
    assert guesses.blocked_until(later) is None
    assert guesses.another(later).wrong == 1


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (5, "5 seconds"), (119, "119 seconds"),
                           (121, "3 minutes"), (300, "5 minutes")]
)  # fmt: skip
def test_how_long_to_wait_is_said(seconds: float, words: str) -> None:
    said = wait_text(NOW + timedelta(seconds=seconds), NOW)
    assert said == f"Too many wrong PINs: try again in {words}, or scan your badge."


def other(person: Person, **changes: object) -> Person:
    from dataclasses import replace

    return replace(person, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("people", "opened"),
    [
        ([], True),
        ([ANN], False),
        ([BEN], False),
        ([other(ANN, active=False)], True),
        ([other(ANN, has_pin=False)], True),
        ([other(ANN, fault="This person is faulty.")], True),
    ],
)
def test_a_store_is_open_where_nobody_could_come_in(people: list[Person], opened: bool) -> None:
    assert is_open(people) is opened


def test_the_last_manager_stays() -> None:
    check_kept([ANN, BEN], [ANN])
    check_kept([BEN], [])
    for after in ([BEN], [other(ANN, active=False), BEN], [other(ANN, role=Role.WORKER)]):
        with pytest.raises(UserError, match="last manager"):
            check_kept([ANN, BEN], after)


def test_a_store_begins_with_a_manager() -> None:
    check_first([], Role.MANAGER)
    check_first([ANN], Role.WORKER)
    with pytest.raises(InvalidInputError, match="begin with a manager"):
        check_first([], Role.REP)


@pytest.mark.parametrize("typed", ["Ann Ström", " ann  stro\u0308m ", "ANN STRÖM"])
def test_no_two_people_have_one_name(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="Ann Ström works here already"):
        parse_person_name(typed, [ANN, BEN])
    assert parse_person_name(typed, [ANN, BEN], ANN.person_id)
    assert parse_person_name(typed, [other(ANN, active=False)])


def test_no_secret_is_in_what_a_person_is() -> None:
    assert "hash" not in repr(ANN)
