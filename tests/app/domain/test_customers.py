"""What may be typed of a customer, and who may be the same person."""

from __future__ import annotations

import pytest

from app.domain.customers import (
    Customer,
    guess_fields,
    most_alike,
    parse_customer,
    parse_email,
    parse_phone,
)
from app.domain.errors import InvalidInputError


def customer(number: int, first: str, last: str, email: str = "", phone: str = "") -> Customer:
    return Customer("store_seattle", f"c{number}", first, last, email, phone)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2065550147", "(206) 555-0147"),
        ("(206) 555-0147", "(206) 555-0147"),
        ("206.555.0147", "(206) 555-0147"),
        ("+1 206-555-0147", "(206) 555-0147"),
        ("206\N{EN DASH}555\N{EN DASH}0147", "(206) 555-0147"),
        ("  ", ""),
    ],
)
def test_a_phone_number_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert parse_phone(typed) == stored


@pytest.mark.parametrize("typed", ["555-0147", "206555014x", "22065550147", "٢٠٦٥٥٥٠١٤٧", "()"])
def test_what_is_no_phone_number_is_named_with_the_fix(typed: str) -> None:
    if typed == "()":
        assert parse_phone(typed) == ""
        return
    with pytest.raises(InvalidInputError, match=r"ten digits, such as \(206\) 555-0147") as error:
        parse_phone(typed)
    assert error.value.field == "phone"


@pytest.mark.parametrize("typed", [" Ana.Diaz@Example.COM ", "a+b@x.y.zz", "o'neil@example.org"])
def test_an_address_is_stored_in_lower_case(typed: str) -> None:
    assert parse_email(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ana", "ana@", "@example.com", "ana@example", "a na@example.com", "ana@@example.com"),
        *("ana@example..com", "ana@.com", "ana@example.com.", "a@b.c, d@e.f", "a" * 250 + "@b.cd"),
    ],
)
def test_what_is_no_address_is_named_with_the_fix(typed: str) -> None:
    with pytest.raises(InvalidInputError, match="such as ana@example") as error:
        parse_email(typed)
    assert error.value.field == "email"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (" ", "Diaz", "first_name"),
        ("Ana", "", "last_name"),
        ("A" * 81, "Diaz", "first_name"),
        ("Ana", "Di\u202eaz", "last_name"),
    ],
)
def test_a_name_has_both_parts(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        parse_customer("store_seattle", "c1", first, last, "ana@example.com", "")
    assert error.value.field == field


def test_blanks_around_names_are_not_kept() -> None:
    made = parse_customer("s", "c1", "  Ana  María ", " de la  Cruz ", "a@b.cd", "")
    assert made.name == "Ana María de la Cruz"


def test_the_surest_namesake_comes_first_and_nobody_is_his_own() -> None:
    jon = customer(0, "Jon", "Smith", "jon@example.com", "(206) 555-0101")
    others = [
        customer(1, "Mary", "Jones", phone="(206) 555-0101"),
        customer(2, "John", "Smith"),
        customer(3, "Jon", "Smith"),
        customer(4, "John", "Smith", phone="(206) 555-0101"),
        customer(5, "Mary", "Jones"),
        jon,
    ]
    found = [(one.customer_id, why) for one, why in most_alike(jon, others, 9)]
    assert found == [
        ("c4", "nearly the same name, same phone"),
        ("c3", "same name"),
        ("c1", "same phone"),
        ("c2", "nearly the same name"),
    ]
    assert len(most_alike(jon, others, 2)) == 2


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (" Ana@Diaz.example ", {"email": "Ana@Diaz.example"}),
        ("(206) 555-01", {"phone": "(206) 555-01"}),
        ("ana", {"first_name": "Ana", "last_name": ""}),
        ("ana de la McKay", {"first_name": "Ana", "last_name": "De La McKay"}),
        ("Studio 54", {"first_name": "Studio", "last_name": "54"}),
        ("  ", {"first_name": "", "last_name": ""}),
    ],
)
def test_what_was_looked_for_goes_where_it_belongs(text: str, fields: dict[str, str]) -> None:
    assert guess_fields(text) == fields
