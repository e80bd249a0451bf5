"""The names of people as they are typed."""

from __future__ import annotations

from typing import Final
from unicodedata import category

from app.domain.errors import InvalidInputError

MAX_NAME: Final = 80
_NO_TEXT: Final = ("Cc", "Cs", "Cn", "Co", "Zl", "Zp")
"""Unicode's categories of characters that are in no name."""

_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def parse_name(field: str, label: str, text: str) -> str:
    """A typed name with single blanks; raises InvalidInputError for what cannot be one.

    `label` is what people call the field. An empty text is an empty name.
    """
    name = " ".join(text.split())
    if len(name) > MAX_NAME:
        raise InvalidInputError(field, f"{label}: shorten it to {MAX_NAME} characters.")
    # Joiners and marks belong to names of many scripts; what turns the text around does not.
    if any(char in _TURNING or category(char) in _NO_TEXT for char in name):
        raise InvalidInputError(field, f"{label}: take the invisible characters out.")
    return name
