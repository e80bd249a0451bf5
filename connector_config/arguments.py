"""Types of command line arguments that every command may use."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Final

# As much of a wrong value as a sentence repeats.
SHOWN_CHARACTERS: Final = 40


def folder(text: str) -> Path:
    """Read a folder: its absolute path, `~` expanded."""
    if not text.strip() or "\0" in text:
        raise ArgumentTypeError("the folder must not be empty")
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        raise ArgumentTypeError(
            f"there is no such home folder as in {text[:SHOWN_CHARACTERS]!r}"
        ) from None


def whole_number(what: str, smallest: int, largest: int) -> Callable[[str], int]:
    """Make a type for whole numbers within limits; `what` begins the sentence about a wrong one."""

    def number(text: str) -> int:
        if text.isascii() and text.isdecimal() and smallest <= int(text[:20]) <= largest:
            return int(text)
        raise ArgumentTypeError(
            f"{what} must be a whole number from {smallest} to {largest}, "
            f"not {text[:SHOWN_CHARACTERS]!r}"
        )

    return number
