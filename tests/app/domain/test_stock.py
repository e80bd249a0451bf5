"""The rules of stock: what may be typed, what to order, and a ledger that adds up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entities import Movement, Place, Reason, StockItem
from app.domain.errors import InvalidInputError
from app.domain.stock import (
    MAX_QUANTITY,
    REASONS_TO_ADD,
    REASONS_TO_REMOVE,
    Discrepancy,
    Ledger,
    Proof,
    ledger,
    parse_changed,
    parse_place,
    parse_quantity,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

EMPTY = "Type how many, for example 3."
NO_NUMBER = "Quantity must be a whole number, for example 3."
TOO_FEW = "Quantity must be 1 or more."
TOO_MANY = "Quantity can be at most 1,000,000."


# --- quantities


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("1", 1),
        ("3", 3),
        (" 42 ", 42),
        ("12\n", 12),
        ("+5", 5),
        ("007", 7),
        ("1,000", 1_000),
        ("1 000", 1_000),
        ("１２", 12),
        ("999999", 999_999),
        ("1000000", 1_000_000),
        ("٤٢", 42),
        ("４２", 42),
    ],
)
def test_a_quantity_is_read(text: str, quantity: int) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", EMPTY),
        ("   ", EMPTY),
        ("\n\t", EMPTY),
        ("abc", NO_NUMBER),
        ("3 boxes", NO_NUMBER),
        ("1.5", NO_NUMBER),
        ("1,5", NO_NUMBER),
        ("1/2", NO_NUMBER),
        ("½", NO_NUMBER),
        ("²", NO_NUMBER),
        ("1e3", NO_NUMBER),
        ("1_000", NO_NUMBER),
        ("1 00", NO_NUMBER),
        ("10,00", NO_NUMBER),
        ("1.000", "“1.000” can mean two numbers: type 1 or 1000."),
        ("0012345", "“0012345” looks like a code: type how many, for example 3."),
        ("00005", "“00005” looks like a code: type how many, for example 3."),
        ("0x10", NO_NUMBER),
        ("inf", NO_NUMBER),
        ("nan", NO_NUMBER),
        ("+", NO_NUMBER),
        ("--3", NO_NUMBER),
        ("3\n4", NO_NUMBER),
        ("🔨", NO_NUMBER),
        ("3️⃣", NO_NUMBER),
        ("عشرة", NO_NUMBER),
        ("三", NO_NUMBER),
        ("0", TOO_FEW),
        ("-0", TOO_FEW),
        ("-1", TOO_FEW),
        ("-1000001", TOO_FEW),
        ("0" * 10_000, f"“{'0' * 20}” looks like a code: type how many, for example 3."),
        ("3\n000", NO_NUMBER),
        ("-" + "9" * 10_000, TOO_FEW),
        ("1000001", TOO_MANY),
        ("99999999999", TOO_MANY),
        ("٩٩٩٩٩٩٩", TOO_MANY),
        ("9" * 400, TOO_MANY),
        ("9" * 10_000, TOO_MANY),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_quantity(text)
    assert str(refused.value) == sentence
    assert refused.value.field == "quantity"


@given(st.integers(1, MAX_QUANTITY), st.sampled_from(["", "+"]), st.integers(0, 3))
def test_every_whole_number_in_range_is_read(number: int, sign: str, zeros: int) -> None:
    typed = f"{number:0{min(zeros, 4)}d}"
    assert parse_quantity(f" {sign}{typed} ") == number


@given(st.integers(MAX_QUANTITY + 1) | st.integers(10**400, 10**400 + 10))
def test_every_larger_number_is_too_many(number: int) -> None:
    with pytest.raises(InvalidInputError, match="at most 1,000,000"):
        parse_quantity(str(number))


@given(st.integers(max_value=0))
def test_every_number_below_one_is_too_few(number: int) -> None:
    with pytest.raises(InvalidInputError, match="1 or more"):
        parse_quantity(str(number))


@given(st.text() | st.text("0123456789+-., ") | st.decimals().map(str))
def test_any_text_gives_a_quantity_or_a_sentence(text: str) -> None:
    try:
        quantity = parse_quantity(text)
    except InvalidInputError as error:
        assert str(error) in {EMPTY, NO_NUMBER, TOO_FEW, TOO_MANY}
    else:
        assert type(quantity) is int
        assert 1 <= quantity <= MAX_QUANTITY


# --- places


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        (("3", "B", "12"), Place("3", "B", "12")),
        ((" 3 ", "b", "\t12\n"), Place("3", "B", "12")),
        (("3", "b", ""), Place("3", "B", "")),
        (("garden", "a", "1"), Place("GARDEN", "A", "1")),
        (("12345678", "a", "1"), Place("12345678", "A", "1")),
        (("\N{FULLWIDTH DIGIT THREE}", "b", ""), Place("3", "B", "")),
    ],
)
def test_a_place_is_read(typed: tuple[str, str, str], place: Place) -> None:
    assert parse_place(*typed) == place


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (("", "B", "1"), "aisle", "Type the aisle."),
        (("  ", "B", "1"), "aisle", "Type the aisle."),
        (("3", "", "1"), "shelf", "Type the shelf."),
        (("123456789", "B", ""), "aisle", "The aisle can have at most 8 characters."),
        (("ßßßßß", "B", ""), "aisle", "The aisle can have at most 8 characters."),
        (("3", "B" * 10_000, ""), "shelf", "The shelf can have at most 8 characters."),
        (("3", "B", "1" * 9), "bin", "The bin can have at most 8 characters."),
        (("3-", "B", ""), "aisle", "The aisle takes letters from A to Z and digits."),
        (("3", "B C", ""), "shelf", "The shelf takes letters from A to Z and digits."),
        (("Ä", "B", ""), "aisle", "The aisle takes letters from A to Z and digits."),
        (("3", "B", "🔨"), "bin", "The bin takes letters from A to Z and digits."),
        (("3", "B", "1\n2"), "bin", "The bin takes letters from A to Z and digits."),
    ],
)
def test_a_wrong_place_names_the_field(
    typed: tuple[str, str, str], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse_place(*typed)
    assert (refused.value.field, str(refused.value)) == (field, sentence)


@given(st.text(), st.text(), st.text())
def test_any_text_gives_a_place_or_a_sentence(aisle: str, shelf: str, bin_: str) -> None:
    try:
        place = parse_place(aisle, shelf, bin_)
    except InvalidInputError as error:
        assert error.field in {"aisle", "shelf", "bin"}
        return
    assert place.aisle
    assert place.shelf
    assert all(len(part) <= 8 for part in (place.aisle, place.shelf, place.bin))
    # Whatever they are named, any two can be put in order.
    here = Place("3", "B", "12")
    assert place.sort_key <= here.sort_key or here.sort_key <= place.sort_key


def test_people_choose_among_reasons_that_make_sense() -> None:
    of_other_steps = {
        Reason.MOVED,
        Reason.UNDO,
        Reason.SOLD,
        Reason.COUNTED,
        Reason.TRANSFER_OUT,
        Reason.TRANSFER_IN,
        Reason.TRANSFER_BACK,
        Reason.UNKNOWN,
    }
    assert {*REASONS_TO_ADD, *REASONS_TO_REMOVE} == {*Reason} - of_other_steps


# --- the ledger


def movement(number: int, quantity: int) -> Movement:
    """The `number`-th movement of an item."""
    return Movement(
        f"m{number}", "s", "i", "p", Reason.CORRECTION, quantity, NOON, "Ann", "d", "desk"
    )


def book(level: int, quantities: list[int], shown: int, delta: int | None = None) -> Ledger:
    """The ledger of an item that moved by these quantities, oldest first."""
    total = sum(quantities)
    item = StockItem("i", "s", "p", Place(), level, total if delta is None else delta)
    newest = [movement(number, one) for number, one in enumerate(quantities)][::-1][:shown]
    return ledger(item, newest, total, len(quantities))


QUANTITIES = st.lists(st.integers(-(10**6), 10**6), max_size=30)


@given(st.integers(-(10**6), 10**6), QUANTITIES, st.integers(0, 30))
def test_balances_add_up(level: int, quantities: list[int], shown: int) -> None:
    found = book(level, quantities, shown)
    assert found.difference == 0
    balance = level
    balances = []
    for quantity in quantities:
        balance += quantity
        balances.append(balance)
    assert [line.balance for line in found.lines] == balances[::-1][:shown]
    if found.lines:
        assert found.lines[0].balance == found.item.on_hand
    for newer, older in zip(found.lines, found.lines[1:], strict=False):
        assert newer.balance - older.balance == newer.movement.quantity
    if shown >= len(quantities) and found.lines:
        assert found.lines[-1].balance - found.lines[-1].movement.quantity == level


@given(QUANTITIES, st.integers(-100, 100))
def test_what_the_ledger_does_not_explain_is_the_difference(
    quantities: list[int], missing: int
) -> None:
    found = book(10, quantities, 30, delta=sum(quantities) + missing)
    assert found.difference == missing
    assert found.item.on_hand == 10 + found.total + found.difference


def test_an_item_that_never_moved_has_an_empty_ledger() -> None:
    found = book(7, [], 30)
    assert (found.lines, found.total, found.count, found.difference) == ((), 0, 0, 0)


def test_a_proof_holds_without_discrepancies() -> None:
    assert Proof(3, 9, ()).holds
    assert not Proof(3, 9, (Discrepancy("i", 1, 0),)).holds


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("5", 5),
        ("", 0),
        ("+5", 25),
        ("-5", 15),
        ("\N{MINUS SIGN} 5", 15),
        ("＋1,000", 1_020),
        ("-20", 0),
    ],
)
def test_a_sign_changes_the_units_that_are_there(text: str, units: int) -> None:
    assert parse_changed(text, 20) == units


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-21", "“-21” is more than the 20 that are there"),
        ("+", "Type how many"),
        ("--5", "must be 0 or more"),
        ("+1000000", "at most 1,000,000"),
        ("-1.5", "whole number"),
    ],
)
def test_a_change_that_cannot_be_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        parse_changed(text, 20)
