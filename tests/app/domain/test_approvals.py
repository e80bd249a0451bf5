"""What needs a manager's word, and whose word holds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.approvals import (
    NO_LIMITS,
    Approval,
    Limits,
    WordNeededError,
    given,
    of_cart,
    percent,
)
from app.domain.carts import Cart, CartLine
from app.domain.documents.stock import show_store, to_store
from app.domain.entities import Role
from app.domain.errors import FaultyDocumentError
from app.domain.pricing import NO_DISCOUNT, Discount
from app.domain.staff import Person

ANN = Person("store_seattle", "s1", "p1", "Ann", Role.MANAGER, has_pin=True)
BEN = Person("store_seattle", "s2", "p2", "Ben", Role.REP, has_pin=True)
ASKED = ["something"]
TEN = Limits(discount_percent=Decimal(10))


def cart(*lines: tuple[int, str, Discount], off: Discount = NO_DISCOUNT) -> Cart:
    made = [
        CartLine(f"p{at}", f"SKU{at}", f"Product {at}", Decimal(price), quantity, discount)
        for at, (quantity, price, discount) in enumerate(lines)
    ]
    return Cart("c", "store_seattle", "2026-11-21", lines=tuple(made), discount=off)


@pytest.mark.parametrize(
    ("asked", "people", "person_id", "approval", "by"),
    [
        pytest.param([], [ANN, BEN], "p2", Approval("p1", "Ann"), None, id="nothing asked"),
        pytest.param(ASKED, [], "", None, None, id="no people"),
        pytest.param(ASKED, [replace(ANN, has_pin=False)], "", None, None, id="nobody comes in"),
        pytest.param(ASKED, [ANN, BEN], "p1", None, "Ann", id="a manager at work"),
        pytest.param(ASKED, [ANN, BEN], "p2", Approval("p1", "x"), "Ann", id="a manager's word"),
    ],
)
def test_whose_word_holds(
    asked: list[str],
    people: list[Person],
    person_id: str,
    approval: Approval | None,
    by: str | None,
) -> None:
    found = given(asked, people, person_id, approval)
    assert (found.name if found else None) == by


@pytest.mark.parametrize("approval", [None, Approval("p2", "Ben"), Approval("p9", "Ann")])
@pytest.mark.parametrize("ann", [ANN, replace(ANN, active=False), replace(ANN, role=Role.WORKER)])
def test_nobody_elses_word_does(approval: Approval | None, ann: Person) -> None:
    with pytest.raises(WordNeededError, match=r"^This needs a manager's word: something\.") as no:
        given(ASKED, [ann, BEN], "p2", approval)
    assert [one.name for one in no.value.managers] == (["Ann"] if ann.manages else [])
    assert ("No manager of this store can sign in" in str(no.value)) is not ann.manages


@pytest.mark.parametrize(
    ("basket", "above"),
    [
        pytest.param(cart((3, "0.35", Discount(percent=10))), "", id="rounded up to a cent"),
        pytest.param(cart((1, "20.00", Discount(percent=11))), "11%", id="a line"),
        pytest.param(cart((1, "20.00", Discount(amount=Decimal("2.50")))), "12.5%", id="dollars"),
        pytest.param(
            cart((1, "999.00", Discount()), (1, "1.00", Discount(percent=50))),
            "50%",
            id="a cheap line of a dear order",
        ),
        pytest.param(
            cart((1, "20.00", Discount(percent=10)), off=Discount(percent=10)),
            "19%",
            id="both discounts",
        ),
        pytest.param(
            cart(*[(1, "0.99", Discount())] * 7, off=Discount(percent=10)), "", id="shares in cents"
        ),
        pytest.param(cart((1, "0.00", Discount(percent=90))), "", id="for nothing anyway"),
    ],
)
def test_a_discount_is_that_of_a_line_with_its_share(basket: Cart, above: str) -> None:
    found = of_cart(TEN, basket, below_zero=True)
    assert found == ([f"a discount of {above}, which is above 10%"] if above else [])
    assert of_cart(NO_LIMITS, basket, below_zero=True) == []


def test_where_any_discount_needs_a_word_a_cent_does() -> None:
    least = cart((1, "0.99", Discount(amount=Decimal("0.01"))))
    assert of_cart(Limits(discount_percent=Decimal(0)), least, below_zero=False)
    assert not of_cart(Limits(discount_percent=Decimal(0)), cart((1, "0.99", Discount())), False)
    assert percent(Decimal("12.50")) == "12.5%"


@pytest.mark.parametrize(
    ("stored", "limits"),
    [
        (None, NO_LIMITS),
        ({}, NO_LIMITS),
        ({"discount_percent": 12.5, "count_units": "3"}, Limits(Decimal("12.5"), 3)),
        ({"count_value": 50, "below_zero": True}, Limits(count_value=Decimal(50), below_zero=True)),
        ({"discount_percent": None, "from_a_newer_version": 1}, NO_LIMITS),
    ],
)
def test_a_store_says_what_needs_a_word(stored: dict[str, Any] | None, limits: Limits) -> None:
    assert to_store({"store_id": "store_seattle", "approvals": stored}).limits == limits


@pytest.mark.parametrize(
    "wrong", [{"discount_percent": -1}, {"below_zero": "yes"}, {"count_units": 1.5}, 7]
)
def test_wrong_limits_are_said_and_the_store_goes_on(wrong: Any) -> None:
    document = {"store_id": "store_seattle", "approvals": wrong}
    with pytest.raises(FaultyDocumentError):
        to_store(document)
    assert "approvals" in show_store(document).fault
