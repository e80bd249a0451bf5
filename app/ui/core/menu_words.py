"""The words of what is offered in a menu."""

from __future__ import annotations


def plain(text: str) -> str:
    """A text that is shown as it is: nothing in it marks a key."""
    return text.replace("&", "&&").replace("\t", " ")


def numbered(number: int, text: str) -> str:
    """A text with its number before it, which is its key as far as there are digits."""
    return f"&{number} {plain(text)}" if number <= 9 else plain(text)
