"""What an order costs, against a reckoning in whole cents that is written another way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import InvalidInputError
from app.domain.pricing import (
    NO_DISCOUNT,
    Discount,
    Priced,
    Wanted,
    parse_discount,
    price,
    refund,
    spread,
)
from tests.helpers.property_tests import examples

RATE = Decimal("10.1")


def usd(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def cents(amount: Decimal) -> int:
    """An amount in cents; fails when it is no whole number of them."""
    whole = amount * 100
    assert whole == int(whole), amount
    return int(whole)


few = examples(60)
discounts = st.one_of(
    st.just(NO_DISCOUNT),
    st.builds(Discount, percent=st.integers(0, 100)),
    st.builds(lambda amount: Discount(amount=usd(amount)), st.integers(0, 3_000)),
)
lines = st.builds(Wanted, st.integers(1, 9), st.integers(0, 2_500).map(usd), discounts)
rates = st.integers(0, 250).map(lambda one: Decimal(one).scaleb(-1))


# --- the oracle: whole cents, and each shared cent handed to the line where its middle falls


def off_cents(whole: int, discount: Discount) -> int:
    if discount.percent:
        return (2 * whole * discount.percent + 100) // 200
    return min(whole, round(float(discount.amount) * 100))


def handed_out(amount: int, weights: list[int]) -> list[int]:
    shares = [0] * len(weights)
    whole = sum(weights)
    for cent in range(amount if whole else 0):
        reached = 0
        for at, weight in enumerate(weights):
            reached += weight
            if 2 * amount * reached >= (2 * cent + 1) * whole:
                shares[at] += 1
                break
    return shares


def reckoned(wanted: list[Wanted], discount: Discount, rate: Decimal) -> list[tuple[int, ...]]:
    """For each line: gross, its own discount, its share of the order's, its tax."""
    gross = [one.quantity * cents(one.unit_price) for one in wanted]
    own = [off_cents(whole, one.discount) for whole, one in zip(gross, wanted, strict=True)]
    net = [whole - less for whole, less in zip(gross, own, strict=True)]
    shared = handed_out(off_cents(sum(net), discount), net)
    paid = [one - share for one, share in zip(net, shared, strict=True)]
    per_mille = int(rate * 10)
    tax = handed_out((2 * sum(paid) * per_mille + 1000) // 2000, paid)
    return list(zip(gross, own, shared, tax, strict=True))


@few
@given(st.lists(lines, min_size=1, max_size=5), discounts, rates)
@example([Wanted(1, usd(50))] * 3, Discount(amount=usd(1)), RATE)
def test_every_line_costs_what_a_reckoning_in_cents_says(
    wanted: list[Wanted], discount: Discount, rate: Decimal
) -> None:
    priced = price(wanted, discount, rate)
    found = [
        tuple(map(cents, (one.gross, one.line_discount, one.order_discount, one.tax)))
        for one in priced.lines
    ]
    assert found == reckoned(wanted, discount, rate)


@few
@given(st.lists(lines, max_size=6), discounts, rates)
def test_the_total_is_the_sum_of_what_is_printed(
    wanted: list[Wanted], discount: Discount, rate: Decimal
) -> None:
    priced: Priced = price(wanted, discount, rate)
    printed = sum(cents(one.total) for one in priced.lines) + cents(priced.tax)
    assert cents(priced.total) == printed
    assert cents(priced.subtotal) - cents(priced.discount) + cents(priced.tax) == printed
    for one in priced.lines:
        assert 0 <= one.total <= one.gross
        assert one.tax >= 0


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_a_spread_is_fair_to_the_cent(amount: int, weights: list[int]) -> None:
    shares = [cents(one) for one in spread(usd(amount), [usd(one) for one in weights])]
    whole = sum(weights)
    assert sum(shares) == (amount if whole else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * whole - amount * weight) <= whole
        assert amount > whole or share <= weight


@given(st.integers(0, 10**6), st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_what_comes_back_in_parts_gives_back_exactly_what_was_paid(
    paid: int, parts: list[int]
) -> None:
    left, units = usd(paid), sum(parts)
    given_back = []
    for part in parts:
        back = refund(left, units, part)
        # Never further than a cent from what these units cost.
        assert abs(cents(back) * units - cents(left) * part) <= units
        given_back.append(cents(back))
        left, units = left - back, units - part
    assert sum(given_back) == paid
    assert min(given_back) >= 0


@pytest.mark.parametrize("units", [0, 4, -1])
def test_no_more_comes_back_than_is_left(units: int) -> None:
    with pytest.raises(ValueError, match="cannot come back"):
        refund(usd(100), 3, units)


def test_half_a_cent_goes_up() -> None:
    # 5 % of $0.10 comes off, and 10 % tax on $0.05: half a cent each.
    less = Wanted(1, usd(10), Discount(percent=5))
    assert cents(price([less], NO_DISCOUNT, Decimal(0)).total) == 9
    assert cents(price([Wanted(1, usd(5))], NO_DISCOUNT, Decimal(10)).tax) == 1
    assert cents(price([Wanted(1, usd(4))], NO_DISCOUNT, Decimal(10)).tax) == 0


# --- what may be typed


@pytest.mark.parametrize(
    ("typed", "discount"),
    [
        ("", NO_DISCOUNT),
        ("10%", Discount(percent=10)),
        (" 7 % ", Discount(percent=7)),
        ("100%", Discount(percent=100)),
        ("2.50", Discount(amount=Decimal("2.50"))),
        ("$2.5", Discount(amount=Decimal("2.50"))),
        ("20", Discount(amount=Decimal("20.00"))),
    ],
)
def test_a_discount_is_percent_or_dollars(typed: str, discount: Discount) -> None:
    assert parse_discount(typed, usd(2_000)) == discount
    assert parse_discount(discount.text, usd(2_000)) == discount


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("101%", "A discount can be at most 100%."),
        ("20.01", "A discount here can be at most $20.00."),
        ("-1", "Type whole percent, such as 10%, or dollars, such as 2.50."),
        ("1.234", "Type whole percent, such as 10%, or dollars, such as 2.50."),
        ("7.5%", "Type whole percent, such as 10%, or dollars, such as 2.50."),
        ("NaN", "Type whole percent, such as 10%, or dollars, such as 2.50."),
        ("1e3", "Type whole percent, such as 10%, or dollars, such as 2.50."),
    ],
)
def test_another_discount_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_discount(typed, usd(2_000))
    assert (caught.value.field, str(caught.value)) == ("discount", sentence)
