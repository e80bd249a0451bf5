"""What may be typed of a customer, and who may be the same person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.customers import (
    FIELDS,
    Customer,
    guess_fields,
    likeness,
    most_alike,
    parse_customer,
    parse_email,
)
from app.domain.errors import InvalidInputError
from connector_config.schema.emails import email_forms


def customer(number: int, first: str, last: str, email: str = "", phone: str = "") -> Customer:
    return Customer("store_seattle", f"c{number}", first, last, email, phone)


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


def made(first: str, last: str, email: str = "ana@example.com", phone: str = "") -> Customer:
    """A new customer of what is typed in the form."""
    texts = {"first_name": first, "last_name": last, "email": email, "phone": phone}
    return parse_customer(customer(1, "", ""), texts, True, "US")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (" ", "", "first_name"),
        ("A" * 81, "Diaz", "first_name"),
        ("Ana", "Di\u202eaz", "last_name"),
        ("Ana\0", "Diaz", "first_name"),
    ],
)
def test_what_is_no_name_is_refused_at_its_field(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        made(first, last)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("  Ana  María ", " de la  Cruz ", "Ana María de la Cruz"),
        ("Prince", "", "Prince"),
        ("", "Suharto", "Suharto"),
        ("نیم\u200cفاصله", "رضایی", "نیم\u200cفاصله رضایی"),
        ("Zoe\u0308", "O'Neil-Смит", "Zoe\u0308 O'Neil-Смит"),
        ("क्\u200dष", "李", "क्\u200dष 李"),
    ],
)
def test_a_name_is_stored_as_it_is_written_without_blanks_around(
    first: str, last: str, name: str
) -> None:
    assert made(first, last).name == name


def test_whoever_the_back_office_made_can_be_changed_whatever_else_it_typed() -> None:
    theirs = Customer("s", "c1", "Ana", "Diaz", "Ana@Example", "call before noon")
    texts = {name: getattr(theirs, name) for name in FIELDS}
    changed = parse_customer(theirs, texts | {"last_name": "Cruz"}, False, "US")
    assert changed == replace(theirs, last_name="Cruz")
    # What is changed is looked at.
    with pytest.raises(InvalidInputError, match="E-mail"):
        parse_customer(theirs, texts | {"email": "Ana@Example2"}, False, "US")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Example.com", " ana@example.com "),
        ("ana@mu\u0308ller.de", "ANA@M\u00dcLLER.DE"),
        ("ana@müller.de", "ana@xn--mller-kva.de"),
    ],
)
def test_an_address_is_the_same_in_all_its_forms(one: str, other: str) -> None:
    assert email_forms(one) == email_forms(other)
    assert likeness(customer(1, "A", "B", one), customer(2, "C", "D", other)) == "same e-mail"
    assert email_forms(one) != email_forms("bob@example.com")


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
