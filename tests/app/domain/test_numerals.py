"""A typed number is the one that is meant, or none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.conventions import US, Conventions
from app.domain.errors import InvalidInputError
from app.domain.numerals import readings
from app.domain.pricing import Discount, parse_discount
from app.domain.stock import parse_quantity

GERMANY = Conventions(",", ".", "dmy", ".")
FRANCE = Conventions(",", "", "dmy", "/")
SWITZERLAND = Conventions(".", "'", "dmy", ".")
INDIA = Conventions(".", ",", "dmy", "/", group_sizes=(3, 2))
ALL = (US, GERMANY, FRANCE, SWITZERLAND)
BLANKS = (" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{THIN SPACE}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5 ", "5"),
        ("+5", "5"),
        ("\N{MINUS SIGN}5", "-5"),
        ("５", "5"),
        ("１，０００，０００", "1000000"),
        ("٣", "3"),
        *((f"1{blank}000", "1000") for blank in BLANKS),
        ("1'000", "1000"),
        ("\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}۱٬۰۰۰", "-1000"),
        ("1’000", "1000"),
        ("1.000.000", "1000000"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,50", "1234.50"),
        ("2.50", "2.50"),
        (".5", "0.5"),
    ],
)
@pytest.mark.parametrize("conventions", ALL)
def test_it_is_the_same_everywhere(text: str, number: str, conventions: Conventions) -> None:
    assert readings(text, conventions) == (Decimal(number),)


@pytest.mark.parametrize(
    "text", ["", "x", "5²", "½", "1 00", "12 34", "1,00,000", "0,0,0", "1e3", "1_000", "5.", "--5"]
)
@pytest.mark.parametrize("conventions", ALL)
def test_it_is_no_number_anywhere(text: str, conventions: Conventions) -> None:
    assert readings(text, conventions) == ()


def test_groups_are_read_as_people_write_them_there() -> None:
    for text, number in (("1,00,000", "100000"), ("12,34,567.50", "1234567.50")):
        assert readings(text, INDIA) == (Decimal(number),)
        assert readings(text, US) == ()
    # They write these, too, and mean nothing else by them.
    for text, number in (("100,000", "100000"), ("1,000", "1000")):
        assert readings(text, INDIA) == (Decimal(number),)
    for text in ("1,00,00", "1,00,000,00", "1,000,00", "123,00,000", "10,00"):
        assert readings(text, INDIA) == ()
    # A sign of nobody else's: Ge'ez sets groups apart by a letter.
    assert readings("1ወ234", replace(US, group="ወ")) == (Decimal(1_234),)


def test_one_sign_before_three_digits_is_as_people_write_there() -> None:
    thousand, both = (Decimal(1000),), (Decimal(1), Decimal(1000))
    assert [readings("1,000", one) for one in ALL] == [thousand, both, both, thousand]
    assert [readings("1.000", one) for one in ALL] == [both, thousand, both, both]
    # In the US nobody writes 2.50 so; a 0 may be missing.
    assert [readings("2,50", one) for one in (US, GERMANY)] == [(), (Decimal("2.50"),)]


@given(st.integers(0, 10**9), st.sampled_from([",", ".", "'", *BLANKS]), st.sampled_from(ALL))
def test_groups_never_make_another_number(value: int, sign: str, conventions: Conventions) -> None:
    found = readings(f"{value:,}".replace(",", sign), conventions)
    assert Decimal(value) in found
    assert len(found) == 1 or sign in ",."


@given(st.text("0123456789.,' +-%$", max_size=9), st.sampled_from(ALL))
def test_any_text_is_a_quantity_with_the_same_digits_or_refused(
    text: str, conventions: Conventions
) -> None:
    try:
        quantity = parse_quantity(text, 0, conventions)
    except InvalidInputError as error:
        assert str(error)
    else:
        assert str(quantity) == "".join(filter(str.isdigit, text)).lstrip("0").rjust(1, "0")


def test_a_quantity_is_as_people_write_there() -> None:
    assert parse_quantity("1.000", 1, GERMANY) == 1_000
    with pytest.raises(InvalidInputError, match="type 1 or 1000"):
        parse_quantity("1,000", 1, GERMANY)


@pytest.mark.parametrize(
    ("text", "discount"),
    [
        ("2,50", Discount(amount=Decimal("2.50"))),
        ("2.50", Discount(amount=Decimal("2.50"))),
        ("$ 1.000", Discount(amount=Decimal(1000))),
        ("1.234,5 $", Discount(amount=Decimal("1234.50"))),
        ("１０％", Discount(percent=10)),
        ("10 %", Discount(percent=10)),
    ],
)
def test_a_discount_is_as_people_write_there(text: str, discount: Discount) -> None:
    assert parse_discount(text, Decimal(2_000), GERMANY) == discount


@pytest.mark.parametrize("text", ["1,000", "10,5%", "-5%", "1,2345", "9" * 60])
def test_a_discount_that_may_be_another_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_discount(text, Decimal(2_000), GERMANY)
