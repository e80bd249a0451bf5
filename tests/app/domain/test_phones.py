"""Telephone numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.customers import Customer, search_entry
from app.domain.errors import InvalidInputError
from app.domain.phones import Phone, as_searched, parse_phone, phone_key, phone_words
from connector_config.search.words import SearchIndex


@pytest.mark.parametrize(
    "typed",
    [
        "2065550147",
        "(206) 555-0147",
        "206.555.0147",
        "+1 206-555-0147",
        "1-206-555-0147",
        "011 1 206 555 0147",
        "tel:+1-206-555-0147",
        "206\N{EN DASH}555\N{EN DASH}0147",
        "２０６ ５５５ ０１４７",
        "٢٠٦٥٥٥٠١٤٧",
    ],
)
def test_a_number_is_written_in_one_way(typed: str) -> None:
    assert parse_phone(typed) == Phone("(206) 555-0147", "+12065550147")


@pytest.mark.parametrize(
    ("typed", "country", "written", "e164"),
    [
        ("206 555 0147 x12", "US", "(206) 555-0147 ext. 12", "+12065550147"),
        ("+49 (0)30 901820", "US", "+49 30 901820", "+4930901820"),
        ("030/901820", "DE", "030 901820", "+4930901820"),
        ("+1 206 555 0147", "DE", "+1 206-555-0147", "+12065550147"),
        ("+44 20 7946 0018", "US", "+44 20 7946 0018", "+442079460018"),
    ],
)
def test_other_countries_and_extensions_are_kept(
    typed: str, country: str, written: str, e164: str
) -> None:
    assert parse_phone(typed, country) == Phone(written, e164)
    # What was written is read again as the same.
    assert parse_phone(written, country) == Phone(written, e164)


@pytest.mark.parametrize("typed", ["", "  ", "()", "-"])
def test_nothing_is_no_number(typed: str) -> None:
    assert parse_phone(typed) == Phone()
    assert phone_key(typed) == ""


@pytest.mark.parametrize("typed", ["555-0147", "206555014x", "22065550147", "ask Ana", "1" * 99])
def test_what_is_no_number_is_named_with_the_fix(typed: str) -> None:
    with pytest.raises(InvalidInputError, match=r"such as \(206\) 555-0147") as error:
        parse_phone(typed)
    assert error.value.field == "phone"


@pytest.mark.parametrize(
    ("stored", "searched"),
    [
        ("(206) 555-0147", "+1 206 555 0147"),
        ("(206) 555-0147", "1-206-555-0147"),
        ("(206) 555-0147", "+1 206 5"),
        ("(206) 555-0147", "206 555"),
        ("(206) 555-0147", "555-0147"),
        ("(206) 555-0147", "2065550147"),
        ("(206) 555-0147", "diaz (206) 555-0147"),
        ("+1 206.555.0147", "206-555-0147"),
        ("+49 30 901820", "030 901820"),
        ("+49 30 901820", "+49 30 9018"),
        ("(206) 555-0147 ext. 12", "+1 206 555 0147"),
        ("call before noon", "before"),
    ],
)
def test_a_number_is_found_in_any_form(stored: str, searched: str) -> None:
    people = [
        Customer("s", "ana", "Ana", "Diaz", "ana@example.com", stored),
        Customer("s", "bob", "Bob", "Roy", "bob@example.com", "(206) 777-0199"),
    ]
    index = SearchIndex([search_entry(one) for one in people])
    found = index.search(as_searched(searched)).product_ids
    assert found[:1] == ("ana",)
    if "555" in searched:
        assert found == ("ana",)


@given(st.text(max_size=90))
def test_whatever_is_typed_is_a_number_that_is_read_again_or_refused(typed: str) -> None:
    try:
        phone = parse_phone(typed)
    except InvalidInputError:
        return
    assert parse_phone(phone.written) == phone
    assert phone_key(phone.written) == phone_key(typed)
    as_searched(typed)


@given(st.integers(200, 999), st.integers(200, 999), st.integers(0, 9999))
def test_the_quick_way_finds_what_the_metadata_find(area: int, exchange: int, line: int) -> None:
    quick = phone_words(f"({area}) {exchange}-{line:04}").split()
    # As nobody in the US writes it, so that the metadata are asked.
    known = phone_words(f"{area}.{exchange}.{line:04}").split()
    assert set(known[1:]) <= set(quick)
