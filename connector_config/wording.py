"""Counts in words, as all sentences of the three commands and of the app have them."""

from __future__ import annotations


def plural(count: int, one: str, many: str = "") -> str:
    """The word for so many things: `one` for 1, else `many`, which is `one` with an s."""
    return one if count == 1 else many or f"{one}s"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things in words: `1 unit`, `1,200 units`, `0 boxes`."""
    return f"{count:,} {plural(count, one, many)}"
