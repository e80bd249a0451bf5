"""Types of command line arguments that every command may use."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Final

# As much of a wrong value as a sentence repeats.
SHOWN_CHARACTERS: Final = 40


def whole_number(what: str, smallest: int, largest: int) -> Callable[[str], int]:
    """A type for whole numbers within limits; `what` begins the sentence about a wrong one."""

    def number(text: str) -> int:
        if text.isascii() and text.isdecimal() and smallest <= int(text[:20]) <= largest:
            return int(text)
        raise ArgumentTypeError(
            f"{what} must be a whole number from {smallest} to {largest}, "
            f"not {text[:SHOWN_CHARACTERS]!r}"
        )

    return number
