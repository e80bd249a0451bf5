"""Errors read as sentences."""

from __future__ import annotations

from app.domain.errors import (
    AlreadyUndoneError,
    InvalidInputError,
    ShortStockError,
    StorageError,
)
from connector_config.errors import UserError


def test_a_short_stock_says_what_is_there_and_what_would_be_left() -> None:
    error = ShortStockError(3, -5)
    assert str(error) == "Only 3 on hand: a change of \N{MINUS SIGN}5 would leave \N{MINUS SIGN}2."
    assert (error.on_hand, error.quantity) == (3, -5)


def test_an_invalid_input_knows_its_field() -> None:
    error = InvalidInputError("aisle", "Type the aisle.")
    assert (error.field, str(error)) == ("aisle", "Type the aisle.")


def test_all_of_them_can_be_caught_at_once() -> None:
    for kind in (AlreadyUndoneError, InvalidInputError, ShortStockError, StorageError):
        assert issubclass(kind, UserError)
