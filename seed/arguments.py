"""Types of command line arguments; a value that is wrong is said in words."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date
from pathlib import Path

from seed.options import LARGEST_SEED

# As much of a wrong value as a sentence repeats.
_SHOWN_CHARACTERS = 40


def folder(text: str) -> Path:
    """An absolute path, `~` expanded."""
    if not text.strip() or "\0" in text:
        raise ArgumentTypeError("the folder must not be empty")
    return Path(text).expanduser().absolute()


def seed_number(text: str) -> int:
    """A seed number of the data set."""
    return whole_number("the seed number", 0, LARGEST_SEED)(text)


def whole_number(what: str, smallest: int, largest: int) -> Callable[[str], int]:
    """A type for whole numbers within limits; `what` begins the sentence about a wrong one."""

    def number(text: str) -> int:
        if text.isascii() and text.isdecimal() and smallest <= int(text[:20]) <= largest:
            return int(text)
        raise ArgumentTypeError(
            f"{what} must be a whole number from {smallest} to {largest}, "
            f"not {text[:_SHOWN_CHARACTERS]!r}"
        )

    return number


def day(text: str) -> date:
    """A date such as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"a date is written like 2026-01-31, not {text[:_SHOWN_CHARACTERS]!r}"
        ) from None
