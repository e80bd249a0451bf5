"""Types of command line arguments; a value that is wrong is said in words."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

from connector_config.arguments import SHOWN_CHARACTERS, whole_number
from seed.options import LARGEST_SEED


def folder(text: str) -> Path:
    """An absolute path, `~` expanded."""
    if not text.strip() or "\0" in text:
        raise ArgumentTypeError("the folder must not be empty")
    return Path(text).expanduser().absolute()


def seed_number(text: str) -> int:
    """A seed number of the data set."""
    return whole_number("the seed number", 0, LARGEST_SEED)(text)


def day(text: str) -> date:
    """A date such as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"a date is written like 2026-01-31, not {text[:SHOWN_CHARACTERS]!r}"
        ) from None
